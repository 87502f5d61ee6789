//! Histories of persons.
use crate::proof_file::{call, parts, proof};
use crate::small_log::{KEYS, Value, cbor, entries, leaves};
use Value::{Bytes, Number};
use dancu_tlog::Hash;
use dancu_tlog::chain::{Chain, ChainRefused};
use dancu_tlog::history::{History, HistoryRefused, Link, Proved};
use dancu_tlog::map::{MapProof, MapRefused, MemoryMap, Terminal, prove, update};
use dancu_tlog::proof_file::EntryProofRefused;
use dancu_tlog::vrf::{VrfRefused, VrfSecret, map_key};

const NUMBER: &str = "001185000017";
const NEIGHBOUR: &str = "001185000018";
/// Entries about the person; the last withholds the third of them.
const HERS: [u64; 4] = [10, 12, 14, 16];
const COVERED: u64 = 18;
const UNTIL_US: i64 = 1 << 50;

struct Journal {
    log: Vec<Vec<u8>>,
    map: MemoryMap,
    secret: VrfSecret,
    head: Chain,
}

/// A log with four entries about the person, whose chain has these, one about her neighbour, others about a crowd, and an epoch over all.
fn journal(hers: &[u64]) -> Journal {
    let secret = VrfSecret::from_seed(&[3; 32]);
    let mut log = entries(COVERED);
    for index in [10, 12, 14] {
        log[index] = call(9, &parts(NUMBER));
    }
    log[15] = call(9, &parts(NEIGHBOUR));
    let root = crate::proof_file::parts_root(&parts(NUMBER));
    log[16] = cbor(&[
        (0, Number(2)),
        (1, Number(3)),
        (2, Number(7)),
        (25, Bytes(&root)),
        (40, Number(14)),
        (41, Number(1 << 50)),
    ]);
    let leaves = leaves(&log);
    let chain_of = |indices: &[u64]| {
        let mut chain = Chain::new();
        for index in indices {
            chain.append(*index, &leaves[usize::try_from(*index).unwrap()]);
        }
        chain
    };
    let head = chain_of(hers);
    let key = |number: &str| map_key(&secret.output(number.as_bytes()));
    let mut persons: Vec<(Hash, Hash)> = (0..50).map(|n| (key(&format!("{n:012}")), [7; 32])).collect();
    persons.push((key(NEIGHBOUR), chain_of(&[15]).value()));
    persons.push((key(NUMBER), head.value()));
    let mut map = MemoryMap::default();
    let Ok(root) = update(&mut map, &persons);
    map.persons.extend(persons);
    let vrf_key = secret.public().as_bytes();
    log.push(cbor(&[
        (0, Number(2)),
        (1, Number(2)),
        (2, Number(8)),
        (30, Number(COVERED)),
        (31, Bytes(&root)),
        (32, Number(52)),
        (33, Bytes(vrf_key)),
        (34, Number(1)),
    ]));
    log.extend(entries(22).split_off(19));
    Journal { log, map, secret, head }
}

impl Journal {
    fn entry_proof(&self, index: u64, number: &str) -> String {
        let context = if index == 16 { None } else { Some(9) };
        proof(&self.log, index, Some(parts(number)), context).to_string()
    }

    fn epoch_proof(&self) -> String {
        proof(&self.log, COVERED, None, None).to_string()
    }

    /// What the honest server gives for a person, with these entries in the chain.
    fn history(&mut self, number: &str, head: Chain, indices: &[u64]) -> History {
        let (output, vrf_proof) = self.secret.prove(number.as_bytes());
        let MapProof { siblings, terminal } = prove(&mut self.map, &map_key(&output)).unwrap();
        let leaves = leaves(&self.log);
        let link = |index: &u64| Link {
            index: *index,
            leaf: leaves[usize::try_from(*index).unwrap()],
            withheld_until_us: (*index == 14).then_some(UNTIL_US),
        };
        History {
            number: number.into(),
            vrf_key: *self.secret.public().as_bytes(),
            vrf_proof,
            count: head.count(),
            link: *head.link(),
            siblings,
            other: match terminal {
                Terminal::Other { key, value } => Some((key, value)),
                _ => None,
            },
            epoch: self.epoch_proof(),
            chain: indices.iter().map(link).collect(),
            entries: indices
                .iter()
                .filter(|index| **index != 14)
                .map(|index| self.entry_proof(*index, number))
                .collect(),
        }
    }
}

