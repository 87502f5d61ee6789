//! Checkpoints and cosignatures, with published ones of logs and witnesses in use.
use crate::reference::{ROOTS, hash};
use dancu_tlog::checkpoint::{
    Checkpoint, CheckpointRefused, NotTheLog, SignedCheckpoint, SignedRefused, TreeHead,
};
use dancu_tlog::cosignature::{CosignError, cosign};
use dancu_tlog::note::{Note, SignatureType, SignerKey, Unverified, VerifierKey};
use proptest::prelude::*;

/// A checkpoint of a public signature log, cosigned by a public witness.
const REKOR: &str = "log2025-1.rekor.sigstore.dev\n139911860\nEliTHtnx44DhEBH+5qIXBtQsSpc54Avam7mIYEvxnTA=\n\n— log2025-1.rekor.sigstore.dev zxGZFcOra4Y7QpuiQen+CmnUvDZbxSXfBOXJzL+HKIeR9aC58QTfao58ABqkhVyBhQDseS+TZdDNpcnZhoRxkh7IbQ0=\n— witness.stagemole.eu Z/euoAAAAABqxF18wrJCADsJ1G5Lc2JaRjZqqBwjpNqH24yQse4iJ4rKS6b5MtvHP+IbKYXwaWuWokdGA+BubLFi+TrwK7xpKr6XBw==\n";
const REKOR_KEY: &str = "log2025-1.rekor.sigstore.dev+cf119915+AbfK5adZJxsI323FwGD2AJJ9F4i89cfDuLdGJBIYntuO";
const WITNESS_KEY: &str = "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv";
/// The example of C2SP tlog-cosignature, whose keys are not published.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

/// The same private key for the same name.
pub(crate) fn signer(name: &str, signature_type: SignatureType) -> SignerKey {
    let seed = u8::try_from(name.len()).unwrap();
    SignerKey::from_seed(name, signature_type, &[seed; 32]).unwrap()
}

pub(crate) fn signed(origin: &str, head: TreeHead) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(origin, head).unwrap();
    SignedCheckpoint::sign(checkpoint, &signer(origin, SignatureType::Ed25519)).unwrap()
}

fn head() -> TreeHead {
    TreeHead { size: 8, root: hash(ROOTS[8]) }
}

#[test]
fn a_checkpoint_of_a_public_log_and_its_cosignature_verify() {
    let signed =
        SignedCheckpoint::open(REKOR.as_bytes(), "log2025-1.rekor.sigstore.dev", &[key(REKOR_KEY)]).unwrap();
    assert_eq!(signed.checkpoint().head().size, 139_911_860);
    assert_eq!(signed.checkpoint().extensions(), [""; 0]);
    let witnesses = [key(WITNESS_KEY)];
    let cosigned = signed.note().verify(&witnesses).unwrap();
    assert_eq!(cosigned[0].time_s, Some(1_791_253_884));
    assert_eq!(signed.to_string(), REKOR);
    // The time is signed too.
    let later = REKOR.replace("AAAABqxF18", "AAAABqxF19");
    let later = SignedCheckpoint::parse(later.as_bytes()).unwrap();
    assert_eq!(later.note().verify(&witnesses).err(), Some(Unverified::BadSignature));
}

#[test]
fn a_cosignature_does_not_stand_in_for_the_log() {
    let log_line = REKOR.lines().find(|line| line.starts_with("— log")).unwrap();
    let without_log = REKOR.replace(
        &format!(
            "{log_line}
"
        ),
        "",
    );
    let open =
        |bytes: &str, origin: &str| SignedCheckpoint::open(bytes.as_bytes(), origin, &[key(REKOR_KEY)]);
    let refused = open(&without_log, "log2025-1.rekor.sigstore.dev").unwrap_err();
    assert_eq!(refused, NotTheLog::Unverified(Unverified::NoTrustedKey));
    assert_eq!(open(REKOR, "log2025-2.rekor.sigstore.dev").unwrap_err(), NotTheLog::Origin);
}

