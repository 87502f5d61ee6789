//! Proofs against the definitions, for every tree of up to 200 leaves, and opponents who change something.
use crate::reference::{Definitions, numbered_leaves};
use dancu_tlog::proof::{
    BuildError, HashReader, LeafReader, OutsideTree, consistency_proof, inclusion_proof, root_at,
    verify_consistency, verify_inclusion,
};
use dancu_tlog::{Hash, leaf_hash, node_hash, root};
use proptest::prelude::*;
use std::sync::LazyLock;

const LARGEST: usize = 200;

#[test]
fn every_inclusion_proof_is_the_one_of_the_definition_and_verifies() {
    let leaves = numbered_leaves(LARGEST as u64);
    let mut defined = Definitions::over(leaves.clone());
    for size in 1..=LARGEST {
        let tree_root = defined.mth(0, size);
        assert_eq!(root_at(&mut Nodes::over(&mut defined), size as u64), Ok(tree_root));
        for (index, leaf) in leaves.iter().enumerate().take(size) {
            let expected = defined.path(index, 0, size);
            let mut nodes = Nodes::over(&mut defined);
            let path = inclusion_proof(&mut nodes, index as u64, size as u64).unwrap();
            assert_eq!(path, expected, "{index} of {size}");
            assert_eq!(verify_inclusion(leaf, index as u64, size as u64, &path, &tree_root), Ok(()));
        }
    }
}

#[test]
fn every_consistency_proof_is_the_one_of_the_definition_and_verifies() {
    let mut defined = Definitions::over(numbered_leaves(LARGEST as u64));
    for new in 1..=LARGEST {
        let new_root = defined.mth(0, new);
        for old in 1..=new {
            let (old_root, expected) = (defined.mth(0, old), defined.subproof(old, 0, new, true));
            let mut nodes = Nodes::over(&mut defined);
            let proof = consistency_proof(&mut nodes, old as u64, new as u64).unwrap();
            assert_eq!(proof, expected, "{old} to {new}");
            assert_eq!(verify_consistency(old as u64, new as u64, &proof, &old_root, &new_root), Ok(()));
        }
    }
}

/// Gives the hashes of the definition, and panics where a proof reaches for an incomplete subtree.
struct Nodes<'a>(&'a mut Definitions);

impl<'a> Nodes<'a> {
    fn over(defined: &'a mut Definitions) -> Self {
        Self(defined)
    }
}

impl HashReader for Nodes<'_> {
    type Error = OutsideTree;

    fn hash_at(&mut self, level: u8, index: u64) -> Result<Hash, OutsideTree> {
        let (width, index) = (1_usize << level, usize::try_from(index).unwrap());
        Ok(self.0.mth(index * width, (index + 1) * width))
    }
}

#[test]
fn proofs_that_cannot_be_are_not_built() {
    let leaves = numbered_leaves(5);
    let mut reader = LeafReader(&leaves);
    for (index, size) in [(0, 0), (5, 5), (u64::MAX, 5)] {
        assert_eq!(inclusion_proof(&mut reader, index, size), Err(BuildError::OutOfRange));
    }
    assert_eq!(consistency_proof(&mut reader, 5, 4), Err(BuildError::OutOfRange));
    assert_eq!(consistency_proof(&mut reader, 0, 5), Ok(vec![]));
    assert_eq!(consistency_proof(&mut reader, 0, 0), Ok(vec![]));
    // The reader has not that many leaves.
    assert!(matches!(inclusion_proof(&mut reader, 0, 6), Err(BuildError::Reader(_))));
    assert!(matches!(inclusion_proof(&mut reader, 0, u64::MAX), Err(BuildError::Reader(_))));
    assert!(reader.hash_at(64, 0).is_err());
    assert!(reader.hash_at(63, 2).is_err());
    assert!(reader.hash_at(255, u64::MAX).is_err());
}

/// All leaves alike: then a hash depends on the width of its subtree alone, and trees of any size can be computed.
struct Uniform;

/// The hash of each level of it.
static UNIFORM: LazyLock<Vec<Hash>> = LazyLock::new(|| {
    std::iter::successors(Some(leaf_hash(b"")), |hash| Some(node_hash(hash, hash))).take(64).collect()
});

impl HashReader for Uniform {
    type Error = OutsideTree;

    fn hash_at(&mut self, level: u8, _: u64) -> Result<Hash, OutsideTree> {
        Ok(UNIFORM[usize::from(level)])
    }
}

