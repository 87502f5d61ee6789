//! Entries that are not calls, and entries as they are stored.
use crate::{NOW_US, SUBJECT, answered, journal, pairs, run};
use dancu_journal::{Answered, Call, Epoch, Kind, Outcome, Personal, Record, Stored};
use dancu_tlog::{Frontier, leaf_hash};

fn records() -> Vec<(Record, Kind)> {
    let epoch = Epoch { entries: 7, root: [1; 32], persons: 3, vrf_key: [2; 32], number: 0 };
    let order =
        Personal { order: Some("QD-17".into()), subject: Some(SUBJECT.into()), ..Personal::default() };
    let by = Call {
        at_us: NOW_US,
        correlation: [3; 16],
        service: "retention".into(),
        account_id: Some("keeper".into()),
        outcome: Outcome::Answered(Answered::Served),
        personal: Personal { officer: Some("K-1".into()), ..Personal::default() },
        ..Call::default()
    };
    vec![
        (Record::Epoch { at_us: NOW_US, epoch: epoch.clone() }, Kind::Epoch(epoch)),
        (
            Record::Withholding {
                at_us: NOW_US,
                correlation: [4; 16],
                entry: 1,
                until_us: NOW_US + 9,
                personal: order,
            },
            Kind::Withholding { entry: 1, until_us: NOW_US + 9 },
        ),
        (
            Record::Act { call: Box::new(by), first: 0, after: 5, rule: "exchange-2y".into() },
            Kind::Act { first: 0, after: 5, rule: "exchange-2y".into() },
        ),
    ]
}

#[test]
fn records_are_entries_like_calls() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut grown = journal.grown();
            assert_eq!(*grown.borrow_and_update(), 0, "{name}");
            journal.append(answered(0)).await.unwrap();
            for (record, kind) in records() {
                let receipt = journal.append_record(record.clone()).await.unwrap();
                assert_eq!((receipt.at_us, receipt.ruling), (NOW_US, Ok(())), "{name}");
                let entry = journal.entry(receipt.index).await.unwrap().unwrap();
                assert_eq!((&entry.kind, entry.leaf_hash), (&kind, receipt.leaf_hash), "{name}");
                match record {
                    Record::Epoch { .. } => assert_eq!(entry.call.personal, Personal::default(), "{name}"),
                    Record::Withholding { personal, correlation, .. } => {
                        assert_eq!(entry.call.personal, personal, "{name}");
                        assert_eq!(entry.call.correlation, correlation, "{name}");
                    }
                    Record::Act { call, .. } => assert_eq!(entry.call, *call, "{name}"),
                }
            }
            let size = journal.len().await.unwrap();
            assert_eq!(size, 2 + 3 + 1, "{name}: the act has a context of its own");
            grown.wait_for(|grown| *grown == size).await.unwrap();
        });
    }
}

#[test]
fn what_is_stored_is_read_in_order_and_gives_the_heads_root() {
    for (name, journals, _guard) in pairs() {
        let waiting: Vec<_> = (0..300_usize)
            .map(|number| journals[number % 2].append(answered(number.try_into().unwrap())))
            .collect();
        let receipts: Vec<_> = waiting.into_iter().map(|waiting| run(waiting).unwrap()).collect();
        let journal = &journals[0];
        let head = journal.read_head().unwrap();
        let all = journal.read_stored(0, 10_000).unwrap();
        assert_eq!(all.len() as u64, head.size, "{name}");
        let mut frontier = Frontier::new();
        for Stored { entry, .. } in &all {
            frontier.append(leaf_hash(entry));
        }
        assert_eq!(frontier, head.frontier, "{name}");
        for receipt in &receipts {
            let stored = &all[usize::try_from(receipt.index).unwrap()];
            assert_eq!(
                (stored.index, leaf_hash(&stored.entry)),
                (receipt.index, receipt.leaf_hash),
                "{name}"
            );
        }
        for (from, limit) in [(0, 1), (5, 0), (7, 100), (head.size - 1, 9), (head.size, 9), (u64::MAX, 9)] {
            let some = journal.read_stored(from, limit).unwrap();
            let expected: Vec<_> =
                all.iter().skip(from.try_into().unwrap_or(usize::MAX)).take(limit).cloned().collect();
            assert_eq!(some, expected, "{name}: {limit} from {from}");
        }
    }
}

#[test]
fn a_context_is_written_once_and_again_by_a_server_that_does_not_know_it() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let calls = |journal: &dancu_journal::Journal| {
        run(async {
            for number in 0..5 {
                journal.append(answered(number)).await.unwrap();
            }
        });
        journal.read_head().unwrap().size
    };
    assert_eq!(calls(&journal(&store)), 6);
    assert_eq!(calls(&journal(&store)), 12);
}

#[test]
fn what_is_too_long_is_refused_and_does_not_take_others_with_it() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    let mut long = [answered(0), answered(1), answered(2)];
    long[0].call.personal.purpose = Some("x".repeat(70_000));
    long[1].call.role = Some("x".repeat(70_000));
    long[2].call.consent_id = Some("x".repeat(70_000));
    run(async {
        let waiting: Vec<_> =
            long.into_iter().chain([answered(3)]).map(|draft| journal.append(draft)).collect();
        let mut taken = Vec::new();
        for waiting in waiting {
            taken.push(waiting.await.is_ok());
        }
        assert_eq!(taken, [false, false, false, true]);
        assert_eq!(journal.count().await, Ok(2));
    });
}
