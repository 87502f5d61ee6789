//! Two servers on one store: what must be exact is exact, and what one changes the other knows.
use crate::app::App;
use crate::ask::{Ask, Proof, Via};
use crate::check::{Journalled, refused};
use crate::pki::pki;
use crate::scene::{FEW, FEW_QUOTA, HTMC, LOGIN, user};
use crate::{Engine, on_both_engines};
use dancu_catalogue::Code;
use dancu_exchange::CredentialEntry;
use dancu_gateway::Road;
use dancu_keys::Secret;
use dancu_policy::{AccountState, SystemState};
use std::time::Duration;
use tokio::task::JoinSet;

on_both_engines!(
    a_quota_is_exact_over_two_servers,
    a_request_id_counts_once_over_two_servers,
    a_change_is_in_force_at_once_here_and_within_a_second_there,
);

/// Sends asks to two servers in turn, all at once, and gives the statuses.
async fn race(app: App, asks: Vec<(Via, Ask)>) -> (App, App, Vec<u16>) {
    let beside = app.beside().await;
    let servers = std::sync::Arc::new([app, beside]);
    let mut calls = JoinSet::new();
    for (number, (via, ask)) in asks.into_iter().enumerate() {
        let servers = std::sync::Arc::clone(&servers);
        calls.spawn(async move { servers[number % 2].ask(via, &ask).await.status });
    }
    let statuses = calls.join_all().await;
    let [app, beside] = std::sync::Arc::into_inner(servers).expect("no call is left");
    (app, beside, statuses)
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|s| **s == status).count()
}

async fn a_quota_is_exact_over_two_servers(engine: Engine) {
    let quota = FEW_QUOTA as usize;
    let ask = |number: usize| {
        let mut ask = Ask::verify();
        ask.as_account(FEW);
        (Via::BOTH[number / 2 % 2], ask)
    };
    let (app, beside, statuses) =
        Box::pin(race(App::start(engine).await, (0..5 * quota).map(ask).collect())).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (quota, 4 * quota));
    assert_eq!(app.calls().await, 5 * quota);
    // On the next day, in the time of Vietnam, it begins anew.
    app.clock.set(app.now_us() + 12 * 3_600_000_000);
    assert_eq!(beside.ask(Via::Rest, &ask(0).1).await.status, 200);
    app.stop().await;
    beside.stop().await;
}

async fn a_request_id_counts_once_over_two_servers(engine: Engine) {
    let mut ask = Ask::look_up();
    ask.proof = Proof::PerCall(None);
    let asks = (0..10).map(|number| (Via::BOTH[number / 2 % 2], ask.clone())).collect();
    let (app, beside, statuses) = Box::pin(race(App::start(engine).await, asks)).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 409)), (1, 9));
    // After the window the same id with a new hash is a new call: clients form it from the time of day.
    app.clock.set(app.now_us() + 601_000_000);
    assert_eq!(beside.ask(Via::Soap, &ask).await.status, 200);
    app.stop().await;
    beside.stop().await;
}

type Change = fn(&Road, i64);

/// Each is made on top of the one before, so each refusal comes before those of the earlier ones are asked.
const CHANGES: &[(Code, Change)] = &[
    (Code::AccountNotActive, |road, now_us| {
        road.exchange.set_account_state(&format!("{HTMC}-{LOGIN}"), AccountState::Locked, now_us).unwrap();
    }),
    (Code::SystemSuspended, |road, now_us| {
        road.exchange.set_system_state(HTMC, SystemState::Suspended, Some("test"), now_us).unwrap();
    }),
    (Code::CredentialsWrong, |road, now_us| {
        let credential = CredentialEntry {
            username: user(HTMC),
            system: HTMC.into(),
            password: Some(Secret::new(b"another password".as_slice())),
            secret: None,
            service_urls: Vec::new(),
        };
        road.exchange.put_credential(&credential, now_us).unwrap();
    }),
    (Code::CertificateRevoked, |road, now_us| {
        road.exchange.revoke_certificate(&pki().clients[HTMC].fingerprint, now_us).unwrap();
    }),
];

async fn a_change_is_in_force_at_once_here_and_within_a_second_there(engine: Engine) {
    let app = App::with(engine, |c| c.limits.failures_per_minute = 1000).await;
    let beside = app.beside().await;
    for server in [&app, &beside] {
        // Twice: the second password comes from the cache, which must not outlive the password.
        for _ in 0..2 {
            assert_eq!(server.ask(Via::Rest, &Ask::verify()).await.status, 200);
        }
    }
    for (code, change) in CHANGES {
        app.on_road(*change).await;
        for via in Via::BOTH {
            refused(&app, via, *code, &app.ask(via, &Ask::verify()).await, Journalled::Yes).await;
        }
        wait_for(&beside, *code).await;
        refused(&beside, Via::Soap, *code, &beside.ask(Via::Soap, &Ask::verify()).await, Journalled::Yes)
            .await;
    }
    app.stop().await;
    beside.stop().await;
}

/// Polls by snapshot, ten times the interval at which servers look for changes.
async fn wait_for(beside: &App, code: Code) {
    for _ in 0..50 {
        if beside.ask(Via::Rest, &Ask::verify()).await.status == code.status() && refusal(beside, code).await
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} did not reach the other server within a second", code.name());
}

async fn refusal(beside: &App, code: Code) -> bool {
    beside.ask(Via::Rest, &Ask::verify()).await.text().contains(code.name())
}
