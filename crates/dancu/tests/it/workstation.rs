//! Officers work from enrolled workstations, where their organisation demands it.
use crate::app::App;
use crate::ask::Ask;
use crate::scene::{HTMC, LOGIN, SUPERVISOR};
use crate::{Engine, on_both_engines};
use dancu_catalogue::{Code, Lang};
use dancu_exchange::WorkstationEntry;
use dancu_gateway::authenticate::{Presented, Session};
use dancu_gateway::door::{ChainVerdict, Peer, PeerCertificate};
use dancu_gateway::routes::RestCodec;
use dancu_gateway::{Call, Examination, Ground, Road, vietnam_day};
use dancu_journal::index::Query;
use dancu_message::{Answer, Service, rest};
use dancu_registry::Search;
use std::sync::Arc;
use std::time::Instant;

on_both_engines!(a_demand_bites_at_every_way_to_data_and_a_revocation_at_once);

const MINE: [u8; 32] = [7; 32];

/// Somebody at a browser that shows this certificate, or none.
pub(crate) fn peer(certificate: Option<([u8; 32], ChainVerdict)>) -> Peer {
    let certificate = certificate.map(|(fingerprint, chain)| {
        Arc::new(PeerCertificate { fingerprint, not_before_s: 0, not_after_s: i64::MAX / 2_000_000, chain })
    });
    Peer { address: [127, 0, 0, 1].into(), certificate }
}

fn session(login: &str) -> Session {
    Session { system: HTMC.into(), login: login.into() }
}

/// A look-up from the officer's page: why it is refused, if it is, as the answer and the journal tell.
pub(crate) async fn look_up(app: &App, peer: &Peer) -> Option<Code> {
    let road = app.road();
    let body = serde_json::to_vec(&Ask::look_up().json()).unwrap();
    let call = Call {
        peer: peer.clone(),
        presented: Presented::Session(session(LOGIN)),
        requests: vec![rest::decode_look_up(&body, vietnam_day(app.now_us()))],
        service: Some(Service::LookUp),
        protocol: "page",
        platform_id: None,
        idempotency: None,
        lang: Lang::Vi,
        began: Instant::now(),
        codec: Arc::new(RestCodec::page(Service::LookUp)),
        place: road.turnstile.enter(),
    };
    let reply = road.travel(call).await;
    let told = match reply.answers.as_slice() {
        [Answer::Refusal(refusal)] => Some(refusal.code),
        _ => None,
    };
    let entry = app.entry(reply.journal[0]).await;
    assert_eq!(entry.call.outcome.ruling().err(), told, "the journal tells the same");
    assert_eq!(entry.call.certificate, peer.certificate.as_ref().map(|shown| shown.fingerprint));
    told
}

pub(crate) async fn search(road: &Road, peer: &Peer) -> Option<Code> {
    let ground = Ground {
        peer: peer.clone(),
        session: session(LOGIN),
        purpose: Some("1.004227".into()),
        case_number: None,
    };
    let search = Search {
        name: None,
        birth: None,
        sex: None,
        number: dancu_citizen::PersonNumber::parse("001185000017").ok(),
        limit: 5,
    };
    road.search(&ground, &search).await.err()
}

async fn examine(road: &Road, peer: &Peer) -> Option<Code> {
    let by = Examination {
        peer: peer.clone(),
        session: session(SUPERVISOR),
        purpose: "Xác minh đơn phản ánh".into(),
        case_number: "TTr-118".into(),
        person: None,
    };
    road.examine(&by, Query { limit: 1, ..Query::default() }).await.err()
}

/// Look-up, search and examination from there: all say the same.
async fn works(app: &App, peer: &Peer) -> Option<Code> {
    let (first, road) = (look_up(app, peer).await, app.road());
    assert_eq!([search(road, peer).await, examine(road, peer).await], [first, first]);
    first
}

async fn a_demand_bites_at_every_way_to_data_and_a_revocation_at_once(engine: Engine) {
    let app = App::start(engine).await;
    let (nothing, mine) = (peer(None), peer(Some((MINE, ChainVerdict::Trusted))));
    assert_eq!(works(&app, &nothing).await, None, "nothing is demanded");

    let enrolled = app
        .on_road(|road, now_us| {
            let entry = |organisation: &str, fingerprint| WorkstationEntry {
                organisation: organisation.into(),
                name: "Máy 1".into(),
                fingerprint: Some(fingerprint),
                passkey: None,
                enrolled_by: "staff-1".into(),
            };
            road.exchange.demand_workstations("thai-nguyen", true, "staff-1", now_us).unwrap();
            road.exchange.enrol_workstation(&entry("suspended", [8; 32]), now_us).unwrap();
            road.exchange.enrol_workstation(&entry("thai-nguyen", MINE), now_us).unwrap()
        })
        .await;
    let demanded = Some(Code::WorkstationNotEnrolled);
    assert_eq!(works(&app, &nothing).await, demanded);
    assert_eq!(works(&app, &peer(Some(([9; 32], ChainVerdict::Trusted)))).await, demanded, "not enrolled");
    assert_eq!(works(&app, &peer(Some(([8; 32], ChainVerdict::Trusted)))).await, demanded, "of another one");
    assert_eq!(works(&app, &peer(Some((MINE, ChainVerdict::Untrusted)))).await, demanded, "of no authority");
    assert_eq!(works(&app, &mine).await, None);

    let seen_at = app.now_us();
    let id = Arc::clone(&enrolled);
    app.on_road(move |road, now_us| {
        // The other organisation's was seen too, though it was refused.
        assert_eq!(road.exchange.write_seen().unwrap(), 2);
        let all = road.exchange.workstations("thai-nguyen", "", 9).unwrap();
        assert_eq!((all.len(), &all[0].id, all[0].last_seen_us), (1, &id, Some(seen_at)));
        road.exchange.revoke_workstation(&id, "staff-1", now_us).unwrap();
    })
    .await;
    assert_eq!(works(&app, &mine).await, demanded, "at once");
    // Systems have certificates of their own.
    assert_eq!(app.ask(crate::ask::Via::Rest, &Ask::verify()).await.status, 200);
    app.stop().await;
}
