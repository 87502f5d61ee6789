//! The technical test over the wire: an applicant's system calls, and its calls are the record.
use crate::app::{App, blocking};
use crate::ask::{Ask, Proof, Via};
use crate::check::{Journalled, receipted, refused};
use crate::enrol::{Applicant, FIRST, P256, post, with_authority};
use crate::scene::{self, HTMC, SOAP_PATH};
use crate::{Engine, eventually, on_both_engines};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu::client::{self, Answer};
use dancu_catalogue::Code;
use dancu_exchange::sandbox::{TEST_LOGIN, TEST_OFFICER};
use dancu_exchange::{CredentialEntry, World};
use dancu_governance::{
    Contact, Deed, Event, Governance, GovernanceError, Request, RequestedPurpose, RequestedService, Sandbox,
    State, Step, Technical, TestCase, Upload,
};
use dancu_journal::{Outcome, Part, Scope};
use dancu_keys::Secret;
use dancu_message::Service;
use std::sync::Arc;

on_both_engines!(a_test_passes_by_calls_alone, nothing_crosses_the_border, a_closed_sandbox_answers_nothing,);

const SYSTEM: &str = "testing";
const MANAGER: &str = "manager-1";
const OFFICER: &str = "officer-1";
const DAY_US: i64 = 86_400_000_000;
const PDF: &[u8] = b"%PDF-1.7\n% x\n%%EOF\n";

fn request() -> Request {
    let text = |text: &str| text.to_owned();
    let service = |service: &str, fields: &[&str]| RequestedService {
        service: text(service),
        fields: fields.iter().map(|field| text(field)).collect(),
        field_count: u16::try_from(fields.len()).unwrap(),
    };
    Request {
        organisation_name: text("UBND tỉnh Thái Nguyên"),
        agency_code: text("H55"),
        functions: text("Quản lý nhà nước"),
        tasks: text("Giải quyết thủ tục hành chính"),
        powers: text("Theo quy định của pháp luật"),
        system_name: text("Một cửa điện tử"),
        system_kind: text("one_stop"),
        officer: Contact {
            full_name: text("Nguyễn Văn An"),
            position: text("Trưởng phòng"),
            phone: text("0208 385 5555"),
            email: text("an.nv@example.vn"),
            unit: text("Sở Khoa học và Công nghệ"),
        },
        purpose: text("Xác thực thông tin công dân"),
        scope: text("Toàn tỉnh"),
        content: text("Họ tên, ngày sinh"),
        purposes: vec![RequestedPurpose {
            code: text("1.004227"),
            name: text("Đăng ký thường trú"),
            case_required: false,
        }],
        services: vec![
            service("verify", &["personal_id", "full_name", "birth_date", "sex"]),
            service("look_up", &["full_name", "permanent_residence"]),
        ],
        technical: Technical {
            summary: text("Kết nối qua LGSP của tỉnh"),
            connection_model: text("tslcd_02"),
            networks: vec![text("127.0.0.0/8")],
            daily_calls: 5000,
            security_level: 3,
        },
    }
}

#[test]
fn the_cases_name_people_of_the_sandbox() {
    let rules = dancu_governance::rules::Rules::built_in().unwrap();
    let people = dancu_registry::TestPeople::draw();
    let today = dancu_citizen::CivilDate::new(2026, 11, 21).unwrap();
    for service in [Service::Verify, Service::LookUp] {
        for case in rules.test_cases(service, today) {
            let person = &case.person;
            let found = people.records().find(|record| {
                record.personal_id.as_ref().is_some_and(|number| number.value.expose() == person.number)
            });
            assert_eq!(found.is_some(), case.name != "unknown", "{}", case.name);
            let Some(record) = found else { continue };
            let named = record.full_name.as_ref().unwrap().value.whole() == person.full_name;
            assert_eq!(named, case.name != "mismatch", "{}", case.name);
            let born = record.birth_date.as_ref().unwrap().value.iso() == person.birth_date;
            assert_eq!(born, case.name != "malformed", "{}", case.name);
        }
    }
    let officer = |record: &&dancu_citizen::Record| {
        record.personal_id.as_ref().is_some_and(|number| number.value.expose() == TEST_OFFICER)
    };
    assert!(people.records().find(officer).is_some());
}

/// The applicant: its connection, and how its own system calls.
struct Test {
    id: String,
    header: &'static str,
    tls: Arc<rustls::ClientConfig>,
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Runs something with the governance of a server.
async fn governed<T: Send + 'static>(app: &App, f: impl FnOnce(&Governance, i64) -> T + Send + 'static) -> T {
    let (governance, now_us) = (app.server.office().governance.clone(), app.now_us());
    blocking(move || f(&governance, now_us)).await
}

