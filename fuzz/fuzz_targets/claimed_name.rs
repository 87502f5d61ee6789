//! A name as clients send it.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| drop(dancu_citizen::ClaimedName::parse(text)));
