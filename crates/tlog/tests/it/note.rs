//! Signed notes, with the published ones of other implementations.
use crate::note_keys::{PETER, PETER_PRIVATE};
use dancu_tlog::note::{
    MAX_SIGNATURES, Note, NoteRefused, NoteSignature, SignError, SignatureType, SignerKey, Unverified,
    VerifierKey, WrongType,
};
use proptest::prelude::*;

const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// The example of C2SP signed-note, whose key is not published. Its text has a blank line.
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

fn peter() -> VerifierKey {
    PETER.parse().unwrap()
}

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, SignatureType::Ed25519, &[seed; 32]).unwrap()
}

fn parse(note: impl AsRef<[u8]>) -> Result<Note, NoteRefused> {
    Note::parse(note.as_ref())
}

#[test]
fn the_published_note_is_signed_byte_for_byte_and_verifies() {
    let signed = Note::sign(TEXT, &PETER_PRIVATE.parse().unwrap()).unwrap();
    assert_eq!(signed.to_string(), format!("{TEXT}\n{PETER_LINE}"));
    let note = parse(format!("{TEXT}\n{PETER_LINE}")).unwrap();
    assert_eq!(note, signed);
    let keys = [peter()];
    let verified = note.verify(&keys).unwrap();
    assert_eq!(verified.len(), 1);
    assert_eq!((verified[0].key, verified[0].time_s), (&keys[0], None));
}

#[test]
fn the_text_ends_at_the_last_blank_line() {
    let poem = parse(POEM).unwrap();
    assert_eq!(poem.text().lines().collect::<Vec<_>>()[2..], ["", "ed è subito sera."]);
    assert!(poem.text().ends_with("sera.\n"));
    assert_eq!(poem.signatures()[0].name(), "quasimodo.example/salvatore");
    assert_eq!(poem.signatures()[0].id().to_string(), "367ba04b");
    assert_eq!(poem.signatures()[0].bytes().len(), 64);
    assert_eq!(poem.to_string(), POEM);
    assert_eq!(poem.verify(&[peter()]).err(), Some(Unverified::NoTrustedKey));
}

#[test]
fn strangers_are_kept_and_passed_over() {
    let mut note =
        parse(format!("{TEXT}\n— PeterNeumann AAAAAAAA\n— stranger x08go/ZJkuA=\n{PETER_LINE}")).unwrap();
    assert_eq!(note.signatures().len(), 3);
    assert_eq!(note.verify(&[peter()]).unwrap().len(), 1);
    assert_eq!(note.verify(&[]).err(), Some(Unverified::NoTrustedKey));
    let other = signer("other", 1);
    let line = Note::sign(TEXT, &other).unwrap().signatures()[0].clone();
    note.add(line.clone());
    note.add(line);
    assert_eq!(note.signatures().len(), 4, "the same line is not added twice");
    let keys = [other.verifier().clone(), peter()];
    let names: Vec<&str> = note.verify(&keys).unwrap().iter().map(|v| v.key.name()).collect();
    assert_eq!(names, ["PeterNeumann", "other"]);
}

#[test]
fn one_wrong_signature_of_a_trusted_key_condemns_the_note() {
    let changed = TEXT.replace("know", "knew");
    let note = parse(format!("{changed}\n{PETER_LINE}")).unwrap();
    assert_eq!(note.verify(&[peter()]).err(), Some(Unverified::BadSignature));
    // Right id, another length; and the right line after it does not help.
    let note = parse(format!("{TEXT}\n— PeterNeumann x08gowA=\n{PETER_LINE}")).unwrap();
    assert_eq!(note.verify(&[peter()]).err(), Some(Unverified::BadSignature));
}

#[test]
fn a_key_counts_once_and_must_be_unambiguous() {
    let twice = parse(format!("{TEXT}\n{PETER_LINE}{PETER_LINE}")).unwrap();
    assert_eq!(twice.verify(&[peter()]).unwrap().len(), 1);
    assert_eq!(twice.verify(&[peter(), peter()]).unwrap().len(), 1);
    // Two keys of one name with one id, found by trying.
    let collide = |n: u32| {
        VerifierKey::new("k", SignatureType::Ed25519, [n.to_be_bytes(); 8].concat().try_into().unwrap())
            .unwrap()
    };
    let keys = [collide(19_360), collide(92_457)];
    assert_eq!(keys[0].id(), keys[1].id());
    let note = parse(format!("{TEXT}\n— k DdafYwA=\n")).unwrap();
    assert_eq!(note.verify(&keys).err(), Some(Unverified::AmbiguousKey));
    assert_eq!(note.verify(&keys[..1]).err(), Some(Unverified::BadSignature));
}

#[test]
fn each_flipped_bit_is_found_out() {
    let honest = format!("{TEXT}\n{PETER_LINE}").into_bytes();
    for at in 0..honest.len() * 8 {
        let mut bytes = honest.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        let believed = parse(bytes).is_ok_and(|note| note.verify(&[peter()]).is_ok());
        assert!(!believed, "bit {at}");
    }
}

