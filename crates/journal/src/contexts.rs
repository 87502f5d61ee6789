//! Which contexts the log holds already, as far as this server remembers.
use std::collections::HashMap;

/// Contexts remembered in each of two halves; when the newer half is full, the older one is forgotten. Who is forgotten
/// is written once more.
const HALF: usize = 8192;

/// The bytes of context entries that are committed, and their numbers.
#[derive(Default)]
pub(crate) struct Contexts {
    newer: HashMap<Vec<u8>, u64>,
    older: HashMap<Vec<u8>, u64>,
    /// Size of the log when it was last seen
    size: u64,
}

impl Contexts {
    pub(crate) fn find(&self, context: &[u8]) -> Option<u64> {
        self.newer.get(context).or_else(|| self.older.get(context)).copied()
    }

    /// Takes up contexts that are known to be committed.
    pub(crate) fn keep(&mut self, contexts: impl IntoIterator<Item = (Vec<u8>, u64)>, size: u64) {
        self.size = self.size.max(size);
        for (context, number) in contexts {
            if self.newer.len() >= HALF {
                self.older = std::mem::take(&mut self.newer);
            }
            self.newer.insert(context, number);
        }
    }

    /// Whether a log of this size can be the one that these contexts are in. A store that was put back is smaller.
    pub(crate) fn fit(&self, size: u64) -> bool {
        size >= self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut contexts = Contexts::default();
        let bytes = |number: u64| number.to_be_bytes().to_vec();
        contexts.keep((0..100_000).map(|number| (bytes(number), number)), 100_000);
        assert!(contexts.newer.len() + contexts.older.len() <= 2 * HALF);
        assert_eq!(contexts.find(&bytes(99_999)), Some(99_999));
        assert_eq!(contexts.find(&bytes(99_999 - HALF as u64)), Some(99_999 - HALF as u64));
        assert_eq!(contexts.find(&bytes(0)), None);
        assert!(contexts.fit(100_000) && !contexts.fit(99_999));
    }
}
