//! A process that appends and publishes is killed again and again: no acknowledged entry is missing, and the log never
//! forks. `KILLS=1000 cargo nextest run -p dancu-journal --run-ignored only -E 'test(killed::)'` is the long form.
#![expect(clippy::disallowed_methods, reason = "the child is told by its environment where its store is")]

use crate::victim::append_until_killed;
use crate::{answered, ring, run};
use dancu_journal::publish::{Publisher, PublisherOptions};
use dancu_journal::{Journal, Options};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_tlog::audit::{self, Files, Memory};
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Log, Policy};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const STORE: &str = "DANCU_KILLED_STORE";
const FOLDER: &str = "DANCU_KILLED_FOLDER";
const CHILD: &str = "killed::child_that_appends_and_publishes";
const ORIGIN: &str = "journal.example.vn";
/// Entries after which a child is killed, by round, at most.
const LONGEST: usize = 97;

fn signer() -> SignerKey {
    SignerKey::from_seed(ORIGIN, SignatureType::Ed25519, &[1; 32]).unwrap()
}

fn policy() -> Policy {
    let log = Log { key: signer().verifier().clone(), url: None };
    Policy::new(vec![log], vec![], vec![], None).unwrap()
}

/// Opens journal and publisher as a server does; the store is a file, or a database by its URL.
fn open(store: &str, folder: &Path) -> (Journal, Publisher) {
    let store = if store.contains("host=") || store.starts_with("postgres") {
        dancu_storage::testing::open_postgres(store)
    } else {
        Store::sqlite(Path::new(store)).unwrap()
    };
    let options = Options { blobs: Blobs::folder(folder).unwrap(), ..Options::default() };
    let journal = Journal::open(store, ring(), options).unwrap();
    let options = PublisherOptions {
        every: Duration::from_millis(3),
        look: Duration::from_millis(10),
        settle_every: Some(Duration::ZERO),
        ..PublisherOptions::new(signer(), policy())
    };
    let publisher = Publisher::start(journal.clone(), options).unwrap();
    (journal, publisher)
}

#[test]
fn a_few_times_on_sqlite() {
    on_sqlite(12);
}

#[test]
fn a_few_times_on_postgresql() {
    kill_again_and_again(&dancu_storage::testing::fresh_postgres_url(), 12);
}

#[test]
#[ignore = "long: run with KILLS set"]
fn many_times_on_sqlite() {
    on_sqlite(kills());
}

#[test]
#[ignore = "long: run with KILLS set"]
fn many_times_on_postgresql() {
    kill_again_and_again(&dancu_storage::testing::fresh_postgres_url(), kills());
}

fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

fn on_sqlite(rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    kill_again_and_again(folder.path().join("journal.db").to_str().unwrap(), rounds);
}

/// Folder whose files a verifier reads.
struct Folder(PathBuf);

impl Files for Folder {
    type Error = std::io::Error;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, std::io::Error>>, std::io::Error> {
        Ok(Blobs::folder(&self.0).unwrap().list("").unwrap().into_iter().map(Ok))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, std::io::Error> {
        match std::fs::read(self.0.join(path)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }
}

fn kill_again_and_again(store: &str, rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let (mut acknowledged, mut memory): (Vec<(u64, String)>, Option<Memory>) = (Vec::new(), None);
    for round in 0..rounds {
        // A sequence that looks random and can be told again.
        let after = 1 + ((round * 2_654_435_761) >> 7) % LONGEST;
        acknowledged.extend(append_until_killed(
            CHILD,
            &[(STORE, store.as_ref()), (FOLDER, log.as_os_str())],
            after,
        ));
        let head = come_back(store, &log, &mut acknowledged);
        let report = audit::verify(&Folder(log.clone()), &policy(), memory.as_ref());
        let report = report.map_err(|fault| format!("round {round}: {fault}")).unwrap();
        assert_eq!(report.head().size, head, "round {round}");
        memory = Some(Memory { origin: ORIGIN.to_owned(), head: report.head() });
    }
    let size = memory.map_or(0, |memory| memory.head.size);
    println!("{rounds} kills, {size} entries, {} acknowledged and all there, no fork", acknowledged.len());
    assert!(acknowledged.len() >= rounds);
    all_are_there(store, &log, &acknowledged);
    independent_verifier_agrees(&log, folder.path());
}

/// Starts anew, waits until all is published, and looks for every entry that was acknowledged since the last time.
fn come_back(store: &str, log: &Path, acknowledged: &mut [(u64, String)]) -> u64 {
    let (journal, publisher) = open(store, log);
    let size = journal.read_head().unwrap().size;
    run(async {
        let mut published = publisher.published();
        published.wait_for(|published| published.size() >= size).await.unwrap();
        publisher.close().await;
        journal.close().await;
    });
    let newest = acknowledged.len().saturating_sub(4 * LONGEST);
    for (index, leaf) in &acknowledged[newest..] {
        let stored = journal.read_stored(*index, 1).unwrap().pop().unwrap();
        assert_eq!(hex::encode(dancu_tlog::leaf_hash(&stored.entry)), *leaf, "entry {index}");
    }
    size
}

fn all_are_there(store: &str, log: &Path, acknowledged: &[(u64, String)]) {
    let (journal, _publisher) = open(store, log);
    let size = usize::try_from(journal.read_head().unwrap().size).unwrap();
    let stored = journal.read_stored(0, size).unwrap();
    for (index, leaf) in acknowledged {
        let stored = &stored[usize::try_from(*index).unwrap()];
        assert_eq!(hex::encode(dancu_tlog::leaf_hash(&stored.entry)), *leaf, "entry {index}");
    }
}

/// The verifier in Python shares no code with the first.
fn independent_verifier_agrees(log: &Path, folder: &Path) {
    let key = folder.join("journal.policy");
    std::fs::write(&key, policy().to_string()).unwrap();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/journal-verify/journal_verify.py");
    let done =
        Command::new("python3").arg(tool).arg("--dir").arg(log).arg("--key").arg(&key).output().unwrap();
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
#[ignore = "run by the others as their child"]
fn child_that_appends_and_publishes() {
    let (Some(store), Some(folder)) = (std::env::var_os(STORE), std::env::var_os(FOLDER)) else { return };
    let (journal, _publisher) = open(store.to_str().unwrap(), Path::new(&folder));
    run(async {
        let mut tasks = Vec::new();
        for task in 0..6_u32 {
            let journal = journal.clone();
            tasks.push(tokio::spawn(async move {
                // Ends by itself should nobody kill it.
                for number in 0..20_000 {
                    let receipt = journal.append(answered(task * 20_000 + number)).await.unwrap();
                    let line = format!("ack {} {}.\n", receipt.index, hex::encode(receipt.leaf_hash));
                    if std::io::stdout().lock().write_all(line.as_bytes()).is_err() {
                        return;
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
}
