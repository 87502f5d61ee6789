//! Proofs of one entry.
use crate::small_log::{KEYS, ORIGIN, Value, cbor, entries, epoch, head, leaves, signed, witnessed};
use Value::{Bytes, Number};
use aws_lc_rs::digest::{SHA256, digest};
use dancu_tlog::entry::Kind;
use dancu_tlog::proof::{LeafReader, ProofRefused, inclusion_proof};
use dancu_tlog::proof_file::{ContextProof, EntryProof, EntryProofRefused, Extra, Part, SUBJECT, verify};
use dancu_tlog::tlog_proof::{NotProved, TextRefused, TlogProof};
use dancu_tlog::{CborRefused, Hash};
use minicbor::Encoder;
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(crate) type Parts = BTreeMap<u8, Part>;

/// Officer and citizen, both shown.
pub(crate) fn parts(number: &str) -> Parts {
    let shown = |salt, value: &str| Part::Shown { salt: [salt; 16], value: value.to_owned() };
    BTreeMap::from([(1, shown(8, "CB-1")), (SUBJECT, shown(9, number))])
}

/// `SHA-256(CBOR [label, salt, value])`, by another encoder.
pub(crate) fn commitment(label: u8, part: &Part) -> Hash {
    let Part::Shown { salt, value } = part else { panic!("closed") };
    let mut out = Encoder::new(Vec::new());
    out.array(3).unwrap().u8(label).unwrap().bytes(salt).unwrap().str(value).unwrap();
    digest(&SHA256, &out.into_writer()).as_ref().try_into().unwrap()
}

/// Label 25.
pub(crate) fn parts_root(parts: &Parts) -> Hash {
    let mut out = Encoder::new(Vec::new());
    out.map(parts.len() as u64).unwrap();
    for (label, part) in parts {
        out.u8(*label).unwrap().bytes(&commitment(*label, part)).unwrap();
    }
    digest(&SHA256, &out.into_writer()).as_ref().try_into().unwrap()
}

/// A call with personal parts and a context.
pub(crate) fn call(context: u64, parts: &Parts) -> Vec<u8> {
    let root = parts_root(parts);
    cbor(&[
        (0, Number(2)),
        (2, Number(7)),
        (3, Bytes(&[3; 16])),
        (4, Number(context)),
        (18, Number(0)),
        (25, Bytes(&root)),
    ])
}

/// The proof of an entry in a log of these entries, with a context if one is named.
pub(crate) fn proof(log: &[Vec<u8>], index: u64, parts: Option<Parts>, context: Option<u64>) -> TlogProof {
    let leaves = leaves(log);
    let path = |index| inclusion_proof(&mut LeafReader(&leaves), index, leaves.len() as u64).unwrap();
    let entry = |index: u64| log[usize::try_from(index).unwrap()].clone();
    let context = context.map(|index| ContextProof { index, entry: entry(index), path: path(index) });
    let extra = Extra { entry: entry(index), parts, context };
    TlogProof { extra: Some(extra.encode()), index, path: path(index), checkpoint: witnessed(head(log)) }
}

/// Twenty entries; number 12 is a call in the context of number 9, with parts.
fn log() -> Vec<Vec<u8>> {
    let mut log = entries(20);
    log[12] = call(9, &parts("001185000017"));
    log
}

fn check(proof: &TlogProof) -> Result<EntryProof, EntryProofRefused> {
    verify(proof.to_string().as_bytes(), &KEYS.policy)
}

fn extra_of(proof: &TlogProof) -> Extra {
    Extra::decode(proof.extra.as_ref().unwrap()).unwrap()
}

fn with(proof: &TlogProof, change: impl Fn(&mut Extra)) -> Result<EntryProof, EntryProofRefused> {
    let mut extra = extra_of(proof);
    change(&mut extra);
    check(&TlogProof { extra: Some(extra.encode()), ..proof.clone() })
}

