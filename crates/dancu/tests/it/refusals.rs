//! Every reason of the catalogue is reached over the wire, in SOAP and in REST, or excused by name.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, refused};
use crate::refusal_table::{EXCUSED, ROWS};
use crate::{Engine, on_both_engines, outages, slow};
use dancu::client::Answer;
use dancu_catalogue::{Code, ENTRIES};
use dancu_message::Service;
use std::collections::BTreeSet;
use std::sync::Arc;

on_both_engines!(every_reason_is_reached_in_both_protocols, wrong_passwords_are_counted_by_the_minute);

/// What was reached.
#[derive(Default)]
pub(crate) struct Reached(BTreeSet<(&'static str, Via)>);

impl Reached {
    /// Checks the refusal and notes it.
    pub(crate) async fn check(
        &mut self,
        app: &App,
        via: Via,
        code: Code,
        answer: &Answer,
        journalled: Journalled,
    ) {
        refused(app, via, code, answer, journalled).await;
        self.0.insert((code.name(), via));
    }
}

async fn every_reason_is_reached_in_both_protocols(engine: Engine) {
    let mut reached = Reached::default();
    Box::pin(by_a_call_alone(engine, &mut reached)).await;
    Box::pin(by_limits(engine, &mut reached)).await;
    Box::pin(by_a_key_used_twice(engine, &mut reached)).await;
    Box::pin(slow::bodies_that_stay_away(engine, &mut reached)).await;
    match engine {
        Engine::Sqlite => Box::pin(outages::full_disk(&mut reached)).await,
        Engine::Postgres => Box::pin(outages::store_that_goes_and_comes_back(&mut reached)).await,
    }
    let excused = |code: Code, via| {
        let embedded = code == Code::StoreUnavailable && engine == Engine::Sqlite;
        // The embedded store is a file that is open already: it can be full, and it cannot be away.
        embedded || EXCUSED.iter().any(|(c, v, _)| (*c, *v) == (code, via))
    };
    for entry in ENTRIES {
        for via in Via::BOTH {
            let seen = reached.0.contains(&(entry.name, via));
            assert_ne!(seen, excused(entry.code, via), "{} over {via:?}: reached is {seen}", entry.name);
        }
    }
}

/// On one server: everything that the table says, in order, each call with an entry of its own.
async fn by_a_call_alone(engine: Engine, reached: &mut Reached) {
    let app = App::start(engine).await;
    let mut calls = 0;
    for row in ROWS {
        for via in row.vias {
            let mut ask = Ask::verify();
            (row.ask)(&mut ask);
            let mut request = ask.request(*via, app.now_us());
            (row.wire)(*via, &mut request);
            if row.twice {
                let first = app.call(ask.certificate, request.clone()).await;
                assert_eq!(first.status, 200, "{via:?} {}: {}", row.code.name(), first.text());
                calls += 1;
            }
            let answer = app.call(ask.certificate, request).await;
            reached.check(&app, *via, row.code, &answer, Journalled::Yes).await;
            calls += 1;
        }
    }
    assert_eq!(app.calls().await, calls);
    app.stop().await;
}

/// Servers that let nobody in, or no system, and one that closes.
async fn by_limits(engine: Engine, reached: &mut Reached) {
    let app = App::start(engine).await;
    let full = app.beside_with(|c| c.limits.calls = 0).await;
    let narrow = app.beside_with(|c| c.limits.calls_per_system = 0).await;
    let closing = app.beside().await;
    closing.road().turnstile.close();
    for via in Via::BOTH {
        for (server, code) in
            [(&full, Code::Overloaded), (&narrow, Code::TooManyRequests), (&closing, Code::ShuttingDown)]
        {
            let answer = server.ask(via, &Ask::verify()).await;
            reached.check(server, via, code, &answer, Journalled::Yes).await;
            assert_eq!(answer.header("retry-after"), Some("5"));
        }
        // Where the journal's own queue is full nothing can be written, and the caller is told the same.
    }
    for server in [app, full, narrow, closing] {
        server.stop().await;
    }
}

async fn by_a_key_used_twice(engine: Engine, reached: &mut Reached) {
    let app = App::start(engine).await;
    let send = async |ask: &Ask| {
        let mut request = ask.request(Via::Rest, app.now_us());
        request.headers_mut().insert("idempotency-key", "k-1".parse().unwrap());
        app.call(ask.certificate, request).await
    };
    assert_eq!(send(&Ask::verify()).await.status, 200);
    let answer = send(&Ask::verify()).await;
    reached.check(&app, Via::Rest, Code::IdempotencyKeyReused, &answer, Journalled::Yes).await;
    let entry = app.entry(crate::check::journal_number(&answer)).await;
    assert_eq!(entry.call.system_id.as_deref(), Some("htmc"), "the entry names who misused the key");
    app.stop().await;
}

async fn wrong_passwords_are_counted_by_the_minute(engine: Engine) {
    let app = App::with(engine, |c| c.limits.failures_per_minute = 3).await;
    let wrong = || {
        let mut ask = Ask::verify();
        ask.proof = crate::ask::Proof::Header(Some("Basic aHRtYy50aGFpbmd1eWVuOng="));
        ask
    };
    for _ in 0..3 {
        let answer = app.ask(Via::Rest, &wrong()).await;
        refused(&app, Via::Rest, Code::CredentialsWrong, &answer, Journalled::Yes).await;
    }
    for via in Via::BOTH {
        let answer = app.ask(via, &wrong()).await;
        refused(&app, via, Code::TooManyRequests, &answer, Journalled::Yes).await;
    }
    let mut other = Ask::verify();
    other.by("told-no-near");
    assert_eq!(app.ask(Via::Rest, &other).await.status, 200, "another system is not held up");
    app.clock.set(app.now_us() + 60_000_000);
    assert_eq!(app.ask(Via::Rest, &Ask { service: Service::LookUp, ..Ask::verify() }).await.status, 200);
    app.stop().await;
}

#[test]
fn an_excuse_is_made_once_and_with_a_reason() {
    let unique: BTreeSet<_> = EXCUSED.iter().map(|(code, via, _)| (code.name(), *via)).collect();
    assert_eq!(unique.len(), EXCUSED.len());
    assert!(EXCUSED.iter().all(|(_, _, reason)| !reason.is_empty()));
}

/// A connection that is used again after a refusal is as good as before.
#[tokio::test(flavor = "multi_thread")]
async fn servers_on_one_store_share_nothing_but_the_store() {
    let app = App::start(Engine::Sqlite).await;
    let beside = app.beside().await;
    assert!(!Arc::ptr_eq(app.road(), beside.road()));
    for server in [&app, &beside] {
        assert_eq!(server.ask(Via::Soap, &Ask::verify()).await.status, 200);
    }
    assert_eq!(beside.calls().await, 2);
    app.stop().await;
    beside.stop().await;
}
