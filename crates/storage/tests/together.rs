//! Several processes on one database count exactly, and nobody loses a write.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use dancu_storage::testing::{fresh_postgres_url, open_postgres};
use dancu_storage::{Migration, Store, StoreError, Value};

const SCHEMA: &[Migration] = &[
    Migration {
        id: "1",
        sql: "CREATE TABLE counter (id TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (id))",
    },
    Migration { id: "2", sql: "CREATE TABLE event (id INTEGER NOT NULL, PRIMARY KEY (id))" },
    Migration { id: "3", sql: "INSERT INTO counter (id, total) VALUES ('calls', 0)" },
];

const THREADS: i64 = 4;
const CALLS: i64 = 40;

/// Reads, decides, writes: what only serializable transactions get right.
fn call(store: &Store, event: i64) -> Result<i64, StoreError> {
    store.run_tx("call", |tx| {
        let row = tx.query_opt("SELECT total FROM counter WHERE id = $1", &["calls".into()])?;
        let total = row.map_or(Ok(0), |row| row.int(0))? + 1;
        tx.execute("UPDATE counter SET total = $1 WHERE id = $2", &[total.into(), "calls".into()])?;
        tx.execute("INSERT INTO event (id) VALUES ($1)", &[event.into()])?;
        Ok(total)
    })
}

/// Each thread has a store of its own, as a process has.
fn count_together(open: impl Fn() -> Store + Sync) {
    let store = open();
    store.migrate("test", SCHEMA).expect("a schema");
    let mut totals = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let open = &open;
                scope.spawn(move || {
                    let store = open();
                    let calls = (0..CALLS).map(|n| call(&store, thread * CALLS + n).expect("a call"));
                    calls.collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a thread")).collect::<Vec<_>>()
    });
    totals.sort_unstable();
    assert_eq!(totals, (1..=THREADS * CALLS).collect::<Vec<_>>(), "every call got a number of its own");
    let events = store.read("events", |tx| tx.query("SELECT id FROM event", &[])).expect("events");
    assert_eq!(events.len(), totals.len());
}

#[test]
fn on_one_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    count_together(|| Store::sqlite(&path).expect("a store"));
}

#[test]
fn on_one_file_with_collisions() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    count_together(|| Store::sqlite(&path).expect("a store").with_faults(3, 50));
}

#[test]
fn on_one_server() {
    let url = fresh_postgres_url();
    count_together(|| open_postgres(&url));
}

#[test]
fn on_one_server_with_collisions() {
    let url = fresh_postgres_url();
    count_together(|| open_postgres(&url).with_faults(3, 50));
}

/// Two that each read what the other writes: one of them must see the other's work (no write skew).
#[test]
fn no_write_skew_on_one_server() {
    let url = fresh_postgres_url();
    let store = open_postgres(&url);
    store.migrate("test", SCHEMA).expect("a schema");
    let count_and_insert = |id: i64| {
        store.run_tx("skew", |tx| {
            let count = tx.query_opt("SELECT COUNT(*) FROM event", &[])?.expect("a count").int(0)?;
            if count == 0 {
                tx.execute("INSERT INTO event (id) VALUES ($1)", &[Value::from(id)])?;
            }
            Ok::<_, StoreError>(count)
        })
    };
    for round in 0..20 {
        store.run_tx("clear", |tx| tx.execute("DELETE FROM event", &[])).expect("cleared");
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| count_and_insert(1));
            let b = scope.spawn(|| count_and_insert(2));
            (a.join().expect("a thread").expect("a count"), b.join().expect("a thread").expect("a count"))
        });
        assert_eq!(a + b, 1, "round {round}: exactly one came first");
    }
}

/// More threads than connections: they take turns.
#[test]
fn connections_are_shared() {
    let url = fresh_postgres_url();
    let store = open_postgres(&url);
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                for _ in 0..20 {
                    store.read("turn", |tx| tx.query("SELECT 1", &[])).expect("a turn");
                }
            });
        }
    });
    assert_eq!(store.metrics().succeeded("turn"), 24 * 20);
}
