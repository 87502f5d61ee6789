//! What is stored, what is read back, and what is noticed.
use crate::{answered, journal, run};
use dancu_journal::{Draft, Filter, JournalError, Part};
use dancu_storage::{Store, StoreError};

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
            assert_eq!(journal.entry(1).await, Ok(None), "{name}");
            assert_eq!(journal.entry(u64::MAX).await, Ok(None), "{name}");
            assert_eq!(journal.by_correlation(&[9; 16]).await, Ok(vec![]), "{name}");
        });
    }
}

#[test]
fn no_personal_part_is_in_a_row_in_clear() {
    let secrets = ["MaYeuCau", "CanBo-0042", "HoSo-0043", "giay khai sinh", "198.51.100.23"];
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async { journal.append_all((0..10).map(answered).collect(), None).await.unwrap() });
        let mut seen = 0;
        let all = "SELECT correlation, system_id, account_id, service, outcome, subject, entry, sealed, leaf FROM journal_entry";
        let rows = store.read("test", |tx| tx.query(all, &[])).unwrap();
        for row in &rows {
            for column in 0..row.len() {
                let cell = row.bytes(column).or_else(|_| row.text(column).map(str::as_bytes)).unwrap();
                for secret in secrets {
                    let found = cell.windows(secret.len()).any(|window| window == secret.as_bytes());
                    assert!(!found, "{name}: {secret} in column {column}");
                }
                seen += 1;
            }
        }
        assert_eq!(seen, 90, "{name}");
        let debug = format!("{:?} {:?}", answered(1), run(journal.entry(1)).unwrap());
        for secret in secrets {
            assert!(!debug.contains(secret), "{secret} in {debug}");
        }
    }
}

#[test]
fn a_changed_row_is_noticed() {
    for (sql, what) in [
        (
            "UPDATE journal_entry SET leaf = (SELECT leaf FROM journal_entry WHERE idx = 1) WHERE idx = 0",
            "leaf",
        ),
        (
            "UPDATE journal_entry SET entry = (SELECT entry FROM journal_entry WHERE idx = 1) WHERE idx = 0",
            "entry",
        ),
        (
            "UPDATE journal_entry SET entry = (SELECT entry FROM journal_entry WHERE idx = 1), \
             leaf = (SELECT leaf FROM journal_entry WHERE idx = 1) WHERE idx = 0",
            "both",
        ),
        (
            "UPDATE journal_entry SET sealed = (SELECT sealed FROM journal_entry WHERE idx = 1) WHERE idx = 0",
            "sealed",
        ),
    ] {
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let journal = journal(&store);
        run(async {
            journal.append_all(vec![answered(0), answered(1)], None).await.unwrap();
            change(&store, sql);
            let error = journal.entry(0).await.unwrap_err();
            assert!(
                matches!(error, JournalError::Corrupt { index: 0, .. } | JournalError::Seal(_)),
                "{what}: {error}"
            );
            assert!(journal.entry(1).await.is_ok(), "{what}");
        });
    }
}

#[test]
fn erased_parts_leave_the_entry_sound() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        let receipt = journal.append(answered(0)).await.unwrap();
        let erase = store.run_tx("test", |tx| {
            // An empty map.
            tx.execute("UPDATE journal_entry SET sealed = $1 WHERE idx = 0", &[vec![0xa0_u8].into()])
        });
        assert_eq!(erase, Ok::<_, StoreError>(1));
        let entry = journal.entry(0).await.unwrap().unwrap();
        assert_eq!(entry.leaf_hash, receipt.leaf_hash);
        assert_eq!(entry.erased, Part::ALL);
        assert_eq!(entry.call.personal.officer, None);
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
            assert_eq!(latest(None, None, 3).await, [29, 28, 27], "{name}");
            assert_eq!(latest(None, Some(27), 2).await, [26, 25], "{name}");
            assert_eq!(latest(Some(&["s1"]), None, 3).await, [28, 25, 22], "{name}");
            assert_eq!(latest(Some(&["s1", "s2", "s1"]), Some(26), 4).await, [25, 23, 22, 20], "{name}");
            assert_eq!(latest(Some(&[]), None, 3).await, [0_u64; 0], "{name}");
        });
    }
}

#[test]
fn searches_use_their_index() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let _journal = journal(&store);
    let plan = |sql, params: &[dancu_storage::Value]| {
        store.read("test", |tx| tx.explain(sql, params)).unwrap().join("; ")
    };
    let by_correlation = plan("SELECT entry FROM journal_entry WHERE correlation = $1", &[[0_u8; 16].into()]);
    assert!(by_correlation.contains("journal_entry_correlation"), "{by_correlation}");
    let latest = plan(
        "SELECT entry FROM journal_entry WHERE system_id = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3",
        &["s".into(), 9.into(), 1.into()],
    );
    assert!(latest.contains("journal_entry_system") && !latest.contains("TEMP"), "{latest}");
}
