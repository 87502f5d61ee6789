//! Replayed requests and idempotency keys.
use crate::{NOW_US, answered, append_to_both, pairs, run};
use dancu_catalogue::Code;
use dancu_journal::{Draft, Idempotency, Idempotent, JournalError, Outcome, ReplayKey};

const WINDOW_US: i64 = 600_000_000;

fn with_id(number: u32, request: u8) -> Draft {
    let key = ReplayKey { system: "hospital".into(), request_id_hash: [request; 16], window_us: WINDOW_US };
    Draft { replay: Some(key), ..answered(number) }
}

fn later(mut draft: Draft, by_us: i64) -> Draft {
    draft.call.at_us += by_us;
    draft
}

#[test]
fn of_many_equal_requests_one_is_answered() {
    for (name, journals, _guard) in pairs() {
        run(async {
            let receipts = append_to_both(&journals, (0..200).map(|number| with_id(number, 1))).await;
            let passed = receipts.iter().filter(|receipt| receipt.ruling.is_ok()).count();
            let replayed =
                receipts.iter().filter(|receipt| receipt.ruling == Err(Code::RequestReplayed)).count();
            assert_eq!((passed, replayed), (1, 199), "{name}");
        });
    }
}

#[test]
fn a_request_id_is_used_for_its_window_by_its_system() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let ruling = async |draft| journal.append(draft).await.unwrap().ruling;
            assert_eq!(ruling(with_id(0, 1)).await, Ok(()), "{name}");
            assert_eq!(ruling(with_id(0, 2)).await, Ok(()), "{name}: another id");
            let mut other = with_id(0, 1);
            other.replay.as_mut().unwrap().system = "school".into();
            assert_eq!(ruling(other).await, Ok(()), "{name}: another system");
            let replayed = Err(Code::RequestReplayed);
            assert_eq!(ruling(later(with_id(0, 1), WINDOW_US - 1)).await, replayed, "{name}");
            assert_eq!(ruling(later(with_id(0, 1), -5)).await, replayed, "{name}: a clock that is behind");
            assert_eq!(ruling(later(with_id(0, 1), WINDOW_US)).await, Ok(()), "{name}: the window is over");
            assert_eq!(
                ruling(later(with_id(0, 1), WINDOW_US + 1)).await,
                replayed,
                "{name}: and begins anew"
            );
        });
    }
}

#[test]
fn a_refused_request_may_come_again() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut refused = with_id(0, 1);
            refused.call.outcome = Outcome::Refused(Code::CaseMissing);
            assert_eq!(
                journal.append(refused.clone()).await.unwrap().ruling,
                Err(Code::CaseMissing),
                "{name}"
            );
            let mut over = with_id(1, 1);
            over.charges = vec![crate::quota::account_charge("a", 0)];
            assert_eq!(journal.append(over).await.unwrap().ruling, Err(Code::QuotaAccount), "{name}");
            assert_eq!(journal.append(with_id(2, 1)).await.unwrap().ruling, Ok(()), "{name}");
            // Its own refusal stands, although the id is used by now.
            assert_eq!(journal.append(refused).await.unwrap().ruling, Err(Code::CaseMissing), "{name}");
        });
    }
}

#[test]
fn a_batch_is_one_request() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let batch = || (0..40).map(|number| with_id(number, 1)).collect::<Vec<_>>();
            let first = journal.append_all(batch(), None).await.unwrap();
            assert!(first.iter().all(|receipt| receipt.ruling.is_ok()), "{name}");
            let second = journal.append_all(batch(), None).await.unwrap();
            assert!(second.iter().all(|receipt| receipt.ruling == Err(Code::RequestReplayed)), "{name}");
        });
    }
}

fn key(name: &str, body: u8) -> Idempotency {
    Idempotency {
        system: "hospital".into(),
        key: name.into(),
        body_hash: [body; 32],
        expires_us: NOW_US + WINDOW_US,
        answer: Box::new(move |receipts| format!("{body}: {} entries", receipts.len()).into_bytes()),
    }
}

