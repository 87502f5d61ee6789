//! The interface of Estonia's data tracker: who may ask, for whom, and what is told.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::scene::HTMC;
use crate::{Engine, eventually, on_both_engines};
use dancu_catalogue::Code;
use dancu_journal::{Outcome, Part};
use serde_json::Value;

on_both_engines!(
    a_portal_learns_who_used_a_persons_data,
    nobody_else_learns_anything,
    a_question_that_does_not_read_is_refused,
);

const PERSON: &str = "001185000017";

async fn portal(engine: Engine) -> App {
    App::with(engine, |config| config.tracker.systems = vec![HTMC.into()]).await
}

async fn get(app: &App, certificate: Option<&'static str>, user: Option<&str>, path: &str) -> (u16, Value) {
    let mut request = http::Request::get(path).header("x-road-id", "xroad-7");
    if let Some(user) = user {
        request = request.header("x-road-userid", user);
    }
    let answer = app.call(certificate, request.body(Vec::new()).unwrap()).await;
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8", "{path}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

async fn usages(app: &App, query: &str) -> (u64, Vec<Value>) {
    let path = format!("/v2/findUsage?userCode={PERSON}{query}");
    let (status, said) = get(app, Some(HTMC), Some("VN001185000017"), &path).await;
    assert_eq!(status, 200, "{said}");
    (said["totalUsages"].as_u64().unwrap(), said["usages"].as_array().unwrap().clone())
}

/// Until the index has taken up all that is committed.
async fn indexed(app: &App) {
    eventually("indexed", async || {
        app.on_road(|road, _| {
            road.evidence.index.position().unwrap() == road.journal.read_head().unwrap().size
        })
        .await
    })
    .await;
}

async fn a_portal_learns_who_used_a_persons_data(engine: Engine) {
    let app = portal(engine).await;
    let (status, said) = get(&app, None, None, "/v2/heartbeat").await;
    assert_eq!((status, said["status"].as_str()), (200, Some("OK")));

    let noon_us = app.now_us();
    for (minute, ask) in
        [Ask::verify(), Ask::look_up(), Ask { purpose: Some("no"), ..Ask::verify() }].into_iter().enumerate()
    {
        app.clock.set(noon_us + i64::try_from(minute).unwrap() * 60_000_000);
        app.ask(Via::Rest, &ask).await;
    }
    app.ask(Via::Rest, &Ask { number: Some("001085000038"), ..Ask::verify() }).await;
    indexed(&app).await;

    let (total, found) = usages(&app, "").await;
    assert_eq!((total, found.len()), (3, 3), "the other person is another's business");
    let actions: Vec<&str> = found.iter().map(|u| u["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "Yêu cầu xác thực bị từ chối",
            "Tra cứu thông tin công dân: 1.004227",
            "Xác thực thông tin công dân: 1.004227"
        ],
        "newest first"
    );
    for usage in &found {
        assert_eq!(
            (usage["receiverCode"].as_str(), usage["receiverName"].as_str()),
            (Some("H55"), Some("thai-nguyen"))
        );
        assert_eq!(usage["receiverSystem"], HTMC);
        assert_eq!(usage.as_object().unwrap().len(), 5);
    }
    let logtime = found[2]["logtime"].as_str().unwrap().to_owned();
    assert!(logtime.ends_with("T12:00:00+07:00"), "{logtime}");

    // Pages count from the newest; a period has both its ends; looking at it is no use of her data.
    let (total, found) = usages(&app, "&offset=1&limit=1").await;
    assert_eq!((total, found.len()), (3, 1));
    assert!(found[0]["action"].as_str().unwrap().starts_with("Tra cứu"));
    let local = logtime.trim_end_matches("+07:00");
    let (total, found) = usages(&app, &format!("&periodStart={local}&periodEnd={local}")).await;
    assert_eq!((total, found.len()), (1, 1), "{found:?}");
    assert_eq!(usages(&app, "&offset=9").await, (3, Vec::new()));

    let (status, said) = get(&app, Some(HTMC), None, "/v2/usagePeriod").await;
    assert_eq!((status, said["periodStart"].as_str()), (200, Some(logtime.as_str())));

    // Each question has an entry: by the person, through the portal, about nobody.
    let entries = app.calls_from(0).await;
    let asked: Vec<_> = entries.iter().filter(|e| e.call.service == "find_usage").collect();
    assert_eq!(asked.len(), 4);
    let call = &asked[0].call;
    assert_eq!((call.system_id.as_deref(), call.role.as_deref()), (Some(HTMC), Some("citizen")));
    assert_eq!(call.personal.get(Part::Officer), Some(PERSON));
    assert_eq!(call.personal.get(Part::Subject), None);
    assert_eq!(call.personal.get(Part::PlatformMessageId), Some("xroad-7"));
    app.stop().await;
}

async fn nobody_else_learns_anything(engine: Engine) {
    let app = portal(engine).await;
    app.ask(Via::Rest, &Ask::verify()).await;
    let path = format!("/v2/findUsage?userCode={PERSON}");
    let proof = format!("/v2/proof?userCode={PERSON}");
    for path in [path.as_str(), proof.as_str()] {
        let (status, said) = get(&app, None, Some(PERSON), path).await;
        assert_eq!((status, said["code"].as_str()), (401, Some("CERTIFICATE_MISSING")));
        let (status, said) = get(&app, Some("told-no-near"), Some(PERSON), path).await;
        assert_eq!(
            (status, said["code"].as_str()),
            (403, Some("SERVICE_NOT_AGREED")),
            "a system, but no portal"
        );
        let (status, said) = get(&app, Some(HTMC), Some("VN001085000038"), path).await;
        assert_eq!((status, said["code"].as_str()), (403, Some("FIELD_NOT_AGREED")), "for somebody else");
        let (status, said) = get(&app, Some(HTMC), None, path).await;
        assert_eq!((status, said["code"].as_str()), (400, Some("FIELD_MISSING")));
        assert!(said.get("usages").is_none() && said.get("chain").is_none());
    }
    let (status, _) = get(&app, None, None, "/v2/usagePeriod").await;
    assert_eq!(status, 401);
    // A registered system's attempts are written down.
    let entries = app.calls_from(0).await;
    let refused = |code: Code| {
        let of = |e: &&dancu_journal::Entry| {
            e.call.service == "find_usage" && e.call.outcome == Outcome::Refused(code)
        };
        entries.iter().filter(of).count()
    };
    assert_eq!(
        (refused(Code::ServiceNotAgreed), refused(Code::FieldNotAgreed), refused(Code::FieldMissing)),
        (1, 1, 1)
    );
    app.stop().await;
}

async fn a_question_that_does_not_read_is_refused(engine: Engine) {
    let app = portal(engine).await;
    for (query, code) in [
        ("", "FIELD_MISSING"),
        ("userCode=001185000018x", "NUMBER_INVALID"),
        ("userCode=001185000017&limit=1001", "FIELD_TYPE"),
        ("userCode=001185000017&limit=0", "FIELD_TYPE"),
        ("userCode=001185000017&offset=-1", "FIELD_TYPE"),
        ("userCode=001185000017&periodStart=hom-qua", "DATE_INVALID"),
    ] {
        let (status, said) = get(&app, Some(HTMC), Some(PERSON), &format!("/v2/findUsage?{query}")).await;
        assert_eq!((status, said["code"].as_str()), (400, Some(code)), "{query}");
        assert!(!said["message"].as_str().unwrap().is_empty());
    }
    app.stop().await;
}
