//! What holds for every message.

use crate::support::{coded, sourced, today};
use dancu_catalogue::Lang;
use dancu_citizen::{Address, BirthDate, CivilDate, FullName, ListVersion, PersonalId, Record, Sex};
use dancu_message::qcvn109::{Collection, Reading, json, xml};
use dancu_message::rest::{self, Body};
use dancu_message::{Answer, Form, LookUp, Outcome, Service, soap};
use proptest::prelude::*;

const EXAMPLES: [&str; 5] = [
    include_str!("../data/live-033-request.xml"),
    include_str!("../data/live-033-older.xml"),
    include_str!("../data/live-037-request.xml"),
    include_str!("../data/live-037-response.xml"),
    include_str!("../data/qcvn109.xml"),
];

fn birth_date() -> impl Strategy<Value = BirthDate> {
    let day = (1900_i16..2026, 1_u8..13, 1_u8..29)
        .prop_map(|(y, m, d)| BirthDate::Day(CivilDate::new(y, m, d).unwrap()));
    prop_oneof![day, (1900_i16..2026).prop_map(BirthDate::Year)]
}

fn record() -> impl Strategy<Value = Record> {
    let name = "[A-ZĐ][a-zàảãáạăằơưđ]{0,6}( [A-Z][a-zềểễếệ]{1,6}){0,4}";
    let number = (0_u64..1_000_000_000_000).prop_map(|n| PersonalId::from_u64(n).unwrap());
    let detail = "[^\\p{C}\\s][^\\p{C}]{0,40}[^\\p{C}\\s]";
    (name, number, birth_date(), 0_u8..3, 1_u32..54, proptest::option::of(detail)).prop_map(
        |(name, number, date, sex, group, detail)| Record {
            full_name: Some(sourced(FullName::parse(&name).unwrap())),
            personal_id: Some(sourced(number)),
            birth_date: Some(sourced(date)),
            sex: Some(sourced(Sex::from_code(sex).unwrap())),
            ethnic_group: Some(sourced(coded(ListVersion::Ethnic2008, &format!("{group:02}")))),
            permanent_residence: detail.map(|d| {
                sourced(Address { commune: Some("00001".into()), detail: Some(d), ..Address::default() })
            }),
            ..Record::default()
        },
    )
}

/// An example with a few bytes put elsewhere.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let edits = proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6);
    (0..EXAMPLES.len(), edits, any::<proptest::sample::Index>()).prop_map(|(example, edits, cut)| {
        let mut bytes = EXAMPLES[example].as_bytes().to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut.index(4) == 0 {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

fn read_by_all(bytes: &[u8]) {
    let _ = soap::decode(bytes, today());
    let _ = rest::decode(bytes, Service::Verify, today());
    let _ = rest::decode(bytes, Service::LookUp, today());
    let reading = Reading::new("x", today());
    for read in [xml::read, json::read] {
        if let Ok(collection) = read(bytes, &reading) {
            // What is accepted can be written and is accepted again as the same.
            let written = xml::write(&collection, ListVersion::Ethnic2008);
            let again = xml::read(&written, &reading).unwrap();
            assert_eq!(xml::write(&again, ListVersion::Ethnic2008), written);
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_by_all(&bytes);
    }

    #[test]
    fn arbitrary_text_never_panics(text in "[<>/&;:a-z\"'=!?\\[\\]{},0-9 \\-]{0,200}") {
        read_by_all(text.as_bytes());
    }

    #[test]
    fn broken_examples_never_panic(bytes in broken()) {
        read_by_all(&bytes);
    }

    #[test]
    fn a_record_comes_back_from_xml_and_json(records in proptest::collection::vec(record(), 0..4)) {
        let collection = Collection { citizens: records, ..Collection::default() };
        let reading = Reading::new("cu-tru", CivilDate::new(2026, 1, 1).unwrap());
        let by_xml = xml::read(&xml::write(&collection, ListVersion::Ethnic2008), &reading);
        prop_assert_eq!(by_xml.as_ref(), Ok(&collection));
        let by_json = json::read(&json::write(&collection, ListVersion::Ethnic2008), &reading);
        prop_assert_eq!(by_json.as_ref(), Ok(&collection));
    }

    #[test]
    fn the_live_answer_is_read_back_by_the_tolerant_reader(record in record()) {
        let released = record.fields();
        let answer = Answer::LookUp(LookUp { outcome: Outcome::Verified, record: Some(Box::new(record.clone())), released });
        let sent = String::from_utf8(soap::encode(&answer, Form::Soap, "c", Lang::Vi)).unwrap();
        let start = sent.find("<ns1:CongdanCollection").unwrap();
        let end = sent.find("</soapenv:Body>").unwrap();
        let back = xml::read(&sent.as_bytes()[start..end], &Reading::new("cu-tru", today())).unwrap().citizens.remove(0);
        prop_assert_eq!(back.personal_id.unwrap().value, record.personal_id.unwrap().value);
        prop_assert_eq!(back.birth_date.unwrap().value, record.birth_date.unwrap().value);
        let (told, name) = (back.full_name.unwrap().value, record.full_name.unwrap().value);
        prop_assert_eq!(told.whole(), name.whole().to_uppercase());
        prop_assert_eq!(back.permanent_residence.map(|p| p.value), record.permanent_residence.map(|p| p.value));
    }

    #[test]
    fn a_claim_means_the_same_by_soap_and_by_rest(number in "[0-9]{12}", name in "[A-Z]{2,8}( [A-Z]{2,8}){1,3}", date in birth_date()) {
        let sent = EXAMPLES[2].replace("001185000017", &number).replace("TRANTHITHUYHOA", &name)
            .replace("19850430", &date.compact());
        let by_soap = soap::decode(sent.as_bytes(), today()).unwrap();
        let body = serde_json::json!({"request_id": "1", "citizen": {"personal_id": number, "full_name": name, "birth_date": date.iso()}});
        let Body::One(by_rest) = rest::decode(body.to_string().as_bytes(), Service::LookUp, today()).unwrap() else { panic!() };
        prop_assert_eq!(by_soap.claim, by_rest.claim);
    }
}
