//! What is said about a citizen: `TonTai`, the outcome, and the verdict of each field.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{between, receipted};
use crate::{Engine, on_both_engines};
use dancu_journal::{Answered, Outcome};
use serde_json::{Value, json};

on_both_engines!(
    tontai_means_number_name_and_birth_date,
    each_field_has_its_verdict,
    a_look_up_shows_agreed_fields_and_sensitive_ones_when_named,
);

type Change = fn(&mut Ask);

/// Who is asked about, whether they exist so, and in which outcome.
const CASES: &[(&str, Change, bool, &str)] = &[
    ("with marks", |a| a.name = Some("Trần Thị Thúy Hòa"), true, "verified"),
    ("tone marks placed otherwise", |a| a.name = Some("Trần Thị Thuý Hoà"), true, "verified"),
    ("without marks", |a| a.name = Some("tran thi thuy hoa"), true, "verified"),
    ("without spaces", |_| {}, true, "verified"),
    (
        "decomposed",
        |a| a.name = Some("Tra\u{302}\u{300}n Thi\u{323} Thu\u{301}y Ho\u{300}a"),
        true,
        "verified",
    ),
    ("words in another order", |a| a.name = Some("Hòa Trần Thị Thúy"), false, "mismatch"),
    ("a wrong birth date", |a| a.born = Some("19850501"), false, "mismatch"),
    ("no birth date", |a| a.born = None, false, "mismatch"),
    ("a wrong sex", |a| a.sex = Some("1"), true, "verified"),
    ("nobody", |a| a.number = Some("001185009999"), false, "not_found"),
    ("by the old card", |a| (a.number, a.card) = (None, Some("012345678")), true, "verified"),
    (
        "a year-only record, by its year",
        |a| (a.number, a.name, a.born) = (Some("034141000063"), Some("NGUYENTHISEN"), Some("1941")),
        true,
        "verified",
    ),
    (
        "a year-only record, by a day of its year",
        |a| (a.number, a.name, a.born) = (Some("034141000063"), Some("NGUYENTHISEN"), Some("19410615")),
        true,
        "verified",
    ),
    (
        "a year-only record, by another year",
        |a| (a.number, a.name, a.born) = (Some("034141000063"), Some("NGUYENTHISEN"), Some("1942")),
        false,
        "mismatch",
    ),
    (
        "deceased",
        |a| (a.number, a.name, a.born) = (Some("038038000052"), Some("LEVANTHO"), Some("19380210")),
        false,
        "not_usable",
    ),
    (
        "locked",
        |a| (a.number, a.name, a.born) = (Some("017079000118"), Some("BUIVANCHIEN"), Some("19790122")),
        false,
        "not_usable",
    ),
    (
        "cancelled",
        |a| (a.number, a.name, a.born) = (Some("020192000129"), Some("HOANGTHIYEN"), Some("19921010")),
        false,
        "not_usable",
    ),
];

async fn tontai_means_number_name_and_birth_date(engine: Engine) {
    let app = App::start(engine).await;
    for (what, change, exists, outcome) in CASES {
        let ask = || {
            let mut ask = Ask::verify();
            change(&mut ask);
            ask
        };
        let answer = app.ask(Via::Soap, &ask()).await;
        let text = answer.text();
        assert_eq!(
            between(&text, "<dan:TonTai>", "</dan:TonTai>"),
            Some(if *exists { "true" } else { "false" }),
            "{what}"
        );
        let answer = app.ask(Via::Rest, &ask()).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((&body["exists"], &body["outcome"]), (&json!(exists), &json!(outcome)), "{what}");
        let entry = receipted(&app, &answer).await;
        let Outcome::Answered(kind) = entry.call.outcome else { panic!("{what}: refused") };
        assert_eq!(kind.name(), *outcome, "{what}");
    }
    app.stop().await;
}

async fn each_field_has_its_verdict(engine: Engine) {
    let app = App::start(engine).await;
    let verdicts = async |ask: Ask| -> Value {
        let answer = app.ask(Via::Rest, &ask).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{body}");
        let fields = body["fields"].as_object().unwrap();
        fields
            .iter()
            .map(|(name, field)| (name.clone(), field["verdict"].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let mut ask = Ask::verify();
    (ask.born, ask.sex, ask.name) = (Some("1985-04-03"), Some("male"), Some("Tran Thi Thuy Hao"));
    let expected = json!({
        "personal_id": "match", "id_card_number": "not_asked", "full_name": "near", "birth_date": "mismatch", "sex": "mismatch"
    });
    assert_eq!(verdicts(ask.clone()).await, expected);
    ask.by("told-no-near");
    ask.request_id = crate::ask::fresh_id();
    let mut told_less = expected.clone();
    told_less["full_name"] = json!("mismatch");
    assert_eq!(verdicts(ask.clone()).await, told_less);

    let mut named = Ask::verify();
    named.fields = vec!["full_name", "birth_date"];
    let expected = json!({
        "personal_id": "not_allowed", "id_card_number": "not_asked", "full_name": "match_unaccented",
        "birth_date": "match", "sex": "not_asked"
    });
    assert_eq!(verdicts(named).await, expected);
    app.stop().await;
}

async fn a_look_up_shows_agreed_fields_and_sensitive_ones_when_named(engine: Engine) {
    let app = App::start(engine).await;
    let look_up = async |fields: &[&'static str]| {
        let answer = app.ask(Via::Rest, &Ask { fields: fields.to_vec(), ..Ask::look_up() }).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        let entry = receipted(&app, &answer).await;
        assert_eq!(entry.call.outcome, Outcome::Answered(Answered::Released));
        let released: Vec<&str> = entry.call.released.iter().map(dancu_citizen::Field::name).collect();
        let told: Vec<&str> =
            body["released"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
        assert_eq!(released, told, "the entry names what left");
        body
    };
    let plain = look_up(&[]).await;
    for kept in ["ethnic_group", "religion", "blood_group", "contact", "father", "mother"] {
        assert!(plain["citizen"].get(kept).is_none_or(Value::is_null), "{kept}: {plain}");
    }
    assert!(!plain["citizen"]["full_name"].is_null() && !plain["citizen"]["permanent_residence"].is_null());
    let named = look_up(&["full_name", "religion"]).await;
    let shown: Vec<&String> = named["citizen"].as_object().unwrap().keys().collect();
    assert_eq!(shown, ["full_name", "religion"]);

    let stranger = app.ask(Via::Rest, &Ask { born: Some("19850501"), ..Ask::look_up() }).await;
    let body: Value = serde_json::from_slice(&stranger.body).unwrap();
    assert_eq!((&body["outcome"], body["citizen"].is_null()), (&json!("mismatch"), true));
    app.stop().await;
}
