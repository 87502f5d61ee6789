//! The request to a witness and the witness's decision.
use crate::checkpoint::{signed, signer};
use crate::reference::numbered_leaves;
use dancu_tlog::checkpoint::TreeHead;
use dancu_tlog::note::SignatureType;
use dancu_tlog::proof::{LeafReader, consistency_proof};
use dancu_tlog::witness::{
    AddCheckpoint, Judgement, Refusal, RequestRefused, Witness, parse_size_body, size_body,
};
use dancu_tlog::{Hash, leaf_hash, root};
use proptest::prelude::*;

/// The example of C2SP tlog-witness.
const EXAMPLE: &str = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

fn head_of(leaves: &[Hash]) -> TreeHead {
    TreeHead { size: leaves.len() as u64, root: root(leaves) }
}

/// What an honest log at `leaves` sends to a witness that it believes to be at `old`.
fn request(leaves: &[Hash], old: u64) -> AddCheckpoint {
    let proof = consistency_proof(&mut LeafReader(leaves), old, leaves.len() as u64).unwrap();
    AddCheckpoint { old_size: old, proof, checkpoint: signed("log", head_of(leaves)) }
}

fn witness() -> Witness {
    Witness::new().with_log("log", vec![signer("log", SignatureType::Ed25519).verifier().clone()])
}

#[test]
fn the_example_of_the_text_is_read_and_written() {
    let example = AddCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!((example.old_size, example.proof.len()), (20_852_014, 4));
    assert_eq!(example.checkpoint.checkpoint().head().size, 20_852_163);
    assert_eq!(example.to_string(), EXAMPLE);
    assert_eq!(witness().judge(&TreeHead::empty(), &example), Judgement::Refuse(Refusal::UnknownOrigin));
}

#[test]
fn what_is_no_request() {
    use RequestRefused::{NotText, OldSize, Proof, TooLong};
    let checkpoint = signed("log", TreeHead::empty()).to_string();
    let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    assert!(AddCheckpoint::parse(format!("old 0\n{}\n{checkpoint}", hash.repeat(63)).as_bytes()).is_ok());
    for (bad, why) in [
        (String::new(), OldSize),
        ("old 0".into(), OldSize),
        (format!("old 00\n\n{checkpoint}"), OldSize),
        (format!("old\n\n{checkpoint}"), OldSize),
        (format!("old  1\n\n{checkpoint}"), OldSize),
        (format!("Old 1\n\n{checkpoint}"), OldSize),
        (format!("old 1\r\n\n{checkpoint}"), OldSize),
        (format!("\nold 1\n\n{checkpoint}"), OldSize),
        ("old 1\n".into(), Proof),
        (format!("old 1\n{hash}"), Proof),
        (format!("old 1\nAAAA\n\n{checkpoint}"), Proof),
        (format!("old 1\n{checkpoint}"), Proof),
        (format!("old 1\n{}\n{checkpoint}", hash.repeat(64)), TooLong),
    ] {
        assert_eq!(AddCheckpoint::parse(bad.as_bytes()), Err(why), "{bad:?}");
    }
    assert_eq!(AddCheckpoint::parse(b"old \xff\n"), Err(NotText));
    let unsigned = "old 0\n\nlog\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert!(matches!(AddCheckpoint::parse(unsigned.as_bytes()), Err(RequestRefused::Checkpoint(_))));
}

#[test]
fn an_honest_log_is_followed_step_by_step() {
    let leaves = numbered_leaves(40);
    let (witness, mut latest) = (witness(), TreeHead::empty());
    for size in [0, 1, 1, 3, 8, 8, 13, 40] {
        let grown = &leaves[..size];
        let sent = AddCheckpoint::parse(request(grown, latest.size).to_string().as_bytes()).unwrap();
        let judged = witness.judge(&latest, &sent);
        assert_eq!(judged, Judgement::Accept(head_of(grown)));
        assert_eq!(judged.status(), 200);
        latest = head_of(grown);
    }
}

