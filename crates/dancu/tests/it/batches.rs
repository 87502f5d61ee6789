//! Batches: a thousand requests in one call, each failing for itself.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{journal_number, signed};
use crate::scene::{FEW, FEW_QUOTA, HTMC};
use crate::{Engine, on_both_engines};
use dancu::client::Answer;
use dancu_catalogue::Code;
use dancu_journal::{Answered, Outcome};
use serde_json::{Value, json};

on_both_engines!(a_thousand_requests_fail_each_for_itself, a_batch_is_charged_by_its_requests);

async fn send(app: &App, items: &[Value]) -> Answer {
    let mut request = Ask::verify().request(Via::Rest, app.now_us());
    *request.body_mut() = serde_json::to_vec(&json!({ "items": items })).unwrap();
    app.call(Some(HTMC), request).await
}

/// The bytes of each item's answer or problem as they stand in the body.
fn parts(body: &str) -> Vec<&str> {
    let inner = body.strip_prefix("{\"items\":[").unwrap().strip_suffix("]}").unwrap();
    let items = inner.split("},{\"index\":");
    items
        .map(|item| {
            let (_, part) =
                item.split_once("\"answer\":").or_else(|| item.split_once("\"problem\":")).unwrap();
            part
        })
        .collect()
}

/// What the test expects of the item at a place.
fn item(index: usize) -> (Ask, u16, Outcome) {
    let mut ask = Ask::verify();
    let (status, outcome) = match index % 4 {
        0 => (200, Outcome::Answered(Answered::Verified)),
        1 => {
            ask.number = Some("00118500001");
            (400, Outcome::Refused(Code::NumberInvalid))
        }
        2 => {
            ask.number = Some("001185009999");
            (200, Outcome::Answered(Answered::NotFound))
        }
        _ => {
            ask.purpose = Some("9.999999");
            (403, Outcome::Refused(Code::PurposeNotRegistered))
        }
    };
    (ask, status, outcome)
}

async fn a_thousand_requests_fail_each_for_itself(engine: Engine) {
    let app = App::start(engine).await;
    let expected: Vec<(Ask, u16, Outcome)> = (0..1000).map(item).collect();
    let items: Vec<Value> = expected.iter().map(|(ask, _, _)| ask.json()).collect();
    let answer = send(&app, &items).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    // What the calls have in common stands in front of them.
    let first = journal_number(&answer);
    assert_eq!(answer.header("dancu-journal"), Some(format!("{first}-{}", first + 999).as_str()));
    assert_eq!(signed(&app, &answer).journal, Some(first));

    let text = answer.text();
    let body: Value = serde_json::from_str(&text).unwrap();
    let told = body["items"].as_array().unwrap();
    let parts = parts(&text);
    assert_eq!((told.len(), parts.len()), (1000, 1000));
    for (index, (ask, status, outcome)) in expected.iter().enumerate() {
        let item = &told[index];
        assert_eq!(item["index"], index);
        assert_eq!(item["status"], *status, "{item}");
        assert_eq!(item["request_id"], ask.request_id.as_str());
        assert_eq!(item["journal"], first + index as u64, "one entry each, in order");
        if index % 100 < 4 {
            let entry = app.entry(first + index as u64).await;
            assert_eq!(entry.call.outcome, *outcome);
            let part = parts[index].strip_suffix('}').filter(|_| index == 999).unwrap_or(parts[index]);
            assert_eq!(entry.call.response_sha256, Some(dancu_gateway::sha256(part.as_bytes())), "{part}");
        }
    }
    assert_eq!(app.calls().await, 1000);

    // One more is refused whole, and so is a batch of none.
    let mut more = items;
    more.push(Ask::verify().json());
    let answer = send(&app, &more).await;
    crate::check::refused(&app, Via::Rest, Code::BatchTooLarge, &answer, crate::check::Journalled::Yes).await;
    let answer = send(&app, &[]).await;
    crate::check::refused(&app, Via::Rest, Code::FieldMissing, &answer, crate::check::Journalled::Yes).await;
    app.stop().await;
}

async fn a_batch_is_charged_by_its_requests(engine: Engine) {
    let app = App::start(engine).await;
    let asks = (0..FEW_QUOTA + 5).map(|_| {
        let mut ask = Ask::verify();
        ask.as_account(FEW);
        ask.json()
    });
    let answer = send(&app, &asks.collect::<Vec<_>>()).await;
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let statuses: Vec<u64> =
        body["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    let (answered, refused) = statuses.split_at(FEW_QUOTA as usize);
    assert!(answered.iter().all(|s| *s == 200) && refused.iter().all(|s| *s == 429), "{statuses:?}");
    assert_eq!(body["items"][14]["problem"]["code"], "QUOTA_ACCOUNT");
    app.stop().await;
}
