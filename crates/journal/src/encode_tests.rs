use super::*;
use crate::seal::{Salts, commit};
use crate::{Answered, Personal};
use dancu_catalogue::Code;
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
        subject: Some([0x5b; 16]),
        inputs: [Field::FullName, Field::PersonalId, Field::State].into_iter().collect(),
        released: FieldSet::EMPTY,
        verdicts: vec![(Field::PersonalId, "match".into()), (Field::FullName, "near".into())],
        outcome: Outcome::Answered(Answered::Mismatch),
        steps: Steps { decode_us: 12, authenticate_us: 345, decide_us: 6, registry_us: 78 },
        response_sha256: Some([0xab; 32]),
        rules_version: 70_000,
        agreement_id: Some("ag-1".into()),
        platform_message_id: Some("x-road-1".into()),
        consent_id: Some("consent-1".into()),
        personal: Personal {
            request_id: Some("REQ-1".into()),
            officer: Some("CB-1".into()),
            case_number: Some("HS-1".into()),
            purpose: Some("Kiểm tra hồ sơ".into()),
            source_address: Some("192.0.2.7".into()),
        },
    }
}

fn encoded(index: u64, call: &Call) -> Vec<u8> {
    encode(index, call, &commit(&call.personal, &Salts::fixed(7)).unwrap()).unwrap()
}

/// Entries that were written must keep their hash for ever: a failure here is a broken journal, not an old test.
#[test]
fn the_encoding_never_changes() {
    let smallest = encoded(0, &Call { outcome: Outcome::Refused(Code::XmlMalformed), ..Call::default() });
    assert_eq!(hex::encode(&smallest), SMALLEST);
    let full = encoded(1_000_000, &full_call());
    assert_eq!(hex::encode(dancu_tlog::leaf_hash(&full)), FULL_LEAF);
    assert_eq!(full.len(), 462);
}

const SMALLEST: &str = "ab00010100020003500000000000000000000000000000000004600560\
    0f001000126d584d4c5f4d414c464f524d45441384000000001500";
/// Computed by another program from the description in the README.
const FULL_LEAF: &str = "343c35544f743372ea9d2c1a3562e42d7d9b5867de6e3ef873f4ef3cd00d9024";

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

#[test]
fn the_order_of_verdicts_does_not_show() {
    let call = full_call();
    let mut turned = call.clone();
    turned.verdicts.reverse();
    assert_eq!(encoded(3, &call), encoded(3, &turned));
}

#[test]
fn no_personal_part_is_in_the_entry() {
    let bytes = encoded(3, &full_call());
    for secret in ["REQ-1", "CB-1", "HS-1", "hồ sơ", "192.0.2.7"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn a_commitment_depends_on_part_salt_and_value() {
    let personal = |value: &str| Personal { officer: Some(value.into()), ..Personal::default() };
    let one = commit(&personal("CB-1"), &Salts::fixed(7)).unwrap();
    assert_ne!(one, commit(&personal("CB-2"), &Salts::fixed(7)).unwrap());
    assert_ne!(one, commit(&personal("CB-1"), &Salts::fixed(8)).unwrap());
    let other = Personal { case_number: Some("CB-1".into()), ..Personal::default() };
    let other = commit(&other, &Salts::fixed(7)).unwrap();
    assert!(one.values().ne(other.values()));
}

prop_compose! {
    fn calls()(
        at_us in any::<i64>(),
        correlation in any::<[u8; 16]>(),
        texts in prop::collection::vec(prop::option::of(".{0,40}"), 12),
        certificate in prop::option::of(any::<[u8; 32]>()),
        subject in prop::option::of(any::<[u8; 16]>()),
        inputs in any::<u64>(),
        released in any::<u64>(),
        verdicts in prop::collection::btree_map(0..Field::ALL.len(), "[a-z_]{1,16}", 0..5),
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
            at_us, correlation, certificate, subject, outcome, rules_version,
            form: text(0).unwrap_or_default(),
            service: text(1).unwrap_or_default(),
            integration: text(2), procedure: text(3), system_id: text(4), account_id: text(5), role: text(6),
            agency_code: text(7), organisation: text(8), agreement_id: text(9), platform_message_id: text(10),
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

proptest! {
    #[test]
    fn what_was_written_is_read(call in calls(), index in any::<u64>()) {
        let bytes = encoded(index, &call);
        let decoded = decode(&bytes).unwrap();
        prop_assert_eq!(decoded.index, index);
        prop_assert_eq!(&decoded.commitments, &commit(&call.personal, &Salts::fixed(7)).unwrap());
        // One value has one encoding.
        prop_assert_eq!(encode(index, &decoded.call, &decoded.commitments).unwrap(), bytes);
        prop_assert_eq!(decoded.call, Call { personal: Personal::default(), ..call });
    }

    #[test]
    fn damaged_bytes_do_not_read_as_the_same(call in calls(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let bytes = encoded(1, &call);
        let mut damaged = bytes.clone();
        damaged[at.index(bytes.len())] ^= 1 << bit;
        if let Ok(decoded) = decode(&damaged) {
            prop_assert_ne!(decoded, decode(&bytes).unwrap());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = decode(&bytes);
    }
}
