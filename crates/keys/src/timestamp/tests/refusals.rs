//! What the authority refuses, and with which bit (RFC 3161 §2.4.2).
use super::bench::{Bench, DATA, NOW_US};
use crate::timestamp::asn1::{MessageImprint, TimeStampReq};
use crate::timestamp::{MAX_BYTES, Query, TimestampError, verify};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use x509_cert::ext::Extension;
use x509_cert::spki::AlgorithmIdentifierOwned;

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");

fn request() -> TimeStampReq {
    TimeStampReq::from_der(Query::new(DATA).unwrap().der()).unwrap()
}

fn failure(request: &[u8], now_us: i64) -> Vec<u16> {
    let bench = Bench::new();
    let reply = bench.tsa().respond(request, now_us).unwrap();
    match verify(&reply, DATA, None, &bench.authorities()) {
        Err(TimestampError::Refused { status: 2, failures }) => failures,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_refusal_has_its_bit() {
    let sha1 = AlgorithmIdentifierOwned { oid: SHA1, parameters: None };
    let imprint = |hash_algorithm, length: usize| MessageImprint {
        hash_algorithm,
        hashed_message: OctetString::new(vec![7; length]).unwrap(),
    };
    let honest = request();
    let of = |request: TimeStampReq| failure(&request.to_der().unwrap(), NOW_US);
    assert_eq!(of(TimeStampReq { message_imprint: imprint(sha1, 20), ..honest.clone() }), [0], "badAlg");
    assert_eq!(of(TimeStampReq { version: 2, ..honest.clone() }), [2], "badRequest");
    let sha256 = honest.message_imprint.hash_algorithm.clone();
    let short = TimeStampReq { message_imprint: imprint(sha256, 31), ..honest.clone() };
    assert_eq!(of(short), [5], "badDataFormat");
    let policy = TimeStampReq { req_policy: Some(SHA1), ..honest.clone() };
    assert_eq!(of(policy), [15], "unacceptedPolicy");
    let extension =
        Extension { extn_id: SHA1, critical: false, extn_value: OctetString::new(vec![5, 0]).unwrap() };
    assert_eq!(of(TimeStampReq { extensions: Some(vec![extension]), ..honest }), [16], "unacceptedExtension");
    assert_eq!(failure(b"", NOW_US), [5]);
    assert_eq!(failure(&[0x30; 64], NOW_US), [5]);
    assert_eq!(failure(&vec![0x30; MAX_BYTES + 1], NOW_US), [5]);
    let der = request().to_der().unwrap();
    assert_eq!(failure(&der, 0), [14], "timeNotAvailable: before the certificate");
    assert_eq!(failure(&der, i64::MAX), [14], "timeNotAvailable: after it");
    assert_eq!(failure(&[der.as_slice(), b"x"].concat(), NOW_US), [5], "something after the request");
}

#[test]
fn an_answer_in_another_form_is_refused() {
    let authorities = Bench::new().authorities();
    for answer in [&b""[..], b"\x30\x00", &vec![0x30; MAX_BYTES + 1]] {
        assert_eq!(verify(answer, DATA, None, &authorities), Err(TimestampError::Malformed));
    }
    // "granted", and no token
    assert_eq!(
        verify(b"\x30\x05\x30\x03\x02\x01\x00", DATA, None, &authorities),
        Err(TimestampError::Malformed)
    );
}
