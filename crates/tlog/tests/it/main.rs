//! Tests of the public interface, one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers outside of test functions fail tests by panicking"
)]
mod audit;
mod bundle;
mod chain;
mod checkpoint;
mod corpus;
mod entry;
mod history;
mod map;
mod note;
mod note_keys;
mod policy;
mod proof_file;
mod proof_vectors;
mod proofs;
mod reference;
mod roots;
mod small_log;
mod tamper;
mod tile_data;
mod tile_paths;
mod tlog_proof;
mod vrf;
mod witness;
