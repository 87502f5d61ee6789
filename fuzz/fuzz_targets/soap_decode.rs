//! Bytes from the network to a SOAP request.
#![no_main]
use libfuzzer_sys::fuzz_target;

fn today() -> dancu_citizen::CivilDate {
    dancu_citizen::CivilDate::new(2026, 11, 21).unwrap()
}

fuzz_target!(|bytes: &[u8]| drop(dancu_message::soap::decode(bytes, today())));
