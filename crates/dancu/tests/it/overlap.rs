//! Credentials change while a system calls: for a time both are taken, then the new ones alone.
use crate::app::App;
use crate::ask::{Ask, Proof, Via};
use crate::check::{Journalled, receipted, refused};
use crate::scene::{HTMC, SECRET, user};
use crate::{Engine, eventually, on_both_engines};
use dancu_catalogue::Code;
use dancu_exchange::NewSecrets;
use dancu_keys::Secret;

on_both_engines!(
    both_are_taken_during_the_overlap_and_the_new_ones_alone_after_it,
    what_was_proved_once_is_not_computed_again_nor_counted,
);

/// Of `scene::password`
const OLD: &str = "mat-khau-cua-htmc";
const NEW: &str = "password-that-is-new";
const NEW_SECRET: &str = "secret-that-is-new";
const OVERLAP_US: i64 = 10 * 60_000_000;

/// Rotates, and waits until both servers know.
async fn rotate(app: &App, beside: &App) {
    let version = app
        .on_road(|road, now_us| {
            let given = |text: &str| Some(Secret::new(text.as_bytes()));
            let new = NewSecrets { password: given(NEW), secret: given(NEW_SECRET) };
            road.exchange.rotate_credential(&user(HTMC), &new, now_us + OVERLAP_US, now_us).unwrap();
            road.exchange.snapshot().version
        })
        .await;
    eventually("the other server follows", async || beside.road().exchange.snapshot().version == version)
        .await;
}

fn old() -> [Proof; 2] {
    [Proof::PasswordOf(OLD), Proof::PerCallBy(SECRET)]
}

fn new() -> [Proof; 2] {
    [Proof::PasswordOf(NEW), Proof::PerCallBy(NEW_SECRET)]
}

async fn taken(app: &App, via: Via, proof: &Proof) {
    let answer = app.ask(via, &Ask { proof: proof.clone(), ..Ask::look_up() }).await;
    assert_eq!(answer.status, 200, "{via:?} {proof:?}: {}", answer.text());
    receipted(app, &answer).await;
}

async fn wrong(app: &App, via: Via, proof: &Proof) {
    let answer = app.ask(via, &Ask { proof: proof.clone(), ..Ask::look_up() }).await;
    refused(app, via, Code::CredentialsWrong, &answer, Journalled::Yes).await;
}

async fn both_are_taken_during_the_overlap_and_the_new_ones_alone_after_it(engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    for via in Via::BOTH {
        for (before, after) in old().iter().zip(&new()) {
            taken(&app, via, before).await;
            wrong(&app, via, after).await;
        }
    }
    rotate(&app, &beside).await;
    for server in [&app, &beside] {
        for via in Via::BOTH {
            for proof in old().iter().chain(&new()).chain(&old()) {
                taken(server, via, proof).await;
            }
        }
    }
    let over = app.now_us() + OVERLAP_US;
    app.clock.set(over - 1);
    taken(&app, Via::Rest, &Proof::PasswordOf(OLD)).await;
    app.clock.set(over);
    for server in [&app, &beside] {
        for via in Via::BOTH {
            for (before, after) in old().iter().zip(&new()) {
                taken(server, via, after).await;
                wrong(server, via, before).await;
            }
        }
    }
    app.stop().await;
    beside.stop().await;
}

/// When the guesses of the minute are used up, what is left to answer is answered from the cache: no hash is computed.
async fn what_was_proved_once_is_not_computed_again_nor_counted(engine: Engine) {
    let app = App::with(engine, |config| config.limits.failures_per_minute = 3).await;
    let beside = app.beside().await;
    let both = [Proof::PasswordOf(OLD), Proof::PasswordOf(NEW)];
    // Proved while it is the present one; the new one pushes it out of its place in the cache.
    taken(&app, Via::Rest, &both[0]).await;
    rotate(&app, &beside).await;
    for proof in &both {
        taken(&app, Via::Rest, proof).await;
    }
    for _ in 0..3 {
        wrong(&app, Via::Soap, &Proof::PasswordOf("a guess")).await;
    }
    let answer = app.ask(Via::Rest, &Ask { proof: Proof::PasswordOf("a guess"), ..Ask::verify() }).await;
    refused(&app, Via::Rest, Code::TooManyRequests, &answer, Journalled::Yes).await;
    for proof in both.iter().chain(&both) {
        taken(&app, Via::Rest, proof).await;
    }
    app.stop().await;
    beside.stop().await;
}
