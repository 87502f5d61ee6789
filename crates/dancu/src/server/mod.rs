//! Composes the floors into a running service.
mod compose;
mod fresh;
mod people;

use crate::clean::hands::Hands;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::keeping::Keeping;
use crate::notes::Notes;
use crate::pages::Guests;
use crate::stamps::Stamps;
use anyhow::Context as _;
use compose::{Composed, compose};
use dancu_exchange::Exchange;
use dancu_feed::Event;
use dancu_gateway::door::{Door, DoorLimits, TlsFiles, TlsMaterial};
use dancu_gateway::{Clock, Road};
use dancu_journal::index::Running;
use dancu_keys::{Algorithm, KeyDir, KeyRing};
use dancu_registry::Registry;
use dancu_secrets::Secrets;
use dancu_storage::Store;
use fresh::{keep_fresh, sweep};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The opened first floor.
pub struct Floor {
    pub store: Store,
    pub keys: KeyDir,
    pub ring: KeyRing,
    pub exchange: Exchange,
    pub registry: Registry,
}

impl Floor {
    /// Opens store and keys and brings the schema up to date. `create` makes what is missing.
    pub fn open(config: &Config, create: bool) -> anyhow::Result<Self> {
        let algorithm = Algorithm::from_name(&config.signing.algorithm)
            .with_context(|| format!("signing.algorithm {:?} is unknown", config.signing.algorithm))?;
        let keys = if create {
            KeyDir::open_or_create(&config.keys.directory, algorithm)
        } else {
            KeyDir::open(&config.keys.directory, false)
        };
        let keys = keys.context("keys")?;
        if create {
            crate::journal::init(config, &keys).context("the keys of the journal")?;
        }
        let ring = keys.ring().context("keys")?;
        let store = open_store(config, create)?;
        let exchange = Exchange::open(store.clone(), ring.clone()).context("exchange")?;
        let people = config.store.index_file();
        if let Some(folder) = people.parent().filter(|folder| create || !folder.exists()) {
            crate::files::private_directory(folder)?;
        }
        let registry = Registry::open_saved(store.clone(), ring.clone(), &people).context("registry")?;
        Ok(Self { store, keys, ring, exchange, registry })
    }
}

/// Opens the configured store.
pub fn open_store(config: &Config, create: bool) -> anyhow::Result<Store> {
    if config.store.postgres.is_empty() {
        let path = &config.store.sqlite;
        if let (true, Some(parent)) = (create, path.parent()) {
            crate::files::private_directory(parent)?;
        }
        anyhow::ensure!(create || path.exists(), "store {} does not exist", path.display());
        if !path.exists() {
            // The engine gives its other files the mode of this one.
            crate::files::write_private(path, &[])?;
        }
        return Store::sqlite(path).with_context(|| format!("store {}", path.display()));
    }
    let (url, most, handle) =
        (&config.store.postgres, config.store.max_connections, tokio::runtime::Handle::current());
    let store = if config.store.postgres_ca.as_os_str().is_empty() {
        Store::postgres(url, most, handle)
    } else {
        Store::postgres_tls(url, most, handle, crate::client::tls(&config.store.postgres_ca, None)?)
    };
    store.context("PostgreSQL")
}

/// A service that runs until it is told to stop.
pub struct Server {
    pub address: SocketAddr,
    pub admin: SocketAddr,
    pub console: SocketAddr,
    office: Box<crate::console::Opened>,
    road: Arc<Road>,
    index: Running,
    /// Judges the journal, unless that is switched off
    watching: Option<dancu_watch::Running>,
    /// Counts what the figures of use tell
    counting: Running,
    /// Work on cleaning jobs
    hands: Hands,
    stop: watch::Sender<bool>,
    drain: Duration,
    doors: Vec<tokio::task::JoinHandle<()>>,
    /// Tells the feed of the journal's alarms; ends with the publisher
    alarms: tokio::task::JoinHandle<()>,
    feed: Option<Feeding>,
}

