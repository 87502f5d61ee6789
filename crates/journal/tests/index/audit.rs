//! Whoever changes the index, or the log under it, is found out by the audit.
use crate::memory::MemoryLog;
use crate::{ALL, NOW_US, call, index, person};
use dancu_journal::index::Difference;
use dancu_journal::{Kind, Part};
use dancu_storage::Store;
use std::sync::Arc;

fn change(store: &Store, sql: &'static str) {
    assert!(store.run_tx("test", |tx| tx.execute(sql, &[])).unwrap() > 0, "{sql}");
}

#[test]
fn a_changed_index_is_found_out() {
    type Test = fn(&Difference) -> bool;
    let changes: [(&str, Test); 6] = [
        ("UPDATE index_person SET count = count + 1", |found| matches!(found, Difference::Chain { .. })),
        ("DELETE FROM index_person WHERE count > 3", |found| matches!(found, Difference::Chain { .. })),
        ("UPDATE index_map SET count = count - 1", |found| matches!(found, Difference::Map { .. })),
        ("DELETE FROM index_map WHERE count > 3", |found| matches!(found, Difference::Map { .. })),
        ("DELETE FROM index_branch WHERE branch = 1", |found| matches!(found, Difference::Map { .. })),
        ("UPDATE index_epoch SET idx = 3", |found| matches!(found, Difference::Map { .. })),
    ];
    for (sql, expected) in changes {
        let log = Arc::new(MemoryLog::of((0..60).map(call)));
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let index = index(&log, &store);
        index.epoch(NOW_US).unwrap();
        assert_eq!(index.audit_chains().unwrap().differences, vec![]);
        change(&store, sql);
        let audit = index.audit_chains().unwrap();
        assert!(!audit.differences.is_empty() && audit.differences.iter().all(expected), "{sql}: {audit:?}");
    }
}

#[test]
fn a_log_that_says_something_else_is_found_out() {
    let honest = || {
        let log = MemoryLog::of((0..60).map(call));
        let log = Arc::new(log);
        let (store, guard) = dancu_storage::testing::sqlite_store();
        let index = index(&log, &store);
        index.epoch(NOW_US).unwrap();
        (log, store, index, guard)
    };
    let (log, _store, index, _guard) = honest();
    log.entries.lock().unwrap()[7].leaf_hash[0] ^= 1;
    let found = index.audit_chains().unwrap().differences;
    assert!(found.contains(&Difference::Epoch { index: 60 }) && found.len() == 2, "{found:?}");

    let (log, _store, index, _guard) = honest();
    let about = |entry: &&mut dancu_journal::Entry| entry.call.personal.subject == Some(person(2));
    log.entries.lock().unwrap().iter_mut().find(about).unwrap().call.personal.subject = Some(person(12));
    let found = index.audit_chains().unwrap().differences;
    assert!(found.contains(&Difference::Epoch { index: 60 }), "{found:?}");

    let (log, _store, index, _guard) = honest();
    let Kind::Epoch(mut forged) = log.entries.lock().unwrap()[60].kind.clone() else { panic!() };
    forged.entries = 99;
    log.push(Kind::Epoch(forged), dancu_journal::Call::default());
    index.catch_up().unwrap();
    assert_eq!(index.audit_chains().unwrap().differences, [Difference::Coverage { index: 61 }]);
}

/// Proofs are not given when the postings do not lead to the chain's head.
#[test]
fn a_changed_posting_gives_no_history() {
    let log = Arc::new(MemoryLog::of((0..60).map(call)));
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let index = index(&log, &store);
    index.epoch(NOW_US).unwrap();
    change(&store, "DELETE FROM index_posting WHERE kind = 8");
    let proof = index.history_proof(&person(2), ALL, NOW_US, &crate::chains::prove);
    assert!(proof.is_err());
    assert!(index.history(&person(2), ALL, NOW_US).is_err());
}

#[test]
fn what_was_erased_is_counted_and_no_longer_found() {
    let log = Arc::new(MemoryLog::of((0..60).map(call)));
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let index = index(&log, &store);
    index.catch_up().unwrap();
    let number = person(2);
    let before = index.history(&number, ALL, NOW_US).unwrap();
    let newest = before.items[0].index as usize;
    let case = log.entries.lock().unwrap()[newest].call.personal.case_number.clone();
    for entry in log.entries.lock().unwrap().iter_mut().filter(|entry| entry.index as usize == newest) {
        entry.call.personal = dancu_journal::Personal::default();
        entry.erased = vec![Part::CaseNumber, Part::Subject];
    }
    let query = dancu_journal::index::Query { case_number: case, limit: 9, ..Default::default() };
    let found = index.search(&query).unwrap().entries;
    assert!(found.iter().all(|entry| entry.index as usize != newest));
    // The chain keeps its place.
    assert_eq!(index.history(&number, ALL, NOW_US).unwrap().count, before.count);
    assert_eq!(index.audit_chains().unwrap().erased, 1);
}
