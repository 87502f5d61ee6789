#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bundle;
mod cbor;
pub mod chain;
pub mod checkpoint;
pub mod cosignature;
mod decimal;
pub mod entry;
mod frontier;
pub mod history;
pub mod map;
pub mod note;
pub mod policy;
pub mod proof;
pub mod proof_file;
mod standard64;
pub mod tile;
pub mod tlog_proof;
pub mod vrf;
pub mod witness;
pub use cbor::CborRefused;
pub use frontier::Frontier;

use aws_lc_rs::digest::{Context, SHA256, digest};

/// A SHA-256 hash: of a leaf, a node, or a whole tree.
pub type Hash = [u8; 32];

/// Hash of one log entry: `SHA-256(0x00 || entry)` (RFC 6962 §2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    // One call over one buffer is three times as fast as a context, which is on the heap; most entries are short.
    let mut short = [0; 512];
    match short.get_mut(1..=entry.len()) {
        Some(place) => {
            place.copy_from_slice(entry);
            short.get(..=entry.len()).map_or([0; 32], sha256)
        }
        None => hash_of(&[&[0], entry]),
    }
}

/// Hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962 §2.1).
///
/// The prefixes 0 and 1 keep leaves and nodes apart, so that no entry can pass for a subtree.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    pair_hash(1, left, right)
}

/// Root of the tree with no leaf: the hash of nothing (RFC 6962 §2.1).
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// Merkle tree hash over leaf hashes, in their order: `MTH(D[n])` of RFC 6962 §2.1.
///
/// Written as the standard writes it; [`Frontier`] gives the same root one leaf at a time.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(largest_power_below(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The largest power of two smaller than `n`, for `n` of 2 and more.
fn largest_power_below(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// `SHA-256(prefix || left || right)`
fn pair_hash(prefix: u8, left: &Hash, right: &Hash) -> Hash {
    let mut pair = [prefix; 65];
    let (head, tail) = pair.split_at_mut(33);
    if let Some((_, place)) = head.split_first_mut() {
        place.copy_from_slice(left);
    }
    tail.copy_from_slice(right);
    sha256(&pair)
}

fn sha256(bytes: &[u8]) -> Hash {
    to_hash(digest(&SHA256, bytes).as_ref())
}

fn hash_of(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    to_hash(context.finish().as_ref())
}

fn to_hash(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(bytes);
    hash
}
