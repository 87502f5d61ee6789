//! Composes the floors into a running service.
use crate::clock::SystemClock;
use crate::config::Config;
use crate::keeping::Keeping;
use crate::pages::Guests;
use crate::stamps::Stamps;
use anyhow::Context as _;
use dancu_exchange::Exchange;
use dancu_feed::Event;
use dancu_gateway::authenticate::Authenticator;
use dancu_gateway::door::{Door, DoorLimits, Inside, TlsFiles, TlsMaterial};
use dancu_gateway::routes::{Documents, Gate};
use dancu_gateway::{CallLimits, Clock, Freshness, Road, RoadMetrics, Turnstile};
use dancu_journal::index::Running;
use dancu_keys::{Algorithm, KeyDir, KeyRing, PasswordCache, PasswordParams, Signer};
use dancu_registry::Registry;
use dancu_secrets::Secrets;
use dancu_storage::Store;
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
        let registry = Registry::open(store.clone(), ring.clone()).context("registry")?;
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
    secrets: Secrets,
    index: Running,
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

    /// Starts all doors on an opened floor, by any clock.
    pub async fn start_on(
        config: &Config,
        floor: Floor,
        clock: Arc<dyn Clock>,
        guests: Guests,
    ) -> anyhow::Result<Self> {
        // On the heap: a future of this size would be copied through every caller.
        Box::pin(Self::assemble(config, floor, clock, guests)).await
    }

    async fn assemble(
        config: &Config,
        floor: Floor,
        clock: Arc<dyn Clock>,
        guests: Guests,
    ) -> anyhow::Result<Self> {
        let signer = Arc::new(floor.keys.signer().context("signing key")?);
        let keys = floor.keys.clone();
        let (
            Composed { gate, mut metrics, index, pages, secrets, console, console_pages },
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
        let keeping = Keeping::open(config, Arc::clone(&road.clock), &mut metrics)?;
        let router = dancu_gateway::routes::router(gate.clone(), &config.listen.soap_path)
            .merge(dancu_gateway::routes::with_problems(stamps.router(), &gate))
            .merge(pages);
        let doors = vec![
            tokio::spawn(door.serve(router, stopped.clone())),
            tokio::spawn(office.serve(console_pages, stopped.clone())),
            tokio::spawn(crate::console::keep(console.clone(), Arc::clone(&road), stopped.clone())),
            tokio::spawn(crate::admin::serve(admin, gate, metrics, pull, stopped.clone())),
            tokio::spawn(keep_fresh(Arc::clone(&road), keys, inside, stopped.clone())),
            tokio::spawn(sweep(Arc::clone(&road), secrets.clone(), stopped.clone())),
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
            secrets,
            index,
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
        &self.secrets
    }

    /// Refuses new calls, lets open ones end, writes what waits, closes.
    pub async fn stop(self) {
        self.road.turnstile.close();
        let _ = self.stop.send(true);
        for door in self.doors {
            // A client that never ends its request must not keep the journal from closing.
            let _ = tokio::time::timeout(self.drain, door).await;
        }
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

/// The composed service: what the doors share, the counters, the thread of the index, the pages.
struct Composed {
    gate: Gate,
    metrics: prometheus_client::registry::Registry,
    index: Running,
    pages: axum::Router,
    secrets: Secrets,
    console: crate::console::Opened,
    console_pages: axum::Router,
}

fn compose(
    config: &Config,
    floor: &Floor,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    guests: Guests,
) -> anyhow::Result<(Composed, crate::feed::Opened)> {
    let documents = documents(config, &signer)?;
    let (road, metrics, index, feed) = road(config, floor, signer, clock)?;
    let gate = Gate {
        road,
        documents: Arc::new(documents),
        trackers: config.tracker.systems.clone().into(),
        enrolment: crate::pki::enrolment(config)?,
    };
    let console = crate::console::open(config, floor)?;
    let console_pages = crate::console::router(config, &console, &gate.road, guests.staff.clone());
    let pages = crate::pages::router(config, &gate, &floor.store, guests)?;
    let secrets = crate::pki::secrets(config, &floor.exchange, &floor.ring)?;
    Ok((Composed { gate, metrics, index, pages, secrets, console, console_pages }, feed))
}

fn road(
    config: &Config,
    floor: &Floor,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<(Arc<Road>, prometheus_client::registry::Registry, Running, crate::feed::Opened)> {
    let mut metrics = prometheus_client::registry::Registry::default();
    let (journal, publisher) = crate::journal::start(config, floor)?;
    let proofs = (crate::journal::prove(&publisher), crate::journal::provable(&publisher));
    let (evidence, index) = crate::evidence::start(config, floor, &journal, Arc::clone(&clock), proofs)?;
    let feed = crate::feed::open(config, floor, &journal, &clock)?;
    let limits = &config.limits;
    let road = Road {
        exchange: floor.exchange.clone(),
        registry: floor.registry.clone(),
        journal,
        evidence,
        publisher,
        log: config.journal.origin.clone(),
        signer,
        ring: floor.ring.clone(),
        events: feed.events(),
        authenticator: Authenticator::new(PasswordCache::new(10_000)?, 2, PasswordParams::default())?,
        turnstile: Turnstile::new(CallLimits {
            calls: limits.calls,
            calls_per_system: limits.calls_per_system,
            failures_per_minute: limits.failures_per_minute,
            strangers_per_minute: limits.strangers_per_minute,
            body_bytes: limits.body_bytes,
            header_bytes: limits.header_bytes,
            body_time: Duration::from_secs(limits.body_seconds),
        }),
        clock,
        metrics: RoadMetrics::default(),
        freshness: Freshness::new(Duration::from_secs(limits.stale_seconds)),
        idempotency_us: i64::from(config.journal.idempotency_hours) * 3_600_000_000,
    };
    road.metrics.register(&mut metrics);
    road.journal.register_metrics(&mut metrics);
    road.publisher.register_metrics(&mut metrics);
    floor.store.metrics().register(&mut metrics);
    if let Some(feed) = &feed.feed {
        feed.register_metrics(&mut metrics);
    }
    Ok((Arc::new(road), metrics, index, feed))
}

fn documents(config: &Config, signer: &Signer) -> anyhow::Result<Documents> {
    let base = config.listen.public_url.trim_end_matches('/');
    Ok(Documents {
        wsdl: dancu_message::soap::wsdl(&format!("{base}{}", config.listen.soap_path)),
        openapi: dancu_gateway::routes::openapi(base),
        jwks: serde_json::to_string(&signer.jwks())?,
    })
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

/// Changes made by other servers on the same store reach this one within a fifth of a second.
const FRESHNESS: Duration = Duration::from_millis(100);

async fn keep_fresh(road: Arc<Road>, keys: KeyDir, inside: Inside, mut stopped: watch::Receiver<bool>) {
    let mut judged = road.exchange.snapshot().version;
    loop {
        tokio::select! {
            () = tokio::time::sleep(FRESHNESS) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let (reading, keys) = (Arc::clone(&road), keys.clone());
        let refreshed = tokio::task::spawn_blocking(move || {
            let road = reading;
            // Keys first: what another server sealed under a new one must open here.
            let current = road.ring.current();
            if let Err(error) = keys.reload(&road.ring) {
                tracing::warn!(%error, "the folder of the keys could not be read again");
            }
            if road.ring.current() != current {
                road.events.emit(Event::KeysRotated { key: format!("sealing {}", road.ring.current()) });
            }
            let rules = road.exchange.refresh().map(|_| ()).map_err(anyhow::Error::from);
            let people = road.registry.refresh().map(|_| ()).map_err(anyhow::Error::from);
            rules.and(people)
        });
        match refreshed.await {
            Ok(Ok(())) => {
                road.freshness.renew();
                cut_short(&road, &inside, &mut judged);
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "changes of other servers could not be read");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(_) => {}
        }
    }
}

/// Cuts the connections of those who lost the right to one since the rules were last judged.
fn cut_short(road: &Road, inside: &Inside, judged: &mut i64) {
    let snapshot = road.exchange.snapshot();
    if snapshot.version == *judged {
        return;
    }
    *judged = snapshot.version;
    let connections = inside.cut(|fingerprint| snapshot.may_stay(fingerprint));
    if connections > 0 {
        tracing::info!(connections, "cut: their systems may not connect any more");
    }
}

/// Every minute: what is over is forgotten, and who was seen is written down.
async fn sweep(road: Arc<Road>, secrets: Secrets, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_mins(1)) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let now_us = road.clock.now_us();
        if let Err(error) = road.journal.sweep(now_us).await {
            tracing::warn!(%error, "expired request ids could not be swept");
        }
        let (exchange, secrets) = (road.exchange.clone(), secrets.clone());
        let swept = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            exchange.write_seen().context("which workstations were seen could not be written")?;
            exchange.forget_former(now_us).context("former credentials could not be forgotten")?;
            secrets.sweep(now_us).context("envelopes that nobody took could not be erased")?;
            Ok(())
        });
        if let Ok(Err(error)) = swept.await {
            tracing::warn!("{error:#}");
        }
    }
}