/// A request that was received: its sandbox is open. Gives the connection.
async fn received(app: &App) -> String {
    let id = governed(app, |governance, now_us| {
        let deed = Deed::of(MANAGER, now_us, 0, "");
        let id = governance.open_connection("thai-nguyen", SYSTEM, &request(), deed).unwrap();
        let papers = ["request_form", "technical_description"];
        let papers = papers.map(|kind| Upload { kind, name: "giay-to.pdf", bytes: PDF });
        governance.take_with(&id, Step::Submit, &papers, deed).unwrap();
        id
    });
    let id = id.await;
    let of = id.clone();
    governed(app, move |governance, now_us| {
        let sandbox = Sandbox { credential: "sandbox-one".into(), handed_over: vec!["api-1.0".into()] };
        governance.receive(&of, &sandbox, Deed::of(OFFICER, now_us, 0, "")).unwrap();
    })
    .await;
    id
}

/// As `received`; the applicant's system got its certificate with the code of its sandbox, and the sandbox's credentials.
async fn testing(app: &App) -> Test {
    let id = received(app).await;
    let of = id.clone();
    let (access, code) = governed(app, move |governance, now_us| {
        let access = governance.sandbox_access(&of, now_us).unwrap().unwrap();
        let deed = Deed::of(MANAGER, now_us, 0, "");
        let (_, code) = governance.issue_sandbox_code(&of, now_us + DAY_US, deed).unwrap();
        (access, code.expose_str().unwrap().to_owned())
    })
    .await;
    assert_eq!((access.login, access.officer), (TEST_LOGIN, TEST_OFFICER));
    let username = access.username.clone();
    app.on_road(move |road, now_us| {
        let credentials = CredentialEntry {
            username,
            system: SYSTEM.into(),
            password: Some(Secret::new("mat-khau-thu-nghiem")),
            secret: None,
            service_urls: vec![SOAP_PATH.into()],
        };
        road.exchange.put_credential(&credentials, now_us).unwrap();
    })
    .await;
    let applicant = Applicant::new(P256);
    let enrolled = app.call(None, post(FIRST, Some((SYSTEM, &code)), applicant.request())).await;
    assert_eq!(enrolled.status, 200, "{}", enrolled.text());
    let (tls, _) = applicant.take(&enrolled);
    let pair = STANDARD.encode(format!("{}:mat-khau-thu-nghiem", access.username));
    Test { id, header: leak(format!("Basic {pair}")), tls }
}

impl Test {
    /// What the test says that is to be sent.
    fn ask(&self, case: &TestCase) -> Ask {
        let script = case.script.clone().expect("every case says what is to be called");
        let person = script.person;
        Ask {
            system: SYSTEM,
            proof: Proof::Header(Some(self.header)),
            service: case.service,
            purpose: Some(if case.name == "refusal" { "KHONG-DANG-KY" } else { "1.004227" }),
            officer: Some(TEST_OFFICER),
            account: Some(TEST_LOGIN),
            number: Some(leak(person.number)),
            name: Some(leak(person.full_name)),
            born: Some(leak(person.birth_date.replace('-', ""))),
            ..Ask::verify()
        }
    }

    async fn call(&self, app: &App, via: Via, ask: &Ask) -> Answer {
        let request = ask.request(via, app.now_us());
        client::send(&app.authority(), Arc::clone(&self.tls), request).await.unwrap()
    }

    async fn cases(&self, app: &App) -> Vec<TestCase> {
        let id = self.id.clone();
        governed(app, move |governance, _| governance.tests(&id).unwrap().pop().unwrap().cases).await
    }

    async fn step(&self, app: &App, step: Step) -> Result<State, GovernanceError> {
        let id = self.id.clone();
        let take = move |governance: &Governance, now_us| {
            governance.take(&id, step, Deed::of(OFFICER, now_us, 0, "vì thế")).map(|matter| matter.state)
        };
        governed(app, take).await
    }
}

/// An answer of the sandbox: signed and in the journal as every other, and nobody's.
async fn of_the_sandbox(app: &App, answer: &Answer) -> u64 {
    assert_eq!(answer.header("dancu-sandbox"), Some("true"), "{}", answer.text());
    let entry = receipted(app, answer).await;
    let call = &entry.call;
    assert!(call.service.starts_with("sandbox_"), "{}", call.service);
    assert_eq!((call.system_id.as_deref(), call.account_id.as_deref()), (Some(SYSTEM), None));
    assert_eq!((call.subject, call.personal.get(Part::Subject)), (None, None));
    entry.index
}

