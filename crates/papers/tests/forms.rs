//! Every form: complete samples become papers, and whatever is missing is named.
#![expect(clippy::unwrap_used, reason = "a test that goes wrong shall stop")]
use dancu_papers::{
    AssessmentRecord, Commitment, ConnectionRequest, Disconnection, Fault, Form, PaperError, Problem,
    Registration, Reminder, ReviewResult, render, xlsx,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// 2026-11-21T03:04:05Z
const NOW_US: i64 = 1_795_230_245_000_000;

fn samples_hold<F: Form + Serialize + DeserializeOwned>(sample: &F) {
    assert_eq!(sample.problems(), []);
    let paper = render(sample, NOW_US).unwrap();
    assert!(paper.pdf.starts_with(b"%PDF-1.7") && paper.pages > 0 && !paper.fields.is_empty());
    assert_eq!(render(sample, NOW_US).unwrap().pdf, paper.pdf, "the same form makes the same bytes");

    let draft = serde_json::to_value(sample).unwrap();
    let kept: F = serde_json::from_value(draft.clone()).unwrap();
    assert_eq!(render(&kept, NOW_US).unwrap().pdf, paper.pdf, "a draft that was kept makes the same paper");
    let mut places = Vec::new();
    texts(&draft, "", String::new(), &mut places);
    assert!(places.len() > 10);
    for (pointer, field) in places {
        for (text, fault) in [("  ", Fault::Missing), ("漢字 quá", Fault::Unprintable)] {
            let mut faulty = draft.clone();
            *faulty.pointer_mut(&pointer).unwrap() = Value::from(text);
            let Ok(form) = serde_json::from_value::<F>(faulty) else { continue };
            let problems = form.problems();
            let named = Problem { field: field.clone(), fault };
            assert!(problems.contains(&named), "{field}: {problems:?}");
            let refused = render(&form, NOW_US);
            assert!(matches!(refused, Err(PaperError::Incomplete(found)) if found == problems));
        }
    }
}

/// Where texts stand: as a JSON pointer, and as problems name the place.
fn texts(value: &Value, pointer: &str, field: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(_) => found.push((pointer.to_owned(), field)),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                texts(value, &format!("{pointer}/{index}"), format!("{field}[{}]", index + 1), found);
            }
        }
        Value::Object(values) => {
            for (name, value) in values {
                let below = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                texts(value, &format!("{pointer}/{name}"), below, found);
            }
        }
        _ => {}
    }
}

#[test]
fn commitment() {
    samples_hold(&Commitment::sample());
}

#[test]
fn registration() {
    samples_hold(&Registration::sample(2));
}

#[test]
fn request() {
    samples_hold(&ConnectionRequest::sample());
}

#[test]
fn review() {
    samples_hold(&ReviewResult::sample(3));
}

#[test]
fn reminder() {
    samples_hold(&Reminder::sample(2));
}

#[test]
fn disconnection() {
    samples_hold(&Disconnection::sample());
}

#[test]
fn record() {
    samples_hold(&AssessmentRecord::sample());
}

#[test]
fn the_commitment_has_ten_clauses_in_force() {
    let day = |year| dancu_citizen::CivilDate::new(year, 6, 1).unwrap();
    let clauses = Commitment::clauses_on(day(2026));
    let labels: Vec<&str> = clauses.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, ["a)", "b)", "c)", "d)", "e)", "f)", "g)", "h)", "i)", "j)"]);
    assert!(Commitment::clauses_on(day(2019)).is_empty(), "none before the form");
    let early = render(&Commitment::sample(), 1_500_000_000_000_000);
    assert!(matches!(early, Err(PaperError::Incomplete(problems)) if problems[0].field == "clauses"));
}

#[test]
fn an_account_table_explains_its_faults() {
    let mut form = Registration::sample(3);
    form.accounts[0].login = "ngắn".to_owned();
    form.accounts[1].phone = "gọi cho tôi".to_owned();
    form.accounts[1].cases_a_day = 0;
    form.accounts[2].agency_code = "h99".to_owned();
    form.contact.email = "a@b".to_owned();
    let mut again = form.accounts[1].clone();
    again.login = again.login.to_uppercase();
    form.accounts.push(again);
    let problems: Vec<(String, Fault)> =
        form.problems().into_iter().map(|problem| (problem.field, problem.fault)).collect();
    for (field, fault) in [
        ("contact.email", Fault::Email),
        ("accounts[1].login", Fault::Login),
        ("accounts[2].phone", Fault::Phone),
        ("accounts[2].cases_a_day", Fault::Number),
        ("accounts[3].agency_code", Fault::AgencyCode),
        ("accounts[4].login", Fault::Twice),
    ] {
        assert!(problems.contains(&(field.to_owned(), fault)), "{field}: {problems:?}");
    }
    assert!(problems.iter().all(|(_, fault)| !fault.vi().is_empty() && !fault.en().is_empty()));
    form.accounts.clear();
    assert!(form.problems().contains(&Problem { field: "accounts".to_owned(), fault: Fault::Missing }));
}

#[test]
fn the_quota_is_cases_times_queries() {
    let mut account = Registration::sample(1).accounts.remove(0);
    (account.cases_a_day, account.queries_a_case) = (50, 3);
    assert_eq!(account.queries_a_day(), 150);
}

#[test]
fn papers_do_not_contradict_themselves() {
    let mut record = AssessmentRecord::sample();
    record.conclusion = dancu_papers::Outcome::Passed;
    record.demands_by = None;
    let fields: Vec<String> = record.problems().into_iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["demands_by", "conclusion"]);

    let mut review = ReviewResult::sample(1);
    review.rows[0].look_ups_with_case = review.rows[0].look_ups + 1;
    review.rows[0].last_used_on = dancu_citizen::CivilDate::new(2020, 1, 1).ok();
    assert_eq!(review.problems().len(), 2);
    review.rows[0].look_ups_with_case = 0;
    review.rows[0].last_used_on = None;
    assert_eq!(
        review.problems(),
        [Problem { field: "rows[1].look_ups".to_owned(), fault: Fault::Contradiction }]
    );
}

#[test]
fn long_tables_become_long_papers() {
    let review = render(&ReviewResult::sample(400), NOW_US).unwrap();
    assert!(review.pages > 30, "{} pages", review.pages);
    assert_eq!(review.fields.len(), 1);
    assert_eq!(review.fields[0].page, review.pages - 1);
}

#[test]
fn workbooks_are_refused_like_papers() {
    let mut form = Registration::sample(2);
    assert!(xlsx::accounts(&form, NOW_US).unwrap().starts_with(b"PK"));
    assert_eq!(xlsx::accounts(&form, NOW_US).unwrap(), xlsx::accounts(&form, NOW_US).unwrap());
    form.accounts[0].full_name.clear();
    assert!(matches!(xlsx::accounts(&form, NOW_US), Err(PaperError::Incomplete(_))));
    assert!(xlsx::review(&ReviewResult::sample(5), NOW_US).unwrap().starts_with(b"PK"));
}
