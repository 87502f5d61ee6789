//! What is sealed openssl opens with the recipient's key, and with no other; who is a recipient.
use crate::{KINDS, NOW_S, P256, days, openssl, request, subject};
use dancu_pki::{Authority, Purpose, Recipient, RecipientRefused, SigningRequest, envelope};
use proptest::prelude::*;
use std::path::Path;
use std::process::Command;

const ENCRYPTING: &[&[&str]] = &[
    P256,
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
];

/// A recipient whose key is `key.pem` and whose certificate is `cert.pem` in the folder.
fn recipient(folder: &Path, kind: &[&str], authority: &Authority) -> Recipient {
    let asked = SigningRequest::from_pem(&request(folder, kind)).unwrap();
    let issued = authority.issue(&asked, Purpose::Recipient, &subject(), NOW_S, days(365)).unwrap();
    std::fs::write(folder.join("cert.pem"), issued.pem()).unwrap();
    let recipient = Recipient::from_der(&issued.der).unwrap();
    assert_eq!(recipient.fingerprint(), issued.fingerprint);
    recipient
}

/// What openssl makes of an envelope with the key of the folder.
fn open(folder: &Path, envelope: &[u8], key: &str, certificate: &str) -> Option<Vec<u8>> {
    std::fs::write(folder.join("envelope.p7m"), envelope).unwrap();
    let done = Command::new("openssl")
        .current_dir(folder)
        .args(["cms", "-decrypt", "-binary", "-inform", "DER", "-in", "envelope.p7m"])
        .args(["-inkey", key, "-recip", certificate, "-out", "opened"])
        .output()
        .unwrap();
    done.status.success().then(|| std::fs::read(folder.join("opened")).unwrap())
}

#[test]
fn openssl_opens_what_is_sealed_with_the_recipients_key_and_no_other() {
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    for kind in ENCRYPTING {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let recipient = recipient(folder, kind, &authority);
        let mine = |envelope: &[u8]| open(folder, envelope, "key.pem", "cert.pem");
        for content in [b"".to_vec(), b"mat khau: x\n".to_vec(), vec![7; 100_000]] {
            let envelope = envelope::seal(&recipient, &content).unwrap();
            assert_eq!(mine(&envelope), Some(content.clone()), "{kind:?}");
            let hidden = content.is_empty() || !envelope.windows(content.len()).any(|w| w == content);
            assert!(hidden, "{kind:?}: the content is in the envelope");
            assert_ne!(envelope, envelope::seal(&recipient, &content).unwrap(), "{kind:?}: every key is new");
        }

        // Another key of the same kind, even under a certificate of the same name.
        openssl(folder, &[&["genpkey", "-out", "other.key"], *kind].concat());
        let envelope = envelope::seal(&recipient, b"content").unwrap();
        assert_ne!(open(folder, &envelope, "other.key", "cert.pem"), Some(b"content".to_vec()), "{kind:?}");

        // Whatever is changed in it: it does not open, or what comes out is not passed off as whole.
        for back in [1, 16, 20, envelope.len() / 2] {
            let mut changed = envelope.clone();
            let at = changed.len() - back;
            changed[at] ^= 1;
            assert_eq!(mine(&changed), None, "{kind:?}: changed at {at}");
        }
    }
}

#[test]
fn what_is_in_the_envelope_is_as_the_standards_have_it() {
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    let shown = |kind: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let recipient = recipient(folder.path(), kind, &authority);
        std::fs::write(folder.path().join("e.p7m"), envelope::seal(&recipient, b"x").unwrap()).unwrap();
        openssl(folder.path(), &["cms", "-cmsout", "-print", "-inform", "DER", "-in", "e.p7m"])
    };
    let rsa = shown(ENCRYPTING[2]);
    for part in ["id-smime-ct-authEnvelopedData", "rsaesOaep", "mgf1", "sha256", "aes-256-gcm"] {
        assert!(rsa.contains(part), "{part}: {rsa}");
    }
    let curve = shown(P256);
    for part in ["dhSinglePass-stdDH-sha256kdf-scheme", "id-aes256-wrap", "aes-256-gcm", "version: 3"] {
        assert!(curve.contains(part), "{part}: {curve}");
    }
}

#[test]
fn a_recipient_is_believed_by_its_authority_within_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    let (other, _) = Authority::create("another", NOW_S, 3650).unwrap();
    let recipient = recipient(folder.path(), P256, &authority);
    let ours = [other.certificate().to_vec(), authority.certificate().to_vec()];
    assert_eq!(recipient.judge(&[], &ours, NOW_S), Ok(()));
    assert_eq!(recipient.judge(&[], &ours[..1], NOW_S), Err(RecipientRefused::Chain));
    assert_eq!(recipient.judge(&[], &[], NOW_S), Err(RecipientRefused::Chain));
    let (begins, ends) = recipient.validity_s();
    assert_eq!(recipient.judge(&[], &ours, begins - 1), Err(RecipientRefused::NotYet));
    assert_eq!(recipient.judge(&[], &ours, ends), Ok(()));
    assert_eq!(recipient.judge(&[], &ours, ends + 1), Err(RecipientRefused::Expired));
    assert!(recipient.subject().contains("Sở Tư pháp"), "{}", recipient.subject());
    assert!(!format!("{recipient:?}").contains("Sở"), "no name in Debug");
}

