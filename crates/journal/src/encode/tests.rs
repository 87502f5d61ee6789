use super::*;
use crate::parts::{Seed, seal};
use crate::{Answered, Call, Epoch, Kind, Outcome, Personal, Steps};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, Verdict};
use dancu_keys::{PieceKey, Secret};
use dancu_tlog::Hash;
use proptest::prelude::*;

fn full_call() -> Call {
    Call {
        at_us: 1_795_226_400_000_000,
        correlation: [0xc0; 16],
        form: "soap-033".into(),
        service: "verify".into(),
        integration: Some("033".into()),
        procedure: Some("1.004194".into()),
        system_id: Some("hospital".into()),
        account_id: Some("a-17".into()),
        role: Some("officer".into()),
        agency_code: Some("000.00.19.H26".into()),
        organisation: Some("so-y-te".into()),
        certificate: Some([0xce; 32]),
        subject: None,
        inputs: [Field::FullName, Field::PersonalId, Field::State].into_iter().collect(),
        released: FieldSet::EMPTY,
        verdicts: vec![
            (Field::IdCardNumber, "a verdict of later".into()),
            (Field::PersonalId, "match".into()),
            (Field::FullName, "near".into()),
        ],
        outcome: Outcome::Answered(Answered::Mismatch),
        steps: Steps { decode_us: 12, authenticate_us: 345, decide_us: 6, registry_us: 78 },
        response_sha256: Some([0xab; 32]),
        rules_version: 70_000,
        agreement_id: Some("ag-1".into()),
        consent_id: Some("consent-1".into()),
        personal: Personal {
            request_id: Some("REQ-1".into()),
            officer: Some("CB-1".into()),
            case_number: Some("HS-1".into()),
            purpose: Some("Kiểm tra hồ sơ".into()),
            source_address: Some("192.0.2.7".into()),
            subject: Some("001185000017".into()),
            platform_message_id: Some("x-road-1".into()),
            order: None,
        },
    }
}

fn root(personal: &Personal) -> Hash {
    seal(&PieceKey::new(&Secret::new([1; 32])).unwrap(), personal, &Seed::fixed(7)).unwrap().root
}

fn bytes(said: &Said<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    entry(&mut out, said).unwrap();
    out
}

fn encoded(call: &Call) -> Vec<u8> {
    let root = root(&call.personal);
    bytes(&Said { kind: &Kind::Call, call, refused: None, context: Some(70_000), root: Some(&root) })
}

/// Entries that were written must keep their hash for ever: a failure here is a broken journal, not an old test.
#[test]
fn the_encoding_never_changes() {
    let smallest = Call { outcome: Outcome::Refused(Code::XmlMalformed), ..Call::default() };
    let said = Said { kind: &Kind::Call, call: &smallest, refused: None, context: Some(0), root: None };
    assert_eq!(hex::encode(bytes(&said)), SMALLEST);
    assert_eq!(hex::encode(context(&Call::default(), FieldSet::EMPTY).unwrap()), "a200020101");
    let full = full_call();
    assert_eq!(hex::encode(dancu_tlog::leaf_hash(&encoded(&full))), FULL_LEAF);
    let context = context(&full, full.released).unwrap();
    assert_eq!(hex::encode(dancu_tlog::leaf_hash(&context)), CONTEXT_LEAF);
}

const SMALLEST: &str = "a5000202000350000000000000000000000000000000000400126d584d4c5f4d414c464f524d4544";
/// Both computed by another program from `docs/journal-format.md`.
const FULL_LEAF: &str = "8f6859d5284f60a9606e47f687fc00ed791828a9854613e797a76b6b691ba36f";
const CONTEXT_LEAF: &str = "74b8646815f2dadc97a287becb2e68527e9e0662871fbf22754954321cdda86d";

/// Five verdicts, four times, seven personal parts.
#[test]
fn an_entry_of_a_usual_call_is_short() {
    let verdict = |field| (field, Verdict::Match.name().into());
    let five = [Field::PersonalId, Field::IdCardNumber, Field::FullName, Field::BirthDate, Field::Sex];
    let steps = Steps { decode_us: 120, authenticate_us: 1_345, decide_us: 60, registry_us: 780 };
    let call = Call { verdicts: five.map(verdict).to_vec(), steps, consent_id: None, ..full_call() };
    assert!(encoded(&call).len() <= 140, "{}", encoded(&call).len());
}