#[test]
fn the_example_of_the_text_is_read_and_written() {
    let sofa = SignedCheckpoint::parse(SOFA.as_bytes()).unwrap();
    assert_eq!(sofa.checkpoint().origin(), "example.com/behind-the-sofa");
    assert_eq!(sofa.note().signatures()[1].bytes()[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(sofa.to_string(), SOFA);
}

#[test]
fn what_is_no_checkpoint() {
    use CheckpointRefused::{Lines, NotText, Root, Size};
    let root = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=";
    let good = format!("log\n8\n{root}\n");
    assert_eq!(good.parse(), Checkpoint::new("log", head()));
    assert_eq!(Checkpoint::new("log", head()).unwrap().to_string(), good);
    for (bad, why) in [
        (String::new(), Lines),
        ("\n".into(), Lines),
        ("log\n8\n".into(), Lines),
        (format!("log\n8\n{root}"), Lines),
        (format!("\n8\n{root}\n"), Lines),
        (format!("log\n8\n{root}\n\n"), Lines),
        (format!("log\n8\n{root}\n\next\n"), Lines),
        (format!("log\n8\n{root}\na\tb\n"), NotText),
        (format!("log\r\n8\n{root}\n"), NotText),
        (format!("log\n08\n{root}\n"), Size),
        (format!("log\n+8\n{root}\n"), Size),
        (format!("log\n\n{root}\n"), Size),
        (format!("log\n8 \n{root}\n"), Size),
        (format!("log\n18446744073709551616\n{root}\n"), Size),
        (format!("log\n8\n{}\n", root.trim_end_matches('=')), Root),
        (format!("log\n8\n{}\n", root.replace("Qyg=", "Qyh=")), Root),
        (format!("log\n8\n {root}\n"), Root),
        ("log\n8\nAAAA\n".into(), Root),
        ("log\n8\n\n".into(), Root),
    ] {
        assert_eq!(bad.parse::<Checkpoint>(), Err(why), "{bad:?}");
    }
    for origin in ["", "a\nb", "a\tb"] {
        assert!(Checkpoint::new(origin, head()).is_err(), "{origin:?}");
    }
    assert!(Checkpoint::with_extensions("log", head(), vec![String::new()]).is_err());
    let note = Note::sign("not a checkpoint\n", &signer("log", SignatureType::Ed25519)).unwrap();
    let refused = SignedCheckpoint::parse(note.to_string().as_bytes());
    assert_eq!(refused, Err(SignedRefused::Checkpoint(Lines)));
}

#[test]
fn cosigning_is_for_cosigners_at_a_possible_time() {
    let (log, witness) =
        (signer("log", SignatureType::Ed25519), signer("witness", SignatureType::CosignatureV1));
    let mut checkpoint = signed("log", head());
    assert!(matches!(cosign(&log, &checkpoint, 1), Err(CosignError::WrongType(_))));
    assert_eq!(cosign(&witness, &checkpoint, 1 << 63), Err(CosignError::Time));
    checkpoint.add(cosign(&witness, &checkpoint, (1 << 63) - 1).unwrap());
    let keys = [witness.verifier().clone()];
    assert_eq!(checkpoint.note().verify(&keys).unwrap()[0].time_s, Some((1 << 63) - 1));
    // A cosignature is no note signature, nor the other way round, though the key be one and the same.
    let plain = SignerKey::from_seed("witness", SignatureType::Ed25519, &[7; 32]).unwrap();
    assert_eq!(plain.verifier().public(), keys[0].public());
    assert_eq!(checkpoint.note().verify(&[plain.verifier().clone()]).err(), Some(Unverified::NoTrustedKey));
}

proptest! {
    #[test]
    fn checkpoints_survive_their_text(
        origin in "[ -~ơ]{1,20}", size in any::<u64>(), root in any::<[u8; 32]>(),
        extensions in prop::collection::vec("[ -~ơ—]{1,20}", 0..3), time_s in 0_u64..1 << 63,
    ) {
        let checkpoint = Checkpoint::with_extensions(&origin, TreeHead { size, root }, extensions).unwrap();
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint.clone()));
        let (log, witness) = (signer("log", SignatureType::Ed25519), signer("witness", SignatureType::CosignatureV1));
        let mut signed = SignedCheckpoint::sign(checkpoint, &log).unwrap();
        signed.add(cosign(&witness, &signed, time_s).unwrap());
        let opened = SignedCheckpoint::open(signed.to_string().as_bytes(), &origin, &[log.verifier().clone()]);
        prop_assert_eq!(opened.as_ref(), Ok(&signed));
        let keys = [witness.verifier().clone()];
        prop_assert_eq!(signed.note().verify(&keys).unwrap()[0].time_s, Some(time_s));
    }

    #[test]
    fn any_text_is_refused_or_written_the_same(size in "[0-9 +]{0,3}", end in "(\n|a|\r){0,4}") {
        let text = format!("log\n{size}\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg={end}");
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
