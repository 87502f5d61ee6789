//! What openssl makes is taken, and what is issued openssl believes.
#![expect(clippy::unwrap_used, reason = "a test")]
mod envelope;

use dancu_pki::{Authority, PkiError, Purpose, RequestRefused, SigningRequest, Subject, est};
use proptest::prelude::*;
use std::path::Path;
use std::process::Command;

const NOW_S: i64 = 1_795_244_400;

const fn days(days: i64) -> i64 {
    NOW_S + days * 86_400
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "openssl {arguments:?}: {text}");
    text
}

/// A request by openssl, over a key of this kind.
fn request(folder: &Path, kind: &[&str]) -> String {
    let key = [&["genpkey", "-out", "key.pem"], kind].concat();
    openssl(folder, &key);
    openssl(folder, &["req", "-new", "-key", "key.pem", "-subj", "/CN=somebody else", "-out", "request.pem"]);
    std::fs::read_to_string(folder.join("request.pem")).unwrap()
}

const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const KINDS: &[&[&str]] = &[
    P256,
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    &["-algorithm", "ED25519"],
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
];

fn subject() -> Subject {
    Subject {
        id: "htmc".into(),
        organisation: "Sở Tư pháp tỉnh Thái Nguyên".into(),
        agency_code: "H55.12".into(),
    }
}

#[test]
fn openssl_verifies_what_is_issued_over_every_kind_of_key() {
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let asked = SigningRequest::from_pem(&request(folder.path(), kind)).unwrap();
        let issued = authority.issue(&asked, Purpose::System, &subject(), NOW_S, days(365)).unwrap();
        std::fs::write(folder.path().join("ca.pem"), authority.certificate_pem()).unwrap();
        std::fs::write(folder.path().join("cert.pem"), issued.pem()).unwrap();
        let at = (NOW_S + 86_400).to_string();
        let verify = ["verify", "-attime", &at, "-purpose", "sslclient", "-CAfile", "ca.pem", "cert.pem"];
        assert!(openssl(folder.path(), &verify).contains("cert.pem: OK"), "{kind:?}");
        let shown =
            openssl(folder.path(), &["x509", "-in", "cert.pem", "-noout", "-subject", "-nameopt", "utf8"]);
        assert!(shown.contains("Sở Tư pháp tỉnh Thái Nguyên") && shown.contains("H55.12"), "{shown}");
        assert!(
            shown.contains("htmc") && !shown.contains("somebody else"),
            "the name is not the applicant's: {shown}"
        );
        let key = openssl(folder.path(), &["pkey", "-in", "key.pem", "-pubout"]);
        assert_eq!(openssl(folder.path(), &["x509", "-in", "cert.pem", "-noout", "-pubkey"]), key);
        assert_eq!(issued.not_after_s, NOW_S + 365 * 86_400);
    }
}

#[test]
fn weak_and_foreign_keys_and_unsigned_requests_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let weak = request(folder.path(), &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    assert_eq!(SigningRequest::from_pem(&weak).err(), Some(RequestRefused::Key));
    let curve = request(folder.path(), &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]);
    assert!(SigningRequest::from_pem(&curve).is_err());
    request(folder.path(), P256);
    openssl(folder.path(), &["req", "-in", "request.pem", "-outform", "DER", "-out", "request.der"]);
    let mut der = std::fs::read(folder.path().join("request.der")).unwrap();
    let last = der.len() - 1;
    der[last] ^= 1;
    assert_eq!(SigningRequest::from_der(&der).err(), Some(RequestRefused::Signature));
    assert_eq!(SigningRequest::from_der(&vec![0; 20_000]).err(), Some(RequestRefused::TooLarge));
    assert_eq!(SigningRequest::from_pem("hello").err(), Some(RequestRefused::Malformed));
}

#[test]
fn openssl_reads_what_est_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    request(folder.path(), P256);
    openssl(folder.path(), &["req", "-in", "request.pem", "-outform", "DER", "-out", "request.der"]);
    openssl(folder.path(), &["base64", "-in", "request.der", "-out", "request.b64"]);
    let asked = est::request(&std::fs::read(folder.path().join("request.b64")).unwrap()).unwrap();
    let issued = authority.issue(&asked, Purpose::Workstation, &subject(), NOW_S, days(90)).unwrap();
    std::fs::write(folder.path().join("answer.b64"), est::answer(&[&issued.der]).unwrap()).unwrap();
    openssl(folder.path(), &["base64", "-d", "-in", "answer.b64", "-out", "answer.p7"]);
    let shown = openssl(folder.path(), &["pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs"]);
    assert!(shown.contains("BEGIN CERTIFICATE") && shown.contains("workstation"), "{shown}");
}

#[test]
fn an_authority_of_files_goes_on_and_needs_its_own_key() {
    let (made, key) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    let again = Authority::from_pem(&made.certificate_pem(), &key).unwrap();
    assert_eq!(again.certificate(), made.certificate());
    let (_, other) = Authority::create("another", NOW_S, 3650).unwrap();
    assert!(matches!(Authority::from_pem(&made.certificate_pem(), &other), Err(PkiError::Files(_))));
    let folder = tempfile::tempdir().unwrap();
    let asked = SigningRequest::from_pem(&request(folder.path(), P256)).unwrap();
    let longest = again.issue(&asked, Purpose::System, &subject(), NOW_S, days(9999)).unwrap();
    assert_eq!(longest.not_after_s, days(3650), "never beyond the authority's own end");
    let issued = again.issue(&asked, Purpose::System, &subject(), NOW_S, days(1)).unwrap();
    std::fs::write(folder.path().join("ca.pem"), made.certificate_pem()).unwrap();
    std::fs::write(folder.path().join("cert.pem"), issued.pem()).unwrap();
    let at = NOW_S.to_string();
    openssl(folder.path(), &["verify", "-attime", &at, "-CAfile", "ca.pem", "cert.pem"]);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(SigningRequest::from_der(&bytes).is_err());
        prop_assert!(est::request(&bytes).is_err());
    }
}
