//! The proof vectors of the Certificate Transparency implementations over their reference tree, hostile ones included.
//!
//! Their list also tries hashes of a wrong length (empty, "`WrongLeaf`"); a hash here has 32 bytes by type, so another
//! hash takes that place.
use crate::reference::{ROOTS, hash, reference_leaves};
use dancu_tlog::proof::{
    LeafReader, consistency_proof, inclusion_proof, root_of_inclusion, verify_consistency, verify_inclusion,
};
use dancu_tlog::{Hash, empty_root, leaf_hash};

const N01: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N10: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N04: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N13: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const N12: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const N06: &str = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";
const N21: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";

/// Leaf number from 1, tree size, path.
const INCLUSION: [(u64, u64, &[&str]); 5] = [
    (1, 1, &[]),
    (1, 8, &[N10, N01, N21]),
    (6, 8, &[N04, N13, ROOTS[4]]),
    (3, 3, &[ROOTS[2]]),
    (2, 5, &[ROOTS[1], N01, N04]),
];

/// Old size, new size, proof.
const CONSISTENCY: [(u64, u64, &[&str]); 5] = [
    (1, 1, &[]),
    (1, 8, &[N10, N01, N21]),
    (6, 8, &[N12, N13, ROOTS[4]]),
    (2, 5, &[N01, N04]),
    (6, 7, &[N12, N06, ROOTS[4]]),
];

fn some_hash() -> Hash {
    hash("abacaba000000000000000000000000000000000000000000060061e00123456")
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| hash(text)).collect()
}

fn at(size: u64) -> usize {
    usize::try_from(size).unwrap()
}

/// Proofs with one hash more, one hash less, and each hash with one bit flipped.
fn mutilated(proof: &[Hash], strangers: &[Hash], bit: u8) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for stranger in strangers {
        all.push([proof, &[*stranger]].concat());
        all.push([&[*stranger], proof].concat());
    }
    if let Some((_, shorter)) = proof.split_last() {
        all.push(shorter.to_vec());
    }
    for i in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[i][0] ^= bit;
        all.push(flipped);
    }
    all
}

#[test]
fn published_inclusion_proofs_verify_and_are_built() {
    let leaves = reference_leaves();
    for (number, size, path) in INCLUSION {
        let (index, path, root) = (number - 1, hashes(path), hash(ROOTS[at(size)]));
        let leaf = leaves[at(index)];
        assert_eq!(root_of_inclusion(&leaf, index, size, &path), Ok(root), "{index} of {size}");
        assert_eq!(verify_inclusion(&leaf, index, size, &path, &root), Ok(()));
        assert_eq!(inclusion_proof(&mut LeafReader(&leaves), index, size), Ok(path));
    }
}

#[test]
fn hostile_inclusion_proofs_are_refused() {
    let leaves = reference_leaves();
    let mut probes = 0;
    for (number, size, path) in INCLUSION {
        let (index, path, root) = (number - 1, hashes(path), hash(ROOTS[at(size)]));
        let leaf = leaves[at(index)];
        let mut refuse = |index: u64, size: u64, leaf: &Hash, path: &[Hash], root: &Hash| {
            probes += 1;
            assert!(verify_inclusion(leaf, index, size, path, root).is_err(), "{index} of {size}");
        };
        for wrong in [index.wrapping_sub(1), index + 1, index ^ 2] {
            refuse(wrong, size, &leaf, &path, &root);
        }
        for wrong in [size * 2, size / 2] {
            refuse(index, wrong, &leaf, &path, &root);
        }
        refuse(index, size, &leaf_hash(b"WrongLeaf"), &path, &root);
        refuse(index, size, &leaf, &path, &empty_root());
        refuse(index, size, &leaf, &path, &some_hash());
        for wrong in mutilated(&path, &[root, some_hash()], 8) {
            refuse(index, size, &leaf, &wrong, &root);
        }
        if let [first, rest @ ..] = &path[..] {
            refuse(index, size, &leaf, &[&[*first, some_hash()], rest].concat(), &root);
        }
    }
    assert_eq!(probes, 78);
}

