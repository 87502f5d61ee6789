//! The reference vectors of the Certificate Transparency implementations, and incremental against recursive.
use dancu_tlog::{Frontier, Hash, leaf_hash, node_hash, root};
use proptest::prelude::*;

/// Entries of the reference tree.
const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// Roots over the first n entries, n from 0.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[expect(clippy::expect_used, reason = "the constants are hexadecimal")]
fn reference_leaves() -> Vec<Hash> {
    ENTRIES.iter().map(|e| leaf_hash(&hex::decode(e).expect("hex"))).collect()
}

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
    }

    #[test]
    fn any_changed_leaf_changes_the_root(count in 1_usize..200, at in any::<prop::sample::Index>()) {
        let mut leaves: Vec<Hash> = (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let honest = root(&leaves);
        leaves[at.index(count)][0] ^= 1;
        prop_assert_ne!(root(&leaves), honest);
    }
}