/// The bits of `inputs` and `released` and the keys of `verdicts` are these; a new field goes to the end.
#[test]
fn the_numbers_of_the_fields_never_change() {
    let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    let known = "full_name other_names personal_id birth_date sex birth_place birth_registration home_town \
        ethnic_group religion nationality blood_group id_card_number card father mother spouses children \
        representative represented permanent_residence temporary_residence current_residence temporary_absence \
        residence_file marital_status relation_to_head household death contact state";
    let known: Vec<_> = known.split_whitespace().collect();
    assert_eq!(names.get(..known.len()), Some(known.as_slice()));
}

/// As `docs/journal-format.md` lists them; what is new goes to the end.
#[test]
fn the_numbers_of_verdicts_and_answers_never_change() {
    let names: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.name()).collect();
    let known =
        ["match", "match_unaccented", "near", "mismatch", "not_on_record", "not_asked", "not_allowed"];
    assert_eq!(names.get(..known.len()), Some(known.as_slice()));
    assert!(Verdict::ALL.iter().enumerate().all(|(number, verdict)| *verdict as usize == number));
    let names = Answered::ALL.map(Answered::name);
    assert_eq!(names, ["verified", "mismatch", "not_found", "not_usable", "released", "served"]);
    assert!(Answered::ALL.iter().all(|answered| Answered::from_number(answered.number()) == Some(*answered)));
}

#[test]
fn the_order_of_verdicts_does_not_show() {
    let call = full_call();
    let mut turned = call.clone();
    turned.verdicts.reverse();
    assert_eq!(encoded(&call), encoded(&turned));
}

