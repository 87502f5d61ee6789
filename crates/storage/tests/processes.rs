//! Real processes on one file: they count exactly, and what one acknowledged before it was killed is there.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dancu_storage::{Migration, Store, StoreError};

const SCHEMA: &[Migration] = &[
    Migration {
        id: "1",
        sql: "CREATE TABLE counter (id INTEGER NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (id))",
    },
    Migration { id: "2", sql: "INSERT INTO counter (id, total) VALUES (1, 0)" },
];

fn count(store: &Store) -> Result<i64, StoreError> {
    store.run_tx("count", |tx| {
        let total =
            tx.query_opt("SELECT total FROM counter WHERE id = 1", &[])?.map_or(Ok(0), |row| row.int(0))? + 1;
        tx.execute("UPDATE counter SET total = $1 WHERE id = 1", &[total.into()])?;
        Ok(total)
    })
}

/// The other process: reads the file's path and a number from its standard input, counts so often, and says each
/// number after its commit.
#[test]
#[ignore = "the other process of the tests here, started by them"]
fn other_process() {
    let mut lines = std::io::stdin().lines().map(|line| line.expect("a line"));
    let path = lines.next().expect("a path");
    let times: u32 = lines.next().expect("a number").parse().expect("a number");
    let store = Store::sqlite(Path::new(&path)).expect("a store");
    store.migrate("test", SCHEMA).expect("a schema");
    for _ in 0..times {
        // Not `println!`: the test harness would keep it until the end.
        let line = format!("counted {}\n", count(&store).expect("a number"));
        std::io::stdout().write_all(line.as_bytes()).expect("the parent");
    }
}

fn start(path: &Path, times: u32) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(["other_process", "--exact", "--ignored", "--nocapture"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
    let mut pipe = child.stdin.take().expect("a pipe");
    writeln!(pipe, "{}\n{times}", path.display()).expect("a reader");
    child
}

/// The numbers as they come.
fn numbers(child: &mut Child) -> impl Iterator<Item = i64> + use<> {
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    // The harness writes on the same line before the first number.
    lines.map_while(Result::ok).filter_map(|line| line.split_once("counted ")?.1.parse().ok())
}

#[test]
fn they_count_exactly() {
    const TIMES: u32 = 60;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    let mut children: Vec<_> = (0..3).map(|_| start(&path, TIMES)).collect();
    let mut seen: Vec<i64> = children.iter_mut().flat_map(numbers).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=3 * i64::from(TIMES)).collect::<Vec<_>>());
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("store.db");
    for round in 0..5 {
        let mut child = start(&path, 1_000_000);
        let mut numbers = numbers(&mut child);
        let last_before_kill = numbers.by_ref().nth(10 + 7 * round).expect("a number");
        child.kill().expect("a process");
        child.wait().expect("an end");
        let acknowledged = numbers.last().unwrap_or(last_before_kill);
        let next = count(&Store::sqlite(&path).expect("a store")).expect("a number");
        // The one under way may have been committed and not yet said.
        assert!(next == acknowledged + 1 || next == acknowledged + 2, "{acknowledged}, then {next}");
    }
}
