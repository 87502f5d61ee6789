//! A whole service in a test: a fresh store, a world, people, a clock that the test holds, and a client.
use crate::ask::{Ask, Via};
use crate::pki::{REVOKED, pki};
use crate::{Engine, logs, scene};
use dancu::client::{self, Answer};
use dancu::clock::SystemClock;
use dancu::config::Config;
use dancu::pages::Guests;
use dancu::server::{Floor, Server};
use dancu_exchange::Exchange;
use dancu_gateway::{Clock, Road, vietnam_day};
use dancu_journal::{Entry, Kind};
use dancu_keys::{Jwks, KeyDir, KeyRing, PasswordParams};
use dancu_registry::generate::samples;
use dancu_registry::{NewPerson, Registry};
use dancu_storage::Store;
use dancu_storage::testing::{PostgresServer, fresh_postgres_url, open_postgres, postgres};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Small enough for hundreds of calls in a debug build.
const CHEAP: PasswordParams = PasswordParams { memory_kib: 8, passes: 1, lanes: 1 };

/// Time as the test decides it. It begins at noon in Vietnam.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl TestClock {
    /// Noon of this day, since the client judges the server's certificate by the real clock.
    fn noon() -> Self {
        const DAY_US: i64 = 86_400_000_000;
        const VIETNAM_US: i64 = 7 * 3_600_000_000;
        let day = (SystemClock.now_us() + VIETNAM_US).div_euclid(DAY_US);
        Self(AtomicI64::new(day * DAY_US - VIETNAM_US + DAY_US / 2))
    }

    pub(crate) fn set(&self, now_us: i64) {
        self.0.store(now_us, Ordering::SeqCst);
    }
}

/// Where a service keeps what it keeps; several servers may share it.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) url: Option<String>,
    pub(crate) postgres: Option<PostgresServer>,
}

impl Place {
    fn new(engine: Engine, own_server: bool) -> Self {
        let postgres = (engine == Engine::Postgres && own_server).then(postgres);
        let url = match (&postgres, engine) {
            (Some(server), _) => Some(server.url()),
            (None, Engine::Postgres) => Some(fresh_postgres_url()),
            (None, Engine::Sqlite) => None,
        };
        Self { directory: tempfile::tempdir().unwrap(), url, postgres }
    }

    pub(crate) fn store_directory(&self) -> PathBuf {
        self.directory.path().join("store")
    }

    pub(crate) fn keys_directory(&self) -> PathBuf {
        self.directory.path().join("keys")
    }

    /// Writes a configuration file by which a command finds this store.
    pub(crate) fn write_configuration(&self, config: &Config) -> PathBuf {
        let mut config = config.clone();
        config.store.postgres = self.url.clone().unwrap_or_default();
        let file = self.directory.path().join("dancu.toml");
        std::fs::write(&file, toml::to_string(&config).unwrap()).unwrap();
        file
    }

    pub(crate) fn open(&self) -> Store {
        if let Some(url) = &self.url {
            return open_postgres(url);
        }
        std::fs::create_dir_all(self.store_directory()).unwrap();
        Store::sqlite(&self.store_directory().join("dancu.db")).unwrap()
    }

    fn floor(&self) -> Floor {
        let keys = KeyDir::open(self.keys_directory(), true).unwrap();
        let ring: KeyRing = keys.ring().unwrap();
        let store = self.open();
        let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(CHEAP);
        let registry = Registry::open(store.clone(), ring.clone()).unwrap();
        Floor { store, keys, ring, exchange, registry }
    }
}

pub(crate) struct App {
    pub(crate) server: Server,
    pub(crate) place: Arc<Place>,
    pub(crate) clock: Arc<TestClock>,
    /// Boxed, for it lies in every test's future
    pub(crate) config: Box<Config>,
    pub(crate) store: Store,
    pub(crate) jwks: Jwks,
    clients: Mutex<HashMap<Option<&'static str>, Arc<rustls::ClientConfig>>>,
}

impl App {
    /// A service on a fresh store of this engine.
    pub(crate) async fn start(engine: Engine) -> Self {
        Box::pin(Self::with(engine, |_| {})).await
    }

    /// As `start`, configured otherwise.
    pub(crate) async fn with(engine: Engine, configure: impl FnOnce(&mut Config)) -> Self {
        Box::pin(Self::fresh(Place::new(engine, false), configure)).await
    }

    /// As `start`, on a PostgreSQL server of its own, which the test may stop.
    pub(crate) async fn on_own_server() -> Self {
        Box::pin(Self::fresh(Place::new(Engine::Postgres, true), |_| {})).await
    }

    async fn fresh(place: Place, configure: impl FnOnce(&mut Config)) -> Self {
        logs::capture();
        let (place, clock) = (Arc::new(place), Arc::new(TestClock::noon()));
        let mut config = Box::new(configuration(place.directory.path()));
        configure(&mut config);
        let floor = blocking({
            let (place, now_us) = (Arc::clone(&place), clock.now_us());
            move || {
                let floor = place.floor();
                settle(&floor, now_us);
                floor
            }
        });
        Self::serve(place, clock, *config, floor.await).await
    }

    /// A server where one was before.
    pub(crate) async fn again(place: &Arc<Place>, config: &Config) -> Self {
        let floor = {
            let place = Arc::clone(place);
            blocking(move || place.floor()).await
        };
        Self::serve(Arc::clone(place), Arc::new(TestClock::noon()), config.clone(), floor).await
    }

