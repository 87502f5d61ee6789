//! Numbers, order, closing, limits.
use crate::{answered, append_to_both, journal, pairs, run};
use dancu_catalogue::Code;
use dancu_journal::{Draft, Filter, Journal, JournalError, Kind, Options};
use dancu_storage::Migration;

#[test]
fn two_journals_number_without_gaps() {
    for (name, journals, _guard) in pairs() {
        run(async {
            let receipts = append_to_both(&journals, (0..600).map(answered)).await;
            let mut numbers: Vec<u64> = receipts.iter().map(|receipt| receipt.index).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), 600, "{name}");
            let size = journals[0].len().await.unwrap();
            for journal in &journals {
                let counted = (journal.len().await.unwrap(), journal.count().await.unwrap());
                assert_eq!(counted, (size, size), "{name}");
            }
            // What is not a call is the context, which each server writes once at most.
            assert!((601..=602).contains(&size), "{name}: {size}");
            for index in (0..size).filter(|index| !numbers.contains(index)) {
                let entry = journals[1].entry(index).await.unwrap().unwrap();
                assert_eq!(entry.kind, Kind::Context, "{name}");
            }
            for receipt in receipts.iter().step_by(97) {
                let entry = journals[0].entry(receipt.index).await.unwrap().unwrap();
                assert_eq!((entry.leaf_hash, entry.call.at_us), (receipt.leaf_hash, receipt.at_us), "{name}");
            }
        });
    }
}

#[test]
fn a_unit_lies_together_in_its_order() {
    for (name, journals, _guard) in pairs() {
        run(async {
            let units = (0..20_u32).map(|unit| {
                let drafts = (0..25).map(|item| answered(unit * 25 + item)).collect();
                journals[unit as usize % 2].append_all(drafts, None)
            });
            for (number, unit) in (0..).zip(units.collect::<Vec<_>>()) {
                let receipts = unit.await.unwrap();
                for (item, receipt) in (0..).zip(&receipts) {
                    assert_eq!(receipt.index, receipts[0].index + u64::from(item), "{name}");
                    assert_eq!(receipt.at_us, answered(number * 25 + item).call.at_us, "{name}");
                }
            }
            assert_eq!(journals[0].append_all(vec![], None).await, Ok(vec![]));
            assert_eq!(journals[0].latest(Filter::default(), 1000).await.unwrap().len(), 500, "{name}");
        });
    }
}

#[test]
fn closing_writes_what_waits_and_takes_no_more() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        let waiting: Vec<_> = (0..500).map(|number| journal.append(answered(number))).collect();
        journal.close().await;
        assert_eq!(journal.append(answered(500)).await, Err(JournalError::Closed));
        for waiting in waiting {
            waiting.await.unwrap();
        }
        assert_eq!(journal.len().await, Ok(501), "with their context");
        assert_eq!(journal.waiting(), 0);
        journal.close().await;
    });
}

#[test]
fn too_many_waiting_drafts_are_turned_away_and_counted_exactly() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let options = Options { queue: 50, group: 10, ..Options::default() };
    let journal = Journal::open(store.clone(), crate::ring(), options).unwrap();
    run(async {
        let mut waiting = Vec::new();
        // The writer cannot begin while this transaction holds the only writing connection.
        store
            .run_tx("test", |_| {
                waiting = (0..80).map(|number| journal.append(answered(number))).collect();
                Ok::<_, JournalError>(())
            })
            .unwrap();
        let (mut written, mut refused) = (0, 0);
        for waiting in waiting {
            match waiting.await {
                Ok(_) => written += 1,
                Err(JournalError::Overloaded) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((written, refused), (50, 30));
        let big = (0..200).map(answered).collect();
        assert_eq!(
            journal.append_all(big, None).await.map(|receipts| receipts.len()),
            Ok(200),
            "alone, it passes"
        );
        assert_eq!(JournalError::Overloaded.code(), Code::Overloaded);
    });
}

#[test]
fn dropping_the_future_does_not_take_the_draft_back() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        drop(journal.append(answered(0)));
        journal.append(answered(1)).await.unwrap();
        assert_eq!(journal.count().await, Ok(3));
    });
}

