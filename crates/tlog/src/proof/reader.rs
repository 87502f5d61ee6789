//! Where proofs take their hashes from.
use crate::{Hash, root};

/// Gives the hashes of complete subtrees of one log.
///
/// A log only grows, so a hash once given never changes.
pub trait HashReader {
    /// Why a hash could not be given.
    type Error;

    /// `MTH(D[index * 2^level : (index + 1) * 2^level])` in the terms of RFC 6962 §2.1; level 0 holds the leaf hashes.
    ///
    /// Proofs ask only for subtrees that are complete in the tree they are about.
    fn hash_at(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<R: HashReader + ?Sized> HashReader for &mut R {
    type Error = R::Error;

    fn hash_at(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        (**self).hash_at(level, index)
    }
}

/// The subtree asked for is not complete in this tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the subtree at level {level}, index {index} is not complete in this tree")]
pub struct OutsideTree {
    /// height over the leaves
    pub level: u8,
    /// place within the level
    pub index: u64,
}

/// Reads from all the leaf hashes of a small log; each inner hash is computed anew.
#[derive(Clone, Copy, Debug)]
pub struct LeafReader<'a>(pub &'a [Hash]);

impl HashReader for LeafReader<'_> {
    type Error = OutsideTree;

    fn hash_at(&mut self, level: u8, index: u64) -> Result<Hash, OutsideTree> {
        let leaves = || {
            let width = 1_usize.checked_shl(u32::from(level))?;
            let start = usize::try_from(index).ok()?.checked_mul(width)?;
            self.0.get(start..start.checked_add(width)?)
        };
        leaves().map(root).ok_or(OutsideTree { level, index })
    }
}
