//! The database is away, comes back, is full, is damaged.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use std::fs;

use dancu_storage::testing::{limit_pages, open_postgres, postgres, sqlite_store};
use dancu_storage::{Migration, Store, StoreError, Value};

const SCHEMA: &[Migration] =
    &[Migration { id: "1", sql: "CREATE TABLE note (id INTEGER NOT NULL, body BLOB, PRIMARY KEY (id))" }];

fn insert(store: &Store, id: i64, bytes: usize) -> Result<u64, StoreError> {
    let values: [Value; 2] = [id.into(), vec![7_u8; bytes].into()];
    store.run_tx("insert", |tx| tx.execute("INSERT INTO note (id, body) VALUES ($1, $2)", &values))
}

fn count(store: &Store) -> Result<i64, StoreError> {
    store.read("count", |tx| tx.query_opt("SELECT COUNT(*) FROM note", &[])?.expect("a count").int(0))
}

#[test]
fn a_server_that_vanished_and_returned_is_used_again() {
    let server = postgres();
    let store = open_postgres(&server.url());
    store.migrate("test", SCHEMA).expect("a schema");
    assert_eq!(insert(&store, 1, 10), Ok(1));

    server.stop();
    for _ in 0..3 {
        let result = insert(&store, 2, 10);
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        let result = count(&store);
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
    }

    server.start();
    assert_eq!(insert(&store, 2, 10), Ok(1));
    assert_eq!(count(&store), Ok(2));
}

#[test]
fn a_server_that_vanishes_within_a_transaction_changed_nothing() {
    let server = postgres();
    let store = open_postgres(&server.url());
    store.migrate("test", SCHEMA).expect("a schema");
    let result = store.run_tx("cut", |tx| {
        tx.execute("INSERT INTO note (id) VALUES (1)", &[])?;
        server.stop();
        tx.execute("INSERT INTO note (id) VALUES (2)", &[])
    });
    assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");

    server.start();
    let result = store.run_tx("cut", |tx| {
        tx.execute("INSERT INTO note (id) VALUES (1)", &[])?;
        server.stop();
        Ok::<_, StoreError>(())
    });
    // Whether the driver has noticed before COMMIT is a race; both answers are true.
    assert!(matches!(result, Err(StoreError::Unavailable(_) | StoreError::CommitUnknown(_))), "{result:?}");

    server.start();
    assert_eq!(count(&store), Ok(0));
}

#[test]
fn a_server_that_was_never_there() {
    let store = open_postgres("host=/nonexistent user=nobody dbname=none");
    let result = count(&store);
    assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
}

#[test]
fn a_bad_url_is_refused_and_not_repeated() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let result = Store::postgres("postgresql://me:secret@host:port/db?x=y", 1, runtime.handle().clone());
    let error = result.expect_err("no such URL").to_string();
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let (store, _guard) = sqlite_store();
    store.migrate("test", SCHEMA).expect("a schema");
    assert_eq!(insert(&store, 1, 10), Ok(1));
    limit_pages(&store, 20).expect("a limit");
    let result = insert(&store, 2, 1_000_000);
    assert!(matches!(result, Err(StoreError::Full(_))), "{result:?}");
    assert_eq!(count(&store), Ok(1));
    limit_pages(&store, 10_000).expect("a limit");
    assert_eq!(insert(&store, 2, 1_000_000), Ok(1));
    assert_eq!(count(&store), Ok(2));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    fs::write(&path, "this is a letter and no database ".repeat(200)).expect("a file");
    let result = Store::sqlite(&path);
    assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
}

#[test]
fn a_damaged_page_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    let store = Store::sqlite(&path).expect("a store");
    store.migrate("test", SCHEMA).expect("a schema");
    for id in 0..200 {
        insert(&store, id, 500).expect("a note");
    }
    drop(store);
    let mut bytes = fs::read(&path).expect("a file");
    let pages = bytes.len() / 4096;
    for page in 5..pages {
        bytes[page * 4096..page * 4096 + 64].fill(0xEE);
    }
    fs::write(&path, bytes).expect("a file");
    let result = Store::sqlite(&path)
        .and_then(|store| store.read("all", |tx| tx.query("SELECT id, body FROM note ORDER BY id", &[])));
    assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
}

#[test]
fn a_directory_that_does_not_exist() {
    let result = Store::sqlite(std::path::Path::new("/nonexistent/store.db"));
    assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
}