#[test]
fn what_is_no_note() {
    let line = PETER_LINE;
    for (bad, why) in [
        (String::new(), NoteRefused::Malformed),
        ("\n".into(), NoteRefused::Malformed),
        ("\n\n".into(), NoteRefused::Malformed),
        (TEXT.into(), NoteRefused::Malformed),
        (format!("{TEXT}\n"), NoteRefused::Malformed),
        (format!("\n{line}"), NoteRefused::Malformed),
        (format!("{TEXT}{line}"), NoteRefused::Malformed),
        (format!("{TEXT}\n{line}\n"), NoteRefused::Malformed),
        (format!("{TEXT}\n{}", line.trim_end()), NoteRefused::Malformed),
        (format!("{TEXT}\n{line}and more\n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n{}", line.replace('—', "-")), NoteRefused::SignatureLine),
        (format!("{TEXT}\n{}", line.replace(" x08", "  x08")), NoteRefused::SignatureLine),
        (format!("{TEXT}\n{}", line.replace("AM=", "AM")), NoteRefused::SignatureLine),
        (format!("{TEXT}\n{}", line.replace("AM=", "AN=")), NoteRefused::SignatureLine),
        (format!("{TEXT}\n{}", line.replace("AM=", "AM= ")), NoteRefused::SignatureLine),
        (format!("{TEXT}\n— PeterNeumann\n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n— PeterNeumann \n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n— Peter+Neumann x08gowA=\n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n—  x08gowA=\n"), NoteRefused::SignatureLine),
        (format!("{TEXT}\n— Peter\u{a0}Neumann x08gowA=\n"), NoteRefused::SignatureLine),
        (format!("a\tb\n\n{line}"), NoteRefused::NotText),
        (format!("a\r\n\n{line}"), NoteRefused::NotText),
        (format!("a\0\n\n{line}"), NoteRefused::NotText),
        (format!("a\u{1f}\n\n{line}"), NoteRefused::NotText),
    ] {
        assert_eq!(parse(&bad), Err(why), "{bad:?}");
    }
    assert_eq!(Note::parse(&[b"\xff\n\n", line.as_bytes()].concat()), Err(NoteRefused::NotText));
}

#[test]
fn a_note_has_limits() {
    let lines = |count: usize| format!("{TEXT}\n{}", "— stranger x08gowA=\n".repeat(count));
    assert_eq!(parse(lines(MAX_SIGNATURES)).unwrap().signatures().len(), MAX_SIGNATURES);
    assert_eq!(parse(lines(MAX_SIGNATURES + 1)), Err(NoteRefused::TooLarge));
    assert_eq!(parse(format!("{}{}", "long\n".repeat(200_000), lines(1))), Err(NoteRefused::TooLarge));
}

#[test]
fn texts_that_are_not_signed() {
    let key = signer("k", 3);
    for bad in ["", "no newline", "a\tb\n", "a\r\n"] {
        assert_eq!(Note::sign(bad, &key), Err(SignError::Text), "{bad:?}");
    }
    assert!(Note::sign("\n", &key).is_ok());
    let cosigner = SignerKey::from_seed("w", SignatureType::CosignatureV1, &[3; 32]).unwrap();
    assert_eq!(Note::sign("text\n", &cosigner), Err(SignError::WrongType(WrongType)));
}

#[test]
fn signature_lines_alone_are_read_and_written() {
    let lines = format!("{PETER_LINE}— stranger x08gowA=\n");
    let read = NoteSignature::parse_lines(&lines).unwrap();
    assert_eq!(NoteSignature::lines(&read), lines);
    for bad in ["", "\n", "text\n"] {
        assert!(NoteSignature::parse_lines(bad).is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_read_and_verifies(text in "([ -~ơ—]{0,12}\n){1,6}", seeds in prop::collection::vec(any::<u8>(), 1..5)) {
        let signers: Vec<SignerKey> =
            seeds.iter().enumerate().map(|(n, seed)| signer(&format!("key{n}"), *seed)).collect();
        let mut note = Note::sign(text.clone(), &signers[0]).unwrap();
        for other in &signers[1..] {
            note.add(Note::sign(text.clone(), other).unwrap().signatures()[0].clone());
        }
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.text(), text);
        prop_assert_eq!(&read, &note);
        let keys: Vec<VerifierKey> = signers.iter().map(|s| s.verifier().clone()).collect();
        prop_assert_eq!(read.verify(&keys).unwrap().len(), signers.len());
    }

    #[test]
    fn any_bytes_are_refused_or_written_the_same(text in "(a|\n|— | |\\+|k|AAAAAAA=|\u{85}){0,24}") {
        for bytes in [text.clone(), format!("t\n\n— k {text}\n"), format!("{text}\n\n— k AAAAAAA=\n")] {
            if let Ok(note) = Note::parse(bytes.as_bytes()) {
                prop_assert_eq!(note.to_string(), bytes);
            }
        }
    }
}
