//! Tests of the public interface, one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers outside of test functions fail tests by panicking"
)]
mod bundle;
mod checkpoint;
mod corpus;
mod note;
mod note_keys;
mod proof_vectors;
mod proofs;
mod reference;
mod roots;
mod tile_data;
mod tile_paths;
mod witness;
