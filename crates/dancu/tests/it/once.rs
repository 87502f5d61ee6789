//! `Idempotency-Key`: the same call sent twice is answered once.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, journal_number, receipted, refused};
use crate::scene::{FEW, HTMC};
use crate::{Engine, on_both_engines};
use dancu::client::Answer;
use dancu_catalogue::Code;
use dancu_gateway::vietnam_day;
use dancu_journal::{Answered, Outcome, Scope};
use dancu_policy::SystemState;
use serde_json::json;

on_both_engines!(
    a_repeated_call_gets_the_same_bytes_and_is_charged_once,
    a_repeated_batch_gets_the_same_bytes,
    calls_with_one_key_at_once_are_one_call,
    a_refusal_that_may_pass_is_not_kept,
    a_suspended_system_gets_no_kept_answer,
);

async fn send(app: &App, request: http::Request<Vec<u8>>, key: &str) -> Answer {
    let (mut parts, body) = request.into_parts();
    parts.headers.insert("idempotency-key", key.parse().unwrap());
    app.call(Some(HTMC), http::Request::from_parts(parts, body)).await
}

fn by_few() -> Ask {
    let mut ask = Ask::look_up();
    ask.as_account(FEW);
    ask
}

/// Calls that the account has been charged for today.
async fn charged(app: &App) -> u64 {
    let day = (app.now_us() / 1_000_000 + 7 * 3600).div_euclid(86_400);
    assert!(vietnam_day(app.now_us()).year() > 2000);
    app.road().journal.quota_used(Scope::Account, &format!("{HTMC}-{FEW}"), day).await.unwrap()
}

fn same(one: &Answer, two: &Answer) {
    assert_eq!((one.status, &one.body), (two.status, &two.body));
    for name in ["content-type", "dancu-journal", "dancu-correlation-id"] {
        assert_eq!(one.header(name), two.header(name), "{name}");
    }
    assert_eq!(two.header("idempotent-replayed"), Some("true"));
}

async fn a_repeated_call_gets_the_same_bytes_and_is_charged_once(engine: Engine) {
    let app = App::start(engine).await;
    let request = by_few().request(Via::Rest, app.now_us());
    let first = send(&app, request.clone(), "k").await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, None));
    same(&first, &send(&app, request.clone(), "k").await);

    // Another server on the store, and the same one started again, know it too.
    let beside = app.beside().await;
    app.stop().await;
    let again = send(&beside, request.clone(), "k").await;
    same(&first, &again);
    receipted(&beside, &again).await;
    assert_eq!(charged(&beside).await, 1);
    // What leaves is written down each time; the header names the entry of the first.
    let written = beside.calls_from(0).await;
    assert_eq!(written.len(), 3);
    for entry in written.iter().skip(1) {
        assert_eq!(entry.call.outcome, Outcome::Answered(Answered::Released));
        assert_eq!(entry.call.system_id.as_deref(), Some(HTMC));
        assert_eq!(entry.call.response_sha256, Some(dancu_gateway::sha256(&first.body)));
    }

    // Another key, another system: another call. Another body: a mistake.
    let other = send(&beside, by_few().request(Via::Rest, beside.now_us()), "k2").await;
    assert_eq!((other.status, other.header("idempotent-replayed")), (200, None));
    let misused = send(&beside, by_few().request(Via::Rest, beside.now_us()), "k").await;
    refused(&beside, Via::Rest, Code::IdempotencyKeyReused, &misused, Journalled::Yes).await;
    assert_eq!(charged(&beside).await, 2);

    // The key is kept for a day.
    beside.clock.set(beside.now_us() + 25 * 3_600_000_000);
    let anew = send(&beside, request, "k").await;
    assert_eq!((anew.status, anew.header("idempotent-replayed")), (200, None));
    beside.stop().await;
}

async fn a_repeated_batch_gets_the_same_bytes(engine: Engine) {
    let app = App::start(engine).await;
    let mut request = Ask::verify().request(Via::Rest, app.now_us());
    let items = [Ask::verify().json(), json!({ "request_id": "broken" }), by_few().json()];
    *request.body_mut() = serde_json::to_vec(&json!({ "items": items })).unwrap();
    let first = send(&app, request.clone(), "batch").await;
    let number = journal_number(&first);
    let header = format!("{number}-{}", number + 2);
    assert_eq!((first.status, first.header("dancu-journal")), (200, Some(header.as_str())));
    same(&first, &send(&app, request, "batch").await);
    assert_eq!((charged(&app).await, app.calls().await), (1, 6));
    app.stop().await;
}

async fn calls_with_one_key_at_once_are_one_call(engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    let request = by_few().request(Via::Rest, app.now_us());
    let (one, two, three, four) = tokio::join!(
        send(&app, request.clone(), "race"),
        send(&beside, request.clone(), "race"),
        send(&app, request.clone(), "race"),
        send(&beside, request.clone(), "race"),
    );
    for answer in [&two, &three, &four] {
        assert_eq!(
            (answer.status, &answer.body, journal_number(answer)),
            (200, &one.body, journal_number(&one))
        );
    }
    assert_eq!((charged(&app).await, app.calls().await), (1, 4));
    app.stop().await;
    beside.stop().await;
}

/// A refusal that says "again later" would be a lie if the key gave it back for a day.
async fn a_refusal_that_may_pass_is_not_kept(engine: Engine) {
    let app = App::start(engine).await;
    let mut ask = Ask::verify();
    ask.by("closed-now");
    let send = async || {
        let mut request = ask.request(Via::Rest, app.now_us());
        request.headers_mut().insert("idempotency-key", "later".parse().unwrap());
        app.call(ask.certificate, request).await
    };
    let answer = send().await;
    refused(&app, Via::Rest, Code::OutsideHours, &answer, Journalled::Yes).await;
    app.clock.set(app.now_us() + 12 * 3_600_000_000);
    let answer = send().await;
    assert_eq!((answer.status, answer.header("idempotent-replayed")), (200, None), "{}", answer.text());
    app.stop().await;
}

async fn a_suspended_system_gets_no_kept_answer(engine: Engine) {
    let app = App::start(engine).await;
    let request = by_few().request(Via::Rest, app.now_us());
    let first = send(&app, request.clone(), "kept").await;
    assert_eq!(first.status, 200);
    let set = async |state| {
        app.on_road(move |road, now_us| road.exchange.set_system_state(HTMC, state, None, now_us).unwrap())
            .await;
    };
    set(SystemState::Suspended).await;
    let answer = send(&app, request.clone(), "kept").await;
    refused(&app, Via::Rest, Code::SystemSuspended, &answer, Journalled::Yes).await;
    set(SystemState::Connected).await;
    same(&first, &send(&app, request, "kept").await);
    app.stop().await;
}
