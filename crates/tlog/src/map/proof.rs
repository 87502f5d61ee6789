//! Proof of what stands in the map for one key.
use super::{EMPTY, KEY_BITS, Prefix, bit, inner, leaf};
use crate::Hash;

/// The way from the root to where a key's person stands, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapProof {
    /// hashes beside the way, from the root downwards, at most 256
    pub siblings: Vec<Hash>,
    /// what stands at its end
    pub terminal: Terminal,
}

/// What stands at the end of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// the person
    Leaf {
        /// what the map holds for the key
        value: Hash,
    },
    /// nobody
    Empty,
    /// another person, alone there: so the key's is not in the map
    Other {
        /// the other person's key
        key: Hash,
        /// what the map holds for it
        value: Hash,
    },
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapRefused {
    /// more hashes than a key has bits
    #[error("the proof has more hashes than a key has bits")]
    TooLong,
    /// the last hash says that nobody is beside: then the way would have ended higher
    #[error("the proof goes deeper than the tree")]
    Slack,
    /// the other person's key is the asked one, or does not lie on its way
    #[error("the other person does not stand in this person's place")]
    NotInPlace,
    /// the hashes lead to another root
    #[error("the proof leads to another root")]
    WrongRoot,
}

impl MapProof {
    /// What the map with this root holds for a key: its value, or `None` if the person is not in it.
    pub fn verify(&self, key: &Hash, root: &Hash) -> Result<Option<Hash>, MapRefused> {
        let depth = self.siblings.len();
        if depth > KEY_BITS {
            return Err(MapRefused::TooLong);
        }
        if self.siblings.last() == Some(&EMPTY) {
            return Err(MapRefused::Slack);
        }
        let (mut hash, found) = match &self.terminal {
            Terminal::Leaf { value } => (leaf(key, value), Some(*value)),
            Terminal::Empty => (EMPTY, None),
            Terminal::Other { key: other, .. }
                if other == key || Prefix::of(other, depth) != Prefix::of(key, depth) =>
            {
                return Err(MapRefused::NotInPlace);
            }
            Terminal::Other { key: other, value } => (leaf(other, value), None),
        };
        for (sibling, depth) in self.siblings.iter().zip(0..depth).rev() {
            hash = if bit(key, depth) { inner(sibling, &hash) } else { inner(&hash, sibling) };
        }
        if hash == *root { Ok(found) } else { Err(MapRefused::WrongRoot) }
    }
}
