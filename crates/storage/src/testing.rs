//! Fresh empty stores of both engines, for the tests of every crate that owns tables.
#![expect(clippy::expect_used, reason = "a test that cannot have its store shall stop")]

use tempfile::TempDir;

use crate::Store;

/// Keeps a store's database alive; hold it as long as the store.
#[must_use]
#[derive(Debug)]
pub struct Guard {
    _directory: Option<TempDir>,
}

/// A fresh empty store of every engine, plain and with injected collisions, each with its name.
pub fn stores() -> Vec<(&'static str, Store, Guard)> {
    let (store, guard) = sqlite();
    let (faulty, faulty_guard) = sqlite();
    vec![("sqlite", store, guard), ("sqlite, collisions", faulty.with_faults(1, 30), faulty_guard)]
}

/// A fresh empty store in a file of its own. It does not wait for the disk.
pub fn sqlite() -> (Store, Guard) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::sqlite(&directory.path().join("store.db")).expect("a new file");
    store.configure_sqlite("PRAGMA synchronous = OFF").expect("a pragma");
    (store, Guard { _directory: Some(directory) })
}
