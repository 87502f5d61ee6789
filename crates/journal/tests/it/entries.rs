//! What is stored, what is read back, and what is noticed.
use crate::{answered, journal, run};
use dancu_journal::{Draft, Filter, Journal, JournalError, Kind, Opened, Options, Part, Personal};
use dancu_storage::Store;

fn change(store: &Store, sql: &'static str) {
    store.run_tx("test", |tx| tx.execute(sql, &[])).unwrap();
}

#[test]
fn an_entry_opens_to_what_was_drafted() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            let draft = answered(7);
            let receipt = journal.append(draft.clone()).await.unwrap();
            let entry = journal.entry(receipt.index).await.unwrap().unwrap();
            assert_eq!((&entry.call, entry.erased.len()), (&draft.call, 0), "{name}");
            assert_eq!(dancu_tlog::leaf_hash(&entry.encoded), receipt.leaf_hash, "{name}");
            assert_eq!(journal.by_correlation(&draft.call.correlation).await, Ok(vec![entry]), "{name}");
            let (number, context) = journal.entry(1).await.unwrap().unwrap().context.unwrap();
            let stored = journal.entry(number).await.unwrap().unwrap();
            assert_eq!((number, stored.kind, &stored.encoded), (0, Kind::Context, &context), "{name}");
            assert_eq!(journal.entry(2).await, Ok(None), "{name}");
            assert_eq!(journal.entry(u64::MAX).await, Ok(None), "{name}");
            assert_eq!(journal.by_correlation(&[9; 16]).await, Ok(vec![]), "{name}");
        });
    }
}

#[test]
fn no_personal_part_is_in_a_row_in_clear() {
    let secrets =
        ["MaYeuCau", "CanBo-0042", "HoSo-0043", "giay khai sinh", "198.51.100.23", crate::SUBJECT, "x-road-"];
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async { journal.append_all((0..10).map(answered).collect(), None).await.unwrap() });
        let row = store.read("test", |tx| tx.query_opt("SELECT entries, sealed FROM journal_group", &[]));
        let row = row.unwrap().unwrap();
        for column in 0..2 {
            let cell = row.bytes(column).unwrap();
            assert!(cell.len() > 1000, "{name}");
            for secret in secrets {
                let found = cell.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{name}: {secret} in column {column}");
            }
        }
        let debug = format!("{:?} {:?}", answered(1), run(journal.entry(1)).unwrap());
        for secret in secrets {
            assert!(!debug.contains(secret), "{secret} in {debug}");
        }
    }
}

/// What reading alone must notice. That a whole entry, its parts included, was put in another's place is for the tree.
#[test]
fn a_changed_row_is_noticed() {
    // Counted from the front, or from behind: a length, the version of the context, the root of the parts, sealed parts.
    for (column, at) in
        [("entries", 1), ("entries", 4), ("entries", -1), ("sealed", 3), ("sealed", 10), ("sealed", -1)]
    {
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let journal = journal(&store);
        run(async {
            journal.append_all(vec![answered(0), answered(1)], None).await.unwrap();
            let (read, write) = match column {
                "entries" => ("SELECT entries FROM journal_group", "UPDATE journal_group SET entries = $1"),
                _ => ("SELECT sealed FROM journal_group", "UPDATE journal_group SET sealed = $1"),
            };
            let row = store.read("test", |tx| tx.query_opt(read, &[])).unwrap().unwrap();
            let mut bytes = row.bytes(0).unwrap().to_vec();
            let at = if at < 0 { bytes.len().checked_add_signed(at).unwrap() } else { at.unsigned_abs() };
            bytes[at] ^= 1;
            store.run_tx("test", |tx| tx.execute(write, &[bytes.clone().into()])).unwrap();
            let mut noticed = false;
            for index in 0..3 {
                noticed |= matches!(journal.entry(index).await, Err(JournalError::Corrupt { .. }));
            }
            assert!(noticed, "{column} {at}");
        });
    }
}

#[test]
fn sealed_parts_do_not_open_in_another_entry() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        journal.append(answered(0)).await.unwrap();
        journal.append(answered(1)).await.unwrap();
        // The second group has one entry, without a context of its own.
        change(
            &store,
            "UPDATE journal_group SET entries = (SELECT entries FROM journal_group WHERE first = 2), count = 1",
        );
        let error = journal.entry(0).await.unwrap_err();
        assert!(matches!(error, JournalError::Corrupt { index: 0, .. }), "{error}");
    });
}

