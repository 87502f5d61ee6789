//! Entries that have left the tables for the files.
use crate::{NOW_US, answered, run};
use dancu_journal::{Journal, JournalError, Options, Part, Stored};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_tlog::bundle::Bundle;

fn journal(store: &Store, blobs: &Blobs) -> Journal {
    let options = Options { blobs: blobs.clone(), ..Options::default() };
    Journal::open(store.clone(), crate::ring(), options).unwrap()
}

/// Puts the files of all full bundles where the publisher would.
fn publish(blobs: &Blobs, all: &[Stored]) -> u64 {
    let full = all.chunks_exact(256);
    let files = full.enumerate().map(|(number, entries)| {
        let mut bundle = Bundle::new();
        for stored in entries {
            bundle.push(&stored.entry).unwrap();
        }
        (format!("tile/entries/{number:03}"), bundle.into_bytes())
    });
    let files: Vec<_> = files.collect();
    blobs.put_all(&files).unwrap();
    files.len() as u64
}

/// Groups of many sizes, so that some reach over the ends of bundles.
fn fill(journal: &Journal) -> Vec<Stored> {
    let mut number = 0;
    for count in [1, 100, 154, 2, 300, 255, 700, 40, 3] {
        let drafts = (number..number + count).map(answered).collect();
        run(journal.append_all(drafts, None)).unwrap();
        number += count;
    }
    journal.read_stored(0, 10_000).unwrap()
}

fn groups(store: &Store) -> u64 {
    let count = store.read("test", |tx| tx.query_opt("SELECT COUNT(*) FROM journal_group", &[])).unwrap();
    count.unwrap().number(0).unwrap()
}

#[test]
fn what_is_settled_reads_as_before() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let blobs = Blobs::memory();
        let journal = journal(&store, &blobs);
        let all = fill(&journal);
        assert_eq!((all.len(), publish(&blobs, &all), groups(&store)), (1556, 6, 9), "{name}");
        for (bundles, left) in [(0, 9), (1, 6), (1, 6), (3, 4), (6, 2)] {
            journal.settle(bundles).unwrap();
            assert_eq!((journal.settled(), groups(&store)), (Ok(bundles), left), "{name}");
            let anew = self::journal(&store, &blobs);
            assert_eq!(anew.read_stored(0, 10_000).unwrap(), all, "{name}");
            for (from, limit) in [(0, 1), (255, 2), (250, 600), (767, 1), (1535, 2), (1555, 5), (1556, 1)] {
                let expected: Vec<_> = all.iter().skip(from).take(limit).cloned().collect();
                assert_eq!(anew.read_stored(from as u64, limit).unwrap(), expected, "{name}: {from} {limit}");
            }
            run(async {
                assert_eq!((anew.count().await, anew.len().await), (Ok(1556), Ok(1556)), "{name}");
                for since in [0, 1, 100, 255, 256, 700, 1554, 1555] {
                    let counted = anew.count_since(NOW_US + since).await;
                    assert_eq!(counted, Ok(1555 - since.cast_unsigned()), "{name}: {since}");
                }
                let entry = anew.entry(300).await.unwrap().unwrap();
                assert_eq!(entry.call, answered(299).call, "{name}");
                assert_eq!(anew.by_correlation(&entry.call.correlation).await.unwrap(), [entry], "{name}");
            });
        }
        // And it goes on.
        assert_eq!(run(journal.append(answered(0))).unwrap().index, 1556, "{name}");
    }
}

#[test]
fn parts_of_settled_entries_can_be_erased() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let blobs = Blobs::memory();
        let journal = journal(&store, &blobs);
        let all = fill(&journal);
        publish(&blobs, &all);
        // The group of 258 to 557 reaches beyond the second bundle and stays when that is settled.
        assert_eq!(journal.erase(260, &[Part::Officer]), Ok(true), "{name}");
        journal.settle(2).unwrap();
        for index in [250, 260, 500, 511] {
            let fresh = index != 260;
            assert_eq!(journal.erase(index, &[Part::Officer]), Ok(fresh), "{name}: {index}");
            let entry = run(journal.entry(index)).unwrap().unwrap();
            assert_eq!((entry.erased, entry.call.personal.officer), (vec![Part::Officer], None), "{name}");
            assert_eq!(entry.encoded, all[usize::try_from(index).unwrap()].entry, "{name}");
        }
        journal.settle(6).unwrap();
        for index in [250, 260, 500, 511] {
            assert_eq!(run(journal.entry(index)).unwrap().unwrap().erased, [Part::Officer], "{name}");
        }
        assert_eq!(run(journal.entry(512)).unwrap().unwrap().erased, [], "{name}");
    }
}

#[test]
fn entries_leave_only_for_a_file_that_holds_them() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let journal = journal(&store, &blobs);
    let all = fill(&journal);
    let refused = |bundles| matches!(journal.settle(bundles), Err(JournalError::Corrupt { .. }));
    assert!(refused(1), "no file");
    publish(&blobs, &all);
    let path = "tile/entries/001";
    let good = blobs.get(path).unwrap().unwrap();
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    blobs.put_all(&[(path.to_owned(), bad)]).unwrap();
    assert!(refused(2), "another entry");
    assert_eq!((journal.settled(), journal.read_stored(0, 10_000).unwrap().len()), (Ok(0), 1556));
    blobs.put_all(&[(path.to_owned(), good)]).unwrap();
    assert!(refused(7), "a bundle that is not full");
    journal.settle(2).unwrap();
    assert_eq!(journal.read_stored(0, 10_000).unwrap(), all);
    // A file that is lost or changed later is noticed where it is read.
    blobs.delete(path).unwrap();
    let anew = self::journal(&store, &blobs);
    assert!(matches!(anew.read_stored(256, 1), Err(JournalError::Corrupt { index: 256, .. })));
    assert_eq!(anew.read_stored(0, 256).unwrap(), all[..256]);
}

#[test]
fn two_servers_settle_and_write_at_once() {
    for (name, journals, _guard) in crate::pairs() {
        // Each has files of its own, as if both saw one folder.
        let all = fill(&journals[0]);
        for journal in &journals {
            publish(journal.blobs(), &all);
        }
        std::thread::scope(|scope| {
            for journal in &journals {
                scope.spawn(|| (1..=6).for_each(|bundles| journal.settle(bundles).unwrap()));
                scope.spawn(|| run(async { journal.append(answered(9)).await.unwrap() }));
            }
        });
        assert_eq!(journals[1].settled(), Ok(6), "{name}");
        let after = journals[1].read_stored(0, 10_000).unwrap();
        assert_eq!(after[..all.len()], all, "{name}");
    }
}
