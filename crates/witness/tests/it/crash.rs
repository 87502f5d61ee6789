//! Two processes on one store, killed again and again while two histories of one log are pressed on them: no size is ever
//! cosigned with two roots.
#![expect(
    clippy::disallowed_methods,
    reason = "the children are told by their environment where their store is"
)]

use crate::log::request;
use crate::{ORIGIN, witness};
use dancu_storage::Store;
use dancu_storage::testing::{fresh_postgres_url, open_postgres};
use dancu_tlog::{Hash, leaf_hash};
use dancu_witness::{Outcome, Witness};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ROUNDS: u64 = 15;
const STORE: &str = "DANCU_WITNESS_CRASH_STORE";
const ACCEPTED: &str = "DANCU_WITNESS_CRASH_ACCEPTED";
const SIDE: &str = "DANCU_WITNESS_CRASH_SIDE";

#[test]
fn two_killed_processes_never_cosign_two_trees_of_one_size_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    race(&folder.path().join("witness.db").display().to_string());
}

#[test]
fn two_killed_processes_never_cosign_two_trees_of_one_size_on_postgresql() {
    race(&fresh_postgres_url());
}

fn race(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let accepted = folder.path().join("accepted");
    std::fs::write(&accepted, "").unwrap();
    // The tables are there before the two meet.
    drop(witness(&open(store), 1));
    let mut roots: BTreeMap<u64, String> = BTreeMap::new();
    let mut sides = BTreeMap::from([('a', 0_u64), ('b', 0)]);
    for round in 0..ROUNDS {
        let mut children = ['a', 'b'].map(|side| (side, start(store, &accepted, side)));
        std::thread::sleep(Duration::from_millis(250 + round * 37 % 200));
        for (side, child) in &mut children {
            // SIGKILL on Unix.
            child.kill().unwrap();
            let output = BufReader::new(child.stdout.take().unwrap());
            for line in output.lines().map_while(Result::ok) {
                let Some((size, root)) = parse(&line) else { continue };
                let known = roots.entry(size).or_insert_with(|| root.clone());
                assert_eq!(*known, root, "two trees of size {size} were cosigned");
                *sides.get_mut(side).unwrap() += 1;
            }
            child.wait().unwrap();
        }
    }
    let latest = witness(&open(store), 1).latest(ORIGIN).unwrap().unwrap();
    let largest = roots.last_key_value().unwrap();
    assert!(latest.checkpoint().head().size >= *largest.0, "nothing cosigned was forgotten");
    println!("{} sizes cosigned over {ROUNDS} kills, by side {sides:?}", roots.len());
    assert!(sides.values().all(|cosigned| *cosigned > 10), "both sides had their turns: {sides:?}");
}

fn open(store: &str) -> Store {
    if store.contains("search_path") {
        open_postgres(store)
    } else {
        Store::sqlite(Path::new(store)).unwrap()
    }
}

fn start(store: &str, accepted: &Path, side: char) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_that_presses_one_history", "--ignored", "--nocapture"])
        .env(STORE, store)
        .env(ACCEPTED, accepted)
        .env(SIDE, side.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// `cosigned SIZE ROOT.`
fn parse(line: &str) -> Option<(u64, String)> {
    let (size, root) = line.strip_prefix("cosigned ")?.strip_suffix('.')?.split_once(' ')?;
    Some((size.parse().ok()?, root.to_owned()))
}

/// Leaf `n` is of the side whose letter stands at place `n`.
fn leaves(letters: &str) -> Vec<Hash> {
    letters.char_indices().map(|(n, side)| leaf_hash(format!("{side}{n}").as_bytes())).collect()
}

/// The history that the witness has: the letters in the file, and the one that a killed process could not add any more.
fn history(witness: &Witness, accepted: &Path) -> Option<String> {
    let letters = std::fs::read_to_string(accepted).unwrap();
    let Some(latest) = witness.latest(ORIGIN).unwrap() else { return Some(letters) };
    let head = latest.checkpoint().head();
    let candidates = [letters.clone(), format!("{letters}a"), format!("{letters}b")];
    candidates.into_iter().find(|letters| crate::log::head(&leaves(letters)) == head)
}

#[test]
#[ignore = "run by the two races as their child"]
fn child_that_presses_one_history() {
    let (Ok(store), Ok(accepted), Ok(side)) =
        (std::env::var(STORE), std::env::var(ACCEPTED), std::env::var(SIDE))
    else {
        return;
    };
    let accepted = Path::new(&accepted);
    let witness = witness(&open(&store), 1);
    // Ends by itself should nobody kill it.
    for _ in 0..2000 {
        let Some(known) = history(&witness, accepted) else { continue };
        let grown = leaves(&format!("{known}{side}"));
        let Outcome::Cosigned(_) = witness.add_checkpoint(request(&grown, known.len() as u64)).unwrap()
        else {
            continue;
        };
        let line = format!("cosigned {} {}.\n", grown.len(), hex::encode(crate::log::head(&grown).root));
        if std::io::stdout().lock().write_all(line.as_bytes()).is_err() {
            return;
        }
        // The letters of others that this one knew of may be missing in the file: a process was killed before it wrote.
        let mut file = OpenOptions::new().write(true).open(accepted).unwrap();
        file.write_all(format!("{known}{side}").as_bytes()).unwrap();
    }
}