#[test]
fn of_many_calls_with_one_key_one_is_written() {
    for (name, journals, _guard) in pairs() {
        run(async {
            let units: Vec<_> = (0..60_u8)
                .map(|unit| {
                    let drafts = (0..3).map(|item| answered(u32::from(unit) * 3 + item)).collect();
                    journals[usize::from(unit) % 2].append_all(drafts, Some(key("k", unit)))
                })
                .collect();
            let (mut winners, mut losers) = (Vec::new(), 0);
            for (body, unit) in (0_u8..).zip(units) {
                match unit.await {
                    Ok(receipts) => winners.push((body, receipts)),
                    Err(JournalError::DuplicateKey) => losers += 1,
                    Err(other) => panic!("{name}: {other}"),
                }
            }
            assert_eq!((winners.len(), losers), (1, 59), "{name}");
            assert_eq!(
                journals[0].count().await,
                Ok(4),
                "{name}: losers write nothing, their context neither"
            );
            let (body, receipts) = winners.remove(0);
            let found = journals[1].find_idempotent("hospital", "k", &[body; 32], NOW_US).await.unwrap();
            let answer = format!("{body}: 3 entries").into_bytes();
            assert_eq!(found, Idempotent::Replay(answer, receipts), "{name}");
        });
    }
}

#[test]
fn an_answer_that_was_altered_or_moved_is_not_given_again() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = crate::journal(&store);
    run(async {
        for name in ["k", "l"] {
            journal.append_all(vec![answered(0), answered(1)], Some(key(name, 1))).await.unwrap();
        }
        let moved = "UPDATE journal_idempotency SET answer = (SELECT MAX(answer) FROM journal_idempotency)";
        store.run_tx("test", |tx| tx.execute(moved, &[])).unwrap();
        let mut found = Vec::new();
        for name in ["k", "l"] {
            found.push(journal.find_idempotent("hospital", name, &[1; 32], NOW_US).await);
        }
        assert_eq!(found.iter().filter(|found| matches!(found, Err(JournalError::Seal(_)))).count(), 1);
    });
}

#[test]
fn a_key_is_found_by_its_system_body_and_time() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut refused = answered(1);
            refused.call.outcome = Outcome::Refused(Code::CaseMissing);
            journal.append_all(vec![answered(0), refused], Some(key("k", 1))).await.unwrap();
            let find = async |system: &str, key: &str, body: u8, now_us| {
                journal.find_idempotent(system, key, &[body; 32], now_us).await.unwrap()
            };
            let Idempotent::Replay(answer, receipts) = find("hospital", "k", 1, NOW_US).await else {
                panic!("{name}: not found")
            };
            assert_eq!(answer, b"1: 2 entries");
            assert_eq!(receipts[1].ruling, Err(Code::CaseMissing), "{name}");
            assert_eq!(find("hospital", "k", 2, NOW_US).await, Idempotent::Reused, "{name}");
            assert_eq!(find("hospital", "l", 1, NOW_US).await, Idempotent::None, "{name}");
            assert_eq!(find("school", "k", 1, NOW_US).await, Idempotent::None, "{name}");
            assert_eq!(
                find("hospital", "k", 1, NOW_US + WINDOW_US).await,
                Idempotent::None,
                "{name}: expired"
            );
            // An expired key may be used anew, swept or not.
            let unit = vec![later(answered(2), WINDOW_US)];
            let again = Idempotency { expires_us: NOW_US + 2 * WINDOW_US, ..key("k", 3) };
            journal.append_all(unit, Some(again)).await.unwrap();
            assert!(
                matches!(find("hospital", "k", 3, NOW_US + WINDOW_US).await, Idempotent::Replay(..)),
                "{name}"
            );
        });
    }
}

#[test]
fn the_sweep_removes_what_has_expired_and_nothing_else() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut drafts = Vec::new();
            for number in 0..1_100_u32 {
                let mut draft = with_id(number, 0);
                draft.replay.as_mut().unwrap().request_id_hash[..4].copy_from_slice(&number.to_be_bytes());
                drafts.push(draft);
            }
            let kept = later(with_id(0, 9), WINDOW_US);
            journal.append_all(drafts, Some(key("k", 1))).await.unwrap();
            journal.append_all(vec![kept.clone()], None).await.unwrap();
            let now_us = NOW_US + WINDOW_US + 1_100;
            assert_eq!(journal.sweep(NOW_US).await, Ok(0), "{name}");
            assert_eq!(journal.sweep(now_us).await, Ok(1_101), "{name}");
            assert_eq!(journal.sweep(now_us).await, Ok(0), "{name}");
            assert_eq!(
                journal.append(later(kept, 1)).await.unwrap().ruling,
                Err(Code::RequestReplayed),
                "{name}"
            );
            assert_eq!(journal.count().await, Ok(1_103), "{name}: entries stay");
        });
    }
}
