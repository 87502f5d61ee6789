//! Entries: what is one, and what not.
use crate::small_log::{Value, cbor, entries, epoch};
use Value::{Bytes, Cbor, Number, Text};
use dancu_tlog::entry::{Entry, EntryRefused, Epoch, Kind};
use proptest::prelude::*;

const CALL: [(u8, Value); 4] = [(0, Number(2)), (2, Number(9)), (3, Bytes(&[7; 16])), (18, Number(0))];

/// The pairs with one more, or with another value for a label.
fn with<'a>(pairs: &[(u8, Value<'a>)], label: u8, value: Value<'a>) -> Vec<u8> {
    let mut pairs: Vec<_> = pairs.iter().copied().filter(|(other, _)| *other != label).collect();
    pairs.push((label, value));
    pairs.sort_by_key(|(label, _)| *label);
    cbor(&pairs)
}

fn kind(number: u64) -> Vec<(u8, Value<'static>)> {
    match number {
        0 => CALL.to_vec(),
        1 => vec![(0, Number(2)), (1, Number(1))],
        2 => [
            (0, Number(2)),
            (1, Number(2)),
            (2, Number(9)),
            (30, Number(0)),
            (31, Bytes(&[0; 32])),
            (32, Number(0)),
            (33, Bytes(&[0; 32])),
            (34, Number(0)),
        ]
        .to_vec(),
        3 => vec![(0, Number(2)), (1, Number(3)), (2, Number(9)), (40, Number(1)), (41, Number(9))],
        _ => vec![(0, Number(2)), (1, Number(4)), (2, Number(9))],
    }
}

#[test]
fn entries_of_all_kinds_are_read() {
    let kinds: Vec<Kind> = entries(30).iter().map(|entry| Entry::parse(entry).unwrap().kind).collect();
    for kind in [Kind::Call, Kind::Context, Kind::Act, Kind::Withholding { entry: 4, until_us: 1 << 50 }] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let covers = Epoch { entries: 77, root: [5; 32], persons: 7, vrf_key: [6; 32] };
    assert_eq!(Entry::parse(&epoch(77)).unwrap().kind, Kind::Epoch(covers));
    let full = with(&CALL, 25, Bytes(&[8; 32]));
    assert_eq!(Entry::parse(&full).unwrap().parts, Some([8; 32]));
    let named = with(&CALL, 4, Number(70_000));
    assert_eq!(Entry::parse(&named).unwrap(), Entry { kind: Kind::Call, context: Some(70_000), parts: None });
}

/// As the journal writes them.
#[test]
fn entries_of_the_journal_are_read() {
    for written in
        ["a5000202000350000000000000000000000000000000000400126d584d4c5f4d414c464f524d4544", "a200020101"]
    {
        assert!(Entry::parse(&hex::decode(written).unwrap()).is_ok(), "{written}");
    }
}

/// A value of the right type for each label.
fn good(label: u8) -> Value<'static> {
    match label {
        3 => Bytes(&[7; 16]),
        14 | 20 | 25 | 31 | 33 => Bytes(&[7; 32]),
        5..=13 | 22 | 24 | 52 => Text("text"),
        17 => Cbor(b"\xa2\x00\x01\x02\x61x"),
        19 => Cbor(b"\x84\x00\x01\x02\x03"),
        0 => Number(2),
        _ => Number(1),
    }
}

/// As the table of `docs/journal-format.md` has it.
#[test]
fn each_label_stands_in_its_kinds_only() {
    let kinds = |label| -> &[u64] {
        match label {
            0 => &[0, 1, 2, 3, 4],
            2 | 25 => &[0, 2, 3, 4],
            3 => &[0, 3, 4],
            4 | 18 => &[0, 4],
            5..=16 | 21 | 22 => &[1],
            17 | 19 | 20 | 24 => &[0],
            30..=34 => &[2],
            40 | 41 => &[3],
            50..=52 => &[4],
            _ => &[],
        }
    };
    for number in 0..=4 {
        let pairs = kind(number);
        assert!(Entry::parse(&cbor(&pairs)).is_ok(), "kind {number}");
        for label in (0..=80).filter(|label| *label != 1) {
            let parsed = Entry::parse(&with(&pairs, label, good(label)));
            if kinds(label).contains(&number) {
                assert!(parsed.is_ok(), "label {label} in kind {number}: {parsed:?}");
                for bad in [
                    Cbor(b"\xf6"),
                    Cbor(b"\xfb\x3f\xf0\0\0\0\0\0\0"),
                    Cbor(b"\x80"),
                    Cbor(b"\xc0\x00"),
                    Cbor(b"\x41\0"),
                ] {
                    let refused = Err(EntryRefused::Label(label.into()));
                    assert_eq!(
                        Entry::parse(&with(&pairs, label, bad)),
                        refused,
                        "label {label} in kind {number}"
                    );
                }
            } else {
                assert_eq!(parsed, Err(EntryRefused::Label(label.into())), "label {label} in kind {number}");
            }
        }
        for (label, _) in &pairs {
            let without: Vec<_> = pairs.iter().copied().filter(|(other, _)| other != label).collect();
            assert!(Entry::parse(&cbor(&without)).is_err(), "kind {number} without label {label}");
        }
    }
}