#[test]
fn no_personal_part_is_in_the_entry_or_its_context() {
    let call = full_call();
    let both = [encoded(&call), context(&call, call.released).unwrap()].concat();
    for secret in ["REQ-1", "CB-1", "HS-1", "hồ sơ", "192.0.2.7", "001185000017", "x-road"] {
        assert!(!both.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn only_one_encoding_is_read() {
    for (hex, what) in [
        ("a200020101ff", "bytes after it"),
        ("a201010002", "labels out of order"),
        ("a3000200020101", "a label twice"),
        ("a20018020101", "a long integer"),
        ("bf00020101ff", "indefinite length"),
        ("a300020101020a", "a context with a time"),
        ("a30002010105 60", "an empty text"),
        ("a300020101182800", "a label of another kind"),
        ("a200010101", "another version"),
        ("a3000201010f1b8000000000000000", "an unknown field"),
        ("a200020105", "an unknown kind"),
        ("a10002", "a call of nothing"),
    ] {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        assert!(decode(&bytes).is_err(), "{what}");
    }
    assert_eq!(decode(&hex::decode("a200020101").unwrap()).unwrap().kind, Kind::Context);
}

#[test]
fn the_time_is_found_without_reading_the_rest() {
    assert_eq!(time_of(&encoded(&full_call())), Some(full_call().at_us));
    let epoch = Kind::Epoch(Epoch::default());
    let call = Call { at_us: -7, ..Call::default() };
    let said = Said { kind: &epoch, call: &call, refused: None, context: None, root: None };
    assert_eq!(time_of(&bytes(&said)), Some(-7));
    assert_eq!(time_of(&context(&full_call(), FieldSet::EMPTY).unwrap()), None);
    assert_eq!(time_of(&[]), None);
}

prop_compose! {
    fn calls()(
        at_us in any::<i64>(),
        correlation in any::<[u8; 16]>(),
        texts in prop::collection::vec(prop::option::of(".{0,40}"), 12),
        certificate in prop::option::of(any::<[u8; 32]>()),
        inputs in any::<u64>(),
        released in any::<u64>(),
        verdicts in prop::collection::btree_map(0..Field::ALL.len(), "[a-z_]{1,16}|match|near|not_asked", 0..5),
        outcome in 0..dancu_catalogue::ENTRIES.len() + Answered::ALL.len(),
        steps in any::<[u32; 4]>(),
        rules_version in any::<u64>(),
    ) -> Call {
        let outcome = match Answered::ALL.get(outcome) {
            Some(kind) => Outcome::Answered(*kind),
            None => Outcome::Refused(dancu_catalogue::ENTRIES[outcome - Answered::ALL.len()].code),
        };
        let text = |at: usize| texts[at].clone();
        Call {
            at_us, correlation, certificate, outcome, rules_version,
            subject: None,
            form: text(0).unwrap_or_default(),
            service: text(1).unwrap_or_default(),
            integration: text(2), procedure: text(3), system_id: text(4), account_id: text(5), role: text(6),
            agency_code: text(7), organisation: text(8), agreement_id: text(9),
            consent_id: text(11),
            inputs: FieldSet::from_bits(inputs),
            released: FieldSet::from_bits(released),
            verdicts: verdicts.into_iter().map(|(field, verdict)| (Field::ALL[field], verdict.into())).collect(),
            steps: Steps {
                decode_us: steps[0], authenticate_us: steps[1], decide_us: steps[2], registry_us: steps[3],
            },
            response_sha256: certificate,
            personal: Personal { officer: text(5), purpose: text(6), ..Personal::default() },
        }
    }
}

prop_compose! {
    fn kinds()(kind in 0..4, a in any::<u64>(), b in any::<u64>(), at in any::<i64>(), hash in any::<[u8; 32]>(), rule in ".{0,20}")
        -> Kind
    {
        match kind {
            0 => Kind::Call,
            1 => Kind::Epoch(Epoch { entries: a, root: hash, persons: b, vrf_key: hash, number: a }),
            2 => Kind::Withholding { entry: a, until_us: at },
            _ => Kind::Act { first: a, after: b, rule },
        }
    }
}

/// What an entry of a call and its context hold of it, put together.
fn halves(call: &Call, entry: &Decoded, context: &Decoded) -> Call {
    Call {
        at_us: entry.call.at_us,
        correlation: entry.call.correlation,
        verdicts: entry.call.verdicts.clone(),
        outcome: entry.call.outcome,
        steps: entry.call.steps,
        response_sha256: entry.call.response_sha256,
        consent_id: entry.call.consent_id.clone(),
        personal: call.personal.clone(),
        ..context.call.clone()
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read(call in calls(), number in any::<u64>()) {
        let root = root(&call.personal);
        let said = Said { kind: &Kind::Call, call: &call, refused: None, context: Some(number), root: Some(&root) };
        let entry = decode(&bytes(&said)).unwrap();
        prop_assert_eq!((&entry.kind, entry.context, entry.root), (&Kind::Call, Some(number), Some(root)));
        let context = decode(&context(&call, call.released).unwrap()).unwrap();
        prop_assert_eq!((&context.kind, context.context, context.root), (&Kind::Context, None, None));
        prop_assert_eq!(halves(&call, &entry, &context), call);
    }

    #[test]
    fn every_kind_is_read_as_it_was_written(call in calls(), kind in kinds(), number in any::<u64>(), root: [u8; 32]) {
        let context = matches!(kind, Kind::Call | Kind::Act { .. }).then_some(number);
        let root = Some(&root).filter(|_| !matches!(kind, Kind::Epoch(_)));
        let written = bytes(&Said { kind: &kind, call: &call, refused: None, context, root });
        prop_assert_eq!(time_of(&written), Some(call.at_us));
        let Decoded { kind: read, call, context: of, root: with } = decode(&written).unwrap();
        prop_assert_eq!((&read, of, with.as_ref()), (&kind, context, root));
        prop_assert_eq!(bytes(&Said { kind: &read, call: &call, refused: None, context: of, root }), written);
    }

    #[test]
    fn a_refusal_of_the_commit_hides_what_was_prepared(call in calls(), response in any::<Option<[u8; 32]>>()) {
        let refused = Some((Code::QuotaAccount, response));
        let said = Said { kind: &Kind::Call, call: &call, refused, context: Some(1), root: None };
        let entry = decode(&bytes(&said)).unwrap().call;
        prop_assert_eq!(entry.outcome, Outcome::Refused(Code::QuotaAccount));
        prop_assert_eq!((entry.verdicts.len(), entry.response_sha256), (0, response));
    }

    #[test]
    fn damaged_bytes_do_not_read_as_the_same(call in calls(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let bytes = encoded(&call);
        let mut damaged = bytes.clone();
        damaged[at.index(bytes.len())] ^= 1 << bit;
        if let Ok(decoded) = decode(&damaged) {
            prop_assert_ne!(decoded, decode(&bytes).unwrap());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = (decode(&bytes), time_of(&bytes));
    }

    /// Closer to entries than noise.
    #[test]
    fn entries_cut_and_joined_are_read_or_refused(call in calls(), cut in any::<prop::sample::Index>(), tail: Vec<u8>) {
        let mut bytes = encoded(&call);
        bytes.truncate(cut.index(bytes.len()));
        bytes.extend(tail);
        let _ = (decode(&bytes), time_of(&bytes));
    }
}