    /// Another server on the same store, as another process is: it has read keys and data for itself.
    pub(crate) async fn beside(&self) -> Self {
        Box::pin(self.beside_with(|_| {})).await
    }

    /// As `beside`, configured otherwise.
    pub(crate) async fn beside_with(&self, configure: impl FnOnce(&mut Config)) -> Self {
        let place = Arc::clone(&self.place);
        let floor = blocking(move || place.floor()).await;
        let mut config = Config::clone(&self.config);
        configure(&mut config);
        Self::serve(Arc::clone(&self.place), Arc::clone(&self.clock), config, floor).await
    }

    async fn serve(place: Arc<Place>, clock: Arc<TestClock>, config: Config, floor: Floor) -> Self {
        let store = floor.store.clone();
        let starting = Server::start_at_rest(&config, floor, Arc::clone(&clock) as _, Guests::default());
        let server = Box::pin(starting).await.unwrap();
        let jwks = Jwks { keys: Vec::new() };
        let (config, clients) = (Box::new(config), Mutex::default());
        let mut app = Self { server, place, clock, config, store, jwks, clients };
        let keys =
            app.call(None, http::Request::get("/.well-known/jwks.json").body(Vec::new()).unwrap()).await;
        app.jwks = serde_json::from_slice(&keys.body).unwrap();
        app
    }

    /// Ends the server, lets something happen to what it kept, and tries to start another one there: why it does not.
    pub(crate) async fn refused_after(self, happens: impl FnOnce(&Place)) -> String {
        let (place, clock, config) = (Arc::clone(&self.place), Arc::clone(&self.clock), self.config.clone());
        self.stop().await;
        happens(&place);
        let floor = blocking(move || place.floor()).await;
        match Box::pin(Server::start_at_rest(&config, floor, clock as _, Guests::default())).await {
            Ok(_) => panic!("it started"),
            Err(error) => format!("{error:#}"),
        }
    }

    /// Ends the server; what it kept stays.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    pub(crate) fn road(&self) -> &Arc<Road> {
        self.server.road()
    }

    pub(crate) fn authority(&self) -> String {
        self.server.address.to_string()
    }

    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// Asks over the wire.
    pub(crate) async fn ask(&self, via: Via, ask: &Ask) -> Answer {
        self.call(ask.certificate, ask.request(via, self.now_us())).await
    }

    /// Sends a request over a connection with this certificate, or none.
    pub(crate) async fn call(
        &self,
        certificate: Option<&'static str>,
        request: http::Request<Vec<u8>>,
    ) -> Answer {
        client::send(&self.authority(), self.client(certificate), request).await.unwrap()
    }

    pub(crate) fn client(&self, certificate: Option<&'static str>) -> Arc<rustls::ClientConfig> {
        let mut clients = self.clients.lock().unwrap();
        let config = clients.entry(certificate).or_insert_with(|| {
            let issued = certificate.map(|name| &pki().clients[name]);
            client::tls(&pki().ca, issued.map(|i| (i.certificate.as_path(), i.key.as_path()))).unwrap()
        });
        Arc::clone(config)
    }

    /// The entry of this number.
    pub(crate) async fn entry(&self, number: u64) -> Entry {
        self.road().journal.entry(number).await.unwrap().expect("an entry of this number")
    }

    /// How many entries tell of calls; the others are contexts.
    pub(crate) async fn calls(&self) -> usize {
        self.calls_from(0).await.len()
    }

    /// The entries of calls from a number on.
    pub(crate) async fn calls_from(&self, number: u64) -> Vec<Entry> {
        let entries = self.on_road(move |road, _| {
            let stored = road.journal.read_stored(number, usize::MAX).unwrap();
            stored.into_iter().map(|stored| road.journal.open_stored(stored).unwrap()).collect::<Vec<_>>()
        });
        let mut entries: Vec<Entry> = entries.await;
        entries.retain(|entry| entry.kind == Kind::Call);
        entries
    }

    /// Runs something that blocks on the store, with this server's road.
    pub(crate) async fn on_road<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Road, i64) -> T + Send + 'static,
    ) -> T {
        let (road, now_us) = (Arc::clone(self.road()), self.now_us());
        blocking(move || f(&road, now_us)).await
    }
}

/// Runs what blocks where it may.
pub(crate) async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(f).await.unwrap()
}

pub(crate) fn configuration(directory: &Path) -> Config {
    let mut config = Config::for_directory(directory);
    config.listen.address = ([127, 0, 0, 1], 0).into();
    config.admin.address = ([127, 0, 0, 1], 0).into();
    config.console.address = ([127, 0, 0, 1], 0).into();
    config.listen.certificate.clone_from(&pki().server.certificate);
    config.listen.key.clone_from(&pki().server.key);
    config.listen.client_ca.clone_from(&pki().ca);
    config.web.system = String::new();
    // Tests ask for the same few people again and again; those of the watch switch its parts on.
    config.watch.judge = false;
    config.watch.guess_persons = 0;
    config
}

/// The world and the people of every synthetic nation.
fn settle(floor: &Floor, now_us: i64) {
    floor.exchange.provision(&scene::world(), now_us).unwrap();
    floor.exchange.revoke_certificate(&pki().clients[REVOKED].fingerprint, now_us).unwrap();
    let today = vietnam_day(now_us);
    let people: Vec<NewPerson> = samples()
        .into_iter()
        .map(|sample| NewPerson::new(sample.record, today, "generated").with_former(&sample.former))
        .collect();
    floor.registry.insert_many(&people, now_us).unwrap();
    floor.registry.refresh().unwrap();
}
