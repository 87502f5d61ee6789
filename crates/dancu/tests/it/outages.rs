//! The store goes away and comes back; the disk fills up and is emptied. Nothing acknowledged is lost.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, journal_number, receipted};
use crate::eventually;
use crate::refusals::Reached;
use dancu_catalogue::Code;
use dancu_storage::testing::limit_pages;

/// As many calls as it takes to fill some pages.
const CALLS_TO_FILL: usize = 200;

/// On PostgreSQL, which is killed while the service runs.
pub(crate) async fn store_that_goes_and_comes_back(reached: &mut Reached) {
    let app = App::on_own_server().await;
    let server = app.place.postgres.as_ref().expect("a server of its own");
    let mut acknowledged = Vec::new();
    for via in Via::BOTH {
        acknowledged.push(journal_number(&app.ask(via, &Ask::look_up()).await));
    }
    for _ in 0..2 {
        server.stop();
        for via in Via::BOTH {
            let answer = app.ask(via, &Ask::look_up()).await;
            reached.check(&app, via, Code::StoreUnavailable, &answer, Journalled::No).await;
            let answer = app.ask(via, &Ask::verify()).await;
            reached.check(&app, via, Code::JournalUnavailable, &answer, Journalled::No).await;
        }
        assert_eq!(ready(&app).await, 503);
        server.start();
        eventually("the service answers again", async || {
            let answer = app.ask(Via::Rest, &Ask::look_up()).await;
            acknowledged.extend((answer.status == 200).then(|| journal_number(&answer)));
            answer.status == 200
        })
        .await;
        assert_eq!(ready(&app).await, 200);
    }
    whole(&app, &acknowledged).await;
    app.stop().await;
}

/// On SQLite, whose file may not grow.
pub(crate) async fn full_disk(reached: &mut Reached) {
    let app = App::start(crate::Engine::Sqlite).await;
    let mut acknowledged = vec![journal_number(&app.ask(Via::Rest, &Ask::verify()).await)];
    limit_pages(&app.store, 1).unwrap();
    let mut refused = None;
    for _ in 0..CALLS_TO_FILL {
        let answer = app.ask(Via::Rest, &Ask::verify()).await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
        acknowledged.push(journal_number(&answer));
    }
    let answer = refused.expect("a call that found the disk full");
    reached.check(&app, Via::Rest, Code::JournalUnavailable, &answer, Journalled::No).await;
    let answer = app.ask(Via::Soap, &Ask::look_up()).await;
    reached.check(&app, Via::Soap, Code::JournalUnavailable, &answer, Journalled::No).await;

    limit_pages(&app.store, 1_000_000).unwrap();
    let answer = app.ask(Via::Rest, &Ask::verify()).await;
    assert_eq!(answer.status, 200, "room again: {}", answer.text());
    receipted(&app, &answer).await;
    acknowledged.push(journal_number(&answer));
    whole(&app, &acknowledged).await;
    app.stop().await;
}

async fn ready(app: &App) -> u16 {
    app.call(None, http::Request::get("/readyz").body(Vec::new()).unwrap()).await.status
}

/// Every acknowledged entry is there, and the numbers have no gaps.
async fn whole(app: &App, acknowledged: &[u64]) {
    for number in acknowledged {
        app.entry(*number).await;
    }
    let journal = &app.road().journal;
    assert_eq!(journal.count().await.unwrap(), journal.len().await.unwrap());
    assert!(journal.len().await.unwrap() >= acknowledged.len() as u64);
}
