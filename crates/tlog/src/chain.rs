//! The chain of the entries about one person: `docs/journal-format.md`, "A person's history".
//!
//! It stands beside the log, computed from it in the log's order. Its head says how many entries there are about the
//! person, which, and in which order.
use crate::{Hash, hash_of};

/// `link(n) = SHA-256(0x02 || n || index || link(n-1) || leaf)`, numbers in eight bytes, big-endian.
pub fn link(n: u64, index: u64, previous: &Hash, leaf: &Hash) -> Hash {
    hash_of(&[&[2], &n.to_be_bytes(), &index.to_be_bytes(), previous, leaf])
}

/// What stands in the map for a person: `SHA-256(0x03 || n || link(n))`.
pub fn value(n: u64, link: &Hash) -> Hash {
    hash_of(&[&[3], &n.to_be_bytes(), link])
}

/// The head of a chain. Without an entry it is number 0, and the link 32 zero bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    count: u64,
    link: Hash,
}

/// Why entries are not the chain that a head stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainRefused {
    /// an index that is not above the one before: the chain follows the log's order
    #[error("entry {0} of the chain does not come after the one before it")]
    Order(u64),
    /// more or fewer entries than the head counts
    #[error("the chain has {found} entries, its head counts {counted}")]
    Count {
        /// entries given
        found: u64,
        /// entries counted by the head
        counted: u64,
    },
    /// another entry, or another order
    #[error("the links lead to another head")]
    Link,
}

impl Chain {
    /// A chain without any entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a chain again from its stored head.
    pub fn resume(count: u64, link: Hash) -> Self {
        Self { count, link }
    }

    /// Adds the next entry about the person: its number in the log and its leaf hash.
    pub fn append(&mut self, index: u64, leaf: &Hash) {
        self.count += 1;
        self.link = link(self.count, index, &self.link, leaf);
    }

    /// Entries so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The newest link.
    pub fn link(&self) -> &Hash {
        &self.link
    }

    /// What stands in the map for this head.
    pub fn value(&self) -> Hash {
        value(self.count, &self.link)
    }

    /// Checks that these entries, as pairs of number in the log and leaf hash, are all of the chain that ends here.
    pub fn verify(&self, entries: &[(u64, Hash)]) -> Result<(), ChainRefused> {
        let mut chain = Self::new();
        let mut last = None;
        for (index, leaf) in entries {
            if last.is_some_and(|last| last >= *index) {
                return Err(ChainRefused::Order(chain.count + 1));
            }
            chain.append(*index, leaf);
            last = Some(*index);
        }
        if chain.count != self.count {
            return Err(ChainRefused::Count { found: chain.count, counted: self.count });
        }
        if chain.link == self.link { Ok(()) } else { Err(ChainRefused::Link) }
    }
}
