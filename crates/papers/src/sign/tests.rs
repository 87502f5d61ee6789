use super::*;
use crate::{AssessmentRecord, Commitment, render};
use lopdf::Document;
use proptest::prelude::*;
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose};

/// 2026-11-21T03:04:05Z
const NOW_US: i64 = 1_795_230_245_000_000;

fn key(change: impl FnOnce(&mut CertificateParams)) -> PemKey {
    let pair = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Đặng Hữu Nghĩa");
    change(&mut params);
    let pem = params.self_signed(&pair).unwrap().pem();
    PemKey::new(pem.as_bytes(), pair.serialize_pem().as_bytes()).unwrap()
}

fn at(field: &str) -> Circumstances<'_> {
    Circumstances { field, reason: "Tôi phê duyệt", place: "Hòa Thịnh", now_us: NOW_US }
}

#[test]
fn nothing_that_was_there_changes() {
    let paper = render(&AssessmentRecord::sample(), NOW_US).unwrap();
    let names: Vec<&str> = paper.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["Signature1", "Signature2"]);
    let one = sign(&paper.pdf, &key(|_| ()), &at("Signature1"), None).unwrap();
    assert!(one.starts_with(&paper.pdf));
    let two = sign(&one, &key(|_| ()), &at("Signature2"), None).unwrap();
    assert!(two.starts_with(&one));
    let document = Document::load_mem(&two).unwrap();
    assert_eq!(document.get_pages().len(), paper.pages);
}

#[test]
fn the_range_is_all_but_the_signature() {
    let paper = render(&Commitment::sample(), NOW_US).unwrap();
    let signed = sign(&paper.pdf, &key(|_| ()), &at("Signature1"), None).unwrap();
    let document = Document::load_mem(&signed).unwrap();
    let value = document
        .objects
        .values()
        .find_map(|object| object.as_dict().ok().filter(|dict| dict.has(b"ByteRange")));
    let range = value.unwrap().get(b"ByteRange").unwrap().as_array().unwrap();
    let range: Vec<usize> = range.iter().map(|number| number.as_i64().unwrap().try_into().unwrap()).collect();
    let [0, before, after, length] = range[..] else { panic!("{range:?}") };
    assert_eq!(after + length, signed.len());
    assert_eq!((signed[before], signed[after - 1]), (b'<', b'>'));
    assert!(signed[before + 1..after - 1].iter().all(u8::is_ascii_hexdigit));
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let paper = render(&Commitment::sample(), NOW_US).unwrap();
    let good = key(|_| ());
    let signed = sign(&paper.pdf, &good, &at("Signature1"), None).unwrap();
    assert!(matches!(sign(&paper.pdf, &good, &at("Signature2"), None), Err(SignError::NoField)));
    assert!(
        matches!(sign(&signed, &good, &at("Signature1"), None), Err(SignError::NoField)),
        "signed already"
    );
    assert!(matches!(sign(b"%PDF-1.7", &good, &at("Signature1"), None), Err(SignError::Pdf(_))));
    let half = &paper.pdf[..paper.pdf.len() / 2];
    assert!(sign(half, &good, &at("Signature1"), None).is_err());
}

#[test]
fn certificates_that_may_not_sign_are_refused() {
    let paper = render(&Commitment::sample(), NOW_US).unwrap();
    let refused = |change: fn(&mut CertificateParams)| {
        let refused = sign(&paper.pdf, &key(change), &at("Signature1"), None);
        matches!(refused, Err(SignError::NotValid(_)))
    };
    assert!(refused(
        |params| params.not_after = time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
    ));
    assert!(refused(
        |params| params.not_before = time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(30_000)
    ));
    assert!(refused(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]));
}

#[test]
fn key_and_certificate_belong_together() {
    let (one, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let pem = CertificateParams::default().self_signed(&one).unwrap().pem();
    let mixed = PemKey::new(pem.as_bytes(), other.serialize_pem().as_bytes());
    assert!(mixed.is_err());
    let paper = render(&Commitment::sample(), NOW_US).unwrap();
    let key = key(|_| ());
    let prepared =
        Unsigned::prepare(&paper.pdf, key.certificates(), key.algorithm(), &at("Signature1")).unwrap();
    let mut signature = key.sign(prepared.to_sign()).unwrap();
    let last = signature.len() - 1;
    signature[last] ^= 1;
    assert!(matches!(prepared.with_signature(&signature), Err(SignError::Mismatch)));
}

#[test]
fn a_stamp_that_is_not_to_be_believed_stops_the_signature() {
    let paper = render(&Commitment::sample(), NOW_US).unwrap();
    let pair = KeyPair::generate().unwrap();
    let root = CertificateParams::default().self_signed(&pair).unwrap().pem();
    let authorities = dancu_keys::timestamp::Authorities::from_pem(root.as_bytes()).unwrap();
    for stamper in [|_: &[u8]| Err("away".to_owned()), |_: &[u8]| Ok(b"nothing".to_vec())] {
        let refused = sign(&paper.pdf, &key(|_| ()), &at("Signature1"), Some((&stamper, &authorities)));
        assert!(matches!(refused, Err(SignError::Stamp(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// A damaged file is refused or signed, and never more than that.
    #[test]
    fn damaged_files_do_no_harm(places in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..40), cut: proptest::sample::Index) {
        let paper = render(&Commitment::sample(), NOW_US).unwrap();
        let mut pdf = paper.pdf;
        // The objects that signing reads stand at the end.
        let tail = pdf.len() - 4_000;
        for (place, byte) in places {
            let at = tail + place.index(4_000);
            pdf[at] = byte;
        }
        let key = key(|_| ());
        let _ = sign(&pdf, &key, &at("Signature1"), None);
        pdf.truncate(cut.index(pdf.len()));
        let _ = sign(&pdf, &key, &at("Signature1"), None);
    }
}
