//! Uses of a person's data in a period, as the interface of the data tracker asks for them.
use crate::memory::MemoryLog;
use crate::{NOW_US, SECOND, call, index, person};
use proptest::prelude::*;
use std::sync::Arc;

#[test]
fn usages_are_those_of_the_period() {
    let log = Arc::new(MemoryLog::of((0..400).map(call)));
    let worlds: Vec<_> = dancu_storage::testing::stores()
        .into_iter()
        .map(|(name, store, guard)| {
            let index = index(&log, &store);
            index.catch_up().unwrap();
            (name, index, guard)
        })
        .collect();
    let asked = (0_usize..14, -5_i64..45, 0_i64..50, 0_usize..40, 0_usize..20);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(80));
    let outcome = runner.run(&asked, |(who, from, length, offset, limit)| {
        let (number, from) = (person(who), NOW_US + from * SECOND);
        let period = from..=from + length * SECOND;
        let entries = log.entries.lock().unwrap().clone();
        let mut wanted: Vec<_> = entries
            .iter()
            .filter(|entry| entry.call.personal.subject.as_ref() == Some(&number))
            .filter(|entry| period.contains(&entry.call.at_us))
            .map(|entry| entry.index)
            .collect();
        wanted.reverse();
        for (name, index, _) in &worlds {
            let (total, items) = index.usages(&number, period.clone(), offset, limit, NOW_US).unwrap();
            prop_assert_eq!(total, wanted.len() as u64, "{}", name);
            let items: Vec<_> = items.iter().map(|item| item.index).collect();
            let page: Vec<_> = wanted.iter().copied().skip(offset).take(limit).collect();
            prop_assert_eq!(items, page, "{}", name);
        }
        Ok(())
    });
    outcome.unwrap();
}