fn honest() -> (Journal, History) {
    let mut journal = journal(&HERS);
    let head = journal.head;
    let history = journal.history(NUMBER, head, &HERS);
    (journal, history)
}

fn check(history: &History) -> Result<Proved, HistoryRefused> {
    history.verify(&KEYS.policy)
}

fn with(history: &History, change: impl Fn(&mut History)) -> HistoryRefused {
    let mut history = history.clone();
    change(&mut history);
    check(&history).unwrap_err()
}

#[test]
fn a_history_is_proved() {
    let (_, history) = honest();
    let proved = check(&history).unwrap();
    assert_eq!((proved.covered, proved.epoch.index, proved.entries.len()), (COVERED, COVERED, 3));
    assert_eq!(proved.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [10, 12, 16]);
    let fewer = History { entries: vec![], ..history.clone() };
    assert!(check(&fewer).is_ok(), "the chain counts, proofs may be fetched later");
    assert_eq!(format!("{history:?}"), "History(4 entries)");
}

#[test]
fn a_person_without_entries_is_proved_to_have_none() {
    let mut journal = journal(&HERS);
    let (mut empty, mut other) = (0, 0);
    for n in 100..140 {
        let history = journal.history(&format!("{n:012}"), Chain::new(), &[]);
        assert!(check(&history).is_ok());
        if history.other.is_some() {
            other += 1;
            assert!(matches!(
                with(&history, |history| history.other = None),
                HistoryRefused::Map(MapRefused::WrongRoot)
            ));
        } else {
            empty += 1;
        }
        // Nobody with entries is denied in the same way.
        let mut denied = journal.history(NUMBER, Chain::new(), &[]);
        denied.other = history.other;
        assert!(matches!(check(&denied), Err(HistoryRefused::Map(_))));
    }
    assert!(empty > 0 && other > 0, "{empty}, {other}");
    let key = map_key(&journal.secret.output(NUMBER.as_bytes()));
    let mut denied = journal.history(NUMBER, Chain::new(), &[]);
    denied.other = Some((key, journal.head.value()));
    assert_eq!(check(&denied).unwrap_err(), HistoryRefused::Map(MapRefused::NotInPlace));
}

#[test]
fn no_look_up_is_left_out() {
    let (_, history) = honest();
    for at in 0..HERS.len() {
        let dropped = with(&history, |history| {
            history.chain.remove(at);
        });
        assert_eq!(dropped, HistoryRefused::Chain(ChainRefused::Count { found: 3, counted: 4 }));
        let mut rest = Chain::new();
        for link in history.chain.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, link)| link) {
            rest.append(link.index, &link.leaf);
        }
        let recounted = with(&history, |history| {
            history.chain.remove(at);
            (history.count, history.link) = (rest.count(), *rest.link());
        });
        assert_eq!(recounted, HistoryRefused::Map(MapRefused::WrongRoot));
        for bit in 0..256 {
            let altered = with(&history, |history| history.chain[at].leaf[bit / 8] ^= 1 << (bit % 8));
            assert_eq!(altered, HistoryRefused::Chain(ChainRefused::Link));
        }
    }
    let swapped = with(&history, |history| history.chain.swap(0, 1));
    assert_eq!(swapped, HistoryRefused::Chain(ChainRefused::Order(2)));
}

/// The design says so: what the server leaves out of chain and map alike, the citizen alone does not see.
#[test]
fn what_never_was_in_the_map_is_not_proved() {
    let mut journal = journal(&[10, 14, 16]);
    let head = journal.head;
    assert!(check(&journal.history(NUMBER, head, &[10, 14, 16])).is_ok());
}