#[test]
fn erased_parts_leave_the_entry_sound() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            let receipts = journal.append_all((0..3).map(answered).collect(), None).await.unwrap();
            let index = receipts[1].index;
            let before = journal.entry(index).await.unwrap().unwrap();
            let erase = async |parts: &'static [Part]| {
                let journal = journal.clone();
                tokio::task::spawn_blocking(move || journal.erase(index, parts)).await.unwrap()
            };
            assert_eq!(erase(&[Part::Officer, Part::Order]).await, Ok(true), "{name}");
            assert_eq!(erase(&[Part::Officer]).await, Ok(false), "{name}: it is gone already");
            let entry = journal.entry(index).await.unwrap().unwrap();
            assert_eq!((&entry.encoded, entry.leaf_hash), (&before.encoded, receipts[1].leaf_hash), "{name}");
            assert_eq!((entry.erased, &entry.call.personal.officer), (vec![Part::Officer], &None), "{name}");
            assert_eq!(entry.call.personal.case_number, before.call.personal.case_number, "{name}");
            let commitment = before.opening[&Part::Officer].commitment(Part::Officer).unwrap();
            assert_eq!(entry.opening[&Part::Officer], Opened::Erased(commitment), "{name}");
            assert_eq!(entry.opening[&Part::Purpose], before.opening[&Part::Purpose], "{name}");
            assert_eq!(erase(Part::ALL).await, Ok(true), "{name}");
            let entry = journal.entry(index).await.unwrap().unwrap();
            assert_eq!(entry.erased.len(), 7, "{name}");
            assert_eq!((entry.call.subject, entry.call.personal), (None, Personal::default()), "{name}");
            for other in [&receipts[0], &receipts[2]] {
                assert_eq!(journal.entry(other.index).await.unwrap().unwrap().erased, [], "{name}");
            }
        });
    }
}

#[test]
fn a_month_whose_key_is_destroyed_has_no_personal_part_left() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            let mut december = answered(1);
            december.call.at_us += 20 * 86_400_000_000;
            let receipts = journal.append_all(vec![answered(0), december], None).await.unwrap();
            let destroy = |journal: &dancu_journal::Journal| {
                let journal = journal.clone();
                tokio::task::spawn_blocking(move || journal.destroy_month_key("2026-11".parse().unwrap()))
            };
            assert_eq!(destroy(&journal).await.unwrap(), Ok(true), "{name}");
            assert_eq!(destroy(&journal).await.unwrap(), Ok(false), "{name}");
            let entry = journal.entry(receipts[0].index).await.unwrap().unwrap();
            assert_eq!((entry.leaf_hash, entry.parts_gone), (receipts[0].leaf_hash, true), "{name}");
            assert_eq!((entry.call.personal, entry.opening.len()), (Personal::default(), 0), "{name}");
            let later = journal.entry(receipts[1].index).await.unwrap().unwrap();
            assert!(!later.parts_gone && later.call.personal.officer.is_some(), "{name}");
            assert!(journal.append(answered(2)).await.is_err(), "{name}: no new key takes its place");
            assert!(journal.append(later.call.into()).await.is_ok(), "{name}");
        });
    }
}

#[test]
fn the_keys_of_months_follow_a_rotation() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let ring = crate::ring();
    let journal = Journal::open(store.clone(), ring.clone(), Options::default()).unwrap();
    run(async {
        let receipt = journal.append(answered(0)).await.unwrap();
        assert_eq!(journal.rewrap_month_keys(), Ok(0));
        ring.add_key(2, &dancu_keys::Secret::new([3; 32])).unwrap();
        ring.set_current(2).unwrap();
        assert_eq!((journal.rewrap_month_keys(), journal.rewrap_month_keys()), (Ok(1), Ok(0)));
        let anew = Journal::open(store.clone(), ring, Options::default()).unwrap();
        let entry = anew.entry(receipt.index).await.unwrap().unwrap();
        assert_eq!(entry.call, answered(0).call);
    });
}

#[test]
fn the_latest_come_first_by_system_and_page() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            let drafts = (0..30_u32).map(|number| {
                let mut draft: Draft = answered(number);
                draft.call.system_id = match number % 3 {
                    0 => None,
                    rest => Some(format!("s{rest}")),
                };
                draft
            });
            journal.append_all(drafts.collect(), None).await.unwrap();
            let latest = async |systems: Option<&[&str]>, before, limit| {
                let systems =
                    systems.map(|systems| systems.iter().map(|&system| system.to_owned()).collect());
                let entries = journal.latest(Filter { systems, before }, limit).await.unwrap();
                entries.iter().map(|entry| entry.index).collect::<Vec<_>>()
            };
            // Three contexts in front: the n-th call is entry n + 3.
            assert_eq!(latest(None, None, 3).await, [32, 31, 30], "{name}");
            assert_eq!(latest(None, Some(30), 2).await, [29, 28], "{name}");
            assert_eq!(latest(None, None, 50).await.len(), 30, "{name}: without the contexts");
            assert_eq!(latest(Some(&["s1"]), None, 3).await, [31, 28, 25], "{name}");
            assert_eq!(latest(Some(&["s1", "s2", "s1"]), Some(29), 4).await, [28, 26, 25, 23], "{name}");
            assert_eq!(latest(Some(&[]), None, 3).await, [0_u64; 0], "{name}");
        });
    }
}

#[test]
fn what_came_since_a_moment_is_counted() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            for from in [0_u32, 30, 60] {
                journal.append_all((from..from + 30).map(answered).collect(), None).await.unwrap();
            }
            // One context in front.
            for (since, expected) in [(0, 90), (-5, 90), (10, 80), (30, 60), (31, 59), (89, 1), (90, 0)] {
                let counted = journal.count_since(crate::NOW_US + since).await;
                assert_eq!(counted, Ok(expected), "{name}: {since}");
            }
        });
    }
}

#[test]
fn reads_use_the_key() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let _journal = journal(&store);
    let plan = |sql, params: &[dancu_storage::Value]| {
        store.read("test", |tx| tx.explain(sql, params)).unwrap().join("; ")
    };
    let around =
        plan("SELECT sealed FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1", &[9.into()]);
    assert!(around.contains("SEARCH") && !around.contains("TEMP"), "{around}");
}
