//! Work by several threads, and what they made put together in one order, whatever their number.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Threads at most: what each of them sorted is merged by looking at all their next ones.
const MOST: usize = 8;

/// How many threads are worth their start.
pub(crate) fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST)
}

/// What each thread makes of its share, in their order.
pub(crate) fn in_threads<T: Send, R: Send>(
    shares: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || work(share))).collect();
        let done = workers.into_iter().map(thread::ScopedJoinHandle::join);
        done.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// What each thread makes of its share of the numbers below `count`; one that is done takes the next number. Its share ascends.
pub(crate) fn shared<R: Send>(
    count: usize,
    work: impl Fn(&mut dyn Iterator<Item = usize>) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let numbers = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < count);
    in_threads(0..workers().min(count), |_| work(&mut std::iter::from_fn(numbers)))
}

/// What becomes of each number below `count`, in their order.
pub(crate) fn each<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let done = shared(count, |numbers| numbers.map(|number| (number, work(number))).collect::<Vec<_>>());
    let mut all: Vec<_> = done.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Several sorted lists as one.
pub(crate) struct Merged<'a, T> {
    lists: Vec<&'a [T]>,
}

impl<'a, T> Merged<'a, T> {
    pub(crate) fn of(lists: &'a [Vec<T>]) -> Self {
        Self { lists: lists.iter().map(Vec::as_slice).filter(|list| !list.is_empty()).collect() }
    }
}

impl<T: Ord + Copy> Iterator for Merged<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let least = self.lists.iter_mut().min_by_key(|list| list.first().copied())?;
        let (first, rest) = least.split_first()?;
        *least = rest;
        if rest.is_empty() {
            self.lists.retain(|list| !list.is_empty());
        }
        Some(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_merged_as_they_would_be_sorted(mut lists in prop::collection::vec(prop::collection::vec(0_u8..30, 0..20), 0..5)) {
            for list in &mut lists {
                list.sort_unstable();
            }
            let mut all = lists.concat();
            all.sort_unstable();
            prop_assert_eq!(Merged::of(&lists).collect::<Vec<_>>(), all);
        }
    }

    #[test]
    fn work_comes_back_in_its_order() {
        assert_eq!(each(99, |number| number * 2), (0..99).map(|number| number * 2).collect::<Vec<_>>());
        assert!(each(0, |number| number).is_empty());
    }
}
