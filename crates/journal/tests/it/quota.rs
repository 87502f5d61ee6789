//! Quotas are exact, durable, all or none.
use crate::{answered, append_to_both, pairs, run};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use dancu_journal::{Charge, Draft, Filter, Outcome, RefusalHash, Scope};

const DAY: i64 = 20_778;

pub(crate) fn account_charge(id: &str, limit: u64) -> Charge {
    Charge { scope: Scope::Account, id: id.into(), day: DAY, limit, calls: 1 }
}

fn system_charge(id: &str, limit: u64) -> Charge {
    Charge { scope: Scope::System, ..account_charge(id, limit) }
}

fn charged(number: u32, charges: Vec<Charge>) -> Draft {
    Draft { charges, ..answered(number) }
}

#[test]
fn a_limit_of_100_lets_exactly_100_of_500_pass() {
    for (name, journals, _guard) in pairs() {
        run(async {
            let draft = |number| charged(number, vec![account_charge("a", 100), system_charge("s", 1_000)]);
            let receipts = append_to_both(&journals, (0..500).map(draft)).await;
            let passed = receipts.iter().filter(|receipt| receipt.ruling.is_ok()).count();
            let refused = receipts.iter().filter(|receipt| receipt.ruling == Err(Code::QuotaAccount)).count();
            assert_eq!((passed, refused), (100, 400), "{name}");
            let journal = &journals[1];
            assert_eq!(journal.quota_used(Scope::Account, "a", DAY).await, Ok(100), "{name}");
            assert_eq!(journal.quota_used(Scope::System, "s", DAY).await, Ok(100), "{name}: both or none");
            assert_eq!(journal.quota_used(Scope::System, "s", DAY + 1).await, Ok(0), "{name}");
            let all = journal.latest(Filter::default(), 1000).await.unwrap().len();
            assert_eq!(all, 500, "{name}: refusals are entries");
        });
    }
}

#[test]
fn the_first_used_up_quota_names_the_refusal_and_nothing_is_charged() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let full = |number| charged(number, vec![account_charge("a", 5), system_charge("s", 1)]);
            assert_eq!(journal.append(full(0)).await.unwrap().ruling, Ok(()), "{name}");
            assert_eq!(journal.append(full(1)).await.unwrap().ruling, Err(Code::QuotaSystem), "{name}");
            assert_eq!(journal.quota_used(Scope::Account, "a", DAY).await, Ok(1), "{name}");
            // The same inside one group.
            let receipts = journal.append_all((2..5).map(full).collect(), None).await.unwrap();
            assert!(receipts.iter().all(|receipt| receipt.ruling == Err(Code::QuotaSystem)), "{name}");
            assert_eq!(journal.quota_used(Scope::Account, "a", DAY).await, Ok(1), "{name}");
        });
    }
}

#[test]
fn many_counters_in_one_group_are_kept_apart() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let drafts = |from: u32| -> Vec<Draft> {
                (from..from + 120)
                    .map(|n| {
                        charged(
                            n,
                            vec![account_charge(&format!("a{}", n % 40), 5), system_charge("s", 1_000)],
                        )
                    })
                    .collect()
            };
            // 3 of 5 for each of 40 accounts, then the 2 that are left.
            let first = journal.append_all(drafts(0), None).await.unwrap();
            assert!(first.iter().all(|receipt| receipt.ruling.is_ok()), "{name}");
            let second = journal.append_all(drafts(120), None).await.unwrap();
            assert_eq!(second.iter().filter(|receipt| receipt.ruling.is_ok()).count(), 80, "{name}");
            assert_eq!(journal.quota_used(Scope::Account, "a39", DAY).await, Ok(5), "{name}");
            assert_eq!(journal.quota_used(Scope::System, "s", DAY).await, Ok(200), "{name}");
        });
    }
}

#[test]
fn a_call_refused_by_the_commit_is_written_as_one_from_which_nothing_left() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut draft = charged(1, vec![account_charge("a", 0)]);
            draft.call.released = FieldSet::EMPTY.with(Field::Religion);
            draft.call.verdicts = vec![(Field::FullName, "match".into())];
            draft.refusal_sha256 = Some(RefusalHash::new(|code| [u8::from(code == Code::QuotaAccount); 32]));
            let receipt = journal.append(draft.clone()).await.unwrap();
            let entry = journal.entry(receipt.index).await.unwrap().unwrap();
            assert_eq!(entry.call.outcome, Outcome::Refused(Code::QuotaAccount), "{name}");
            assert_eq!((entry.call.released, entry.call.verdicts.len()), (FieldSet::EMPTY, 0), "{name}");
            assert_eq!(entry.call.response_sha256, Some([1; 32]), "{name}");
            assert_eq!(entry.call.personal, draft.call.personal, "{name}");
        });
    }
}

#[test]
fn a_draft_that_is_refused_already_is_not_charged() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let mut draft = charged(1, vec![account_charge("a", 0)]);
            draft.call.outcome = Outcome::Refused(Code::CaseMissing);
            assert_eq!(journal.append(draft).await.unwrap().ruling, Err(Code::CaseMissing), "{name}");
            assert_eq!(journal.quota_used(Scope::Account, "a", DAY).await, Ok(0), "{name}");
        });
    }
}

/// A file is counted by its rows: all of them or none, and what is left counts for others.
#[test]
fn many_calls_count_at_once_or_not_at_all() {
    for (name, [journal, _], _guard) in pairs() {
        run(async {
            let file = |calls| {
                vec![
                    Charge { calls, ..account_charge("account-1", 1_000) },
                    Charge { calls, ..system_charge("one-stop", 100) },
                ]
            };
            let receipts = journal.append_all(
                vec![charged(0, file(90)), charged(1, file(11)), charged(2, file(10)), charged(3, file(1))],
                None,
            );
            let rulings: Vec<_> = receipts.await.unwrap().into_iter().map(|receipt| receipt.ruling).collect();
            assert_eq!(rulings, [Ok(()), Err(Code::QuotaSystem), Ok(()), Err(Code::QuotaSystem)], "{name}");
            assert_eq!(journal.quota_used(Scope::Account, "account-1", DAY).await, Ok(100), "{name}");
            assert_eq!(journal.quota_used(Scope::System, "one-stop", DAY).await, Ok(100), "{name}");
        });
    }
}
