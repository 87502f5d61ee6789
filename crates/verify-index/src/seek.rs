//! A search in sorted numbers that are spread about evenly.

/// Guesses by proportion. The second one, between the first one and an end, lands within a cache line or two of what is looked for, and
/// each look at another line takes long.
const GUESSES: usize = 2;
/// The first step away from the last guess.
const STEP: usize = 4;

/// The first position whose number is not below the target; `ends` are the first and the last number. Guesses by proportion land near
/// it; from there the steps double.
pub(crate) fn seek(sorted: &[u32], ends: (u32, u32), target: u32) -> usize {
    if target <= ends.0 {
        return 0;
    }
    if target > ends.1 {
        return sorted.len();
    }
    let below = |at: usize| sorted.get(at).is_some_and(|number| *number < target);
    // What stands at `low` is below the target, what stands at `high` is not.
    let (mut low, mut high, mut ends) = (0, sorted.len().saturating_sub(1), ends);
    let mut is_behind = true;
    for _ in 0..GUESSES {
        let guess = low + guess(high - low + 1, ends, target);
        let Some(number) = sorted.get(guess) else { break };
        is_behind = *number < target;
        if is_behind {
            (low, ends.0) = (guess, *number);
        } else {
            (high, ends.1) = (guess, *number);
        }
    }
    let mut step = STEP;
    if is_behind {
        while low + step < high && below(low + step) {
            low += step;
            step *= 2;
        }
        high = high.min(low + step);
    } else {
        while low + step < high && !below(high - step) {
            high -= step;
            step *= 2;
        }
        low = low.max(high.saturating_sub(step));
    }
    let between = sorted.get(low..high).unwrap_or_default();
    low + between.partition_point(|number| *number < target)
}

/// Where a number between the two ends stands if all are spread evenly.
pub(crate) fn guess(length: usize, ends: (u32, u32), target: u32) -> usize {
    let distance = u64::from(target.saturating_sub(ends.0).min(ends.1.saturating_sub(ends.0)));
    let share =
        distance * (length as u64).saturating_sub(1) / u64::from(ends.1.saturating_sub(ends.0)).max(1);
    usize::try_from(share).unwrap_or_default()
}

/// The first and the last number.
pub(crate) fn ends(sorted: &[u32]) -> (u32, u32) {
    (sorted.first().copied().unwrap_or_default(), sorted.last().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            mut numbers in prop::collection::vec(prop_oneof![any::<u32>(), 0_u32..300], 0..400), target: u32
        ) {
            numbers.sort_unstable();
            for target in numbers.iter().copied().chain([target, 0, 150, u32::MAX]) {
                prop_assert_eq!(seek(&numbers, ends(&numbers), target), numbers.partition_point(|n| *n < target));
            }
        }
    }
}
