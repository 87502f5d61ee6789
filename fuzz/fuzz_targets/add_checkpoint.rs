//! A request to a witness that is accepted is written with the same bytes; judging it never fails.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::checkpoint::TreeHead;
use dancu_tlog::witness::{AddCheckpoint, Witness};

const ORIGIN: &str = "log2025-1.rekor.sigstore.dev";
const KEY: &str = "log2025-1.rekor.sigstore.dev+cf119915+AbfK5adZJxsI323FwGD2AJJ9F4i89cfDuLdGJBIYntuO";

fuzz_target!(|body: &[u8]| {
    if let Ok(request) = AddCheckpoint::parse(body) {
        assert_eq!(request.to_string().as_bytes(), body);
        let witness = Witness::new().with_log(ORIGIN, vec![KEY.parse().unwrap()]);
        witness.judge(&TreeHead::empty(), &request);
    }
});