#[test]
fn the_writer_goes_on_when_the_store_is_mended() {
    let gone = Migration { id: "gone", sql: "ALTER TABLE journal_group RENAME TO journal_group_gone" };
    let back = Migration { id: "back", sql: "ALTER TABLE journal_group_gone RENAME TO journal_group" };
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        run(async {
            assert_eq!(journal.append(answered(0)).await.unwrap().index, 1, "{name}");
            let migrate = |step| {
                let store = store.clone();
                tokio::task::spawn_blocking(move || store.migrate("test", &[step]))
            };
            migrate(gone).await.unwrap().unwrap();
            let error = journal.append(answered(1)).await.unwrap_err();
            assert_eq!(error.code(), Code::JournalUnavailable, "{name}: {error}");
            migrate(back).await.unwrap().unwrap();
            assert_eq!(journal.append(answered(2)).await.unwrap().index, 2, "{name}");
            assert_eq!((journal.len().await, journal.count().await), (Ok(3), Ok(3)), "{name}");
        });
    }
}

#[test]
fn a_draft_that_cannot_be_written_does_not_take_others_with_it() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        let mut broken = answered(1);
        broken.refusal_sha256 = Some(dancu_journal::RefusalHash::new(|_| panic!("a caller's mistake")));
        broken.charges = vec![crate::quota::account_charge("a", 0)];
        let mut waiting = Vec::new();
        let all: [Draft; 3] = [answered(0), broken, answered(2)];
        store
            .run_tx("test", |_| {
                waiting = all.iter().cloned().map(|draft| journal.append(draft)).collect();
                Ok::<_, JournalError>(())
            })
            .unwrap();
        let mut results = Vec::new();
        for waiting in waiting {
            results.push(waiting.await.map(|receipt| receipt.index));
        }
        assert_eq!(results, [Ok(1), Err(JournalError::Internal("panic")), Ok(2)]);
    });
}

#[test]
fn a_full_disk_is_told_and_outlived() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    run(async {
        dancu_storage::testing::limit_pages(&store, 1).unwrap();
        let mut written = 0;
        let error = loop {
            assert!(written < 10_000, "the disk is never full");
            match journal.append(answered(written)).await {
                Ok(_) => written += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error, JournalError::Full);
        assert_eq!(journal.append(answered(0)).await, Err(JournalError::Full));
        dancu_storage::testing::limit_pages(&store, 1_000_000).unwrap();
        assert_eq!(journal.append(answered(0)).await.unwrap().index, u64::from(written) + 1);
        assert_eq!(journal.count().await, Ok(u64::from(written) + 2));
    });
}

#[test]
fn a_database_that_vanishes_and_returns_loses_nothing_acknowledged() {
    let server = dancu_storage::testing::postgres();
    let journal = journal(&dancu_storage::testing::open_postgres(&server.url()));
    run(async {
        let mut acknowledged = Vec::new();
        for round in 0..3_u32 {
            let waiting: Vec<_> =
                (0..200).map(|number| journal.append(answered(round * 200 + number))).collect();
            server.stop();
            for waiting in waiting {
                match waiting.await {
                    Ok(receipt) => acknowledged.push(receipt),
                    Err(error) => assert_eq!(error.code(), Code::JournalUnavailable, "{error}"),
                }
            }
            assert!(journal.append(answered(0)).await.is_err());
            server.start();
            let mut tries = 0;
            acknowledged.push(loop {
                tries += 1;
                match journal.append(answered(9)).await {
                    Ok(receipt) => break receipt,
                    Err(error) => assert!(tries < 50, "{error}"),
                }
            });
        }
        let size = journal.len().await.unwrap();
        assert_eq!(journal.count().await, Ok(size));
        for receipt in acknowledged {
            let entry = journal.entry(receipt.index).await.unwrap().unwrap();
            assert_eq!(entry.leaf_hash, receipt.leaf_hash);
        }
    });
}