/// A feed that runs; it ends last, so that it can tell of the end.
struct Feeding {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

/// For the feed's last messages.
const LAST_WORDS: Duration = Duration::from_secs(8);

impl Server {
    /// Opens everything and starts all doors.
    pub async fn start(config: &Config, guests: Guests) -> anyhow::Result<Self> {
        let opened = {
            let config = config.clone();
            tokio::task::spawn_blocking(move || Floor::open(&config, false)).await??
        };
        Self::start_on(config, opened, Arc::new(SystemClock), guests).await
    }

    /// Does what fell due while no server ran, and starts all doors on an opened floor, by any clock.
    pub async fn start_on(
        config: &Config,
        floor: Floor,
        clock: Arc<dyn Clock>,
        guests: Guests,
    ) -> anyhow::Result<Self> {
        // On the heap: a future of this size would be copied through every caller.
        Box::pin(Self::assemble(config, floor, clock, guests, true)).await
    }

    /// As `start_on`, but what fell due is left to the minute after: for tests, whose journal is to hold their own calls only.
    pub async fn start_at_rest(
        config: &Config,
        floor: Floor,
        clock: Arc<dyn Clock>,
        guests: Guests,
    ) -> anyhow::Result<Self> {
        Box::pin(Self::assemble(config, floor, clock, guests, false)).await
    }

    async fn assemble(
        config: &Config,
        floor: Floor,
        clock: Arc<dyn Clock>,
        guests: Guests,
        due_first: bool,
    ) -> anyhow::Result<Self> {
        let signer = Arc::new(floor.keys.signer().context("signing key")?);
        let keys = floor.keys.clone();
        let (
            Composed { gate, mut metrics, index, watching, counting, hands, pages, console, console_pages },
            crate::feed::Opened { feed, pull },
        ) = {
            let (config, signer) = (config.clone(), Arc::clone(&signer));
            // Journal, index and pages bring their tables up to date, which blocks on the store.
            tokio::task::spawn_blocking(move || compose(&config, &floor, signer, clock, guests)).await??
        };
        let road = Arc::clone(&gate.road);

        let (stop, stopped) = watch::channel(false);
        let cosigned = crate::journal::keep_cosigned(config, &road.publisher, &mut metrics, stopped.clone())?;
        let door =
            Door::bind(config.listen.address, tls(config)?, door_limits(config), Arc::clone(&road.clock))
                .await
                .with_context(|| format!("cannot listen on {}", config.listen.address))?;
        let (address, inside) = (door.address()?, door.inside());
        let office =
            Door::bind(config.console.address, tls(config)?, door_limits(config), Arc::clone(&road.clock))
                .await
                .with_context(|| format!("cannot listen on {} (console)", config.console.address))?;
        let console_address = office.address()?;
        let admin = crate::admin::bind(config.admin.address).await?;
        let admin_address = admin.local_addr()?;
        let stamps = Stamps::open(config, Arc::clone(&road.clock), &mut metrics)?;
        let tended = people::Metrics::open(&mut metrics);
        let keeping = Keeping::open(config, Arc::clone(&road.clock), &mut metrics)?;
        let router = dancu_gateway::routes::router(gate.clone(), &config.listen.soap_path)
            .merge(dancu_gateway::routes::with_problems(stamps.router(), &gate))
            .merge(pages);
        if due_first {
            crate::time::begin(console.clone(), Arc::clone(&road)).await;
        }
        let doors = vec![
            tokio::spawn(door.serve(router, stopped.clone())),
            tokio::spawn(office.serve(console_pages, stopped.clone())),
            tokio::spawn(crate::time::keep(console.clone(), Arc::clone(&road), stopped.clone())),
            tokio::spawn(crate::admin::serve(admin, gate, metrics, pull, stopped.clone())),
            tokio::spawn(keep_fresh(Arc::clone(&road), keys, inside, Notes::new()?, stopped.clone())),
            tokio::spawn(people::tend(Arc::clone(&road), tended, stopped.clone())),
            tokio::spawn(sweep(Arc::clone(&road), console.secrets.clone(), stopped.clone())),
            tokio::spawn(crate::watch::keep(config.watch.clone(), Arc::clone(&road), stopped.clone())),
            tokio::spawn(cosigned),
            tokio::spawn(keeping.keep(road.journal.clone(), stopped.clone())),
            tokio::spawn(stamps.keep(crate::journal::log(&road.publisher), stopped)),
        ];
        let drain = Duration::from_secs(config.limits.drain_seconds + 1);
        let feed = feed.map(|feed| {
            let (stop, stopped) = watch::channel(false);
            Feeding { stop, task: tokio::spawn(feed.run(stopped)) }
        });
        let alarms = tokio::spawn(crate::alarms::tell(Arc::clone(&road), config.journal.quorum));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        road.events.emit(Event::Started { version, key: signer.kid().to_owned() });
        Ok(Self {
            address,
            admin: admin_address,
            console: console_address,
            office: Box::new(console),
            road,
            index,
            watching,
            counting,
            hands,
            stop,
            drain,
            doors,
            alarms,
            feed,
        })
    }

