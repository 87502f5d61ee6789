//! Places in the tree.
use super::KEY_BITS;
use crate::Hash;

/// A place in the tree: the first so many bits of the keys below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    depth: usize,
    first: Hash,
}

impl Prefix {
    /// The place at this depth, at most 256, on the way to a key.
    pub fn of(key: &Hash, depth: usize) -> Self {
        let depth = depth.min(KEY_BITS);
        let mut first = *key;
        for (byte, start) in first.iter_mut().zip((0..).step_by(8)) {
            *byte &= !rest_of_byte(depth, start);
        }
        Self { depth, first }
    }

    /// How many bits.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The smallest key below this place.
    pub fn first_key(&self) -> Hash {
        self.first
    }

    /// The largest key below this place.
    pub fn last_key(&self) -> Hash {
        let mut last = self.first;
        for (byte, start) in last.iter_mut().zip((0..).step_by(8)) {
            *byte |= rest_of_byte(self.depth, start);
        }
        last
    }
}

/// The bits, of a byte whose first bit is number `start`, that are not among the first `depth`.
fn rest_of_byte(depth: usize, start: usize) -> u8 {
    let kept = depth.saturating_sub(start).min(8);
    u8::try_from(0xff_u16 >> kept).unwrap_or(u8::MAX)
}
