//! The reference vectors of the Certificate Transparency implementations, and incremental against recursive.
use crate::reference::{ROOTS, reference_leaves};
use dancu_tlog::proof::LeafReader;
use dancu_tlog::{Frontier, Hash, leaf_hash, node_hash, root};
use proptest::prelude::*;

#[test]
fn the_roots_of_the_reference_tree_come_out() {
    let leaves = reference_leaves();
    let mut log = Frontier::new();
    for (n, expected) in ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(root(&leaves[..n])), *expected, "recursive, {n} leaves");
        assert_eq!(hex::encode(log.root()), *expected, "incremental, {n} leaves");
        assert_eq!(log.size(), n as u64);
        if let Some(leaf) = leaves.get(n) {
            log.append(*leaf);
        }
    }
}

/// Short entries are hashed in one call, long ones in parts.
#[test]
fn a_leaf_hash_is_over_a_zero_and_the_entry_at_any_length() {
    for length in [0, 1, 55, 56, 510, 511, 512, 513, 70_000] {
        let entry = vec![0xa5; length];
        let prefixed = [&[0], entry.as_slice()].concat();
        let expected = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &prefixed);
        assert_eq!(leaf_hash(&entry), expected.as_ref(), "{length}");
    }
}

#[test]
fn a_leaf_never_passes_for_a_node() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let forged = leaf_hash(&[&[1][..], &left, &right].concat());
    assert_ne!(forged, node_hash(&left, &right));
    assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
}

proptest! {
    #[test]
    fn incremental_equals_recursive(seeds in prop::collection::vec(any::<u64>(), 0..300)) {
        let leaves: Vec<Hash> = seeds.iter().map(|s| leaf_hash(&s.to_be_bytes())).collect();
        let mut log = Frontier::new();
        for (n, leaf) in leaves.iter().enumerate() {
            prop_assert_eq!(log.root(), root(&leaves[..n]));
            log.append(*leaf);
        }
        prop_assert_eq!(log.root(), root(&leaves));
        prop_assert_eq!(Frontier::load(leaves.len() as u64, &mut LeafReader(&leaves)), Ok(log.clone()));
        let stored = log.to_bytes();
        prop_assert_eq!(Frontier::from_bytes(log.size(), &stored), Some(log.clone()));
        prop_assert_eq!(Frontier::from_bytes(log.size() ^ 1, &stored), None);
        prop_assert_eq!(Frontier::from_bytes(log.size(), &[&stored[..], &[0]].concat()), None);
    }

    #[test]
    fn any_changed_leaf_changes_the_root(count in 1_usize..200, at in any::<prop::sample::Index>()) {
        let mut leaves: Vec<Hash> = (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let honest = root(&leaves);
        leaves[at.index(count)][0] ^= 1;
        prop_assert_ne!(root(&leaves), honest);
    }
}
