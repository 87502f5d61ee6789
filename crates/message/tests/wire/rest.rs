//! JSON requests, batches, answers and problems.

use crate::support::{full_record, person, today};
use dancu_catalogue::{Code, Lang};
use dancu_citizen::{Allowed, BirthDate, Facts, Field, FieldSet, Sex, compare};
use dancu_message::rest::{self, Body, Reply};
use dancu_message::{Answer, Form, LookUp, Outcome, Refusal, Request, Service, Verification, WireError};
use serde_json::{Value, json};

fn example() -> Value {
    json!({
        "request_id": "1763620000123", "purpose": "1.004227", "case_number": "HS-1", "officer": "001080000024",
        "account": "nguyenvana.stttt", "agency_code": "H55.242", "phone": "0",
        "citizen": {"personal_id": "001185000017", "id_card_number": "012345678", "full_name": "Trần Thị Thúy Hòa",
                    "birth_date": "1985-04-30", "sex": "female"},
        "fields": ["full_name", "permanent_residence"]
    })
}

fn decode(body: &Value) -> Result<Request, WireError> {
    rest::decode_look_up(body.to_string().as_bytes(), today())
}

fn reply<'a>() -> Reply<'a> {
    Reply {
        request_id: Some("r-1"),
        correlation_id: "c-1",
        journal: None,
        instance: "/api/v1/verifications",
        lang: Lang::Vi,
    }
}

fn pretty(bytes: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(bytes).unwrap()).unwrap()
}

#[test]
fn a_request_is_read() {
    let r = decode(&example()).unwrap();
    assert_eq!((r.service, r.form, r.integration_code.as_str()), (Service::LookUp, Form::Rest, "037"));
    assert_eq!(r.case_number.as_deref(), Some("HS-1"));
    assert_eq!(r.claim.birth_date, Some(BirthDate::parse_iso("1985-04-30").unwrap()));
    assert_eq!(r.claim.sex, Some(Sex::Female));
    assert_eq!(r.fields, Some([Field::FullName, Field::PermanentResidence].into_iter().collect()));
    let mut body = example();
    body["citizen"]["sex"] = json!(2);
    body["citizen"]["birth_date"] = json!("19850430");
    body["citizen"]["id_card_number"] = Value::Null;
    let tolerant = decode(&body).unwrap();
    assert_eq!((tolerant.claim.sex, tolerant.claim.birth_date), (r.claim.sex, r.claim.birth_date));
}

#[test]
fn the_published_shape_is_what_is_read() {
    let shape: rest::LookUpRequest = serde_json::from_value(example()).unwrap();
    let body = serde_json::to_vec(&shape).unwrap();
    assert_eq!(rest::decode_look_up(&body, today()), decode(&example()));
}

#[test]
fn bad_requests_are_told_by_pointer() {
    type Change = fn(&mut Value);
    let cases: [(Change, Code, &str); 16] = [
        (|b| b["salary"] = json!(1), Code::ElementUnknown, "/salary"),
        (|b| b["001185000017"] = json!(1), Code::ElementUnknown, ""),
        (|b| b["citizen"]["ten"] = json!(1), Code::ElementUnknown, "/citizen/ten"),
        (|b| b["officer"] = json!(1), Code::FieldType, "/officer"),
        (|b| b["citizen"] = json!([]), Code::FieldType, "/citizen"),
        (|b| b["citizen"]["personal_id"] = json!(1_185_000_017_u64), Code::FieldType, "/citizen/personal_id"),
        (
            |b| b["citizen"]["personal_id"] = json!("0011850000171"),
            Code::NumberInvalid,
            "/citizen/personal_id",
        ),
        (|b| b["citizen"]["birth_date"] = json!("1985-02-30"), Code::DateInvalid, "/citizen/birth_date"),
        (|b| b["citizen"]["birth_date"] = json!("2027"), Code::DateInFuture, "/citizen/birth_date"),
        (|b| b["citizen"]["birth_date"] = Value::Null, Code::FieldMissing, "/citizen/birth_date"),
        (|b| b["citizen"]["sex"] = json!("f"), Code::CodeUnknown, "/citizen/sex"),
        (|b| b["citizen"]["full_name"] = json!("A\u{0}B"), Code::ControlCharacter, "/citizen/full_name"),
        (|b| b["fields"] = json!(["full_name", "salary"]), Code::CodeUnknown, "/fields/1"),
        (|b| b["fields"] = json!("full_name"), Code::FieldType, "/fields"),
        (|b| b["request_id"] = json!(""), Code::FieldMissing, "/request_id"),
        (|b| b["agency_code"] = json!("H".repeat(36)), Code::FieldType, "/agency_code"),
    ];
    for (change, code, field) in cases {
        let mut body = example();
        change(&mut body);
        assert_eq!(decode(&body), Err(WireError { code, field: Some(field.to_owned()) }), "{body}");
    }
}