/// An authority of openssl's making with one below it, as public ones are.
#[test]
fn a_foreign_chain_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let extensions = "[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n\
        [end]\nbasicConstraints=CA:false\nkeyUsage=digitalSignature,keyAgreement\nextendedKeyUsage=emailProtection\n\
        [signs]\nbasicConstraints=CA:false\nkeyUsage=digitalSignature\n\
        [serves]\nbasicConstraints=CA:false\nextendedKeyUsage=serverAuth\n[plain]\nbasicConstraints=CA:false\n";
    std::fs::write(folder.join("x.cnf"), extensions).unwrap();
    let key = |name: &str| {
        let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        openssl(folder, &[&["genpkey", "-out", name][..], &curve].concat());
    };
    let issue = |name: &str, by: &str, section: &str| {
        let (key_file, csr, pem) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        key(&key_file);
        openssl(folder, &["req", "-new", "-key", &key_file, "-subj", &format!("/CN={name}"), "-out", &csr]);
        let (ca, ca_key) = (format!("{by}.pem"), format!("{by}.key"));
        let own = ["x509", "-req", "-in", &csr, "-out", &pem, "-days", "30", "-extfile", "x.cnf"];
        let by = if name == by {
            vec!["-signkey", &key_file]
        } else {
            vec!["-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"]
        };
        openssl(folder, &[&own[..], &["-extensions", section], &by].concat());
        std::fs::read_to_string(folder.join(pem)).unwrap()
    };
    let root = issue("root", "root", "ca");
    let below = issue("below", "root", "ca");
    let der = |name: &str| {
        let pem = format!("{name}.pem");
        openssl(folder, &["x509", "-in", &pem, "-outform", "DER", "-out", "x.der"]);
        std::fs::read(folder.join("x.der")).unwrap()
    };
    let roots = [der("root")];
    // openssl issues by the real clock.
    let now_s = Recipient::from_pem(&issue("clock", "root", "plain")).unwrap().0.validity_s().0 + 60;

    let end = issue("end", "below", "end");
    let (recipient, intermediates) = Recipient::from_pem(&(end.clone() + &below)).unwrap();
    assert_eq!(recipient.judge(&intermediates, &roots, now_s), Ok(()));
    assert_eq!(recipient.judge(&[], &roots, now_s), Err(RecipientRefused::Chain), "a link is missing");
    let envelope = envelope::seal(&recipient, b"content").unwrap();
    assert_eq!(open(folder, &envelope, "end.key", "end.pem").as_deref(), Some(&b"content"[..]));

    let (plain, chain) = Recipient::from_pem(&(issue("plain", "below", "plain") + &below)).unwrap();
    assert_eq!(plain.judge(&chain, &roots, now_s), Ok(()), "without key usage every use is allowed");
    let (serves, chain) = Recipient::from_pem(&(issue("serves", "below", "serves") + &below)).unwrap();
    assert_eq!(serves.judge(&chain, &roots, now_s), Err(RecipientRefused::Chain), "for servers only");
    let signs = Recipient::from_pem(&issue("signs", "below", "signs"));
    assert_eq!(signs.err(), Some(RecipientRefused::KeyUsage));
    let (itself, _) = Recipient::from_pem(&issue("itself", "itself", "plain")).unwrap();
    assert_eq!(itself.judge(&[], &roots, now_s), Err(RecipientRefused::Chain));
    assert!(Recipient::from_pem(&root).is_err_and(|e| e == RecipientRefused::KeyUsage), "an authority's own");
}

#[test]
fn keys_that_only_sign_and_weak_ones_are_no_recipients() {
    let (authority, _) = Authority::create("dancu test authority", NOW_S, 3650).unwrap();
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let asked = SigningRequest::from_pem(&request(folder.path(), kind)).unwrap();
        let system = authority.issue(&asked, Purpose::System, &subject(), NOW_S, days(1)).unwrap();
        assert!(Recipient::from_der(&system.der).is_err(), "{kind:?}: a system's certificate only signs");
        let refused = authority.issue(&asked, Purpose::Recipient, &subject(), NOW_S, days(1)).is_err();
        assert_eq!(refused, kind.contains(&"ED25519"), "{kind:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let weak =
        ["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "k", "-out", "c.pem", "-subj", "/CN=x"];
    openssl(folder.path(), &weak);
    let pem = std::fs::read_to_string(folder.path().join("c.pem")).unwrap();
    assert_eq!(Recipient::from_pem(&pem).err(), Some(RecipientRefused::Key));
    assert_eq!(Recipient::from_pem("hello").err(), Some(RecipientRefused::Malformed));
    assert_eq!(Recipient::from_der(&vec![0; 20_000]).err(), Some(RecipientRefused::Malformed));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader_of_certificates(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Recipient::from_der(&bytes).is_err());
    }
}
