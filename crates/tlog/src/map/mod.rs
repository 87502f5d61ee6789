//! The map of chain heads: a sparse Merkle tree over 256-bit keys (`docs/journal-format.md`, "A person's history").
//!
//! The tree follows the bits of the keys, most significant first. No person is 32 zero bytes; one person is a leaf at
//! whatever depth; more are an inner node. So every set of persons has one root, in whatever order they came, and below
//! a root each key leads to one place only: what is proved about it cannot be proved otherwise.
mod branch;
mod memory;
mod prefix;
mod proof;
mod tree;

pub use branch::{Branch, BranchId};
pub use memory::MemoryMap;
pub use prefix::Prefix;
pub use proof::{MapProof, MapRefused, Terminal};
pub use tree::{MapError, MapStore, prove, root, update};

use crate::{Hash, hash_of, pair_hash};

/// Where no person is, and the root of a map without any.
pub const EMPTY: Hash = [0; 32];

/// Bits of a key, and so the depth of the deepest leaf.
pub const KEY_BITS: usize = 256;

/// One person: `SHA-256(0x04 || key || value)`.
pub fn leaf(key: &Hash, value: &Hash) -> Hash {
    hash_of(&[&[4], key, value])
}

/// Several persons: `SHA-256(0x05 || left || right)`.
pub fn inner(left: &Hash, right: &Hash) -> Hash {
    pair_hash(5, left, right)
}

/// Key and value.
pub type Person = (Hash, Hash);

/// What stands at one place of the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Node {
    /// no person
    #[default]
    Empty,
    /// one person, with the hash of its leaf: the same hash wherever it stands
    One(Hash),
    /// two persons or more
    Many(Hash),
}

impl Node {
    /// The node's hash.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Empty => EMPTY,
            Self::One(hash) | Self::Many(hash) => *hash,
        }
    }

    /// The node over two others.
    fn over(left: Self, right: Self) -> Self {
        match (left, right) {
            (Self::Empty, Self::Empty) => Self::Empty,
            (Self::One(hash), Self::Empty) | (Self::Empty, Self::One(hash)) => Self::One(hash),
            _ => Self::Many(inner(&left.hash(), &right.hash())),
        }
    }

    /// The node over persons in the order of their keys, all below one place at this depth.
    fn over_persons(persons: &[Person], depth: usize) -> Self {
        match persons {
            [] => Self::Empty,
            [(key, value)] => Self::One(leaf(key, value)),
            _ if depth >= KEY_BITS => Self::Empty,
            _ => {
                let (left, right) = split(persons, depth);
                Self::over(Self::over_persons(left, depth + 1), Self::over_persons(right, depth + 1))
            }
        }
    }
}

/// Persons whose key has a 0 at this depth, and those with a 1.
fn split(persons: &[Person], depth: usize) -> (&[Person], &[Person]) {
    persons.split_at(persons.partition_point(|(key, _)| !bit(key, depth)))
}

/// The bit of a key that decides at this depth: false to the left, true to the right.
fn bit(key: &Hash, depth: usize) -> bool {
    key.get(depth / 8).is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
}