proptest! {
    #[test]
    fn the_largest_trees_work_too(size in prop_oneof![1..=u64::MAX, 1..=1_u64 << 62, Just(u64::MAX), Just(1 << 63)], at in any::<u64>()) {
        let (index, old) = (at % size, at % size + 1);
        let root = root_at(&mut Uniform, size).unwrap();
        let path = inclusion_proof(&mut Uniform, index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf_hash(b""), index, size, &path, &root), Ok(()));
        let old_root = root_at(&mut Uniform, old).unwrap();
        let proof = consistency_proof(&mut Uniform, old, size).unwrap();
        // What a request to a witness has room for is enough for any log there will be.
        let most = if size <= 1 << 62 { 63 } else { 65 };
        prop_assert!(proof.len() <= most);
        prop_assert_eq!(verify_consistency(old, size, &proof, &old_root, &root), Ok(()));
    }

    #[test]
    fn a_changed_inclusion_proof_is_refused(size in 1_u64..200, at in any::<u64>(), change in changes()) {
        let leaves = numbered_leaves(size);
        let (index, tree_root) = (at % size, root(&leaves));
        let honest = inclusion_proof(&mut LeafReader(&leaves), index, size).unwrap();
        let leaf = leaves[usize::try_from(index).unwrap()];
        if let Some(changed) = change.of(&honest) {
            prop_assert!(verify_inclusion(&leaf, index, size, &changed, &tree_root).is_err());
        }
        for other in (0..size + 2).filter(|other| *other != index) {
            prop_assert!(verify_inclusion(&leaf, other, size, &honest, &tree_root).is_err());
        }
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(new in 2_u64..200, at in any::<u64>(), change in changes()) {
        let leaves = numbered_leaves(new);
        let old = at % (new - 1) + 1;
        let (old_root, new_root) = (root(&leaves[..usize::try_from(old).unwrap()]), root(&leaves));
        let honest = consistency_proof(&mut LeafReader(&leaves), old, new).unwrap();
        if let Some(changed) = change.of(&honest) {
            prop_assert!(verify_consistency(old, new, &changed, &old_root, &new_root).is_err());
        }
        for other in (1..=new).filter(|other| *other != old) {
            prop_assert!(verify_consistency(other, new, &honest, &old_root, &new_root).is_err());
        }
    }

    #[test]
    fn a_rewritten_log_has_no_consistency_proof(old in 1_u64..100, more in 1_u64..100, at in any::<u64>()) {
        let mut leaves = numbered_leaves(old + more);
        let old_root = root(&leaves[..usize::try_from(old).unwrap()]);
        leaves[usize::try_from(at % old).unwrap()][31] ^= 1;
        let forged = consistency_proof(&mut LeafReader(&leaves), old, old + more).unwrap();
        prop_assert!(verify_consistency(old, old + more, &forged, &old_root, &root(&leaves)).is_err());
    }
}

/// What an opponent does to a proof.
#[derive(Clone, Debug)]
enum Change {
    Flip(prop::sample::Index, usize, u8),
    Drop(prop::sample::Index),
    Insert(prop::sample::Index, Hash),
    Repeat(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        (place(), 0_usize..32, 0_u8..8).prop_map(|(at, byte, bit)| Change::Flip(at, byte, 1 << bit)),
        place().prop_map(Change::Drop),
        (place(), any::<Hash>()).prop_map(|(at, hash)| Change::Insert(at, hash)),
        place().prop_map(Change::Repeat),
        (place(), place()).prop_map(|(a, b)| Change::Swap(a, b)),
    ]
}

impl Change {
    /// The changed proof, if there is something to change.
    fn of(&self, honest: &[Hash]) -> Option<Vec<Hash>> {
        let mut proof = honest.to_vec();
        let length = proof.len();
        match self {
            Self::Insert(at, hash) => proof.insert(at.index(length + 1), *hash),
            _ if length == 0 => return None,
            Self::Flip(at, byte, bit) => proof[at.index(length)][*byte] ^= bit,
            Self::Drop(at) => drop(proof.remove(at.index(length))),
            Self::Repeat(at) => proof.insert(at.index(length), proof[at.index(length)]),
            Self::Swap(a, b) => proof.swap(a.index(length), b.index(length)),
        }
        (proof != honest).then_some(proof)
    }
}