#[test]
fn each_refusal_and_its_status() {
    let (leaves, witness) = (numbered_leaves(8), witness());
    let latest = head_of(&leaves[..5]);
    let expect = |request: &AddCheckpoint, judgement: Judgement, status: u16| {
        assert_eq!(witness.judge(&latest, request), judgement);
        assert_eq!(judgement.status(), status);
    };
    let honest = request(&leaves, 5);
    expect(&honest, Judgement::Accept(head_of(&leaves)), 200);

    let stranger = AddCheckpoint { checkpoint: signed("other", head_of(&leaves)), ..honest.clone() };
    expect(&stranger, Judgement::Refuse(Refusal::UnknownOrigin), 404);

    let foreign_key = honest.to_string().replace("— log ", "— gol ");
    expect(
        &AddCheckpoint::parse(foreign_key.as_bytes()).unwrap(),
        Judgement::Refuse(Refusal::NotSigned),
        403,
    );
    let other_size = honest.to_string().replace("log\n8\n", "log\n9\n");
    expect(&AddCheckpoint::parse(other_size.as_bytes()).unwrap(), Judgement::Refuse(Refusal::NotSigned), 403);

    let above = AddCheckpoint { old_size: 9, ..honest.clone() };
    expect(&above, Judgement::Refuse(Refusal::OldAboveNew), 400);

    for old in [0, 3, 7, 8] {
        expect(&request(&leaves, old), Judgement::Conflict { size: 5 }, 409);
    }
    // A log that went back knows the witness's size and cannot use it.
    let back = AddCheckpoint { old_size: 5, ..request(&leaves[..4], 4) };
    expect(&back, Judgement::Refuse(Refusal::OldAboveNew), 400);

    let mut fork = leaves.clone();
    fork[2] = leaf_hash(b"another");
    expect(&request(&fork[..5], 5), Judgement::Fork { size: 5 }, 409);
    expect(&request(&fork, 5), Judgement::Refuse(Refusal::NotConsistent), 422);

    let unproved = AddCheckpoint { proof: vec![], ..honest.clone() };
    expect(&unproved, Judgement::Refuse(Refusal::NotConsistent), 422);
    let needless = AddCheckpoint { proof: vec![leaf_hash(b"")], ..request(&leaves[..5], 5) };
    expect(&needless, Judgement::Refuse(Refusal::NotConsistent), 422);
}

#[test]
fn a_new_witness_takes_the_first_checkpoint_without_proof() {
    let leaves = numbered_leaves(8);
    let first = request(&leaves, 0);
    assert_eq!(witness().judge(&TreeHead::empty(), &first), Judgement::Accept(head_of(&leaves)));
    let needless = AddCheckpoint { proof: vec![leaf_hash(b"")], ..first };
    assert_eq!(witness().judge(&TreeHead::empty(), &needless), Judgement::Refuse(Refusal::NotConsistent));
    let no_such_root = TreeHead { size: 0, root: leaf_hash(b"") };
    let empty = AddCheckpoint { old_size: 0, proof: vec![], checkpoint: signed("log", no_such_root) };
    assert_eq!(witness().judge(&TreeHead::empty(), &empty), Judgement::Fork { size: 0 });
}

#[test]
fn the_answer_to_a_conflict() {
    assert_eq!(size_body(20_852_014), "20852014\n");
    assert_eq!(parse_size_body(b"20852014\n"), Some(20_852_014));
    for bad in [&b""[..], b"\n", b"5", b"05\n", b"5\n\n", b"\xff\n"] {
        assert_eq!(parse_size_body(bad), None, "{bad:?}");
    }
}

proptest! {
    /// Whatever two logs of one key sign, no witness follows first the one and then the other once they differ.
    #[test]
    fn no_witness_follows_a_fork(common in 0_u64..20, one in 1_u64..20, other in 0_u64..20) {
        let leaves = numbered_leaves(common + one);
        let mut forked = numbered_leaves(common + one.max(other));
        forked[usize::try_from(common).unwrap()] = leaf_hash(b"another");
        let (witness, latest) = (witness(), head_of(&leaves));
        for size in 0..=forked.len() {
            for old in 0..=size {
                let judged = witness.judge(&latest, &request(&forked[..size], old as u64));
                prop_assert!(!matches!(judged, Judgement::Accept(_)), "{} to {}", old, size);
            }
        }
    }
}
