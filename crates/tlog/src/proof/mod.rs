//! Inclusion and consistency proofs (RFC 9162 §2.1.3 and §2.1.4, the trees and proofs of RFC 6962 §2.1).
mod build;
mod reader;
mod verify;

pub use build::{consistency_proof, inclusion_proof, root_at};
pub use reader::{HashReader, LeafReader, OutsideTree};
pub use verify::{ProofRefused, root_of_inclusion, verify_consistency, verify_inclusion};

/// Why a proof was not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError<E> {
    /// the leaf is not in a tree of that size, or the older tree is the larger one
    #[error("no such proof: the sizes and the index do not fit together")]
    OutOfRange,
    /// the reader did not give a hash
    #[error("a hash could not be read: {0}")]
    Reader(E),
}
