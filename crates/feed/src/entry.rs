//! What the feed says of a journal entry: everything of it that tells of no person, and short keyed hashes of the rest.
use crate::levels::Levels;
use crate::message::{Field, Message, rfc3339};
use dancu_citizen::FieldSet;
use dancu_journal::{Call, Entry, Kind, Outcome};
use dancu_keys::KeyRing;
use dancu_tlog::Hash;

/// Bytes of a keyed hash that are shown: enough to tell people apart, too few to be an identifier elsewhere.
const SHOWN: usize = 8;

/// The message about an entry.
pub(crate) fn message(levels: &Levels, ring: &KeyRing, entry: &Entry) -> Message {
    let (kind, call) = (&entry.kind, &entry.call);
    let name = name(kind);
    let said = if *kind == Kind::Call { levels.call(call.outcome) } else { levels.entry(name) };
    // A context has no time of its own.
    let at_us = (*kind != Kind::Context).then_some(call.at_us);
    let message = Message { at_us, id: name.to_uppercase(), said, fields: Vec::with_capacity(28) };
    let message = message
        .with(Field::Index, entry.index.to_string())
        .with(Field::Leaf, hex::encode(entry.leaf_hash))
        .with(Field::Kind, name.to_owned());
    let message = match kind {
        Kind::Call => own(message, call),
        Kind::Context => message,
        Kind::Epoch(epoch) => message
            .with(Field::Epoch, epoch.number.to_string())
            .with(Field::After, epoch.entries.to_string())
            .with(Field::Root, hex::encode(epoch.root))
            .with(Field::Count, epoch.persons.to_string()),
        Kind::Withholding { entry, until_us } => message
            .with(Field::Correlation, hex::encode(call.correlation))
            .with(Field::First, entry.to_string())
            .with(Field::After, entry.saturating_add(1).to_string())
            .with(Field::Until, rfc3339(*until_us)),
        Kind::Act { first, after, rule } => ended(message, call)
            .with(Field::First, first.to_string())
            .with(Field::After, after.to_string())
            .with(Field::Reason, rule.clone()),
    };
    let message = message.with(Field::Context, entry.context.as_ref().map(|(number, _)| number.to_string()));
    let message = if matches!(kind, Kind::Call | Kind::Context | Kind::Act { .. }) {
        shared(message, call)
    } else {
        message
    };
    people(message, ring, call)
}

/// The message about an entry that does not read as it was written: that it is there, and why nothing is said of it.
pub(crate) fn unreadable(
    levels: &Levels,
    index: u64,
    leaf: Option<Hash>,
    what: &str,
    now_us: i64,
) -> Message {
    let said = levels.entry("unreadable");
    Message { at_us: Some(now_us), id: "UNREADABLE".to_owned(), said, fields: Vec::new() }
        .with(Field::Index, index.to_string())
        .with(Field::Leaf, leaf.map(hex::encode))
        .with(Field::Kind, "unreadable".to_owned())
        .with(Field::Reason, what.to_owned())
}

/// The name of a kind, in the table of levels too.
fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Call => "call",
        Kind::Context => "context",
        Kind::Epoch(_) => "epoch",
        Kind::Withholding { .. } => "withholding",
        Kind::Act { .. } => "act",
    }
}

/// What a call has for itself.
fn own(message: Message, call: &Call) -> Message {
    let verdicts: Vec<String> =
        call.verdicts.iter().map(|(field, verdict)| format!("{}:{verdict}", field.name())).collect();
    let steps = call.steps;
    let took = [steps.decode_us, steps.authenticate_us, steps.decide_us, steps.registry_us];
    let took: u64 = took.into_iter().map(u64::from).sum();
    ended(message, call)
        .with(Field::Took, took.to_string())
        .with(Field::Verdicts, verdicts.join(","))
        .with(Field::Response, call.response_sha256.map(hex::encode))
}

