//! Transactions mean the same on both engines, with and without injected collisions.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on shall stop")]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};

use dancu_storage::testing::stores;
use dancu_storage::{Migration, Store, StoreError, Value};

const SCHEMA: &[Migration] = &[
    Migration {
        id: "0001_thing",
        sql: "CREATE TABLE thing (id INTEGER NOT NULL, name TEXT, body BLOB, share REAL, PRIMARY KEY (id))",
    },
    Migration { id: "0002_thing_name", sql: "CREATE UNIQUE INDEX thing_name ON thing (name)" },
    Migration {
        id: "0003_part",
        sql: "CREATE TABLE part (
            id INTEGER NOT NULL PRIMARY KEY, -- no meaning
            thing INTEGER NOT NULL REFERENCES thing (id)
        ) -- a comment at the end",
    },
    Migration { id: "0004_first", sql: "INSERT INTO thing (id, name) VALUES (0, 'zero');" },
];

const INSERT: &str = "INSERT INTO thing (id, name, body, share) VALUES ($1, $2, $3, $4)";

fn migrated() -> Vec<(&'static str, Store, dancu_storage::testing::Guard)> {
    let stores = stores();
    for (engine, store, _) in &stores {
        store.migrate("test", SCHEMA).unwrap_or_else(|error| panic!("{engine}: {error}"));
    }
    stores
}

fn thing(id: i64) -> Vec<Value> {
    vec![id.into(), format!("name {id}").into(), vec![id.to_le_bytes()[0]; 3].into(), Value::Null]
}

fn count(store: &Store) -> i64 {
    store
        .read("count", |tx| tx.query_opt("SELECT COUNT(*) FROM thing", &[])?.expect("a count").int(0))
        .expect("a count")
}

#[test]
fn values_come_back_as_they_went() {
    for (engine, store, _guard) in migrated() {
        let text = "Nguyễn Thị Đào '\"$1";
        store
            .run_tx("insert", |tx| {
                let values = [i64::MIN.into(), text.into(), vec![0_u8, 255].into(), 0.1_f64.into()];
                assert_eq!(tx.execute(INSERT, &values)?, 1);
                tx.execute(INSERT, &[i64::MAX.into(), Value::Null, Value::Null, Value::Null])
            })
            .expect(engine);
        let rows = store
            .read("all", |tx| {
                tx.query("SELECT id, name, body, share FROM thing WHERE id <> $1 ORDER BY id", &[0.into()])
            })
            .expect(engine);
        let [low, high] = rows.as_slice() else { panic!("{engine}: {rows:?}") };
        assert_eq!(low.int(0), Ok(i64::MIN), "{engine}");
        assert_eq!(low.text(1), Ok(text), "{engine}");
        assert_eq!(low.array(2), Ok([0, 255]), "{engine}");
        assert_eq!(low.real(3), Ok(0.1), "{engine}");
        assert_eq!((high.opt_text(1), high.opt_bytes(2), high.opt_real(3)), (Ok(None), Ok(None), Ok(None)));
        assert!(matches!(high.text(1), Err(StoreError::Type(_))), "{engine}: NULL is no text");
        assert!(matches!(low.int(1), Err(StoreError::Type(_))), "{engine}: text is no integer");
        assert!(matches!(low.number::<u8>(0), Err(StoreError::Type(_))), "{engine}: out of range");
        assert!(matches!(low.int(9), Err(StoreError::Type(_))), "{engine}: no such column");
    }
}

#[test]
fn parameters_may_stand_in_any_order_and_twice() {
    for (engine, store, _guard) in migrated() {
        let row = store
            .read("order", |tx| {
                tx.query_opt(
                    "SELECT $2 - $1, $1, COALESCE($3, 'none') FROM thing WHERE $1 = $1",
                    &[5.into(), 7.into(), Value::Null],
                )
            })
            .expect(engine)
            .expect(engine);
        assert_eq!((row.int(0), row.int(1), row.text(2)), (Ok(2), Ok(5), Ok("none")), "{engine}");
    }
}

