use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000_000;

fn setting() -> GuessSetting {
    GuessSetting {
        mismatches: 5,
        window_us: 60 * MINUTE,
        neutral_us: 30 * MINUTE,
        neutral_max_us: 100 * MINUTE,
        memory_us: 24 * 60 * MINUTE,
        released_mismatches: 3,
        release_us: 30 * MINUTE,
    }
}

fn person(n: u32) -> Person {
    let mut person = [0; 16];
    for (place, byte) in person.iter_mut().zip(n.wrapping_mul(2_654_435_761).to_be_bytes().repeat(4)) {
        *place = byte;
    }
    person
}

/// Guesses once a minute from a time on, each another claim.
fn guess(budget: &Budget, claims: std::ops::Range<u32>, from_us: i64) {
    for claim in claims.clone() {
        budget.mismatch(&person(1), "a", claim, from_us + i64::from(claim - claims.start) * MINUTE);
    }
}

fn until(budget: &Budget, now_us: i64) -> Option<i64> {
    match budget.standing(&person(1), "a", now_us) {
        Standing::Open => None,
        Standing::Neutral { until_us } => Some(until_us),
    }
}

#[test]
fn the_fifth_different_claim_makes_answers_neutral_for_all_and_for_half_an_hour() {
    let budget = Budget::new(setting(), 1000);
    guess(&budget, 0..4, 0);
    assert_eq!(until(&budget, 4 * MINUTE), None);
    budget.mismatch(&person(1), "another", 9, 4 * MINUTE);
    assert_eq!(until(&budget, 4 * MINUTE), Some(34 * MINUTE));
    assert_eq!(
        budget.standing(&person(1), "a third", 33 * MINUTE),
        Standing::Neutral { until_us: 34 * MINUTE }
    );
    assert_eq!(until(&budget, 34 * MINUTE), None);
    assert_eq!(budget.standing(&person(2), "a", 5 * MINUTE), Standing::Open, "nobody else is concerned");
}

#[test]
fn the_same_claim_counts_once_and_old_ones_count_no_more() {
    let budget = Budget::new(setting(), 1000);
    for minute in 0..50 {
        budget.mismatch(&person(1), "a batch that repeats itself", 7, minute * MINUTE);
    }
    guess(&budget, 10..13, 55 * MINUTE);
    assert_eq!(until(&budget, 59 * MINUTE), None, "four different ones");
    // The first claim is over an hour old now; two more make five again.
    guess(&budget, 20..21, 61 * MINUTE);
    assert_eq!(until(&budget, 62 * MINUTE), None);
    guess(&budget, 30..31, 63 * MINUTE);
    assert_eq!(until(&budget, 64 * MINUTE), Some(93 * MINUTE));
}

#[test]
fn a_neutral_time_is_not_prolonged_and_the_next_is_twice_as_long_up_to_a_limit() {
    let budget = Budget::new(setting(), 1000);
    guess(&budget, 0..5, 0);
    guess(&budget, 10..30, 5 * MINUTE);
    assert_eq!(until(&budget, 6 * MINUTE), Some(34 * MINUTE));
    guess(&budget, 40..45, 34 * MINUTE);
    assert_eq!(until(&budget, 39 * MINUTE), Some((38 + 60) * MINUTE));
    guess(&budget, 50..55, 98 * MINUTE);
    assert_eq!(until(&budget, 103 * MINUTE), Some((102 + 100) * MINUTE), "not above the limit");
    let next_week = 7 * 24 * 60 * MINUTE;
    guess(&budget, 60..65, next_week);
    assert_eq!(until(&budget, next_week + 5 * MINUTE), Some(next_week + 34 * MINUTE), "forgotten");
}

#[test]
fn a_release_lets_one_account_on_for_a_time_and_a_few_mismatches() {
    let budget = Budget::new(setting(), 1000);
    guess(&budget, 0..5, 0);
    let release =
        Release { person: person(1), account: "counter-7".to_owned(), until_us: 30 * MINUTE, left: 2 };
    budget.release(release, 5 * MINUTE);
    let standing = |account, minute| budget.standing(&person(1), account, minute * MINUTE);
    let closed = Standing::Neutral { until_us: 34 * MINUTE };
    assert_eq!(
        [standing("counter-7", 6), standing("a", 6), standing("counter-7", 31)],
        [Standing::Open, closed, closed]
    );
    for claim in [100, 100, 100] {
        let told = budget.mismatch(&person(1), "counter-7", claim, 7 * MINUTE);
        assert_eq!(told.released.as_deref(), Some("counter-7"));
    }
    assert_eq!(standing("counter-7", 8), Standing::Open, "the same claim counts once");
    let told = budget.mismatch(&person(1), "counter-7", 101, 8 * MINUTE);
    assert_eq!([standing("counter-7", 9), standing("a", 9)], [closed, closed]);
    budget.take(&told);
    assert_eq!(standing("a", 34), Standing::Open, "it does not lengthen the neutral time");
}

#[test]
fn memory_is_bounded_and_whoever_is_neutral_is_kept() {
    let budget = Budget::new(setting(), 4096);
    guess(&budget, 0..5, 0);
    for n in 2..100_000 {
        budget.mismatch(&person(n), "a", n, 5 * MINUTE);
    }
    assert!(budget.len() <= 4096, "{}", budget.len());
    assert_eq!(until(&budget, 6 * MINUTE), Some(34 * MINUTE));
}

proptest! {
    /// Two servers that tell each other everything come to the same, in whatever order it arrives: as one server that saw all.
    #[test]
    fn servers_that_share_agree(
        calls in prop::collection::vec((0_u32..12, 0_i64..120, any::<bool>()), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let one = Budget::new(setting(), 1000);
        let two = Budget::new(setting(), 1000);
        let mut calls = calls;
        calls.sort_by_key(|(_, minute, _)| *minute);
        let mut told = Vec::new();
        for (claim, minute, at_one) in &calls {
            let server = if *at_one { &one } else { &two };
            told.push(server.mismatch(&person(1), "a", *claim, minute * MINUTE));
        }
        for mismatch in &told {
            two.take(mismatch);
        }
        let turn = order.index(told.len());
        told.rotate_left(turn);
        for mismatch in &told {
            one.take(mismatch);
        }
        // Never more open than the plainest reading of the rule for all that happened in the last hour.
        let now = calls.iter().map(|(_, minute, _)| *minute).max().unwrap_or(0);
        let mut last: BTreeMap<u32, i64> = BTreeMap::new();
        for (claim, minute, _) in &calls {
            last.insert(*claim, *minute);
        }
        let fresh = calls.iter().all(|(_, minute, _)| *minute > now - 29);
        if fresh && last.len() >= 5 {
            prop_assert!(until(&one, now * MINUTE).is_some());
            prop_assert!(until(&two, now * MINUTE).is_some());
        }
        if last.len() < 5 {
            prop_assert_eq!(until(&one, now * MINUTE), None);
            prop_assert_eq!(until(&two, now * MINUTE), None);
        }
    }
}