/// How it ended.
fn ended(message: Message, call: &Call) -> Message {
    let result = if matches!(call.outcome, Outcome::Answered(_)) { "success" } else { "failure" };
    message
        .with(Field::Correlation, hex::encode(call.correlation))
        .with(Field::Result, result.to_owned())
        .with(Field::Outcome, call.outcome.name().to_owned())
}

/// What calls share: their context.
fn shared(message: Message, call: &Call) -> Message {
    message
        .with(Field::Service, call.service.clone())
        .with(Field::Form, call.form.clone())
        .with(Field::System, call.system_id.clone())
        .with(Field::Account, call.account_id.clone())
        .with(Field::Role, call.role.clone())
        .with(Field::Organisation, call.organisation.clone())
        .with(Field::Agency, call.agency_code.clone())
        .with(Field::Procedure, call.procedure.clone())
        .with(Field::Integration, call.integration.clone())
        .with(Field::Agreement, call.agreement_id.clone())
        .with(Field::Rules, call.rules_version.to_string())
        .with(Field::Certificate, call.certificate.map(hex::encode))
        .with(Field::Inputs, names(call.inputs))
        .with(Field::Released, names(call.released))
}

/// Who is concerned, as hashes that only this installation can make: equal for equal people, and of no use elsewhere. The
/// words of a purpose, an order's name and the caller's request id are left out.
fn people(message: Message, ring: &KeyRing, call: &Call) -> Message {
    let hash = |label: &str, value: &Option<String>| {
        value.as_deref().map(|value| short_hash(ring, label, value.as_bytes()))
    };
    let personal = &call.personal;
    message
        .with(Field::Subject, hash("subject", &personal.subject))
        .with(Field::Officer, hash("officer", &personal.officer))
        .with(Field::Case, hash("case", &personal.case_number))
        .with(Field::Source, hash("source", &personal.source_address))
}

/// The hash of a source address, the same in entries and in events.
pub(crate) fn source_hash(ring: &KeyRing, address: &str) -> String {
    short_hash(ring, "source", address.as_bytes())
}

fn short_hash(ring: &KeyRing, what: &str, value: &[u8]) -> String {
    let hash = ring.keyed_hash(&format!("feed.{what}"), value);
    hex::encode(hash.get(..SHOWN).unwrap_or_default())
}

