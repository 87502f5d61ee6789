//! A process that is killed while it appends loses nothing that it acknowledged.
#![expect(clippy::disallowed_methods, reason = "the child is told by its environment where its store is")]

use crate::victim::append_until_killed;
use crate::{answered, journal, run};
use dancu_storage::Store;
use std::io::Write as _;
use std::path::Path;

const KILLS: u64 = 20;
const STORE: &str = "DANCU_JOURNAL_CRASH_STORE";
const CHILD: &str = "crash::child_that_appends";

#[test]
fn every_acknowledged_entry_survives_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    for round in 0..KILLS {
        // Not a measurement: a later kill only means more entries to look for.
        acknowledged.extend(append_until_killed(
            CHILD,
            &[(STORE, path.as_os_str())],
            20 + (round % 5) as usize * 17,
        ));
    }
    let journal = journal(&Store::sqlite(&path).unwrap());
    run(async {
        let size = journal.len().await.unwrap();
        assert_eq!(journal.count().await, Ok(size), "numbers without gaps");
        let mut frontier = dancu_tlog::Frontier::new();
        for index in 0..size {
            frontier.append(journal.entry(index).await.unwrap().unwrap().leaf_hash);
        }
        let head = tokio::task::spawn_blocking({
            let journal = journal.clone();
            move || journal.read_head()
        });
        assert_eq!(head.await.unwrap().unwrap().frontier, frontier, "the tree is that of the entries");
        assert!(acknowledged.len() as u64 >= KILLS * 20);
        for (index, leaf) in &acknowledged {
            let entry = journal.entry(*index).await.unwrap().unwrap();
            assert_eq!(hex::encode(entry.leaf_hash), *leaf, "entry {index}");
        }
        assert_eq!(journal.append(answered(0)).await.unwrap().index, size + 1, "after its context");
    });
}

#[test]
#[ignore = "run by every_acknowledged_entry_survives_sigkill as its child"]
fn child_that_appends() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let journal = journal(&Store::sqlite(Path::new(&path)).unwrap());
    run(async {
        let mut tasks = Vec::new();
        for task in 0..8_u32 {
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
