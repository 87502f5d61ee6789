//! Bytes from the network to a REST request or batch.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_message::{Service, rest};

fn today() -> dancu_citizen::CivilDate {
    dancu_citizen::CivilDate::new(2026, 11, 21).unwrap()
}

fuzz_target!(|bytes: &[u8]| {
    for service in [Service::Verify, Service::LookUp] {
        drop(rest::decode(bytes, service, today()));
    }
});