fn names(fields: FieldSet) -> String {
    let names: Vec<&str> = fields.iter().map(dancu_citizen::Field::name).collect();
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cef, rfc5424, testing};
    use dancu_citizen as citizen;
    use dancu_journal::{Answered, Personal};
    use dancu_keys::Secret;

    fn ring(key: u8) -> KeyRing {
        KeyRing::new(&Secret::new([1; 32]), &Secret::new([key; 32])).unwrap()
    }

    /// As much as an entry can say.
    fn fullest() -> Entry {
        let text = |name: &str| Some(format!("{name} {}", "ữ".repeat(60)));
        let personal = Personal { request_id: Some("MaYeuCau-77".to_owned()), ..Personal::default() };
        let personal = Personal {
            officer: Some("001080000024".to_owned()),
            subject: Some("001185000017".to_owned()),
            case_number: Some("HS-2026-001".to_owned()),
            purpose: Some("Xác minh nhân thân".to_owned()),
            source_address: Some("203.0.113.9".to_owned()),
            ..personal
        };
        let call = Call {
            at_us: 1_795_238_400_000_001,
            correlation: [7; 16],
            form: "rest-batch".to_owned(),
            service: "look_up".to_owned(),
            integration: text("integration"),
            procedure: text("procedure"),
            system_id: text("system"),
            account_id: text("account"),
            role: Some("one_stop_officer".to_owned()),
            agency_code: text("agency"),
            organisation: text("organisation"),
            certificate: Some([8; 32]),
            inputs: citizen::Field::ALL.iter().copied().collect(),
            released: citizen::Field::ALL.iter().copied().collect(),
            verdicts: citizen::Field::ALL.iter().map(|field| (*field, "old_card_number".into())).collect(),
            outcome: Outcome::Answered(Answered::Released),
            response_sha256: Some([10; 32]),
            rules_version: u64::MAX,
            agreement_id: text("agreement"),
            personal,
            ..Call::default()
        };
        Entry {
            index: 7,
            kind: Kind::Call,
            call,
            erased: vec![],
            parts_gone: false,
            encoded: vec![],
            leaf_hash: [11; 32],
            context: Some((3, vec![])),
            opening: dancu_journal::Opening::default(),
        }
    }

    #[test]
    fn nothing_of_a_person_is_in_a_message_but_keyed_hashes() {
        let levels = Levels::built_in().unwrap();
        let [one, other] = [1, 2].map(|key| message(&levels, &ring(key), &fullest()));
        for form in [rfc5424::write, cef::write, cef::write_syslog] {
            let text = form(&testing::origin(), &one);
            for secret in ["001080000024", "001185000017", "HS-2026", "Xác minh", "MaYeuCau", "203.0.113"] {
                assert!(!text.contains(secret), "{secret}");
            }
            assert!(text.contains(&"0b".repeat(32)), "the leaf hash");
        }
        for field in [Field::Subject, Field::Officer, Field::Case, Field::Source] {
            assert_eq!(one.get(field).unwrap().len(), 2 * SHOWN);
            assert_ne!(one.get(field), other.get(field), "another installation, another hash: {field:?}");
        }
        assert_eq!(one.get(Field::Source).unwrap(), source_hash(&ring(1), "203.0.113.9"));
    }

    #[test]
    fn the_fullest_message_is_one_that_every_receiver_should_take() {
        let message = message(&Levels::built_in().unwrap(), &ring(1), &fullest());
        // RFC 5425 4.3.1: a receiver SHOULD process messages of 8192 octets.
        assert!(rfc5424::write(&testing::origin(), &message).len() <= 8192);
        assert!(cef::write_syslog(&testing::origin(), &message).len() <= 8192);
    }

    #[test]
    fn a_refusal_is_a_failure_and_names_its_code() {
        let mut entry = fullest();
        entry.call.outcome = Outcome::Refused(dancu_catalogue::Code::SourceNetwork);
        let message = message(&Levels::built_in().unwrap(), &ring(1), &entry);
        assert_eq!(message.get(Field::Result), Some("failure"));
        assert_eq!(message.get(Field::Outcome), Some("SOURCE_NETWORK"));
        assert_eq!(message.said.level.severity, 3);
    }

    #[test]
    fn entries_that_are_no_calls_say_what_they_are() {
        let levels = Levels::built_in().unwrap();
        let of = |kind| message(&levels, &ring(1), &Entry { kind, ..fullest() });
        let context = of(Kind::Context);
        assert_eq!((context.id.as_str(), context.at_us), ("CONTEXT", None));
        assert!(context.get(Field::System).is_some() && context.get(Field::Outcome).is_none());
        assert!(
            rfc5424::write(&testing::origin(), &context).starts_with("<110>1 - may-1 dancu 42 CONTEXT [")
        );
        assert!(!cef::write(&testing::origin(), &context).contains("rt="));

        let epoch = dancu_journal::Epoch { number: 4, entries: 900, persons: 12, ..Default::default() };
        let epoch = of(Kind::Epoch(epoch));
        let says = [Field::Epoch, Field::After, Field::Count, Field::System].map(|field| epoch.get(field));
        assert_eq!(says, [Some("4"), Some("900"), Some("12"), None]);

        let withheld = of(Kind::Withholding { entry: 5, until_us: 0 });
        assert_eq!((withheld.id.as_str(), withheld.get(Field::First)), ("WITHHOLDING", Some("5")));
        assert_eq!(withheld.get(Field::Until), Some("1970-01-01T00:00:00.000000Z"));
        let act = of(Kind::Act { first: 1, after: 9, rule: "exchange-2-years".to_owned() });
        assert_eq!(
            (act.get(Field::Reason), act.get(Field::Result)),
            (Some("exchange-2-years"), Some("success"))
        );
        for message in [&context, &epoch, &withheld, &act] {
            assert!(message.said.vi.ends_with('.'), "{}", message.id);
        }
    }
}
