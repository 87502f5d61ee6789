//! Extra data that are accepted are written with the same bytes.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::proof_file::Extra;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(extra) = Extra::decode(bytes) {
        assert_eq!(extra.encode(), bytes);
    }
});