#[test]
fn the_map_is_the_epochs() {
    let (mut journal, history) = honest();
    let other_secret = VrfSecret::from_seed(&[4; 32]);
    let refused = with(&history, |history| {
        history.vrf_key = *other_secret.public().as_bytes();
        history.vrf_proof = other_secret.prove(NUMBER.as_bytes()).1;
    });
    assert_eq!(refused, HistoryRefused::VrfKey);
    for bit in 0..640 {
        let refused = with(&history, |history| history.vrf_proof[bit / 8] ^= 1 << (bit % 8));
        assert_eq!(refused, HistoryRefused::Vrf(VrfRefused::Proof));
    }
    for (at, bit) in (0..history.siblings.len()).flat_map(|at| (0..256).map(move |bit| (at, bit))) {
        let refused = with(&history, |history| history.siblings[at][bit / 8] ^= 1 << (bit % 8));
        assert!(matches!(refused, HistoryRefused::Map(_)), "sibling {at}, bit {bit}");
    }
    let neighbour = journal.history(NEIGHBOUR, Chain::new(), &[]);
    let moved = with(&history, |history| history.vrf_proof = neighbour.vrf_proof);
    assert_eq!(moved, HistoryRefused::Vrf(VrfRefused::Proof));
    assert_eq!(
        with(&history, |history| history.number = NEIGHBOUR.into()),
        HistoryRefused::Vrf(VrfRefused::Proof)
    );
    for number in ["", "00118500001", "0011850000170", "00118500001a", "00118500001\u{661}"] {
        assert_eq!(with(&history, |history| history.number = number.into()), HistoryRefused::Number);
    }
    for (count, link) in [(0, history.link), (5, history.link), (3, history.link), (4, [0; 32]), (0, [0; 32])]
    {
        assert!(matches!(
            with(&history, |history| (history.count, history.link) = (count, link)),
            HistoryRefused::Head | HistoryRefused::Map(_)
        ));
    }
    assert_eq!(with(&history, |history| history.other = Some(([1; 32], [1; 32]))), HistoryRefused::Head);
}

#[test]
fn the_epoch_is_proved() {
    let (journal, history) = honest();
    assert_eq!(
        with(&history, |history| history.epoch = String::new()),
        HistoryRefused::Epoch(EntryProofRefused::Text(dancu_tlog::tlog_proof::TextRefused::FirstLine))
    );
    let call = journal.entry_proof(10, NUMBER);
    assert_eq!(with(&history, |history| history.epoch = call.clone()), HistoryRefused::NotEpoch);
    // An epoch that covers less than the chain has.
    let mut log = journal.log.clone();
    let label_30 = log[18].windows(3).position(|window| window == [0x18, 30, 18]).unwrap();
    log[18][label_30 + 2] = 16;
    let epoch = proof(&log, 18, None, None).to_string();
    let uncovered = with(&history, |history| {
        history.epoch.clone_from(&epoch);
        history.entries.clear();
    });
    assert_eq!(uncovered, HistoryRefused::NotCovered(16));
}

#[test]
fn the_entries_are_hers() {
    let (journal, history) = honest();
    let insert = |proof: String| with(&history, |history| history.entries.push(proof.clone()));
    assert_eq!(insert(journal.entry_proof(15, NEIGHBOUR)), HistoryRefused::NotInChain(15));
    assert_eq!(insert(journal.entry_proof(12, NUMBER)), HistoryRefused::Twice(12));
    assert!(matches!(insert("nothing".into()), HistoryRefused::Entry { number: 4, .. }));
    // The same entries in a larger log: another checkpoint.
    let more = [&journal.log[..], &entries(24)[22..]].concat();
    let larger = proof(&more, 14, Some(parts(NUMBER)), Some(9)).to_string();
    assert_eq!(insert(larger), HistoryRefused::Checkpoint(14));
    // Not shown whom it is about.
    let mut closed = parts(NUMBER);
    for (label, part) in &mut closed {
        *part = dancu_tlog::proof_file::Part::Closed(crate::proof_file::commitment(*label, part));
    }
    let closed = proof(&journal.log, 14, Some(closed), Some(9)).to_string();
    assert_eq!(insert(closed), HistoryRefused::OtherPerson(14));
    // In the chain, by mistake or malice, but about somebody else.
    let all = [10, 12, 14, 15, 16];
    let mut mixed = self::journal(&all);
    let head = mixed.head;
    let mut history = mixed.history(NUMBER, head, &all);
    history.entries = vec![mixed.entry_proof(15, NEIGHBOUR)];
    assert_eq!(check(&history).unwrap_err(), HistoryRefused::OtherPerson(15));
}

#[test]
fn an_entry_is_withheld_until_the_ordered_time() {
    let (_, history) = honest();
    for time in [UNTIL_US - 1, UNTIL_US + 1, 0] {
        assert_eq!(
            with(&history, |history| history.chain[2].withheld_until_us = Some(time)),
            HistoryRefused::Withheld(14)
        );
    }
    let open = History {
        chain: history.chain.iter().map(|link| Link { withheld_until_us: None, ..*link }).collect(),
        ..history.clone()
    };
    assert!(check(&open).is_ok(), "the time has come");
    let mut unknown = history.clone();
    unknown.entries.pop();
    unknown.chain[2].withheld_until_us = Some(5);
    assert!(check(&unknown).is_ok(), "the withholding itself is not shown");
}
