//! Epochs and crashes: wherever it stops, going on gives one epoch in force and honest proofs in between.
use crate::chains::{check_all, epochs, prove};
use crate::memory::MemoryLog;
use crate::{ALL, NOW_US, SECOND, call, index, options, person, ring, vrf};
use dancu_journal::Kind;
use dancu_journal::index::{Index, IndexOptions};
use dancu_storage::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const MINUTE: i64 = 60 * SECOND;

fn more(log: &MemoryLog, many: usize) {
    let first = log.len() as usize;
    (first..first + many).for_each(|n| log.push(Kind::Call, call(n)));
}

#[test]
fn nothing_moved_no_epoch() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::default());
        let index = index(&log, &store);
        assert_eq!(index.epoch(NOW_US).unwrap(), None, "{name}");
        assert_eq!(index.history_proof(&person(1), ALL, NOW_US, &prove).unwrap(), None, "{name}");
        more(&log, 5);
        let first = index.epoch(NOW_US).unwrap().unwrap();
        // The epoch's own entry is about nobody.
        assert_eq!(index.epoch(NOW_US + MINUTE).unwrap(), Some(first), "{name}");
        assert_eq!((epochs(&log).len(), log.len()), (1, 6), "{name}");
    }
}

/// The log refuses, or forgets to say that it wrote: the epoch stands where it was until the log answers.
#[test]
fn an_entry_that_could_not_be_appended_is_appended_later_and_counts_once() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::default());
        more(&log, 40);
        index(&log, &store).epoch(NOW_US).unwrap();
        check_all(&index(&log, &store), &log);
        for (round, forgets) in [(1, false), (2, true)] {
            let at = NOW_US + round * 10 * MINUTE;
            more(&log, 40);
            let before = epochs(&log).len();
            let switch = if forgets { &log.forgets } else { &log.refuses };
            switch.store(true, Relaxed);
            assert!(index(&log, &store).epoch(at).is_err(), "{name}");
            switch.store(false, Relaxed);
            more(&log, 20);
            // A new process. It finds the entry in the log, or appends it when the claim of the one before is old.
            let index = index(&log, &store);
            let meanwhile = index.epoch(at + SECOND).unwrap().unwrap();
            assert_eq!(
                meanwhile.epoch,
                if forgets { before as u64 + 1 } else { before as u64 - 1 },
                "{name}"
            );
            if !forgets {
                let proof = index.history_proof(&person(1), ALL, at, &prove).unwrap().unwrap();
                assert_eq!(
                    proof.epoch,
                    format!("{} []", meanwhile.index),
                    "{name}: the epoch before still proves"
                );
            }
            index.epoch(at + MINUTE).unwrap().unwrap();
            check_all(&index, &log);
            let numbers: Vec<_> = epochs(&log).iter().map(|(_, epoch)| epoch.number).collect();
            assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "{name}: each once");
            assert_eq!(index.audit_chains().unwrap().differences, vec![], "{name}");
        }
    }
}

/// The same entry twice in the log, after a crash and an impatient neighbour: the first one counts.
#[test]
fn an_entry_appended_twice_counts_once() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::default());
        more(&log, 40);
        log.forgets.store(true, Relaxed);
        assert!(index(&log, &store).epoch(NOW_US).is_err());
        log.forgets.store(false, Relaxed);
        let twin = log.entries.lock().unwrap().last().cloned().unwrap();
        log.push(twin.kind, twin.call);
        let index = index(&log, &store);
        let covered = index.epoch(NOW_US + MINUTE).unwrap().unwrap();
        assert_eq!((covered.index, covered.epoch), (40, 0), "{name}");
        assert_eq!((index.epoch(NOW_US + 2 * MINUTE).unwrap(), log.len()), (Some(covered), 42), "{name}");
        assert_eq!(index.audit_chains().unwrap().differences, vec![], "{name}");
    }
}

/// An epoch comes into force when its entry can be proved; until then the one before gives proofs.
#[test]
fn an_epoch_waits_until_its_entry_can_be_proved() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::default());
        let published = Arc::new(AtomicU64::new(u64::MAX));
        let seen = Arc::clone(&published);
        let options =
            IndexOptions { provable: Arc::new(move |index| index < seen.load(Relaxed)), ..options() };
        let index = Index::over(log.clone(), ring(), store.clone(), vrf(), options).unwrap();
        more(&log, 50);
        let first = index.epoch(NOW_US).unwrap().unwrap();
        published.store(log.len(), Relaxed);
        more(&log, 50);
        assert_eq!(index.epoch(NOW_US + MINUTE).unwrap(), Some(first), "{name}");
        assert_eq!(index.epoch(NOW_US + 2 * MINUTE).unwrap(), Some(first), "{name}");
        assert_eq!(epochs(&log).len(), 2, "{name}: no third one while the second waits");
        let proof = index.history_proof(&person(1), ALL, NOW_US, &prove).unwrap().unwrap();
        assert_eq!(proof.epoch, format!("{} []", first.index), "{name}");
        crate::chains::check(&proof, &epochs(&log)[0].1.root, vrf().public().as_bytes());
        published.store(u64::MAX, Relaxed);
        let second = index.epoch(NOW_US + 3 * MINUTE).unwrap().unwrap();
        assert_eq!(second.epoch, 1, "{name}");
        check_all(&index, &log);
    }
}

/// A store that breaks at any statement, again and again: at the end everything agrees.
#[test]
fn an_epoch_survives_a_crash_at_any_transaction() {
    let names = ["index_epoch", "index_map", "index_branch", "index_step", "index_posting", "index_person"];
    for table in names {
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let log = Arc::new(MemoryLog::default());
        more(&log, 30);
        index(&log, &store).epoch(NOW_US).unwrap();
        more(&log, 30);
        // Without the table, the transaction that needs it fails, and with it whatever comes after.
        hide(&store, table);
        assert!(index(&log, &store).epoch(NOW_US + MINUTE).is_err(), "{table}");
        show(&store, table);
        let index = index(&log, &store);
        index.epoch(NOW_US + 2 * MINUTE).unwrap();
        index.epoch(NOW_US + 3 * MINUTE).unwrap();
        check_all(&index, &log);
        assert_eq!(index.audit_chains().unwrap().differences, vec![], "{table}");
    }
}

fn hide(store: &Store, table: &str) {
    rename(store, table, "hidden");
}

fn show(store: &Store, table: &str) {
    rename(store, "hidden", table);
}

fn rename(store: &Store, from: &str, to: &str) {
    let sql: &'static str = Box::leak(format!("ALTER TABLE {from} RENAME TO {to}").into_boxed_str());
    store.run_tx("test", |tx| tx.execute(sql, &[])).unwrap();
}