async fn a_test_passes_by_calls_alone(engine: Engine) {
    let app = App::with(engine, with_authority).await;
    let beside = app.beside().await;
    let test = testing(&app).await;
    let cases = test.cases(&app).await;
    assert_eq!(cases.len(), 10);

    // In one protocol or the other, on one server or the other; all but the last.
    let (last, others) = cases.split_last().unwrap();
    eventually("the other server knows the sandbox, and the certificate of who is tested", async || {
        let (here, there) = (app.road().exchange.snapshot(), beside.road().exchange.snapshot());
        there.sandbox(SYSTEM, beside.now_us()).is_some() && there.version == here.version
    })
    .await;
    for (at, case) in others.iter().enumerate() {
        let via = Via::BOTH[at % 2];
        let server = if at % 3 == 0 { &beside } else { &app };
        let answer = test.call(server, via, &test.ask(case)).await;
        let entry = of_the_sandbox(server, &answer).await;
        let now =
            test.cases(&app).await.into_iter().find(|c| c.name == case.name && c.service == case.service);
        let now = now.unwrap();
        let told = format!("{via:?} {:?} {}: {:?} {}", case.service, case.name, now, answer.text());
        assert!(now.done_us.is_some() && now.calls == 1, "{told}");
        assert_eq!((now.outcome.as_deref(), now.entry), (Some(&*case.expect), Some(entry)), "{told}");
    }
    let missing = test.step(&app, Step::PassTest).await;
    assert!(matches!(missing, Err(GovernanceError::NotMet(_))), "{missing:?}: one case was not called");

    // A wrong answer to the case does not do it; the right one does.
    let wrong = Ask { purpose: Some("KHONG-DANG-KY"), ..test.ask(last) };
    of_the_sandbox(&app, &test.call(&app, Via::Soap, &wrong).await).await;
    let done = test.cases(&app).await.iter().filter(|case| case.done_us.is_some()).count();
    assert_eq!(done, if last.expect == "refused" { 10 } else { 9 });
    for case in &cases {
        for via in Via::BOTH {
            of_the_sandbox(&app, &test.call(&app, via, &test.ask(case)).await).await;
        }
    }
    let all = test.cases(&app).await;
    assert!(all.iter().all(|case| case.done_us.is_some() && case.calls >= 2), "{all:?}");

    // Nothing was charged to anybody.
    let day = (app.now_us() / 1_000_000 + 7 * 3600).div_euclid(86_400);
    for (scope, id) in [(Scope::System, SYSTEM), (Scope::Account, "testing/sandbox")] {
        assert_eq!(app.road().journal.quota_used(scope, id, day).await.unwrap(), 0, "{id}");
    }

    assert_eq!(test.step(&app, Step::PassTest).await.unwrap(), State::Assessment);
    eventually("the sandbox's certificate is revoked", async || {
        let request = test.ask(last).request(Via::Rest, app.now_us());
        let answer = client::send(&app.authority(), Arc::clone(&test.tls), request).await;
        answer.is_ok_and(|answer| answer.text().contains(Code::CertificateRevoked.name()))
    })
    .await;
    // By another certificate of the system, and credentials of its own, it is what it is: not connected.
    let mut own = Ask::verify();
    own.by(SYSTEM);
    refused(&app, Via::Rest, Code::SystemNotConnected, &app.ask(Via::Rest, &own).await, Journalled::Yes)
        .await;
    let old = Ask { certificate: Some(SYSTEM), ..test.ask(last) };
    refused(&app, Via::Rest, Code::CredentialsWrong, &app.ask(Via::Rest, &old).await, Journalled::Yes).await;
    app.stop().await;
    beside.stop().await;
}

