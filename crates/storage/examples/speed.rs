//! How fast 100,000 rows are written and read on each engine: `cargo run --release --example speed --features testing`.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement for the eyes")]

use std::ops::ControlFlow;
use std::time::Instant;

use dancu_storage::testing::{postgres_store, sqlite_store};
use dancu_storage::{Migration, StoreError, Value};

const SCHEMA: &[Migration] = &[Migration {
    id: "1",
    sql: "CREATE TABLE person (id BLOB NOT NULL, name TEXT, number TEXT, changed INTEGER, sealed BLOB, PRIMARY KEY (id))",
}];
const INSERT: &str = "INSERT INTO person (id, name, number, changed, sealed) VALUES ($1, $2, $3, $4, $5)";
const ROWS: i64 = 100_000;
const SINGLES: u32 = 5000;

fn main() {
    for (engine, (store, _guard)) in [("sqlite", sqlite_store()), ("postgresql", postgres_store())] {
        store.migrate("speed", SCHEMA).expect("a schema");
        let rows: Vec<[Value; 5]> = (0..ROWS)
            .map(|n| {
                let name = format!("Nguyễn Văn {n}");
                [n.to_be_bytes().into(), name.into(), format!("{n:012}").into(), n.into(), [7_u8; 200].into()]
            })
            .collect();

        let begun = Instant::now();
        store.run_tx("write", |tx| tx.execute_many(INSERT, &rows)).expect("rows");
        println!("{engine}: {ROWS} rows written in {:?}", begun.elapsed());

        let (begun, mut bytes) = (Instant::now(), 0);
        let sql = "SELECT id, name, number, changed, sealed FROM person ORDER BY id";
        let scanned = store.scan("scan", sql, &[], |row| {
            bytes += row.bytes(4)?.len() + row.text(1)?.len();
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        });
        scanned.expect("rows");
        println!("{engine}: {ROWS} rows ({bytes} bytes) read in {:?}", begun.elapsed());

        let begun = Instant::now();
        for n in 0..SINGLES {
            let key: [Value; 1] = [i64::from(n).to_be_bytes().into()];
            store
                .read("point", |tx| tx.query_opt("SELECT name FROM person WHERE id = $1", &key))
                .expect("a row");
        }
        println!("{engine}: a point read in {:?}", begun.elapsed() / SINGLES);
    }
}
