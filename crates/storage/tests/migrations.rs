//! Migrations: idempotent, safe to run from several processes at once, refused when changed.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use dancu_storage::testing::{fresh_postgres_url, open_postgres, stores};
use dancu_storage::{Migration, Store, StoreError};

const FIRST: Migration =
    Migration { id: "0001_a", sql: "CREATE TABLE a (id INTEGER NOT NULL, note TEXT, PRIMARY KEY (id))" };
const SECOND: Migration = Migration { id: "0002_b", sql: "ALTER TABLE a ADD COLUMN number INTEGER" };

#[test]
fn migrations_apply_once_and_in_order() {
    for (engine, store, _guard) in stores() {
        store.migrate("one", &[FIRST]).expect(engine);
        store.migrate("one", &[FIRST, SECOND]).expect(engine);
        store.migrate("one", &[FIRST, SECOND]).expect(engine);
        store.migrate("two", &[]).expect(engine);
        store.run_tx("use", |tx| tx.execute("INSERT INTO a (id, number) VALUES (1, 2)", &[])).expect(engine);
        assert_eq!(store.applied_migrations("one").expect(engine), ["0001_a", "0002_b"], "{engine}");
        assert_eq!(store.applied_migrations("two").expect(engine), Vec::<String>::new(), "{engine}");
        store.migrate("one", &[FIRST]).expect("an older program beside a newer one");
    }
}

#[test]
fn a_changed_migration_is_refused() {
    for (engine, store, _guard) in stores() {
        store.migrate("one", &[FIRST]).expect(engine);
        let changed = Migration { sql: "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)", ..FIRST };
        let result = store.migrate("one", &[changed]);
        assert!(matches!(result, Err(StoreError::Schema(_))), "{engine}: {result:?}");
    }
}

#[test]
fn a_migration_that_fails_leaves_nothing() {
    for (engine, store, _guard) in stores() {
        let bad = Migration { id: "0002_bad", sql: "CREATE INDEX i ON nothing (id)" };
        let result = store.migrate("one", &[FIRST, bad]);
        assert!(matches!(result, Err(StoreError::Schema(_))), "{engine}: {result:?}");
        assert_eq!(store.applied_migrations("one").expect(engine), ["0001_a"], "{engine}");
    }
}

#[test]
fn a_migration_that_is_not_portable_is_refused() {
    for (engine, store, _guard) in stores() {
        let serial = Migration { id: "0001", sql: "CREATE TABLE a (id SERIAL)" };
        let two = Migration { id: "0001", sql: "CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER)" };
        for migration in [serial, two] {
            let result = store.migrate("one", &[migration]);
            assert!(matches!(result, Err(StoreError::Schema(_))), "{engine}: {result:?}");
        }
    }
}

#[test]
fn columns_hold_what_their_type_says() {
    for (engine, store, _guard) in stores() {
        store.migrate("one", &[FIRST]).expect(engine);
        let insert = "INSERT INTO a (id, note) VALUES ($1, $2)";
        let result = store.run_tx("wrong", |tx| tx.execute(insert, &["one".into(), "note".into()]));
        // SQLite names the type of the value, PostgreSQL the statement.
        assert!(matches!(result, Err(StoreError::Type(_) | StoreError::Schema(_))), "{engine}: {result:?}");
        let result = store.run_tx("wrong", |tx| tx.execute(insert, &[1.into(), vec![1_u8].into()]));
        // PostgreSQL writes the bytes down in hexadecimal digits; the tests on SQLite find such a mistake.
        assert!(
            matches!(result, Err(StoreError::Type(_))) || engine.starts_with("postgresql"),
            "{engine}: {result:?}"
        );
    }
}

#[test]
fn an_open_connection_survives_a_change_of_the_schema() {
    for (engine, store, _guard) in stores() {
        store.migrate("one", &[FIRST]).expect(engine);
        let read = || store.read("all", |tx| tx.query("SELECT * FROM a", &[]));
        store.run_tx("fill", |tx| tx.execute("INSERT INTO a (id) VALUES (1)", &[])).expect(engine);
        assert_eq!(read().expect(engine).first().expect(engine).len(), 2, "{engine}");
        store.migrate("one", &[FIRST, SECOND]).expect(engine);
        assert_eq!(read().expect(engine).first().expect(engine).len(), 3, "{engine}");
    }
}

/// Opens the same database from many threads, each with connections of its own as a process has, and migrates.
fn race(open: impl Fn() -> Store + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| open().migrate("race", &[FIRST, SECOND]).expect("all succeed"));
        }
    });
    assert_eq!(open().applied_migrations("race").expect("migrated"), ["0001_a", "0002_b"]);
}

#[test]
fn processes_may_migrate_one_file_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    for round in 0..5 {
        let path = directory.path().join(format!("race-{round}.db"));
        race(|| Store::sqlite(&path).expect("a store"));
        let path = directory.path().join(format!("faulty-{round}.db"));
        race(|| Store::sqlite(&path).expect("a store").with_faults(round, 50));
    }
}

#[test]
fn processes_may_migrate_one_server_at_once() {
    for round in 0..5 {
        let url = fresh_postgres_url();
        race(|| open_postgres(&url));
        let url = fresh_postgres_url();
        race(|| open_postgres(&url).with_faults(round, 50));
    }
}
