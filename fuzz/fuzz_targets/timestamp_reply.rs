//! The answer of a time-stamping authority: whatever it is, it is no stamp by an authority that nobody knows.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_keys::timestamp::{Authorities, verify};
use rcgen::{CertificateParams, KeyPair};
use std::sync::OnceLock;

fn authorities() -> &'static Authorities {
    static AUTHORITIES: OnceLock<Authorities> = OnceLock::new();
    AUTHORITIES.get_or_init(|| {
        let key = KeyPair::generate().unwrap();
        let root = CertificateParams::default().self_signed(&key).unwrap().pem();
        Authorities::from_pem(root.as_bytes()).unwrap()
    })
}

fuzz_target!(|reply: &[u8]| {
    assert!(verify(reply, b"", None, authorities()).is_err());
});
