//! A store as a whole: out of one engine and into either, while others write.
#![expect(clippy::unwrap_used, reason = "a test that goes wrong shall stop")]

use dancu_storage::testing::stores;
use dancu_storage::whole::{Definition, Table};
use dancu_storage::{Migration, Store, StoreError, Value};

const SCHEMA: &[Migration] = &[
    Migration {
        id: "0001_kinds",
        sql: "CREATE TABLE kinds (
            id INTEGER NOT NULL, -- 'quoted', and a comment
            name TEXT, body BLOB, share REAL, PRIMARY KEY (id)) WITHOUT ROWID",
    },
    Migration {
        id: "0002_row",
        sql: "INSERT INTO kinds (id, name) VALUES (0, 'of the migration') ON CONFLICT (id) DO NOTHING",
    },
    Migration { id: "0003_name", sql: "CREATE INDEX kinds_name ON kinds (name)" },
];

fn rows() -> Vec<Vec<Value>> {
    vec![
        vec![1.into(), "Nguyễn Văn A".into(), vec![0_u8, 255].into(), 0.5.into()],
        vec![i64::MIN.into(), Value::Null, Vec::<u8>::new().into(), Value::Null],
        vec![i64::MAX.into(), "".into(), Value::Null, (-1.0e300).into()],
    ]
}

/// Tables with their rows.
type Tables = Vec<(Table, Vec<Vec<Value>>)>;

/// Migrations, tables and rows, as one consistent read sees them.
fn copy(store: &Store) -> (Vec<Definition>, Tables) {
    store
        .snapshot("test.copy", |tx| {
            let definitions = tx.definitions()?;
            let mut all = Vec::new();
            for table in tx.tables()? {
                let mut rows = Vec::new();
                tx.every_row(&table, |row| {
                    rows.push((0..row.len()).map(|at| row.value(at)).collect::<Result<Vec<_>, _>>()?);
                    Ok::<_, StoreError>(())
                })?;
                all.push((table, rows));
            }
            Ok::<_, StoreError>((definitions, all))
        })
        .unwrap()
}

#[test]
fn a_copy_of_either_engine_fills_either() {
    for (from_name, from, _from_guard) in stores().into_iter().take(2) {
        from.migrate("test", SCHEMA).unwrap();
        let table = Table {
            name: "kinds".into(),
            columns: ["id", "name", "body", "share"].map(str::to_owned).into(),
        };
        from.fill(&table, &rows()).unwrap();
        let (definitions, tables) = copy(&from);
        assert_eq!(
            definitions.iter().map(|of| of.id.as_str()).collect::<Vec<_>>(),
            ["0001_kinds", "0002_row", "0003_name"]
        );
        assert_eq!(
            tables.iter().map(|(table, rows)| (table.clone(), rows.len())).collect::<Vec<_>>(),
            [(table.clone(), 4)]
        );
        for (to_name, to, _to_guard) in stores() {
            let name = format!("{from_name} to {to_name}");
            to.build(&definitions).unwrap();
            assert_eq!(to.count(&table).unwrap(), 0, "{name}: rows of migrations come with the others");
            for (table, rows) in &tables {
                to.fill(table, rows).unwrap();
            }
            assert_eq!(to.count(&table).unwrap(), 4, "{name}");
            // The migrations are applied: nothing is done again, and nothing has changed.
            to.migrate("test", SCHEMA).unwrap();
            if !to_name.contains("collisions") {
                let (again, copied) = copy(&to);
                assert!(again == definitions, "{name}");
                let sorted = |all: &Tables| {
                    all.iter()
                        .flat_map(|(_, rows)| {
                            rows.iter().map(|row| {
                                let ints = row.iter().filter_map(|value| {
                                    if let Value::Int(n) = value { Some(*n) } else { None }
                                });
                                (ints.collect::<Vec<_>>(), row.clone())
                            })
                        })
                        .collect::<Vec<_>>()
                };
                let (mut one, mut other) = (sorted(&copied), sorted(&tables));
                one.sort_by(|a, b| a.0.cmp(&b.0));
                other.sort_by(|a, b| a.0.cmp(&b.0));
                assert!(one == other, "{name}: the values differ");
            }
            assert!(
                matches!(to.build(&definitions), Err(StoreError::Conflict(_))),
                "{name}: nothing is filled twice"
            );
        }
    }
}

#[test]
fn a_snapshot_sees_one_moment_and_hinders_nobody() {
    for (name, store, _guard) in stores().into_iter().take(2) {
        store.migrate("test", SCHEMA).unwrap();
        let table = Table { name: "kinds".into(), columns: vec!["id".into()] };
        let seen = store.snapshot("test.moment", |tx| {
            let mut before = 0;
            tx.every_row(&table, |_| {
                before += 1;
                Ok::<_, StoreError>(())
            })?;
            let written = std::thread::scope(|scope| {
                scope.spawn(|| store.fill(&table, &[vec![7.into()]])).join().unwrap()
            });
            written?;
            let mut after = 0;
            tx.every_row(&table, |_| {
                after += 1;
                Ok::<_, StoreError>(())
            })?;
            Ok::<_, StoreError>((before, after))
        });
        assert_eq!(seen.unwrap(), (1, 1), "{name}");
        assert_eq!(store.count(&table).unwrap(), 2, "{name}");
    }
}

#[test]
fn names_from_a_file_are_no_statements() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    store.migrate("test", SCHEMA).unwrap();
    let table = Table { name: "kinds; DROP TABLE kinds".into(), columns: vec!["id".into()] };
    assert!(matches!(store.fill(&table, &[vec![1.into()]]), Err(StoreError::Schema(_))));
    let table = Table { name: "kinds".into(), columns: vec!["id) VALUES (1); --".into()] };
    assert!(matches!(store.fill(&table, &[vec![1.into()]]), Err(StoreError::Schema(_))));
}
