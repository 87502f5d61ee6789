//! A checkpoint that is accepted is written with the same text.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::checkpoint::Checkpoint;

fuzz_target!(|text: &str| {
    if let Ok(checkpoint) = text.parse::<Checkpoint>() {
        assert_eq!(checkpoint.to_string(), text);
    }
});
