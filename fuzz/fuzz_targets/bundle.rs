//! The entries of a bundle that is accepted make the same bundle.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::bundle::{self, Bundle};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = bundle::parse(bytes) {
        let mut again = Bundle::new();
        entries.iter().for_each(|entry| again.push(entry).unwrap());
        assert_eq!(again.as_bytes(), bytes);
    }
});
