//! What happened lately: hits, and different things that were hit.
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Most hits that a window holds: more than any threshold, dampened as far as it may be.
pub(super) const MOST: usize = 512;

/// An entry that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hit {
    pub(super) at_us: i64,
    pub(super) entry: u64,
}

/// Hits within a time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Window(VecDeque<Hit>);

impl Window {
    /// Adds a hit and forgets those older than `window_us`; gives how many there are.
    pub(super) fn add(&mut self, hit: Hit, window_us: i64) -> usize {
        self.prune(hit.at_us, window_us);
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(hit);
        self.0.len()
    }

    /// Forgets what is older; gives how many there are.
    pub(super) fn prune(&mut self, now_us: i64, window_us: i64) -> usize {
        while self.0.front().is_some_and(|hit| hit.at_us <= now_us - window_us) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(super) fn hits(&self) -> Vec<Hit> {
        self.0.iter().copied().collect()
    }
}

/// Different things within a time, each with its latest hit, the latest last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Distinct<T>(VecDeque<(T, Hit)>);

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: PartialEq> Distinct<T> {
    /// Adds a thing and forgets those last hit before `window_us` ago; gives how many there are.
    pub(super) fn add(&mut self, thing: T, hit: Hit, window_us: i64) -> usize {
        self.prune(hit.at_us, window_us);
        if let Some(at) = self.0.iter().position(|(known, _)| *known == thing) {
            self.0.remove(at);
        } else if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back((thing, hit));
        self.0.len()
    }

    /// Forgets what is older; gives how many there are.
    pub(super) fn prune(&mut self, now_us: i64, window_us: i64) -> usize {
        while self.0.front().is_some_and(|(_, hit)| hit.at_us <= now_us - window_us) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(super) fn contains(&self, thing: &T) -> bool {
        self.0.iter().any(|(known, _)| known == thing)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(thing, _)| thing)
    }

    pub(super) fn hits(&self) -> Vec<Hit> {
        self.0.iter().map(|(_, hit)| *hit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Against the plainest way to say it: the last hit of each thing, if it is young enough.
        #[test]
        fn distinct_holds_each_thing_hit_within_the_time(steps in prop::collection::vec((0_u8..20, 0_i64..10), 1..200)) {
            let (mut distinct, mut last, mut now) = (Distinct::default(), BTreeMap::new(), 0);
            for (entry, (thing, pause)) in (0_u64..).zip(steps) {
                now += pause;
                last.insert(thing, now);
                let count = distinct.add(thing, Hit { at_us: now, entry }, 30);
                prop_assert_eq!(count, last.values().filter(|at| **at > now - 30).count());
            }
        }

        #[test]
        fn a_window_holds_the_hits_within_the_time(pauses in prop::collection::vec(0_i64..10, 1..200)) {
            let (mut window, mut all, mut now) = (Window::default(), vec![], 0);
            for (entry, pause) in (0_u64..).zip(pauses) {
                now += pause;
                all.push(now);
                let count = window.add(Hit { at_us: now, entry }, 25);
                prop_assert_eq!(count, all.iter().filter(|at| **at > now - 25).count());
            }
        }
    }

    #[test]
    fn they_are_bounded() {
        let (mut window, mut distinct) = (Window::default(), Distinct::default());
        for entry in 0..2000 {
            window.add(Hit { at_us: 0, entry }, 10);
            distinct.add(entry, Hit { at_us: 0, entry }, 10);
        }
        assert_eq!((window.hits().len(), distinct.len()), (MOST, MOST));
        assert!(distinct.contains(&1999) && !distinct.contains(&0));
    }
}
