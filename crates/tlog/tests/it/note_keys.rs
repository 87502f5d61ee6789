//! Keys of notes, with the published ones of other implementations.
use dancu_tlog::note::{KeyId, KeyRefused, SignatureType, SignerKey, VerifierKey};
use proptest::prelude::*;

/// The example of Go's `sumdb/note`.
pub(crate) const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
pub(crate) const PETER_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
/// Keys in use: a checksum database, a signature log, a witness; and test keys of other implementations.
const OTHERS: [(&str, SignatureType); 5] = [
    ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", SignatureType::Ed25519),
    (
        "log2025-1.rekor.sigstore.dev+cf119915+AbfK5adZJxsI323FwGD2AJJ9F4i89cfDuLdGJBIYntuO",
        SignatureType::Ed25519,
    ),
    (
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
        SignatureType::CosignatureV1,
    ),
    ("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", SignatureType::CosignatureV1),
    ("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop", SignatureType::Ed25519),
];

#[test]
fn published_keys_have_the_ids_they_claim() {
    for (text, signature_type) in OTHERS.into_iter().chain([(PETER, SignatureType::Ed25519)]) {
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.signature_type(), signature_type);
        assert_eq!(key.to_string(), text);
    }
    let peter: VerifierKey = PETER.parse().unwrap();
    assert_eq!((peter.name(), peter.id()), ("PeterNeumann", KeyId(0xc74f_20a3)));
}

#[test]
fn the_published_private_key_gives_the_public_one_and_keeps_its_secret() {
    let signer: SignerKey = PETER_PRIVATE.parse().unwrap();
    assert_eq!(signer.verifier().to_string(), PETER);
    assert_eq!(*signer.expose(), PETER_PRIVATE);
    let shown = format!("{signer:?}");
    assert!(shown.contains("PeterNeumann") && !shown.contains("AYEKFALV"), "{shown}");
}

#[test]
fn the_published_bad_keys_are_refused() {
    let wrong_length = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==";
    assert_eq!(wrong_length.parse::<VerifierKey>(), Err(KeyRefused::Malformed));
    let unknown_type = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(unknown_type.parse::<VerifierKey>(), Err(KeyRefused::UnknownType));
    for (bad, why) in [
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyRefused::WrongId),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyRefused::Malformed),
        ("PeterNeumann+c74f20a3", KeyRefused::Malformed),
        ("PeterNeumann+c74f20a3+", KeyRefused::Malformed),
        ("bananas.sigstore.dev+12344556", KeyRefused::Malformed),
        ("rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!", KeyRefused::Malformed),
        ("rekor.sigstore.dev+12345678+AwEB", KeyRefused::UnknownType),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyRefused::Name),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyRefused::Name),
    ] {
        assert_eq!(bad.parse::<VerifierKey>(), Err(why), "{bad}");
    }
}

#[test]
fn no_part_and_no_change_of_a_key_passes_for_one() {
    for start in 0..PETER.len() {
        for end in start..=PETER.len() {
            assert_eq!(PETER[start..end].parse::<VerifierKey>().is_ok(), (start, end) == (0, PETER.len()));
        }
    }
    for at in 0..PETER.len() {
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[at] += 1;
        assert!(String::from_utf8(bytes).unwrap().parse::<VerifierKey>().is_err(), "byte {at}");
    }
    for end in 0..PETER_PRIVATE.len() {
        assert!(PETER_PRIVATE[..end].parse::<SignerKey>().is_err());
    }
    let other_id = PETER_PRIVATE.replace("c74f20a3", "c74f20a4");
    assert_eq!(other_id.parse::<SignerKey>().err(), Some(KeyRefused::WrongId));
}

#[test]
fn names_that_no_key_may_have() {
    for bad in
        ["", "a b", "a+b", "a\nb", "a\tb", "a\u{a0}b", "a\u{3000}b", "a\u{2028}b", "a\u{1}b", "a\u{85}b"]
    {
        assert_eq!(VerifierKey::new(bad, SignatureType::Ed25519, [7; 32]), Err(KeyRefused::Name), "{bad:?}");
    }
    assert!(VerifierKey::new("nhật-ký.example/1", SignatureType::Ed25519, [7; 32]).is_ok());
}

#[test]
fn the_id_depends_on_name_type_and_key() {
    let id = KeyId::compute("a", SignatureType::Ed25519, &[1; 32]);
    assert_ne!(id, KeyId::compute("b", SignatureType::Ed25519, &[1; 32]));
    assert_ne!(id, KeyId::compute("a", SignatureType::CosignatureV1, &[1; 32]));
    assert_ne!(id, KeyId::compute("a", SignatureType::Ed25519, &[2; 32]));
}

proptest! {
    #[test]
    fn keys_survive_their_text(name in "[a-z.ờ/]{1,20}", seed in any::<[u8; 32]>(), cosigner in any::<bool>()) {
        let kind = if cosigner { SignatureType::CosignatureV1 } else { SignatureType::Ed25519 };
        let signer = SignerKey::from_seed(&name, kind, &seed).unwrap();
        let again: SignerKey = signer.expose().parse().unwrap();
        prop_assert_eq!(again.verifier(), signer.verifier());
        prop_assert_eq!(signer.verifier().to_string().parse(), Ok(signer.verifier().clone()));
    }

    #[test]
    fn any_text_is_refused_or_written_the_same(text in "[a-c+]{0,4}\\+?[0-9a-f]{8}\\+[AB][a-zA-Z0-9+/]{43}") {
        if let Ok(key) = text.parse::<VerifierKey>() {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}
