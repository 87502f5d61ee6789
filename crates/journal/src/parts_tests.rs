use super::*;
use dancu_keys::Secret;
use proptest::prelude::*;

fn key() -> PieceKey {
    PieceKey::new(&Secret::new([1; 32])).unwrap()
}

fn officer(value: &str) -> Personal {
    Personal { officer: Some(value.into()), ..Personal::default() }
}

prop_compose! {
    fn personals()(texts in prop::collection::vec(prop::option::of(".{0,40}"), Part::ALL.len())) -> Personal {
        let mut personal = Personal::default();
        for (part, text) in Part::ALL.iter().zip(texts) {
            if let Some(text) = text {
                personal.set(*part, text);
            }
        }
        personal
    }
}

/// Computed by another program from `docs/journal-format.md`.
#[test]
fn the_root_never_changes() {
    let personal = Personal {
        officer: Some("CB-1".into()),
        subject: Some("001185000017".into()),
        ..Personal::default()
    };
    assert_eq!(hex::encode(seal(&key(), &personal, &Seed::fixed(7)).unwrap().root), ROOT);
}

const ROOT: &str = "b5da05fc878218db5a889ceabf6c5747995176303213ce388641e72262ba928d";

#[test]
fn the_root_depends_on_part_salt_and_value() {
    let root = |personal, seed| seal(&key(), &personal, &Seed::fixed(seed)).unwrap().root;
    let one = root(officer("CB-1"), 7);
    assert_ne!(one, root(officer("CB-2"), 7));
    assert_ne!(one, root(officer("CB-1"), 8));
    assert_ne!(one, root(Personal { case_number: Some("CB-1".into()), ..Personal::default() }, 7));
    assert_ne!(*Seed::draw().unwrap().0, *Seed::draw().unwrap().0);
}

#[test]
fn a_piece_opens_for_its_root_only() {
    let one = seal(&key(), &officer("CB-1"), &Seed::fixed(7)).unwrap();
    let other = seal(&key(), &officer("CB-2"), &Seed::fixed(7)).unwrap();
    assert!(open(&key(), &one.root, &one.piece).is_ok());
    assert!(open(&key(), &other.root, &one.piece).is_err());
    // Even who has the key cannot put other values under a root.
    let forged = reseal(&key(), &one.root, &open(&key(), &other.root, &other.piece).unwrap()).unwrap();
    assert!(open(&key(), &one.root, &forged).is_err());
    assert!(!format!("{:?}", open(&key(), &one.root, &one.piece)).contains("CB-1"));
}

#[test]
fn the_piece_of_usual_parts_is_short() {
    let personal = Personal {
        request_id: Some("000.00.19.H26-123-4567".into()),
        officer: Some("officer-1".into()),
        case_number: Some("000.00.19.H26-261121-0001".into()),
        source_address: Some("192.0.2.7".into()),
        subject: Some("001185000017".into()),
        ..Personal::default()
    };
    let piece = seal(&key(), &personal, &Seed::fixed(7)).unwrap().piece;
    assert!(piece.len() <= 130, "{}", piece.len());
}

proptest! {
    #[test]
    fn what_was_sealed_opens(personal in personals(), erase in prop::collection::vec(any::<bool>(), Part::ALL.len())) {
        let Sealed { root, piece } = seal(&key(), &personal, &Seed::draw().unwrap()).unwrap();
        let mut opening = open(&key(), &root, &piece).unwrap();
        for part in Part::ALL {
            let found = opening.get(part).map(|opened| match opened {
                Opened::Value { value, .. } => value.as_str(),
                Opened::Erased(_) => "erased",
            });
            prop_assert_eq!(found, personal.get(*part));
        }
        for (part, opened) in &mut opening {
            if erase[usize::from(part.label())] {
                *opened = Opened::Erased(opened.commitment(*part).unwrap());
            }
        }
        let piece = reseal(&key(), &root, &opening).unwrap();
        prop_assert_eq!(open(&key(), &root, &piece).unwrap(), opening);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }
}
