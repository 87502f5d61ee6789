//! Sixteen nodes in one row: what a store keeps of the tree.
use super::{Node, Prefix};
use crate::Hash;

/// Levels between a branch's place and its nodes.
pub(super) const LEVELS: usize = 4;

/// Depth of the deepest nodes in branches; what is below is computed from the persons when it is needed.
///
/// A hundred million persons have about a hundred below each of these nodes, and 70,000 branches of half a kilobyte.
pub(super) const DEEPEST: usize = 20;

/// Which branch: its place is at depth 0, 4, 8, 12 or 16.
///
/// As a number, 1 followed by the bits of the place: one integer key for all depths, parents below children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(u32);

impl BranchId {
    /// The branch at the root.
    pub const ROOT: Self = Self(1);

    /// The branch at this depth on the way to a key.
    pub(super) fn of(key: &Hash, depth: usize) -> Self {
        let [a, b, c, d, ..] = Prefix::of(key, depth).first_key();
        let bits = u64::from(u32::from_be_bytes([a, b, c, d])) | 1 << 32;
        Self(u32::try_from(bits >> 32_usize.saturating_sub(depth)).unwrap_or(u32::MAX))
    }

    /// The number, 1 to 131071.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// The sixteen nodes four levels below a place, in the order of their bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    pub(super) nodes: [Node; 16],
}

impl Branch {
    /// As bytes: a bit per node that is not empty, a bit per node of several persons (two bytes each, the first node's
    /// bit the least significant, big-endian), and the hashes of those not empty.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut present, mut many) = (0_u16, 0_u16);
        for (node, place) in self.nodes.iter().zip(0..) {
            present |= u16::from(*node != Node::Empty) << place;
            many |= u16::from(matches!(node, Node::Many(_))) << place;
        }
        let hashes = self.nodes.iter().filter(|node| **node != Node::Empty).map(Node::hash);
        [present.to_be_bytes(), many.to_be_bytes()].into_iter().flatten().chain(hashes.flatten()).collect()
    }

    /// From [`Branch::to_bytes`]; `None` for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (present, rest) = bytes.split_first_chunk()?;
        let (many, rest) = rest.split_first_chunk()?;
        let (present, many) = (u16::from_be_bytes(*present), u16::from_be_bytes(*many));
        let (hashes, slack) = rest.as_chunks::<32>();
        let fits = u32::try_from(hashes.len()) == Ok(present.count_ones());
        if !fits || !slack.is_empty() || many & !present != 0 {
            return None;
        }
        let mut hashes = hashes.iter();
        let mut branch = Self::default();
        for (node, place) in branch.nodes.iter_mut().zip(0..).filter(|(_, place)| present >> place & 1 == 1) {
            let hash = *hashes.next()?;
            *node = if many >> place & 1 == 1 { Node::Many(hash) } else { Node::One(hash) };
        }
        Some(branch)
    }

    /// The node at the branch's own place.
    pub(super) fn top(&self) -> Node {
        over(&self.nodes)
    }
}

/// The node over 1, 2, 4, 8 or 16 neighbours.
pub(super) fn over(nodes: &[Node]) -> Node {
    match nodes {
        [] => Node::Empty,
        [node] => *node,
        _ => {
            let (left, right) = nodes.split_at(nodes.len() / 2);
            Node::over(over(left), over(right))
        }
    }
}
