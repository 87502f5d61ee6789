//! Between which times the entries of a block lie, slot by slot.
use super::offsets::BLOCK;
use crate::JournalError;
use std::ops::RangeInclusive;

/// Entries in one slot.
const SLOT: u64 = 256;
const SLOTS: usize = 256;

/// Earliest and latest time of each slot of a block: entries are numbered as they are committed, so their times run
/// nearly with their numbers, and a slot outside a period need not be opened. Contexts have no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Times(Vec<(i64, i64)>);

impl Default for Times {
    /// No entry yet.
    fn default() -> Self {
        Self(Vec::new())
    }
}

const NOBODY: (i64, i64) = (i64::MAX, i64::MIN);

impl Times {
    pub(super) fn add(&mut self, index: u64, at_us: i64) {
        let slot = slot_of(index);
        if self.0.len() <= slot {
            self.0.resize(slot + 1, NOBODY);
        }
        if let Some((first, last)) = self.0.get_mut(slot) {
            (*first, *last) = ((*first).min(at_us), (*last).max(at_us));
        }
    }

    /// Both together.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), NOBODY);
        }
        for (own, (first, last)) in self.0.iter_mut().zip(&other.0) {
            *own = (own.0.min(*first), own.1.max(*last));
        }
    }

    /// Earliest and latest of all.
    pub(super) fn span(&self) -> (i64, i64) {
        self.0.iter().fold(NOBODY, |span, slot| (span.0.min(slot.0), span.1.max(slot.1)))
    }

    /// Whether an entry of the slot of `index` may lie in the period.
    pub(super) fn may_hold(&self, index: u64, period: &RangeInclusive<i64>) -> bool {
        self.0
            .get(slot_of(index))
            .is_some_and(|(first, last)| first <= period.end() && last >= period.start())
    }

    /// Whether all entries of the slot of `index` lie in the period.
    pub(super) fn all_in(&self, index: u64, period: &RangeInclusive<i64>) -> bool {
        self.0
            .get(slot_of(index))
            .is_some_and(|(first, last)| first >= period.start() && last <= period.end())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(first, last)| [first.to_be_bytes(), last.to_be_bytes()]).flatten().collect()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, JournalError> {
        let (slots, rest) = bytes.as_chunks::<16>();
        if !rest.is_empty() || slots.len() > SLOTS {
            return Err(JournalError::Internal("index: a block's times do not read"));
        }
        let pair = |slot: &[u8; 16]| {
            let both = u128::from_be_bytes(*slot);
            let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0).cast_signed();
            (half(both >> 64), half(both))
        };
        Ok(Self(slots.iter().map(pair).collect()))
    }
}

fn slot_of(index: u64) -> usize {
    usize::try_from(index % BLOCK / SLOT).unwrap_or(SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn slots_know_their_times(
            entries in vec((0_u64..2000, any::<i64>()), 1..50),
            later in vec((0_u64..2000, any::<i64>()), 0..50),
            a: i64, b: i64,
        ) {
            let (mut times, mut more) = (Times::default(), Times::default());
            for (index, at) in &entries {
                times.add(*index, *at);
            }
            for (index, at) in &later {
                more.add(*index, *at);
            }
            times.join(&more);
            let times = Times::from_bytes(&times.to_bytes()).unwrap();
            let period = a.min(b)..=a.max(b);
            let all: Vec<_> = entries.iter().chain(&later).collect();
            for (index, at) in &all {
                if period.contains(at) {
                    prop_assert!(times.may_hold(*index, &period));
                }
                if times.all_in(*index, &period) {
                    prop_assert!(period.contains(at));
                }
            }
            let ats = || all.iter().map(|(_, at)| *at);
            prop_assert_eq!(times.span(), (ats().min().unwrap(), ats().max().unwrap()));
        }
    }
}