#[test]
fn a_proof_shows_what_it_may() {
    let log = log();
    let honest = proof(&log, 12, Some(parts("001185000017")), Some(9));
    let proved = check(&honest).unwrap();
    assert_eq!((proved.index, proved.leaf, &proved.bytes), (12, leaves(&log)[12], &log[12]));
    assert_eq!(
        (proved.shown(SUBJECT), proved.shown(1), proved.shown(2)),
        (Some("001185000017"), Some("CB-1"), None)
    );
    assert_eq!(proved.context, Some((9, log[9].clone())));
    assert_eq!((proved.entry.kind, proved.checkpoint.cosigners.len()), (Kind::Call, 2));
    // Closed, or erased: the proof still holds, and shows nothing.
    for closed in [vec![1], vec![SUBJECT], vec![1, SUBJECT]] {
        let proved = with(&honest, |extra| {
            for label in &closed {
                let part = extra.parts.as_mut().unwrap().get_mut(label).unwrap();
                *part = Part::Closed(commitment(*label, part));
            }
        });
        let proved = proved.unwrap();
        assert!([1, SUBJECT].iter().all(|label| proved.shown(*label).is_none() == closed.contains(label)));
    }
    assert_eq!(format!("{:?}", proved.parts), "{1: Shown(…), 5: Shown(…)}");
    // Entries without parts, or without a context.
    assert_eq!(check(&proof(&log, 9, None, None)).unwrap().entry.kind, Kind::Context);
    assert!(matches!(check(&proof(&log, 13, None, None)).unwrap().entry.kind, Kind::Epoch(_)));
    assert!(check(&proof(&log, 10, None, Some(9))).is_ok());
}

#[test]
fn every_flipped_bit_is_found() {
    let honest = proof(&log(), 12, Some(parts("001185000017")), Some(9)).to_string().into_bytes();
    assert!(verify(&honest, &KEYS.policy).is_ok());
    for bit in 0..honest.len() * 8 {
        let mut changed = honest.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&changed, &KEYS.policy).is_err(), "bit {bit}");
    }
    for end in 0..honest.len() {
        assert!(verify(&honest[..end], &KEYS.policy).is_err(), "cut at {end}");
    }
    println!("{} flipped bits found", honest.len() * 8);
}

/// Also where it is not text that is flipped, but what the extra line holds.
#[test]
fn every_flipped_bit_of_the_extra_data_is_found() {
    let honest = proof(&log(), 12, Some(parts("001185000017")), Some(9));
    let extra = honest.extra.clone().unwrap();
    for bit in 0..extra.len() * 8 {
        let mut changed = extra.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(check(&TlogProof { extra: Some(changed), ..honest.clone() }).is_err(), "bit {bit}");
    }
}

#[test]
fn parts_are_all_of_those_committed_to() {
    let log = log();
    let honest = proof(&log, 12, Some(parts("001185000017")), Some(9));
    let shown = |value: &str| Part::Shown { salt: [9; 16], value: value.into() };
    let refused = Err(EntryProofRefused::Parts);
    assert_eq!(with(&honest, |extra| drop(extra.parts.as_mut().unwrap().remove(&1))), refused);
    assert_eq!(with(&honest, |extra| drop(extra.parts.as_mut().unwrap().insert(2, shown("x")))), refused);
    assert_eq!(
        with(&honest, |extra| drop(extra.parts.as_mut().unwrap().insert(SUBJECT, shown("001185000018")))),
        refused
    );
    // One part's opening under another's label.
    let moved = with(&honest, |extra| {
        let parts = extra.parts.as_mut().unwrap();
        let (officer, citizen) = (parts[&1].clone(), parts[&SUBJECT].clone());
        parts.extend([(1, citizen), (SUBJECT, officer)]);
    });
    assert_eq!(moved, refused);
    let empty = with(&honest, |extra| extra.parts.as_mut().unwrap().clear());
    assert_eq!(empty, Err(EntryProofRefused::Extra(CborRefused)));
    let unknown = with(&honest, |extra| drop(extra.parts.as_mut().unwrap().insert(8, shown("x"))));
    assert_eq!(unknown, Err(EntryProofRefused::Extra(CborRefused)));
    // Parts of an entry that has none.
    assert_eq!(check(&proof(&log, 10, Some(parts("001185000017")), Some(9))), refused);
}

#[test]
fn parts_whose_time_is_over_are_not_shown() {
    let log = log();
    let honest = proof(&log, 12, Some(parts("001185000017")), Some(9));
    assert!(!check(&honest).unwrap().parts_gone);
    let gone = check(&proof(&log, 12, None, Some(9))).unwrap();
    assert!(gone.parts_gone && gone.parts.is_empty() && gone.shown(SUBJECT).is_none());
    assert!(!check(&proof(&log, 10, None, Some(9))).unwrap().parts_gone, "an entry that never had any");
}

