//! The whole service over the real TLS wire, on both engines: what a caller sees, and what the journal says of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong shall stop"
)]

mod app;
mod ask;
mod batches;
mod check;
mod cleaning;
mod configuration;
mod console;
mod console_api;
mod cut;
mod doctor;
mod enrol;
mod examine;
mod examples;
mod journal;
mod logs;
mod once;
mod outages;
mod overlap;
mod pki;
mod refusal_table;
mod refusals;
mod rotation;
mod sandbox;
mod scene;
mod secrecy;
mod slow;
mod together;
mod tracker;
mod verdicts;
mod watch;
mod workstation;

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Each test once on either engine.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::Engine::Sqlite)).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::Engine::Postgres)).await; })*
        }
    };
}
use on_both_engines;

/// Asks again and again, for ten seconds at most, until the answer is yes.
async fn eventually(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !ask().await {
        assert!(std::time::Instant::now() < until, "not within ten seconds: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
