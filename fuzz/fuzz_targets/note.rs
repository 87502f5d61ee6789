//! A signed note that is accepted is written with the same bytes; checking it never fails.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::note::{Note, VerifierKey};

const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        let keys: [VerifierKey; 1] = [KEY.parse().unwrap()];
        drop(note.verify(&keys));
    }
});
