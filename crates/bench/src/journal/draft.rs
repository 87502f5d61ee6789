//! A verification as the live service makes it: four fields compared, five personal parts, about one of 100,000 people.
use dancu_citizen::Field;
use dancu_journal::{Answered, Call, Charge, Draft, Outcome, Personal, ReplayKey, Scope, Steps};

/// Microseconds since 1970, in November 2026.
pub(super) const AT_US: i64 = 1_795_226_400_000_000;
const PEOPLE: u64 = 100_000;

/// The `number`-th call of a caller; a live one has a replay key and two quotas besides.
pub(super) fn draft(caller: u32, number: u32, live: bool) -> Draft {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip([caller.to_be_bytes(), number.to_be_bytes()].concat()) {
        *to = from;
    }
    let charge = |scope, id: String| Charge { scope, id, day: 20_778, limit: u64::MAX, calls: 1 };
    let compared = [Field::PersonalId, Field::FullName, Field::BirthDate, Field::Sex];
    // Multiplying by a large prime spreads the people over the calls.
    let person = (u64::from(caller) << 32 | u64::from(number)).wrapping_mul(0x9E37_79B1) % PEOPLE;
    let call = Call {
        at_us: AT_US + i64::from(number) * 1000,
        correlation: id,
        form: "soap".into(),
        service: "verify".into(),
        integration: Some("033".into()),
        procedure: Some("1.004194".into()),
        system_id: Some(format!("system-{}", caller % 20)),
        account_id: Some(format!("account-{caller}")),
        role: Some("one_stop_officer".into()),
        agency_code: Some("000.00.19.H26".into()),
        organisation: Some(format!("organisation-{}", caller % 20)),
        certificate: Some([3; 32]),
        inputs: compared.into_iter().collect(),
        verdicts: compared.map(|field| (field, "match".into())).to_vec(),
        outcome: Outcome::Answered(Answered::Verified),
        steps: Steps { decode_us: 80, authenticate_us: 300, decide_us: 20, registry_us: 150 },
        response_sha256: Some([4; 32]),
        rules_version: 7,
        agreement_id: Some("agreement-1".into()),
        personal: Personal {
            request_id: Some(format!("000.00.19.H26-{caller}-{number}")),
            officer: Some(format!("officer-{caller}")),
            case_number: Some(format!("000.00.19.H26-261121-{:04}", number % 10_000)),
            source_address: Some("192.0.2.7".into()),
            subject: Some(format!("{:012}", 1_185_000_000 + person)),
            ..Personal::default()
        },
        ..Call::default()
    };
    if !live {
        return call.into();
    }
    Draft {
        call,
        replay: Some(ReplayKey { system: "system".into(), request_id_hash: id, window_us: 600_000_000 }),
        charges: vec![
            charge(Scope::Account, format!("account-{caller}")),
            charge(Scope::System, format!("system-{}", caller % 20)),
        ],
        refusal_sha256: None,
    }
}
