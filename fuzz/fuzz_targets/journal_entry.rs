//! An entry that is accepted ends where it ends: no shorter or longer bytes are an entry.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::entry::Entry;

fuzz_target!(|bytes: &[u8]| {
    if Entry::parse(bytes).is_ok() {
        assert!(Entry::parse(&bytes[..bytes.len() - 1]).is_err());
        assert!(Entry::parse(&[bytes, &[0]].concat()).is_err());
    }
});
