//! A supervisor reads the journal: decided, written down, then read; lawful secrecy opens by itself.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::scene::{HTMC, LOGIN, MANAGER, SUPERVISOR};
use crate::{Engine, eventually, on_both_engines};
use dancu_catalogue::Code;
use dancu_gateway::authenticate::Session;
use dancu_gateway::door::Peer;
use dancu_gateway::{Examination, Order};
use dancu_journal::index::{Page, Query, Shown};
use dancu_journal::{Outcome, Part, subject_hash};

on_both_engines!(only_a_supervisor_searches_and_each_search_is_told, what_is_withheld_opens_by_itself);

const PERSON: &str = "001185000017";
const ALL: Page = Page { before: None, limit: 100 };

fn examination(login: &str, person: Option<&str>) -> Examination {
    Examination {
        peer: Peer { address: [127, 0, 0, 1].into(), certificate: None },
        session: Session { system: HTMC.into(), login: login.into() },
        purpose: "Xác minh đơn phản ánh".into(),
        case_number: "TTr-118".into(),
        person: person.map(Into::into),
    }
}

async fn indexed(app: &App) {
    eventually("indexed", async || {
        app.on_road(|road, _| {
            road.evidence.index.position().unwrap() == road.journal.read_head().unwrap().size
        })
        .await
    })
    .await;
}

async fn shown(app: &App) -> Vec<Shown> {
    let now_us = app.now_us();
    let (_, history) = app.road().evidence.history(PERSON, ALL, now_us).await.unwrap();
    history.items.into_iter().map(|item| item.shown).collect()
}

async fn only_a_supervisor_searches_and_each_search_is_told(engine: Engine) {
    let app = App::start(engine).await;
    app.ask(Via::Rest, &Ask::verify()).await;
    app.ask(Via::Rest, &Ask { number: Some("001085000038"), ..Ask::verify() }).await;
    indexed(&app).await;
    let road = app.road();
    let query = || Query { service: Some("verify".into()), limit: 10, ..Query::default() };

    for login in [LOGIN, MANAGER] {
        let refused = road.examine(&examination(login, None), query()).await;
        assert_eq!(refused.unwrap_err(), Code::RoleNotAllowed, "{login}");
        assert!(road.examine_entry(&examination(login, None), 1).await.is_err());
    }
    assert_eq!(road.examine(&examination("nobody", None), query()).await.unwrap_err(), Code::AccountUnknown);
    let told = app.calls_from(0).await;
    let refusals = told.iter().filter(|e| e.call.service == "examine" && e.call.outcome.ruling().is_err());
    assert_eq!(refusals.count(), 5, "attempts are written down too");

    let (journal, found) = road.examine(&examination(SUPERVISOR, None), query()).await.unwrap();
    assert_eq!(found.entries.len(), 2);
    let entry = app.entry(journal).await;
    assert_eq!((entry.call.service.as_str(), entry.call.role.as_deref()), ("examine", Some("supervisor")));
    assert_eq!(entry.call.personal.get(Part::Purpose), Some("Xác minh đơn phản ánh"));
    assert_eq!(entry.call.personal.get(Part::CaseNumber), Some("TTr-118"));
    assert_eq!(entry.call.personal.get(Part::RequestId), Some("service=verify limit=10"));
    assert_eq!(entry.call.personal.get(Part::Subject), None, "about nobody");

    // By person: she sees it.
    let subject = Some(subject_hash(&road.ring, PERSON));
    let by_person = Query { subject, limit: 10, ..Query::default() };
    let (_, found) = road.examine(&examination(SUPERVISOR, Some(PERSON)), by_person).await.unwrap();
    assert_eq!(found.entries.len(), 1, "what is found does not hold the search itself");
    // One entry, whoever it is about: so does she.
    let (_, entry) =
        road.examine_entry(&examination(SUPERVISOR, None), found.entries[0].index).await.unwrap().unwrap();
    assert_eq!(entry.call.personal.get(Part::Subject), Some(PERSON));
    indexed(&app).await;
    let services: Vec<String> = shown(&app)
        .await
        .into_iter()
        .map(|shown| match shown {
            Shown::Call(call) => call.service,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(services, ["examine", "examine", "verify"]);
    assert!(road.examine_entry(&examination(SUPERVISOR, None), 99_999).await.unwrap().is_none());
    app.stop().await;
}

async fn what_is_withheld_opens_by_itself(engine: Engine) {
    let app = App::start(engine).await;
    app.ask(Via::Rest, &Ask::verify()).await;
    indexed(&app).await;
    let road = app.road();
    let entry = app.calls_from(0).await[0].index;
    let until_us = app.now_us() + 3_600_000_000;
    let order =
        || Order { entry, until_us, order: "QĐ-17".into(), authority: "Cơ quan điều tra".into() };

    assert_eq!(road.withhold(&examination(LOGIN, None), order()).await.unwrap_err(), Code::RoleNotAllowed);
    let nobody = road.withhold(&examination(SUPERVISOR, None), Order { entry: 0, ..order() }).await.unwrap();
    assert!(nobody.is_none(), "a context is about nobody");
    road.withhold(&examination(SUPERVISOR, None), order()).await.unwrap().unwrap();

    assert_eq!(road.evidence.withheld_until(entry, app.now_us()).await.unwrap(), Some(until_us));
    let closed = shown(&app).await;
    assert!(
        matches!(closed.as_slice(), [Shown::Withholding { order: None, .. }, Shown::Withheld { .. }]),
        "{closed:?}"
    );
    app.clock.set(until_us);
    let open = shown(&app).await;
    let [Shown::Withholding { order: Some(order), .. }, Shown::Call(call)] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert!(order.contains("QĐ-17") && call.outcome == Outcome::Answered(dancu_journal::Answered::Verified));
    assert_eq!(road.evidence.withheld_until(entry, until_us).await.unwrap(), None);
    app.stop().await;
}