    /// The road, for tests that look behind the door.
    pub fn road(&self) -> &Arc<Road> {
        &self.road
    }

    /// What the console works with, for tests that look behind its pages.
    pub fn office(&self) -> &crate::console::Opened {
        &self.office
    }

    /// Secrets on their way to connected systems.
    pub fn secrets(&self) -> &Secrets {
        &self.office.secrets
    }

    /// Refuses new calls, lets open ones end, writes what waits, closes.
    pub async fn stop(self) {
        self.road.turnstile.close();
        let _ = self.stop.send(true);
        for door in self.doors {
            // A client that never ends its request must not keep the journal from closing.
            let _ = tokio::time::timeout(self.drain, door).await;
        }
        // Before the journal ends: what an alert demands is written there first.
        let _ = tokio::task::spawn_blocking(move || self.watching.map(dancu_watch::Running::stop)).await;
        let _ = tokio::task::spawn_blocking(move || self.counting.stop()).await;
        // A chunk under way is given back. Who closes a large job writes entries: what is left of them the next server writes.
        let resting = tokio::task::spawn_blocking(move || self.hands.stop());
        let _ = tokio::time::timeout(self.drain, resting).await;
        self.road.journal.close().await;
        // What is not indexed yet is taken up at the next start.
        let _ = tokio::task::spawn_blocking(move || self.index.stop()).await;
        // What was answered is published before the end.
        self.road.publisher.close().await;
        let _ = self.alarms.await;
        if let Some(feed) = self.feed {
            let events = self.road.events.clone();
            events.emit(Event::Stopping);
            let _ = tokio::task::spawn_blocking(move || events.flush()).await;
            let _ = feed.stop.send(true);
            let _ = tokio::time::timeout(LAST_WORDS, feed.task).await;
        }
    }
}

/// Where the TLS material lies. The authority that issues here is believed here.
pub fn tls_files(config: &Config) -> TlsFiles {
    let own = Some(config.pki.certificate.clone()).filter(|path| !path.as_os_str().is_empty());
    TlsFiles {
        certificate: config.listen.certificate.clone(),
        key: config.listen.key.clone(),
        client_ca: std::iter::once(config.listen.client_ca.clone()).chain(own).collect(),
        tls12: config.listen.tls12,
    }
}

fn tls(config: &Config) -> anyhow::Result<TlsMaterial> {
    Ok(TlsMaterial::load(&tls_files(config))?)
}

fn door_limits(config: &Config) -> DoorLimits {
    let limits = &config.limits;
    DoorLimits {
        connections: limits.connections,
        connections_per_address: limits.connections_per_address,
        handshake: Duration::from_secs(limits.handshake_seconds),
        headers: Duration::from_secs(limits.header_seconds),
        idle: Duration::from_secs(limits.idle_seconds),
        header_bytes: limits.header_bytes,
        drain: Duration::from_secs(limits.drain_seconds),
    }
}