#[test]
fn sums_and_comparisons_are_integers_and_averages_real() {
    for (engine, store, _guard) in migrated() {
        let sql = "SELECT SUM(id), AVG(id), 1 < 2, SUM(share), SUM(id) * 10000000000, -SUM(id) FROM thing WHERE id > 0";
        let row = store
            .run_tx("sum", |tx| {
                tx.execute_many(INSERT, &[thing(10_001), thing(20_000), thing(30_000)])?;
                let row = tx.query_opt(sql, &[])?;
                tx.execute("DELETE FROM thing WHERE id > 0", &[])?;
                Ok::<_, StoreError>(row)
            })
            .expect(engine)
            .expect(engine);
        assert_eq!(row.int(0), Ok(60_001), "{engine}");
        assert!((row.real(1).expect(engine) - 20_000.333_333).abs() < 1e-5, "{engine}");
        assert_eq!(row.bool(2), Ok(true), "{engine}");
        assert_eq!(row.opt_int(3), Ok(None), "{engine}");
        assert_eq!(row.int(4), Ok(600_010_000_000_000), "{engine}");
        assert_eq!(row.int(5), Ok(-60_001), "{engine}");
    }
}

#[test]
fn texts_compare_by_bytes_and_like_minds_case() {
    for (engine, store, _guard) in migrated() {
        let names = ["b", "B", "a", "Đ", "á", "_"];
        let rows: Vec<[Value; 4]> = names
            .iter()
            .zip(1_i64..)
            .map(|(name, id)| [id.into(), (*name).into(), Value::Null, Value::Null])
            .collect();
        store.run_tx("insert", |tx| tx.execute_many(INSERT, &rows)).expect(engine);
        let sorted = store
            .read("sorted", |tx| {
                let rows = tx.query("SELECT name FROM thing WHERE id > 0 ORDER BY name", &[])?;
                rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>, StoreError>>()
            })
            .expect(engine);
        assert_eq!(sorted, ["B", "_", "a", "b", "á", "Đ"], "{engine}");
        let like =
            store.read("like", |tx| tx.query("SELECT id FROM thing WHERE name LIKE $1", &["B%".into()]));
        assert_eq!(like.expect(engine).len(), 1, "{engine}");
    }
}

#[test]
fn a_failed_transaction_changes_nothing() {
    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error("refused")]
        Refused,
        #[error(transparent)]
        Store(#[from] StoreError),
    }
    for (engine, store, _guard) in migrated() {
        let refused = store.run_tx("refused", |tx| {
            tx.execute(INSERT, &thing(1))?;
            Err::<(), _>(Failure::Refused)
        });
        assert!(matches!(refused, Err(Failure::Refused)), "{engine}: {refused:?}");
        assert_eq!(count(&store), 1, "{engine}");
    }
}

#[test]
fn errors_have_their_kinds_and_no_values() {
    let secret = "012345678901";
    for (engine, store, _guard) in migrated() {
        let insert = |id: i64, name: &str| {
            store.run_tx("insert", |tx| {
                tx.execute(INSERT, &[id.into(), name.into(), Value::Null, Value::Null])
            })
        };
        insert(1, secret).expect(engine);
        let conflict = insert(2, secret).expect_err(engine);
        assert!(matches!(conflict, StoreError::Conflict(_)), "{engine}: {conflict}");
        assert!(!format!("{conflict} {conflict:?}").contains(secret), "{engine}: {conflict}");

        let part = "INSERT INTO part (id, thing) VALUES ($1, $2)";
        let orphan = store.run_tx("orphan", |tx| tx.execute(part, &[1.into(), 99.into()])).expect_err(engine);
        assert!(matches!(orphan, StoreError::Constraint(_)), "{engine}: {orphan}");

        let missing = store.read("missing", |tx| tx.query("SELECT id FROM nothing", &[])).expect_err(engine);
        assert!(matches!(missing, StoreError::Schema(_)), "{engine}: {missing}");

        let wrong =
            store.run_tx("wrong", |tx| tx.execute(part, &[1.into(), secret.into()])).expect_err(engine);
        // A text of digits is turned into the integer by SQLite, and then there is no such thing.
        assert!(
            matches!(wrong, StoreError::Type(_) | StoreError::Schema(_) | StoreError::Constraint(_)),
            "{wrong}"
        );
        assert!(!format!("{wrong} {wrong:?}").contains(secret), "{engine}: {wrong}");

        let few =
            store.read("few", |tx| tx.query("SELECT id FROM thing WHERE id = $1", &[])).expect_err(engine);
        assert!(matches!(few, StoreError::Schema(_)), "{engine}: {few}");

        let two = store.read("two", |tx| tx.query_opt("SELECT id FROM thing", &[])).expect_err(engine);
        assert!(matches!(two, StoreError::Other(_)), "{engine}: {two}");

        let written = store.read("written", |tx| tx.execute("DELETE FROM thing", &[]));
        assert!(matches!(written, Err(StoreError::Other(_))), "{engine}: a read may not write: {written:?}");
        assert_eq!(count(&store), 2, "{engine}: still usable");
    }
}

