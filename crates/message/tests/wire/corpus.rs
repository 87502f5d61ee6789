//! The fuzz targets' committed corpora, replayed: no panic, and what is accepted is written again.
//! The bodies are those of `fuzz/fuzz_targets`, which run on a nightly compiler only.
use crate::support::today;
use dancu_citizen::{BirthDate, ClaimedName, IdCardNumber, PersonNumber, PersonalId};
use dancu_message::qcvn109::{Reading, json, xml};
use dancu_message::{Service, rest, soap};
use std::path::Path;

/// Runs a body over each file of a target's corpus.
fn replay(target: &str, body: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for file in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        body(&std::fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "{target} has no corpus");
}

fn texts(body: impl Fn(&str)) -> impl Fn(&[u8]) {
    move |bytes| std::str::from_utf8(bytes).map_or((), &body)
}

#[test]
fn soap_decode() {
    replay("soap_decode", |bytes| drop(soap::decode(bytes, today())));
}

#[test]
fn qcvn109_xml() {
    let reading = Reading::new("fuzz", today());
    replay("qcvn109_xml", |bytes| {
        if let Ok(collection) = xml::read(bytes, &reading) {
            let written = xml::write(&collection, reading.ethnic);
            assert_eq!(xml::write(&xml::read(&written, &reading).unwrap(), reading.ethnic), written);
        }
    });
}

#[test]
fn qcvn109_json() {
    let reading = Reading::new("fuzz", today());
    replay("qcvn109_json", |bytes| {
        if let Ok(collection) = json::read(bytes, &reading) {
            let written = json::write(&collection, reading.ethnic);
            assert_eq!(json::write(&json::read(&written, &reading).unwrap(), reading.ethnic), written);
        }
    });
}

#[test]
fn rest_json() {
    replay("rest_json", |bytes| {
        for service in [Service::Verify, Service::LookUp] {
            drop(rest::decode(bytes, service, today()));
        }
    });
}

#[test]
fn claimed_name() {
    replay("claimed_name", texts(|text| drop(ClaimedName::parse(text))));
}

#[test]
fn birth_date() {
    replay(
        "birth_date",
        texts(|text| {
            for date in [BirthDate::parse_iso(text), BirthDate::parse_compact(text)].into_iter().flatten() {
                assert_eq!(BirthDate::parse_iso(&date.iso()), Ok(date));
                assert_eq!(BirthDate::parse_compact(&date.compact()), Ok(date));
            }
        }),
    );
}

#[test]
fn person_number() {
    replay(
        "person_number",
        texts(|text| {
            if let Ok(number) = PersonNumber::parse(text) {
                assert_eq!(number.expose(), text);
            }
            assert!(PersonalId::parse(text).is_err() || IdCardNumber::parse(text).is_err());
        }),
    );
}
