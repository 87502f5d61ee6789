//! Processes that are killed anywhere, again and again, two at a time: no row is lost or repeated, nobody is told of twice, and
//! the result has the bytes of an undisturbed run.
#![expect(clippy::disallowed_methods, reason = "the child is told by its environment where its store is")]

use crate::world::{Known, MINUTE_US, NOW_US, Server, THRESHOLD, ring, server, wish};
use dancu_cleaning::{JobState, Worker};
use dancu_journal::Part;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_storage::testing::{fresh_postgres_url, open_postgres, sqlite_store};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;

const ROWS: usize = 620;
const CHILD: &str = "crash::child_that_cleans";
const STORE: &str = "DANCU_CLEANING_STORE";
const BLOBS: &str = "DANCU_CLEANING_BLOBS";
const ROUND: &str = "DANCU_CLEANING_ROUND";

fn open(place: &str, blobs: &Path) -> Server {
    let store = match place.strip_prefix("sqlite:") {
        Some(path) => Store::sqlite(Path::new(path)).unwrap(),
        None => open_postgres(place),
    };
    server("a store that others use too", store, Blobs::folder(blobs).unwrap(), ring())
}

/// A process that works; it says a word whenever it asks for the time or is asked about rows.
fn child(place: &str, blobs: &Path, round: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", CHILD, "--ignored", "--nocapture"])
        .env(STORE, place)
        .env(BLOBS, blobs)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn killed_after(mut child: Child, words: usize) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Not a measurement: it may end earlier, and then there is nothing left to do.
    let _ = lines.map_while(Result::ok).filter(|line| line.ends_with("at work")).take(words).count();
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_processes_leave_the_result_of_an_undisturbed_run() {
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = {
        let (store, _guard) = sqlite_store();
        let server = server("undisturbed", store, Blobs::memory(), ring());
        let job = server.done(&wish("stock"), ROWS);
        (server.result(&job.id), told(&server))
    };
    let sqlite = format!("sqlite:{}", folder.path().join("store.db").display());
    for (name, place) in [("sqlite", sqlite), ("postgresql", fresh_postgres_url())] {
        let blobs = folder.path().join(name);
        let server = open(&place, &blobs);
        let job = server.submit(&wish("stock"), ROWS).unwrap();
        let mut rounds = 0;
        while server.cleaning.get(&job.id).unwrap().state != JobState::Done {
            // Two at a time, of which one dies early; each round is a lease later.
            let (early, late) = (child(&place, &blobs, rounds), child(&place, &blobs, rounds));
            // Longer and longer: the end tells of everybody in one go.
            let words = usize::try_from(rounds).unwrap();
            killed_after(early, 2 + words % 5);
            killed_after(late, 6 + words * 5);
            rounds += 1;
            assert!(rounds < 100, "{name}: there is no end");
        }
        assert!(rounds > 1, "{name}: nobody was killed in the middle");
        assert!(server.result(&job.id) == undisturbed.0, "{name}");
        assert_eq!(told(&server), undisturbed.1, "{name}");
    }
}

/// Of whom the journal tells, in order.
fn told(server: &Server) -> Vec<String> {
    let about = |entry: dancu_journal::Entry| entry.call.personal.get(Part::Subject).map(ToOwned::to_owned);
    let mut all: Vec<String> = server.entries().into_iter().filter_map(about).collect();
    all.sort();
    all
}

fn word() {
    // Nobody may listen any more.
    let _ = std::io::stdout().lock().write_all(b"at work\n");
}

#[test]
#[ignore = "run by killed_processes_leave_the_result_of_an_undisturbed_run as its child"]
fn child_that_cleans() {
    let (Some(place), Some(blobs)) = (std::env::var_os(STORE), std::env::var_os(BLOBS)) else { return };
    let server = open(place.to_str().unwrap(), Path::new(&blobs));
    let round: i64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let clock = move || {
        word();
        NOW_US + (round + 1) * 2 * MINUTE_US
    };
    let stop = AtomicBool::new(false);
    let matcher = Known { tells: word, ..Known::quiet() };
    let holder = format!("process-{}", std::process::id());
    let worker = Worker {
        cleaning: &server.cleaning,
        matcher: &matcher,
        holder: holder.clone(),
        clock: &clock,
        stop: &stop,
    };
    while worker.one(None).unwrap().is_some() {}
    server.cleaning.close(None, &holder, THRESHOLD, &server.teller, &clock).unwrap();
}