#[test]
fn inclusion_in_trees_without_that_leaf_is_refused() {
    let data = leaf_hash(b"data");
    assert_eq!(verify_inclusion(&data, 0, 1, &[], &data), Ok(()));
    for (index, size) in [(0, 0), (0, 1), (1, 0), (2, 1)] {
        assert!(
            verify_inclusion(&some_hash(), index, size, &[], &empty_root()).is_err(),
            "{index} of {size}"
        );
        assert!(
            verify_inclusion(&empty_root(), index, size, &[], &some_hash()).is_err(),
            "{index} of {size}"
        );
    }
    assert!(verify_inclusion(&data, u64::MAX, u64::MAX, &[], &data).is_err());
    assert!(verify_inclusion(&data, 0, u64::MAX, &[data; 63], &data).is_err());
    assert!(verify_inclusion(&data, 0, 1, &[data; 64], &data).is_err());
}

#[test]
fn published_consistency_proofs_verify_and_are_built() {
    let leaves = reference_leaves();
    for (old, new, proof) in CONSISTENCY {
        let (proof, old_root, new_root) = (hashes(proof), hash(ROOTS[at(old)]), hash(ROOTS[at(new)]));
        assert_eq!(verify_consistency(old, new, &proof, &old_root, &new_root), Ok(()), "{old} to {new}");
        assert_eq!(consistency_proof(&mut LeafReader(&leaves), old, new), Ok(proof));
    }
}

#[test]
fn hostile_consistency_proofs_are_refused() {
    let mut probes = 0;
    for (old, new, proof) in CONSISTENCY.into_iter().filter(|(_, _, proof)| !proof.is_empty()) {
        let (proof, old_root, new_root) = (hashes(proof), hash(ROOTS[at(old)]), hash(ROOTS[at(new)]));
        let mut refuse = |old: u64, new: u64, old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
            probes += 1;
            assert!(verify_consistency(old, new, proof, old_root, new_root).is_err(), "{old} to {new}");
        };
        // Not to 0: the empty tree is the beginning of any tree, but not with this proof.
        for wrong in [old - 1, old + 1, old ^ 2] {
            refuse(wrong, new, &old_root, &new_root, &proof);
        }
        for wrong in [new * 2, new / 2] {
            refuse(old, wrong, &old_root, &new_root, &proof);
        }
        refuse(old, new, &some_hash(), &new_root, &proof);
        refuse(old, new, &old_root, &some_hash(), &proof);
        refuse(old, new, &new_root, &old_root, &proof);
        refuse(old, new, &old_root, &new_root, &[]);
        for wrong in mutilated(&proof, &[old_root, new_root, some_hash(), proof[0]], 16) {
            refuse(old, new, &old_root, &new_root, &wrong);
        }
    }
    assert_eq!(probes, 83);
}

#[test]
fn consistency_of_equal_empty_and_shrinking_trees() {
    let (root1, root2) = (leaf_hash(b"don't care 1"), leaf_hash(b"don't care 2"));
    let consistent = |old, new, old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
        verify_consistency(old, new, proof, old_root, new_root).is_ok()
    };
    // Always consistent.
    assert!(consistent(0, 0, &root1, &root1, &[]));
    assert!(consistent(0, 1, &root1, &root2, &[]));
    assert!(consistent(1, 1, &root2, &root2, &[]));
    // The roots differ.
    assert!(!consistent(0, 0, &root1, &root2, &[]));
    assert!(!consistent(1, 1, &root1, &root2, &[]));
    assert!(!consistent(0, 0, &empty_root(), &root2, &[]));
    assert!(!consistent(1, 1, &empty_root(), &root2, &[]));
    // Back into the past.
    assert!(!consistent(1, 0, &root1, &root2, &[]));
    assert!(!consistent(2, 1, &root1, &root2, &[]));
    // No proof where one is due.
    assert!(!consistent(1, 2, &root1, &root2, &[]));
    // A proof where none is due.
    for (old, new) in [(0, 0), (0, 1), (1, 1)] {
        assert!(!consistent(old, new, &empty_root(), &empty_root(), &[empty_root()]));
    }
}