async fn nothing_crosses_the_border(engine: Engine) {
    let app = App::with(engine, with_authority).await;
    let test = testing(&app).await;
    let cases = test.cases(&app).await;
    let case = |service, name: &str| cases.iter().find(|c| c.service == service && c.name == name).unwrap();
    let person = test.ask(case(Service::LookUp, "match"));

    // Somebody of the real registry is nobody in the sandbox.
    let real = Ask {
        number: Some("001185000017"),
        name: Ask::look_up().name,
        born: Ask::look_up().born,
        ..person.clone()
    };
    for via in Via::BOTH {
        let answer = test.call(&app, via, &real).await;
        of_the_sandbox(&app, &answer).await;
        let entry = receipted(&app, &answer).await;
        assert_eq!(entry.call.outcome.name(), "not_found", "{via:?} {}", answer.text());
        assert!(!answer.text().contains("Phúc Tân"));
    }

    // A synthetic person is nobody to a live system, even if somebody opened a sandbox for it.
    app.on_road(|road, now_us| {
        let open = road.exchange.change_with("test.open", now_us, |change| {
            change.open_sandbox(HTMC, "htmc-sandbox", now_us + DAY_US)
        });
        open.unwrap();
    })
    .await;
    let live = |ask: &Ask| Ask { number: ask.number, name: ask.name, born: ask.born, ..Ask::look_up() };
    for via in Via::BOTH {
        let answer = app.ask(via, &live(&person)).await;
        let entry = receipted(&app, &answer).await;
        assert_eq!((entry.call.service.as_str(), entry.call.outcome.name()), ("look_up", "not_found"));
        assert_eq!(answer.header("dancu-sandbox"), None);
        let answer = app.ask(via, &live(&real)).await;
        let entry = receipted(&app, &answer).await;
        assert_eq!((entry.call.service.as_str(), entry.call.outcome.name()), ("look_up", "released"));
        assert!(entry.call.personal.get(Part::Subject).is_some());
    }

    // What the sandbox answered under a key is not given again once the system is live.
    let keyed = |ask: &Ask| {
        let (mut parts, body) = ask.request(Via::Rest, app.now_us()).into_parts();
        parts.headers.insert("idempotency-key", "k".parse().unwrap());
        http::Request::from_parts(parts, body)
    };
    let own = Ask { certificate: Some(SYSTEM), proof: Proof::Password, ..person.clone() };
    let first = app.call(Some(SYSTEM), keyed(&own)).await;
    let again = app.call(Some(SYSTEM), keyed(&own)).await;
    of_the_sandbox(&app, &first).await;
    assert_eq!((&first.body, again.header("idempotent-replayed")), (&again.body, Some("true")));
    app.on_road(|road, now_us| {
        let mut world = scene::world();
        world.systems.retain(|system| system.id == SYSTEM);
        world.systems[0].state = "connected".into();
        let world = World { organisations: Vec::new(), ..world };
        road.exchange.provision(&world, now_us).unwrap();
    })
    .await;
    let mut officer = own.clone();
    (officer.account, officer.officer) = (Ask::verify().account, Ask::verify().officer);
    let live = app.call(Some(SYSTEM), keyed(&officer)).await;
    assert_ne!(live.body, first.body);
    assert_eq!(live.header("dancu-sandbox"), None);
    let entry = receipted(&app, &live).await;
    assert!(matches!(entry.call.outcome, Outcome::Refused(Code::IdempotencyKeyReused)), "{}", live.text());
    app.stop().await;
}

async fn a_closed_sandbox_answers_nothing(engine: Engine) {
    let app = App::with(engine, with_authority).await;
    let test = testing(&app).await;
    let cases = test.cases(&app).await;
    let mut own = test.ask(cases.iter().find(|case| case.name == "match").unwrap());
    (own.certificate, own.proof) = (Some(SYSTEM), Proof::Password);
    of_the_sandbox(&app, &app.ask(Via::Soap, &own).await).await;
    let counts = |app: &App| {
        let snapshot = app.road().exchange.snapshot();
        (snapshot.sandbox(SYSTEM, app.now_us()).is_some(), snapshot.credential("sandbox-one").is_some())
    };
    assert_eq!(counts(&app), (true, true));

    // Its time is over: before anybody looks, and for good once somebody did.
    let begin_us = app.now_us();
    app.clock.set(begin_us + 40 * DAY_US);
    for via in Via::BOTH {
        refused(&app, via, Code::SystemNotConnected, &app.ask(via, &own).await, Journalled::Yes).await;
    }
    let events = governed(&app, |governance, now_us| governance.tick(now_us).unwrap()).await;
    assert!(events.iter().any(|event| matches!(event, Event::SandboxExpired { .. })), "{events:?}");
    assert_eq!(counts(&app), (false, false));

    // Opened anew with other ways in; returned, it is closed again.
    app.clock.set(begin_us + 41 * DAY_US);
    let id = test.id.clone();
    governed(&app, move |governance, now_us| {
        let sandbox = Sandbox { credential: "sandbox-two".into(), handed_over: vec!["api-1.0".into()] };
        governance.renew_test(&id, &sandbox, Deed::of(OFFICER, now_us, 0, "")).unwrap();
    })
    .await;
    of_the_sandbox(&app, &app.ask(Via::Soap, &own).await).await;
    assert_eq!(test.step(&app, Step::Return).await.unwrap(), State::Returned);
    refused(&app, Via::Rest, Code::SystemNotConnected, &app.ask(Via::Rest, &own).await, Journalled::Yes)
        .await;
    assert_eq!(counts(&app), (false, false));
    app.stop().await;
}
