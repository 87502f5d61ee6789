//! The reference tree of the Certificate Transparency implementations, and the definitions of RFC 6962 §2.1.
use dancu_tlog::{Hash, leaf_hash, node_hash};
use std::collections::HashMap;

/// Entries of the reference tree.
pub(crate) const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// Roots over the first n entries, n from 0.
pub(crate) const ROOTS: [&str; 9] = [
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

pub(crate) fn hash(hex_text: &str) -> Hash {
    hex::decode(hex_text).unwrap().try_into().unwrap()
}

pub(crate) fn reference_leaves() -> Vec<Hash> {
    ENTRIES.iter().map(|entry| leaf_hash(&hex::decode(entry).unwrap())).collect()
}

/// Leaf hashes of a log whose entry number n is n.
pub(crate) fn numbered_leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// `MTH`, `PATH`, `PROOF` and `SUBPROOF`, word for word, with the hashes of ranges remembered.
pub(crate) struct Definitions {
    leaves: Vec<Hash>,
    known: HashMap<(usize, usize), Hash>,
}

impl Definitions {
    pub(crate) fn over(leaves: Vec<Hash>) -> Self {
        Self { leaves, known: HashMap::new() }
    }

    /// `MTH(D[start:end])`
    pub(crate) fn mth(&mut self, start: usize, end: usize) -> Hash {
        if end - start == 1 {
            return self.leaves[start];
        }
        if let Some(known) = self.known.get(&(start, end)) {
            return *known;
        }
        let k = split(end - start);
        let hash = node_hash(&self.mth(start, start + k), &self.mth(start + k, end));
        self.known.insert((start, end), hash);
        hash
    }

    /// `PATH(m, D[start:end])`
    pub(crate) fn path(&mut self, m: usize, start: usize, end: usize) -> Vec<Hash> {
        let n = end - start;
        if n == 1 {
            return Vec::new();
        }
        let k = split(n);
        if m < k {
            let mut path = self.path(m, start, start + k);
            path.push(self.mth(start + k, end));
            path
        } else {
            let mut path = self.path(m - k, start + k, end);
            path.push(self.mth(start, start + k));
            path
        }
    }

    /// `SUBPROOF(m, D[start:end], b)`; `PROOF(m, D[n])` is `SUBPROOF(m, D[n], true)`
    pub(crate) fn subproof(&mut self, m: usize, start: usize, end: usize, b: bool) -> Vec<Hash> {
        let n = end - start;
        if m == n {
            return if b { Vec::new() } else { vec![self.mth(start, end)] };
        }
        let k = split(n);
        if m <= k {
            let mut proof = self.subproof(m, start, start + k, b);
            proof.push(self.mth(start + k, end));
            proof
        } else {
            let mut proof = self.subproof(m - k, start + k, end, false);
            proof.push(self.mth(start, start + k));
            proof
        }
    }
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}
