//! A proof that is accepted is written with the same bytes; checking it never fails.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::policy::Policy;
use dancu_tlog::tlog_proof::TlogProof;

const POLICY: &str = "log PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\nquorum none\n";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
        let policy: Policy = POLICY.parse().unwrap();
        drop(proof.verify(&[0; 32], &policy));
    }
});
