//! Tokens that our authority would not make, by somebody who has a key and a certificate.
use super::bench::{Bench, DATA, NOW_US, POLICY, TIME_STAMPING_DER, TWO_PURPOSES_DER};
use crate::timestamp::asn1::{MessageImprint, PkiStatusInfo, TimeStampResp, TstInfo, general_time};
use crate::timestamp::{TimestampError, token, verify};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use der::asn1::{Int, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;

/// A token by this key at this time, which names one certificate and carries another.
struct Forger<'a> {
    key: &'a str,
    named: &'a str,
    carried: &'a str,
    time_us: i64,
}

fn certificate(pem: &str) -> Certificate {
    Certificate::from_der(&CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap()
}

impl Forger<'_> {
    fn reply(&self) -> Vec<u8> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.secret_pkcs8_der()).unwrap();
        let info = TstInfo {
            version: 1,
            policy: ObjectIdentifier::new_unwrap(POLICY),
            message_imprint: MessageImprint::of(DATA).unwrap(),
            serial_number: Int::new(&[1]).unwrap(),
            gen_time: general_time(self.time_us).unwrap(),
            accuracy: None,
            ordering: false,
            nonce: None,
            tsa: None,
            extensions: None,
        };
        let carried = [certificate(self.carried)];
        let token = token::seal(&info, &certificate(self.named), Some(&carried), |message| {
            Some(key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec())
        });
        let status = PkiStatusInfo { status: 0, status_string: None, fail_info: None };
        TimeStampResp { status, time_stamp_token: Some(token.unwrap()) }.to_der().unwrap()
    }
}

#[test]
fn a_certificate_for_other_purposes_stamps_nothing() {
    let bench = Bench::new();
    for usage in [None, Some((false, TIME_STAMPING_DER)), Some((true, TWO_PURPOSES_DER))] {
        let (named, key) = bench.issue(usage);
        let reply = Forger { key: &key, named: &named, carried: &named, time_us: NOW_US }.reply();
        let refused = verify(&reply, DATA, None, &bench.authorities());
        assert!(matches!(refused, Err(TimestampError::NotTrusted(_))), "{usage:?}: {refused:?}");
    }
}

#[test]
fn a_time_outside_the_certificate_is_refused() {
    let bench = Bench::new();
    let (named, key) = (&*bench.certificate, &*bench.key);
    let at = |time_us| {
        verify(&Forger { key, named, carried: named, time_us }.reply(), DATA, None, &bench.authorities())
    };
    assert!(at(NOW_US).is_ok());
    for year_us in [0, 3_900_000_000_000_000] {
        assert!(matches!(at(year_us), Err(TimestampError::NotTrusted(_))), "{year_us}");
    }
}

#[test]
fn another_certificate_does_not_stand_in() {
    let bench = Bench::new();
    let (named, key) = (&*bench.certificate, &*bench.key);
    let (carried, other_key) = &bench.issue(Some((true, TIME_STAMPING_DER)));
    let reply = Forger { key, named, carried, time_us: NOW_US }.reply();
    assert_eq!(verify(&reply, DATA, None, &bench.authorities()), Err(TimestampError::Certificate));
    let reply = Forger { key: other_key, named, carried: named, time_us: NOW_US }.reply();
    assert_eq!(verify(&reply, DATA, None, &bench.authorities()), Err(TimestampError::Signature));
}