#[test]
fn bad_json() {
    let refused = |body: &[u8]| rest::decode(body, Service::Verify, today()).expect_err("refused");
    for body in ["", "{", "nul", "{\"a\":1,}", "{} x", "\"\u{1}\""] {
        assert_eq!(refused(body.as_bytes()).code, Code::JsonMalformed, "{body}");
    }
    assert_eq!(refused("[".repeat(1_000_000).as_bytes()).code, Code::JsonMalformed);
    assert_eq!(refused(b"\"\xff\"").code, Code::EncodingInvalid);
    assert_eq!(refused(b"[]").code, Code::FieldType);
    let twice = "{\"request_id\":\"1\",\"request_id\":\"2\"}";
    assert_eq!(
        refused(twice.as_bytes()),
        WireError { code: Code::ElementDuplicate, field: Some("/request_id".into()) }
    );
}

#[test]
fn one_bad_item_does_not_sink_the_others() {
    let mut bad = example();
    bad["citizen"]["personal_id"] = json!("1");
    let duplicate = "{\"request_id\":\"7\",\"purpose\":\"a\",\"purpose\":\"b\"}";
    let body = format!("{{\"items\":[{},{bad},{duplicate},3]}}", example());
    let Body::Batch(items) = rest::decode(body.as_bytes(), Service::Verify, today()).unwrap() else {
        panic!()
    };
    assert_eq!(items.iter().map(|i| i.request.is_ok()).collect::<Vec<_>>(), [true, false, false, false]);
    let told: Vec<_> = items
        .iter()
        .filter_map(|i| i.request.as_ref().err())
        .map(|e| (e.code, e.field.clone().unwrap()))
        .collect();
    assert_eq!(told[0], (Code::NumberInvalid, "/items/1/citizen/personal_id".to_owned()));
    assert_eq!(told[1], (Code::ElementDuplicate, "/items/2/purpose".to_owned()));
    assert_eq!(told[2], (Code::FieldType, "/items/3".to_owned()));
    assert_eq!(items[1].request_id.as_deref(), Some("1763620000123"));
    assert_eq!(items[3].request_id, None);
}

#[test]
fn the_size_of_a_batch() {
    let batch = |n: usize| format!("{{\"items\":[{}]}}", vec!["{}"; n].join(","));
    let decode = |body: String| {
        rest::decode(body.as_bytes(), Service::Verify, today()).map(|_| ()).map_err(|e| e.code)
    };
    assert_eq!(decode(batch(0)), Err(Code::FieldMissing));
    assert_eq!(decode(batch(1000)), Ok(()));
    assert_eq!(decode(batch(1001)), Err(Code::BatchTooLarge));
    assert_eq!(decode("{\"items\":{}}".into()), Err(Code::FieldType));
    assert_eq!(decode("{\"items\":[{}],\"more\":1}".into()), Err(Code::ElementUnknown));
}

#[test]
fn every_form_of_answer() {
    let request = decode(&example()).unwrap();
    let comparison = compare(
        &request.claim,
        &Facts::of(&person()),
        Allowed { fields: Field::ALL.iter().copied().collect(), near: true },
    );
    let verified = Answer::Verification(Verification {
        outcome: Outcome::Verified,
        tontai: true,
        comparison: Some(comparison),
    });
    insta::assert_snapshot!("verified", pretty(&rest::encode(&verified, &reply())));
    let unknown =
        Answer::Verification(Verification { outcome: Outcome::NotFound, tontai: false, comparison: None });
    insta::assert_snapshot!("not_found", pretty(&rest::encode(&unknown, &reply())));
    let all: FieldSet = Field::ALL.iter().copied().collect();
    let found = Answer::LookUp(LookUp {
        outcome: Outcome::Verified,
        record: Some(Box::new(full_record())),
        released: all,
    });
    insta::assert_snapshot!("looked_up", pretty(&rest::encode(&found, &reply())));
    let refusal =
        Answer::Refusal(Refusal { code: Code::NumberInvalid, field: Some("/citizen/personal_id".into()) });
    insta::assert_snapshot!("problem", pretty(&rest::encode(&refusal, &reply())));
    let english = Reply { lang: Lang::En, ..reply() };
    insta::assert_snapshot!("problem_in_english", pretty(&rest::encode(&refusal, &english)));
}

#[test]
fn answers_are_read_by_the_published_shapes() {
    let all: FieldSet = Field::ALL.iter().copied().collect();
    let found = Answer::LookUp(LookUp {
        outcome: Outcome::Verified,
        record: Some(Box::new(full_record())),
        released: all,
    });
    let body = rest::encode(&found, &reply());
    let told: rest::LookUpAnswer = serde_json::from_slice(&body).unwrap();
    assert_eq!(told.citizen.as_ref().unwrap().full_name.as_ref().unwrap().value, "Trần Thị Thúy Hòa");
    assert_eq!(serde_json::to_vec(&told).unwrap(), body);
    assert!(!format!("{told:?}").contains("Trần"));
}

#[test]
fn nothing_is_told_of_a_record_that_is_not_there() {
    let released = FieldSet::EMPTY.with(Field::FullName);
    let none = Answer::LookUp(LookUp { outcome: Outcome::NotFound, record: None, released });
    let told: rest::LookUpAnswer = serde_json::from_slice(&rest::encode(&none, &reply())).unwrap();
    assert_eq!((told.released, told.citizen), (vec![], None));
}
