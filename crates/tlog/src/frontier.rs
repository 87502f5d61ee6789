//! A tree that grows leaf by leaf and remembers only what later roots need.
use crate::proof::HashReader;
use crate::{Hash, empty_root, node_hash};

/// The right edge of a growing tree: one hash per complete subtree, largest first, so at most 64.
///
/// Appending costs one node hash on average, the root at most 63.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// A tree with no leaf.
    pub fn new() -> Self {
        Self::default()
    }

    /// The right edge of a tree of `size` leaves, read from its hashes.
    pub fn load<R: HashReader>(size: u64, reader: &mut R) -> Result<Self, R::Error> {
        let mut subtrees = Vec::new();
        for level in (0..64_u8).rev().filter(|level| size >> level & 1 == 1) {
            subtrees.push(reader.hash_at(level, (size >> level) - 1)?);
        }
        Ok(Self { size, subtrees })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next leaf, as [`crate::leaf_hash`] gives it.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree of the same height as `node`.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.subtrees.pop() else { break };
            node = node_hash(&left, &node);
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// The hashes one after the other, largest subtree first: 32 bytes for each one bit of the size.
    ///
    /// The size is not among them; store it beside.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.concat()
    }

    /// The right edge of a tree of `size` leaves from [`Frontier::to_bytes`]; `None` for another number of bytes.
    ///
    /// The hashes are taken as they are: compare [`Frontier::root`] with a signed one before going on.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && u32::try_from(hashes.len()) == Ok(size.count_ones());
        fits.then(|| Self { size, subtrees: hashes.to_vec() })
    }

    /// Roots of the complete subtrees, largest first.
    pub(crate) fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Root over all leaves so far (RFC 6962 §2.1).
    pub fn root(&self) -> Hash {
        let mut smallest_first = self.subtrees.iter().rev();
        match smallest_first.next() {
            None => empty_root(),
            Some(last) => smallest_first.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}
