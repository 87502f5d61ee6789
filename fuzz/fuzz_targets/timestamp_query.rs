//! The small time-stamping authority answers whatever it is asked, with a token or a refusal.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_keys::timestamp::Tsa;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use std::sync::OnceLock;

fn tsa() -> &'static Tsa {
    static TSA: OnceLock<Tsa> = OnceLock::new();
    TSA.get_or_init(|| {
        let mut usage = CustomExtension::from_oid_content(
            &[2, 5, 29, 37],
            b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08".to_vec(),
        );
        usage.set_criticality(true);
        let mut params = CertificateParams::default();
        params.custom_extensions = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Tsa::from_pem(certificate.as_bytes(), key.serialize_pem().as_bytes(), "1.3.6.1.4.1.99999.1").unwrap()
    })
}

fuzz_target!(|request: &[u8]| {
    assert!(tsa().respond(request, 1_795_230_245_000_000).is_ok());
});