#[test]
fn a_failed_statement_dooms_the_transaction() {
    for (engine, store, _guard) in migrated() {
        let result = store.run_tx("swallow", |tx| {
            tx.execute(INSERT, &thing(1))?;
            let _ = tx.execute(INSERT, &thing(1));
            Ok::<_, StoreError>(())
        });
        assert!(matches!(result, Err(StoreError::Conflict(_))), "{engine}: {result:?}");
        assert_eq!(count(&store), 1, "{engine}");
    }
}

#[test]
fn execute_many_keeps_the_order_and_tells_the_first_failure() {
    const UPSERT: &str =
        "INSERT INTO thing (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name";
    for (engine, store, _guard) in migrated() {
        let rows: Vec<[Value; 2]> =
            (0..3000_i64).map(|n| [(n % 3 + 1).into(), format!("{n:04}").into()]).collect();
        let changed = store.run_tx("upsert", |tx| tx.execute_many(UPSERT, &rows)).expect(engine);
        assert_eq!(changed, 3000, "{engine}");
        let names = store
            .read("names", |tx| tx.query("SELECT name FROM thing WHERE id > 0 ORDER BY id", &[]))
            .expect(engine);
        let names: Vec<_> = names.iter().map(|row| row.text(0).expect(engine)).collect();
        assert_eq!(names, ["2997", "2998", "2999"], "{engine}");

        let failing: Vec<_> = (4..500).chain([4]).chain(500..900).map(thing).collect();
        let result = store.run_tx("failing", |tx| tx.execute_many(INSERT, &failing));
        assert!(matches!(result, Err(StoreError::Conflict(_))), "{engine}: {result:?}");
        assert_eq!(count(&store), 4, "{engine}");
    }
}

#[test]
fn nullable_columns_go_through_one_statement() {
    for (engine, store, _guard) in migrated() {
        let rows: Vec<[Value; 4]> = (1..50_i64)
            .map(|id| [id.into(), (id % 2 == 0).then(|| format!("n{id}")).into(), Value::Null, Value::Null])
            .collect();
        store.run_tx("many", |tx| tx.execute_many(INSERT, &rows)).expect(engine);
        for id in 50..60_i64 {
            let share = (id % 2 == 0).then_some(0.5);
            store
                .run_tx("one", |tx| tx.execute(INSERT, &[id.into(), Value::Null, Value::Null, share.into()]))
                .expect(engine);
        }
        assert_eq!(count(&store), 60, "{engine}");
    }
}

