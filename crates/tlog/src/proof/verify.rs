//! Checking proofs: the algorithms of RFC 9162, step by step.
//!
//! Everything here may come from an opponent. A proof of the wrong length is refused, whatever its hashes are.
use crate::{Hash, node_hash};

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefused {
    /// the index is not below the size, or the old size is above the new one
    #[error("the index or the old size lies outside the tree")]
    OutOfRange,
    /// too few or too many hashes for that place and size
    #[error("the proof has the wrong number of hashes")]
    WrongLength,
    /// the proof leads to another root
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// Checks that `leaf` is the leaf hash at `index` in the tree of `size` leaves with that `root` (RFC 9162 §2.1.3.2).
///
/// Size and root must come from one checkpoint: the algorithm does not bind the size to the root.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofRefused> {
    expect_root(&root_of_inclusion(leaf, index, size, path)?, root)
}

/// The root that an inclusion proof leads to (RFC 9162 §2.1.3.2 up to the comparison).
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, ProofRefused> {
    if index >= size {
        return Err(ProofRefused::OutOfRange);
    }
    let mut place = Place { node: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        hash = if place.climb()? { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
    }
    place.expect_top()?;
    Ok(hash)
}

/// Checks that the tree of `old` leaves with `old_root` is the beginning of the tree of `new` leaves with `new_root`
/// (RFC 9162 §2.1.4.2).
///
/// Equal sizes need equal roots and no hashes. There is one empty tree and it is the beginning of every other, so for
/// `old` of 0 and a larger `new` the proof is empty and the roots are not looked at.
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofRefused> {
    if old > new {
        return Err(ProofRefused::OutOfRange);
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(ProofRefused::WrongLength);
        }
        return if old == new { expect_root(old_root, new_root) } else { Ok(()) };
    }
    // A complete old tree is itself the first hash; the proof leaves it out.
    let (first, rest) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(ProofRefused::WrongLength)?
    };
    let mut place = Place { node: old - 1, last: new - 1 };
    place.skip(place.node.trailing_ones());
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if place.climb()? {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
    }
    place.expect_top()?;
    expect_root(&old_hash, old_root)?;
    expect_root(&new_hash, new_root)
}

/// A node on its way up and the last node of its level: `fn` and `sn` of RFC 9162.
struct Place {
    node: u64,
    last: u64,
}

impl Place {
    /// One level up, past the levels where the node has no sibling. True if the sibling joined on the left.
    fn climb(&mut self) -> Result<bool, ProofRefused> {
        if self.last == 0 {
            return Err(ProofRefused::WrongLength);
        }
        let sibling_is_left = self.node & 1 == 1 || self.node == self.last;
        if sibling_is_left {
            self.skip(self.node.trailing_zeros());
        }
        self.skip(1);
        Ok(sibling_is_left)
    }

    fn skip(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn expect_top(&self) -> Result<(), ProofRefused> {
        if self.last == 0 { Ok(()) } else { Err(ProofRefused::WrongLength) }
    }
}

fn expect_root(found: &Hash, root: &Hash) -> Result<(), ProofRefused> {
    if found == root { Ok(()) } else { Err(ProofRefused::WrongRoot) }
}