#[test]
fn what_is_no_entry() {
    use EntryRefused::{Form, Kind, Label, Missing};
    for (bytes, why) in [
        (vec![], Form),
        (vec![0xa0], Missing(0)),
        (vec![0x80], Form),
        (with(&CALL, 0, Number(1)), Kind),
        (with(&CALL, 1, Number(0)), Kind),
        (with(&CALL, 1, Number(5)), Kind),
        (cbor(&CALL[..3]), Missing(18)),
        (cbor(&[CALL[0], CALL[1], CALL[3], CALL[2]]), Form),
        (cbor(&[CALL[0], CALL[1], CALL[2], CALL[2], CALL[3]]), Form),
        ([cbor(&CALL), vec![0]].concat(), Form),
        (cbor(&CALL)[..24].to_vec(), Label(18)),
        (with(&CALL, 18, Number(6)), Label(18)),
        (with(&CALL, 19, Cbor(b"\x83\x00\x01\x02")), Label(19)),
        (with(&CALL, 17, Cbor(b"\xa2\x01\x01\x00\x01")), Label(17)),
        (with(&CALL, 17, Cbor(b"\xa2\x01\x01\x01\x01")), Label(17)),
        (with(&CALL, 2, Cbor(b"\x18\x09")), Label(2)),
        (with(&CALL, 2, Cbor(b"\x20")), Label(2)),
        (with(&CALL, 24, Cbor(b"\x7f\x61a\xff")), Label(24)),
        (with(&CALL, 24, Cbor(b"\x61\xff")), Label(24)),
    ] {
        assert_eq!(Entry::parse(&bytes), Err(why), "{bytes:02x?}");
    }
    let indefinite = [&[0xbf][..], &cbor(&CALL)[1..], &[0xff]].concat();
    assert_eq!(Entry::parse(&indefinite), Err(Form));
    let long_key = [&[0xa4, 0x18, 0][..], &cbor(&CALL)[2..]].concat();
    assert_eq!(Entry::parse(&long_key), Err(Form));
}

proptest! {
    #[test]
    fn no_beginning_of_an_entry_is_one(n in 0_usize..60, cut in any::<prop::sample::Index>()) {
        let entry = &entries(60)[n];
        prop_assert!(Entry::parse(entry).is_ok());
        prop_assert!(Entry::parse(&entry[..cut.index(entry.len())]).is_err());
    }

    /// What is read is deterministic CBOR by another decoder's account as well.
    #[test]
    fn any_bytes_are_refused_or_have_one_form(n in 0_usize..60, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3)) {
        let mut entry = entries(60)[n].clone();
        for (at, byte) in changes { let at = at.index(entry.len()); entry[at] = byte; }
        if Entry::parse(&entry).is_ok() {
            let mut decoder = minicbor::Decoder::new(&entry);
            let mut again = minicbor::Encoder::new(Vec::new());
            copy(&mut decoder, &mut again);
            prop_assert_eq!(again.into_writer(), entry);
        }
    }
}

/// Reads an item and writes it in its shortest form.
fn copy(from: &mut minicbor::Decoder<'_>, to: &mut minicbor::Encoder<Vec<u8>>) {
    use minicbor::data::Type;
    match from.datatype().unwrap() {
        Type::Bytes => drop(to.bytes(from.bytes().unwrap())),
        Type::String => drop(to.str(from.str().unwrap())),
        Type::Array => {
            let length = from.array().unwrap().unwrap();
            to.array(length).unwrap();
            (0..length).for_each(|_| copy(from, to));
        }
        Type::Map => {
            let length = from.map().unwrap().unwrap();
            to.map(length).unwrap();
            (0..2 * length).for_each(|_| copy(from, to));
        }
        _ => drop(to.int(from.int().unwrap())),
    }
}
