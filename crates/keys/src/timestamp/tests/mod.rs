//! Our authority, our check, and OpenSSL's of both.
mod bench;
mod corpus;
mod hostile;
mod openssl;
mod refusals;
mod times;

use super::{Query, TimestampError, Tsa, TsaError, verify};
use bench::{Bench, DATA, NOW_US, POLICY};

#[test]
fn our_stamp_satisfies_our_check() {
    let bench = Bench::new();
    let query = Query::new(DATA).unwrap();
    let reply = bench.tsa().respond(query.der(), NOW_US).unwrap();
    let stamp = verify(&reply, DATA, Some(&query), &bench.authorities()).unwrap();
    assert_eq!(stamp.time_us, NOW_US / 1_000_000 * 1_000_000, "cut down to its second");
    assert_eq!((stamp.accuracy_us, &*stamp.policy), (Some(1_000_000), POLICY));

    let again = bench.tsa().respond(query.der(), NOW_US).unwrap();
    let again = verify(&again, DATA, Some(&query), &bench.authorities()).unwrap();
    assert_ne!(stamp.serial, again.serial, "a serial number is given once");
    assert!(stamp.serial.len() <= 40, "at most 160 bits: {}", stamp.serial);
}

#[test]
fn what_a_stamp_does_not_prove() {
    let bench = Bench::new();
    let (query, other) = (Query::new(DATA).unwrap(), Query::new(DATA).unwrap());
    let reply = bench.tsa().respond(query.der(), NOW_US).unwrap();
    let authorities = bench.authorities();
    assert_eq!(verify(&reply, b"other", Some(&query), &authorities), Err(TimestampError::OtherData));
    assert_eq!(verify(&reply, DATA, Some(&other), &authorities), Err(TimestampError::Nonce));
    assert!(
        verify(&reply, DATA, None, &authorities).is_ok(),
        "without the question, the nonce is passed over"
    );
    let foreign = Bench::new().authorities();
    let refused = verify(&reply, DATA, Some(&query), &foreign);
    assert!(matches!(refused, Err(TimestampError::NotTrusted(_))), "{refused:?}");
}

#[test]
fn each_flipped_bit_of_an_answer_is_noticed() {
    let bench = Bench::new();
    let query = Query::new(DATA).unwrap();
    let reply = bench.tsa().respond(query.der(), NOW_US).unwrap();
    let authorities = bench.authorities();
    let honest = verify(&reply, DATA, Some(&query), &authorities).unwrap();
    let mut accepted = Vec::new();
    for bit in 0..reply.len() * 8 {
        let mut flipped = reply.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(stamp) = verify(&flipped, DATA, Some(&query), &authorities) {
            assert_eq!(stamp, honest, "bit {bit} changes what the stamp says");
            accepted.push(bit);
        }
    }
    // What is not signed: "granted" or "granted with changes", and numbers of versions and sets of algorithms around it.
    assert!(accepted.len() < 200, "{} of {} bits", accepted.len(), reply.len() * 8);
}

#[test]
fn an_authority_needs_the_right_certificate_and_key() {
    let bench = Bench::new();
    let fresh = |certificate: &str, key: &str, policy| {
        Tsa::from_pem(certificate.as_bytes(), key.as_bytes(), policy).map(|_| ()).unwrap_err()
    };
    let (certificate, key) = (&bench.certificate, &bench.key);
    assert_eq!(fresh("", key, POLICY), TsaError::Certificate);
    assert_eq!(fresh(certificate, "", POLICY), TsaError::Key);
    assert_eq!(fresh(certificate, key, "not an identifier"), TsaError::Policy);
    assert_eq!(fresh(certificate, &Bench::new().key, POLICY), TsaError::Mismatch);
    for usage in [None, Some((false, bench::TIME_STAMPING_DER)), Some((true, bench::TWO_PURPOSES_DER))] {
        let (certificate, key) = bench.issue(usage);
        assert_eq!(fresh(&certificate, &key, POLICY), TsaError::Purpose, "{usage:?}");
    }
}
