//! Proofs of one entry as text.
use crate::checkpoint::{signed, signer};
use crate::reference::numbered_leaves;
use dancu_tlog::checkpoint::TreeHead;
use dancu_tlog::cosignature::cosign;
use dancu_tlog::note::SignatureType;
use dancu_tlog::policy::Policy;
use dancu_tlog::proof::{LeafReader, ProofRefused, inclusion_proof};
use dancu_tlog::tlog_proof::{MAX_PROOF_BYTES, NotProved, TextRefused, TlogProof};
use dancu_tlog::{Hash, root};
use proptest::prelude::*;

fn policy(quorum: &str) -> Policy {
    let log = signer("log", SignatureType::Ed25519);
    let witness = signer("witness", SignatureType::CosignatureV1);
    format!("log {}\nwitness w {}\nquorum {quorum}\n", log.verifier(), witness.verifier()).parse().unwrap()
}

fn proof(leaves: &[Hash], index: u64, extra: Option<Vec<u8>>) -> TlogProof {
    let size = u64::try_from(leaves.len()).unwrap();
    let path = inclusion_proof(&mut LeafReader(leaves), index, size).unwrap();
    let mut checkpoint = signed("log", TreeHead { size, root: root(leaves) });
    checkpoint
        .add(cosign(&signer("witness", SignatureType::CosignatureV1), &checkpoint, 1_800_000_000).unwrap());
    TlogProof { extra, index, path, checkpoint }
}

#[test]
fn the_text_is_as_the_standard_has_it() {
    let leaves = numbered_leaves(3);
    let text = proof(&leaves, 0, Some(b"more".to_vec())).to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 0"]);
    assert_eq!(lines[5..8], ["", "log", "3"]);
    assert_eq!(lines.len(), 12);
    let single = proof(&leaves[..1], 0, None).to_string();
    assert!(single.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nlog\n1\n"), "{single}");
    assert_eq!(proof(&leaves[..1], 0, Some(vec![])).to_string(), single);
}

#[test]
fn every_proof_verifies_for_its_entry_only() {
    for size in 1..20 {
        let leaves = numbered_leaves(size);
        for (index, leaf) in (0..size).zip(&leaves) {
            let proof = TlogProof::parse(proof(&leaves, index, None).to_string().as_bytes()).unwrap();
            let opened = proof.verify(leaf, &policy("w")).unwrap();
            assert_eq!((opened.head().size, opened.cosigners[0].name.as_str()), (size, "w"));
            for other in leaves.iter().filter(|other| *other != leaf) {
                assert_eq!(
                    proof.verify(other, &policy("w")),
                    Err(NotProved::Inclusion(ProofRefused::WrongRoot))
                );
            }
        }
    }
}

#[test]
fn a_proof_needs_the_quorum() {
    let leaves = numbered_leaves(3);
    let mut proof = proof(&leaves, 1, None);
    proof.checkpoint = signed("log", proof.checkpoint.checkpoint().head());
    assert!(proof.verify(&leaves[1], &policy("none")).is_ok());
    assert_eq!(proof.verify(&leaves[1], &policy("w")), Err(NotProved::Quorum));
}

#[test]
fn every_flipped_bit_is_found() {
    let leaves = numbered_leaves(7);
    // Extra data are not authenticated by the proof: what they are for checks them.
    let honest = proof(&leaves, 5, None).to_string().into_bytes();
    let policy = policy("w");
    let holds =
        |bytes: &[u8]| TlogProof::parse(bytes).is_ok_and(|proof| proof.verify(&leaves[5], &policy).is_ok());
    assert!(holds(&honest));
    for bit in 0..honest.len() * 8 {
        let mut changed = honest.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(&changed), "bit {bit}");
    }
    for end in 0..honest.len() {
        assert!(!holds(&honest[..end]), "cut at {end}");
    }
}

#[test]
fn what_is_no_proof() {
    use TextRefused::{Checkpoint, Extra, FirstLine, Index, NotText, Path, TooLarge};
    let good = proof(&numbered_leaves(3), 2, Some(b"more".to_vec())).to_string();
    assert_eq!(TlogProof::parse(good.as_bytes()).unwrap().to_string(), good);
    let hash = good.lines().nth(3).unwrap();
    let long = format!("index 2\n{}", format!("{hash}\n").repeat(64));
    for (from, to, why) in [
        ("c2sp.org/tlog-proof@v1\n", "", FirstLine),
        ("@v1", "@v2", FirstLine),
        ("@v1\n", "@v1 \n", FirstLine),
        ("extra bW9yZQ==", "extra ", Extra),
        ("extra bW9yZQ==", "extra bW9yZQ", Extra),
        ("extra bW9yZQ==", "extra bW9yZR==", Extra),
        ("extra bW9yZQ==", "extra  bW9yZQ==", Extra),
        ("extra bW9yZQ==", "extra", Index),
        ("extra bW9yZQ==", "extra bW9yZQ==\nextra bW9yZQ==", Index),
        ("extra bW9yZQ==\nindex 2", "index 2\nextra bW9yZQ==", Path),
        ("index 2\n", "", Index),
        ("index 2", "index 02", Index),
        ("index 2", "index +2", Index),
        ("index 2", "index  2", Index),
        ("index 2", "index 2 ", Index),
        ("index 2", "index 18446744073709551616", Index),
        ("index 2\n", "index 2\nAAAA\n", Path),
        ("index 2\n", "index 2\n \n", Path),
        ("index 2\n", &long, TooLarge),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(TlogProof::parse(bad.as_bytes()), Err(why), "{bad}");
    }
    let blank = good.replacen("\n\nlog", "\n\n\nlog", 1);
    assert!(matches!(TlogProof::parse(blank.as_bytes()), Err(Checkpoint(_))));
    assert!(matches!(TlogProof::parse(format!("{good}\n").as_bytes()), Err(Checkpoint(_))));
    assert_eq!(TlogProof::parse(b"\xff"), Err(NotText));
    assert_eq!(TlogProof::parse(&vec![b'a'; MAX_PROOF_BYTES + 1]), Err(TooLarge));
}

proptest! {
    #[test]
    fn what_is_written_is_read(size in 1_u64..300, at in any::<u64>(), extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..90))) {
        let leaves = numbered_leaves(size);
        let proof = proof(&leaves, at % size, extra);
        prop_assert_eq!(TlogProof::parse(proof.to_string().as_bytes()), Ok(proof));
    }
}
