//! A search in sorted numbers that are spread about evenly.

/// Numbers in a cache line.
const LINE: usize = 16;

/// The first position whose number is not below the target; `ends` are the first and the last number. A guess by proportion
/// lands near it; from there the steps double.
pub(crate) fn seek(sorted: &[u32], ends: (u32, u32), target: u32) -> usize {
    if target <= ends.0 {
        return 0;
    }
    if target > ends.1 {
        return sorted.len();
    }
    let guess = guess(sorted.len(), ends, target);
    let below = |at: usize| sorted.get(at).is_some_and(|number| *number < target);
    let (mut low, mut high, mut step) = (guess, guess, LINE);
    if below(guess) {
        while below(high) {
            low = high;
            high = (high + step).min(sorted.len());
            step *= 2;
        }
    } else {
        while low > 0 && !below(low) {
            high = low;
            low = low.saturating_sub(step);
            step *= 2;
        }
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