#[test]
fn the_context_is_the_one_named() {
    let log = log();
    let honest = proof(&log, 10, None, Some(9));
    let refused = Err(EntryProofRefused::Context);
    assert_eq!(check(&proof(&log, 10, None, None)), refused);
    assert_eq!(check(&proof(&log, 10, None, Some(0))), refused, "a good context, but another");
    assert_eq!(check(&proof(&log, 9, None, Some(0))), refused, "a context of what has none");
    let other = with(&honest, |extra| extra.context.as_mut().unwrap().entry = log[0].clone());
    assert_eq!(other, Err(EntryProofRefused::ContextPath(ProofRefused::WrongRoot)));
    let short = with(&honest, |extra| {
        extra.context.as_mut().unwrap().path.pop();
    });
    assert_eq!(short, Err(EntryProofRefused::ContextPath(ProofRefused::WrongLength)));
    // Named by the entry, in the log, but no context, or not before it.
    for named in [8, 12, 18] {
        let mut log = log.clone();
        log[12] = call(named, &parts("001185000017"));
        assert_eq!(check(&proof(&log, 12, Some(parts("001185000017")), Some(named))), refused);
    }
}

#[test]
fn the_checkpoint_counts_as_in_any_proof() {
    let log = log();
    let mut alone = proof(&log, 9, None, None);
    alone.checkpoint = signed(head(&log));
    assert_eq!(check(&alone), Err(EntryProofRefused::NotProved(NotProved::Quorum)));
    assert!(verify(alone.to_string().as_bytes(), &KEYS.alone).is_ok());
    let mut moved = proof(&log, 9, None, None);
    moved.index = 8;
    assert_eq!(
        check(&moved),
        Err(EntryProofRefused::NotProved(NotProved::Inclusion(ProofRefused::WrongRoot)))
    );
    let bare = TlogProof { extra: None, ..moved.clone() };
    assert_eq!(check(&bare), Err(EntryProofRefused::NoExtra));
    assert_eq!(verify(ORIGIN.as_bytes(), &KEYS.policy), Err(EntryProofRefused::Text(TextRefused::FirstLine)));
    // In the log, but no entry; an epoch from the future.
    let mut log = log.clone();
    log[3] = b"free text".to_vec();
    assert!(matches!(check(&proof(&log, 3, None, None)), Err(EntryProofRefused::Entry(_))));
    log[4] = epoch(5);
    assert_eq!(check(&proof(&log, 4, None, None)), Err(EntryProofRefused::Epoch));
}

#[test]
fn extra_data_have_one_form() {
    let honest = proof(&log(), 12, Some(parts("001185000017")), Some(9)).extra.unwrap();
    assert_eq!(Extra::decode(&honest).unwrap().encode(), honest);
    for bad in [
        "",
        "a0",
        "a10100",
        "a1024100",
        "a2014100020000",
        "a2014100",
        "a201410003 00",
        "a301410003000441aa",
        "a20141000600",
        "a201410002a0",
        "a10141ff00",
        "a101410041",
    ] {
        let bytes = hex::decode(bad.replace(' ', "")).unwrap();
        assert_eq!(Extra::decode(&bytes), Err(CborRefused), "{bad}");
    }
    let long = Extra {
        entry: vec![1],
        parts: None,
        context: Some(ContextProof { index: 0, entry: vec![], path: vec![[0; 32]; 65] }),
    };
    assert_eq!(Extra::decode(&long.encode()), Err(CborRefused));
}

proptest! {
    #[test]
    fn extra_data_survive_their_bytes(
        entry in any::<Vec<u8>>(), index in any::<u64>(), context in prop::option::of((any::<Vec<u8>>(), prop::collection::vec(any::<Hash>(), 0..65))),
        parts in prop::option::of(prop::collection::btree_map(0_u8..8, prop_oneof![
            any::<Hash>().prop_map(Part::Closed), (any::<[u8; 16]>(), any::<String>()).prop_map(|(salt, value)| Part::Shown { salt, value }),
        ], 1..8)),
    ) {
        let extra = Extra { entry, parts, context: context.map(|(entry, path)| ContextProof { index, entry, path }) };
        prop_assert_eq!(Extra::decode(&extra.encode()), Ok(extra));
    }

    #[test]
    fn changed_extra_data_are_refused_or_have_one_form(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = Extra { entry: vec![1, 2], parts: Some(parts("001185000017")), context: Some(ContextProof { index: 300, entry: vec![3], path: vec![[4; 32]] }) }.encode();
        for (at, byte) in changes { let at = at.index(bytes.len()); bytes[at] = byte; }
        if let Ok(extra) = Extra::decode(&bytes) { prop_assert_eq!(extra.encode(), bytes); }
    }
}