#[test]
fn collisions_are_retried_and_counted() {
    for (engine, store, _guard) in migrated() {
        let faulty = store.with_faults(7, 200);
        let runs = AtomicU32::new(0);
        for id in 1..=50 {
            faulty
                .run_tx("retried", |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    tx.execute(INSERT, &thing(id))
                })
                .expect(engine);
        }
        let retries = store.metrics().retries("retried");
        assert!(retries > 5, "{engine}: {retries}");
        assert_eq!(u64::from(runs.into_inner()), retries + 50, "{engine}");
        assert_eq!(store.metrics().succeeded("retried"), 50, "{engine}");
        assert_eq!(count(&store), 51, "{engine}");
    }
}

#[test]
fn what_always_collides_ends_with_an_error() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let runs = AtomicU32::new(0);
    let result: Result<(), StoreError> = store.with_faults(1, 1000).run_tx("never", |tx| {
        runs.fetch_add(1, Ordering::Relaxed);
        tx.query("SELECT 1", &[]).map(|_| ())
    });
    assert!(matches!(result, Err(StoreError::Serialization(_))), "{result:?}");
    assert!(runs.into_inner() > 10);
}

#[test]
fn the_same_seed_gives_the_same_faults() {
    let run = || {
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let faulty = store.with_faults(42, 300);
        (0..30)
            .map(|_| {
                let mut runs = 0;
                let result: Result<Vec<_>, StoreError> = faulty.read("seeded", |tx| {
                    runs += 1;
                    tx.query("SELECT 1", &[])
                });
                (runs, result.is_ok())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn big_results_stream() {
    for (engine, store, _guard) in migrated() {
        let things: Vec<_> = (1..5000).map(thing).collect();
        store.run_tx("fill", |tx| tx.execute_many(INSERT, &things)).expect(engine);

        let mut sum = 0;
        let summed = store.read("sum", |tx| {
            sum = 0;
            tx.for_each("SELECT id FROM thing ORDER BY id", &[], |row| {
                sum += row.int(0)?;
                Ok::<_, StoreError>(())
            })
        });
        summed.expect(engine);
        assert_eq!(sum, 4999 * 5000 / 2, "{engine}");

        let mut seen = 0;
        let sql = "SELECT id, name FROM thing WHERE id >= $1 ORDER BY id";
        let scanned = store.scan("scan", sql, &[0.into()], |row| {
            assert_eq!(row.int(0)?, seen);
            seen += 1;
            Ok::<_, StoreError>(if seen == 1000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        scanned.expect(engine);
        assert_eq!(seen, 1000, "{engine}");

        let stopped = store.scan("scan", sql, &[0.into()], |row| {
            row.bytes(1)?;
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        });
        assert!(matches!(stopped, Err(StoreError::Type(_))), "{engine}: {stopped:?}");
        assert_eq!(count(&store), 5000, "{engine}: the connection is still good");
    }
}

#[test]
fn a_scan_is_run_again_only_before_its_first_row() {
    for (engine, store, _guard) in migrated() {
        let faulty = store.with_faults(5, 200);
        for _ in 0..60 {
            let mut ids = Vec::new();
            let scanned = faulty.scan("faulty scan", "SELECT id FROM thing", &[], |row| {
                ids.push(row.int(0)?);
                Ok::<_, StoreError>(ControlFlow::Continue(()))
            });
            assert_eq!((scanned, ids.as_slice()), (Ok(()), [0].as_slice()), "{engine}");
        }
        assert!(store.metrics().retries("faulty scan") > 0, "{engine}");
    }
}

#[test]
fn a_read_sees_one_state() {
    for (engine, store, _guard) in migrated() {
        let (before, after) = store
            .read("twice", |tx| {
                let sql = "SELECT COUNT(*) FROM thing";
                let before = tx.query_opt(sql, &[])?.expect("a count").int(0)?;
                let id = before + i64::from(next_number());
                store.run_tx("between", |tx| tx.execute(INSERT, &thing(id)))?;
                let after = tx.query_opt(sql, &[])?.expect("a count").int(0)?;
                Ok::<_, StoreError>((before, after))
            })
            .expect(engine);
        assert_eq!(before, after, "{engine}");
    }
}

/// A number never given before, so that a closure that is run again inserts another row.
fn next_number() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1000);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

#[test]
fn the_plan_shows_the_index() {
    for (engine, store, _guard) in migrated() {
        let plan = store
            .read("plan", |tx| tx.explain("SELECT id FROM thing WHERE name = $1", &["x".into()]))
            .expect(engine)
            .join("\n");
        assert!(plan.contains("thing_name") || engine.starts_with("postgresql"), "{engine}: {plan}");
        assert!(!plan.is_empty(), "{engine}");
    }
}

#[test]
fn the_metrics_go_by_name() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let mut registry = prometheus_client::registry::Registry::default();
    store.metrics().register(&mut registry);
    store.read("person.look_up", |tx| tx.query("SELECT 1", &[])).expect("a row");
    let failed = store.clone().run_tx("person.record", |_| Err::<(), _>(StoreError::Other("no".into())));
    failed.expect_err("as it was told");
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).expect("a text");
    for line in [
        r#"store_transactions_total{name="person.look_up",outcome="ok"} 1"#,
        r#"store_transactions_total{name="person.record",outcome="error"} 1"#,
        r#"store_transaction_duration_seconds_count{name="person.look_up"} 1"#,
        r#"store_transaction_retries_total{name="person.look_up"} 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn a_transaction_within_a_transaction_is_refused() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let result: Result<(), StoreError> = store.run_tx("outer", |_| store.run_tx("inner", |_| Ok(())));
    assert!(matches!(result, Err(StoreError::Other(_))), "{result:?}");
    let later: Result<(), StoreError> = store.run_tx("later", |_| Ok(()));
    assert_eq!(later, Ok(()));
}

#[test]
fn a_panic_rolls_back() {
    for (engine, store, _guard) in migrated() {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _: Result<(), StoreError> = store.run_tx("panic", |tx| {
                tx.execute(INSERT, &thing(1))?;
                panic!("on purpose")
            });
        }));
        assert!(panicked.is_err(), "{engine}");
        assert_eq!(count(&store), 1, "{engine}");
        store.run_tx("after", |tx| tx.execute(INSERT, &thing(1))).expect(engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asynchronous_callers_use_the_blocking_pool() {
    let stores = tokio::task::spawn_blocking(migrated).await.expect("stores");
    for (engine, store, _guard) in &stores {
        store.run_tx_async("insert", |tx| tx.execute(INSERT, &thing(1))).await.expect(engine);
        let rows = store.read_async("read", |tx| tx.query("SELECT id FROM thing", &[])).await.expect(engine);
        assert_eq!(rows.len(), 2, "{engine}");
    }
}

#[test]
fn debug_shows_no_values() {
    let values: [Value; 2] = ["012345678901".into(), vec![1_u8, 2].into()];
    assert_eq!(format!("{values:?}"), "[text, bytes]");
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let row =
        store.read("row", |tx| tx.query_opt("SELECT '012345678901', 1", &[])).expect("a row").expect("a row");
    assert_eq!(format!("{row:?}"), r#"["text", "integer"]"#);
}

#[test]
fn a_rehearsal_answers_and_keeps_nothing() {
    for (engine, store, _guard) in migrated() {
        let rehearsal = store.rehearsing();
        assert!(rehearsal.is_rehearsal() && !store.is_rehearsal());
        let before = count(&store);
        let seen = rehearsal.run_tx("rehearse", |tx| {
            tx.execute(INSERT, &thing(7))?;
            tx.query_opt("SELECT COUNT(*) FROM thing", &[])?.expect("a count").int(0)
        });
        assert_eq!(seen.expect(engine), before + 1, "{engine}: within, its own changes are seen");
        assert_eq!(count(&store), before, "{engine}: nothing is kept");
        let refused = rehearsal.run_tx("rehearse", |tx| tx.execute(INSERT, &thing(0)));
        assert!(refused.is_err(), "{engine}: what would be refused is");
        store.run_tx("do", |tx| tx.execute(INSERT, &thing(7))).expect(engine);
        assert_eq!(count(&store), before + 1, "{engine}: the place is free");
    }
}
