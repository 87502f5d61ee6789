//! Fresh empty stores of both engines, for the tests of every crate that owns tables.
//!
//! ```no_run
//! for (engine, store, _guard) in dancu_storage::testing::stores() {
//!     store.migrate("example", &[]).unwrap();
//!     // … the test, naming `engine` in its messages
//! }
//! ```
//!
//! PostgreSQL is a private cluster of the test process, on a socket in a temporary directory; it ends with the
//! process, however that ends. Where its programs are missing the tests fail: they must not pass by testing half.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot have its store shall stop")]

mod server;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

pub use self::server::PostgresServer;
use crate::{Store, StoreError};

/// One statement in thirty or so collides.
const COLLISIONS_PER_THOUSAND: u32 = 30;
const CONNECTIONS: usize = 8;

/// Keeps a store's files alive; hold it as long as the store.
#[must_use]
#[derive(Debug)]
pub struct Guard {
    _directory: Option<TempDir>,
}

/// A fresh empty store of each engine, plain and with injected collisions, each with its name.
///
/// # Panics
///
/// When a store cannot be made, for instance because PostgreSQL is not installed.
pub fn stores() -> Vec<(&'static str, Store, Guard)> {
    let (sqlite, sqlite_guard) = sqlite_store();
    let (sqlite_faulty, sqlite_faulty_guard) = sqlite_store();
    let (postgres, postgres_guard) = postgres_store();
    let (postgres_faulty, postgres_faulty_guard) = postgres_store();
    vec![
        ("sqlite", sqlite, sqlite_guard),
        ("postgresql", postgres, postgres_guard),
        (
            "sqlite with collisions",
            sqlite_faulty.with_faults(1, COLLISIONS_PER_THOUSAND),
            sqlite_faulty_guard,
        ),
        (
            "postgresql with collisions",
            postgres_faulty.with_faults(2, COLLISIONS_PER_THOUSAND),
            postgres_faulty_guard,
        ),
    ]
}

/// A fresh empty store in a file of its own. It does not wait for the disk: a crash of the machine is not tested here.
///
/// # Panics
///
/// When the file cannot be made.
pub fn sqlite_store() -> (Store, Guard) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::sqlite(&directory.path().join("store.db")).expect("a new file");
    store.configure_sqlite("PRAGMA synchronous = OFF").expect("a pragma");
    (store, Guard { _directory: Some(directory) })
}

/// A fresh empty store on the PostgreSQL server of this process.
///
/// # Panics
///
/// When PostgreSQL is not installed or does not start.
pub fn postgres_store() -> (Store, Guard) {
    let store = open_postgres(&fresh_postgres_url());
    (store, Guard { _directory: None })
}

/// The URL of a fresh empty schema on the PostgreSQL server of this process: for tests that open it more than once.
///
/// # Panics
///
/// When PostgreSQL is not installed or does not start.
pub fn fresh_postgres_url() -> String {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(PostgresServer::start_new);
    let schema = format!("store_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    server.batch_execute(&format!("CREATE SCHEMA {schema}"));
    format!("{} options='-c search_path={schema}'", server.url())
}

/// A store on any PostgreSQL, driven by the runtime of the tests.
///
/// # Panics
///
/// When the URL cannot be read.
pub fn open_postgres(url: &str) -> Store {
    Store::postgres(url, CONNECTIONS, runtime().handle().clone()).expect("a URL of PostgreSQL")
}

/// A PostgreSQL server of the test's own, which it may stop and start again.
///
/// # Panics
///
/// When PostgreSQL is not installed or does not start.
pub fn postgres() -> PostgresServer {
    PostgresServer::start_new()
}

/// Lets an embedded store have so many pages (of 4 KiB) and no more: the next transaction that needs more finds the
/// disk full. The number cannot go below what is in use.
///
/// # Errors
///
/// [`StoreError::Other`] when the store is not embedded.
pub fn limit_pages(store: &Store, pages: u32) -> Result<(), StoreError> {
    store.configure_sqlite(&format!("PRAGMA max_page_count = {pages}"))
}

/// Drives the connections of all stores of the process.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
    })
}
