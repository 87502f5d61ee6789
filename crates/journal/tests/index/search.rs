//! Whatever is asked, the index finds what a walk over the whole log finds.
use crate::memory::MemoryLog;
use crate::{NOW_US, SECOND, call, index, options, person, ring, vrf};
use dancu_journal::index::{Index, Log, Query};
use dancu_journal::{Answered, Call, Entry, Kind, Outcome, Part, subject_hash};
use proptest::prelude::*;
use std::sync::Arc;

fn naive(log: &MemoryLog, query: &Query) -> Vec<u64> {
    let entries = log.entries.lock().unwrap();
    let says = |asked: &Option<String>, said: Option<&str>| asked.is_none() || asked.as_deref() == said;
    let wanted = |entry: &&Entry| {
        let Call { personal, .. } = &entry.call;
        let subject = personal.subject.as_ref().map(|number| subject_hash(&ring(), number));
        entry.kind != Kind::Context
            && says(&query.organisation, entry.call.organisation.as_deref())
            && says(&query.system, entry.call.system_id.as_deref())
            && says(&query.account, entry.call.account_id.as_deref())
            && says(&query.officer, personal.get(Part::Officer))
            && says(&query.service, Some(&entry.call.service))
            && says(&query.case_number, personal.get(Part::CaseNumber))
            && says(&query.procedure, entry.call.procedure.as_deref())
            && query.correlation.is_none_or(|asked| asked == entry.call.correlation)
            && query.outcome.is_none_or(|outcome| outcome == entry.call.outcome)
            && query.subject.is_none_or(|asked| Some(asked) == subject)
            && query.from_us.is_none_or(|from| entry.call.at_us >= from)
            && query.to_us.is_none_or(|to| entry.call.at_us <= to)
            && query.before.is_none_or(|before| entry.index < before)
    };
    entries.iter().rev().filter(wanted).map(|entry| entry.index).collect()
}

/// All pages, one after the other.
fn paged(index: &Index, query: &Query) -> Vec<u64> {
    let (mut all, mut query) = (Vec::new(), query.clone());
    loop {
        let found = index.search(&query).unwrap();
        assert!(found.entries.len() <= query.limit);
        all.extend(found.entries.iter().map(|entry| entry.index));
        let Some(next) = found.next else { return all };
        assert_eq!(found.entries.len(), query.limit, "a page that is followed by another is full");
        query.before = Some(next);
    }
}

fn queries() -> impl Strategy<Value = Query> {
    use proptest::option::weighted;
    let one = |name: &'static str, of: usize| weighted(0.25, (0..of).prop_map(move |n| format!("{name}{n}")));
    let time = || weighted(0.3, -5_i64..45).prop_map(|tens| tens.map(|tens| NOW_US + tens * SECOND));
    let texts =
        (one("org-", 6), one("system-", 7), one("account-", 17), one("CanBo-", 19), one("HoSo-", 140));
    let others = (one("1.00", 4), weighted(0.3, Just("look_up".to_owned())), weighted(0.3, 0_usize..14));
    let outcome = weighted(0.3, Just(Outcome::Answered(Answered::Mismatch)));
    let correlation = weighted(0.1, (0_u128..450).prop_map(u128::to_be_bytes));
    let page = (weighted(0.2, 0_u64..450), 1_usize..40, correlation);
    (texts, others, outcome, time(), time(), page).prop_map(
        |(texts, others, outcome, from_us, to_us, page)| {
            let (organisation, system, account, officer, case_number) = texts;
            let (procedure, service, subject) = others;
            let subject = subject.map(|n| subject_hash(&ring(), &person(n)));
            let (before, limit, correlation) = page;
            Query {
                organisation,
                system,
                account,
                officer,
                service,
                outcome,
                case_number,
                procedure,
                subject,
                correlation,
                from_us,
                to_us,
                before,
                limit,
            }
        },
    )
}

#[test]
fn the_index_finds_what_a_walk_finds() {
    let log = Arc::new(MemoryLog::of((0..400).map(call)));
    log.push(Kind::Context, Call::default());
    let worlds: Vec<_> = dancu_storage::testing::stores()
        .into_iter()
        .map(|(name, store, guard)| {
            let index = index(&log, &store);
            assert_eq!(index.catch_up().unwrap(), 401);
            assert!(!index.step().unwrap());
            (name, index, guard)
        })
        .collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
    let outcome = runner.run(&queries(), |query| {
        let wanted = naive(&log, &query);
        for (name, index, _) in &worlds {
            prop_assert_eq!(paged(index, &query), wanted.clone(), "{} {:?}", name, query);
        }
        Ok(())
    });
    outcome.unwrap();
}

/// A log so long that it spans blocks: contexts, with a call here and there.
struct Long(MemoryLog);

const STRETCH: u64 = 997;

impl Log for Long {
    fn size(&self) -> Result<u64, dancu_journal::JournalError> {
        Ok(self.0.len() * STRETCH)
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, dancu_journal::JournalError> {
        let entries = self.0.entries.lock().unwrap();
        let end = (from + limit as u64).min(entries.len() as u64 * STRETCH);
        let context = Entry { kind: Kind::Context, call: Call::default(), ..entries[0].clone() };
        let at = |index: u64| {
            let whole = index.is_multiple_of(STRETCH);
            let entry = if whole { &entries[(index / STRETCH) as usize] } else { &context };
            Entry { index, ..entry.clone() }
        };
        Ok((from..end).map(at).collect())
    }

    fn append(
        &self,
        _: dancu_journal::Record,
    ) -> Result<dancu_journal::Receipt, dancu_journal::JournalError> {
        Err(dancu_journal::JournalError::Closed)
    }
}

#[test]
fn a_search_walks_over_many_blocks() {
    let log = Arc::new(Long(MemoryLog::of((0..400).map(call))));
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let options = dancu_journal::index::IndexOptions { batch: 20_000, ..options() };
    let index = Index::over(log.clone(), ring(), store, vrf(), options).unwrap();
    assert_eq!(index.catch_up().unwrap(), 400 * STRETCH);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(100));
    let outcome = runner.run(&queries(), |query| {
        let below = query.before.map(|before| before * STRETCH);
        let wanted: Vec<_> = naive(&log.0, &query).into_iter().map(|index| index * STRETCH).collect();
        prop_assert_eq!(paged(&index, &Query { before: below, ..query.clone() }), wanted, "{:?}", query);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn debug_tells_nothing_of_persons() {
    let query = Query {
        officer: Some("CanBo-1".into()),
        case_number: Some("HoSo-7".into()),
        account: Some("account-3".into()),
        subject: Some(*b"sixteen bytes 16"),
        ..Query::default()
    };
    let shown = format!("{query:?}");
    assert!(["CanBo", "HoSo", "account-3", "115"].iter().all(|secret| !shown.contains(secret)), "{shown}");
    assert!(shown.contains("by_case: true"));
}
