//! The console's API: every address with every role, and a connection request brought from its draft to its return by JSON
//! alone.
use crate::app::App;
use crate::console::{OTHER, OWN, PASSWORD, draft, key, made, person_of, seated, within};
use crate::{Engine, on_both_engines};
use dancu::client::{self, Answer};
use dancu_catalogue::Code;
use dancu_journal::Outcome;
use dancu_policy::duty::{Action, Relation, Ruling, Seat, StaffRole, may};
use dancu_staff::totp;
use dancu_web::door::console::{Route, Way, routes};
use serde_json::{Value, json};

on_both_engines!(
    every_address_of_the_api_answers_every_role_as_the_duties_say,
    a_request_is_opened_submitted_received_and_returned_by_json_alone,
    the_watch_is_set_tried_and_fed_by_json_alone
);

/// What names a thing that is not there.
const NONE: &str = "00ff00ff00ff00ff00ff00ff00ff00ff";

/// A caller of the API.
struct Api<'a> {
    app: &'a App,
    token: Option<String>,
}

impl Api<'_> {
    async fn send(&self, method: &str, path: &str, body: Vec<u8>, extra: &[(&str, &str)]) -> Answer {
        let mut request = http::Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if method != "GET" {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in extra {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        client::send(&self.app.server.console.to_string(), self.app.client(None), request).await.unwrap()
    }

    /// The status of a call without a body.
    async fn status(&self, method: &str, path: &str) -> u16 {
        self.send(method, path, Vec::new(), &[]).await.status
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, Vec::new(), &[("accept-language", "en")]).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    async fn does(&self, method: &str, path: &str, body: &Value, status: u16) -> Value {
        let answer =
            self.send(method, path, body.to_string().into_bytes(), &[("accept-language", "en")]).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        let problem = answer.header("content-type") == Some("application/problem+json");
        assert_eq!(problem, status >= 400, "{method} {path}");
        if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() }
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.does("POST", path, body, status).await
    }
}

/// Things of an organisation that addresses name.
struct Things {
    organisation: &'static str,
    matter: String,
    member: String,
    system: String,
    account: String,
}

/// An address with things set in.
struct Filled {
    path: String,
    /// It names a thing of the organisation that is walked
    of_organisation: bool,
    /// All that it names is there
    there: bool,
}

/// Fills an address. A placeholder that is not told of here fails the test.
fn filled(pattern: &str, things: &Things) -> Filled {
    let mut filled = Filled { path: String::new(), of_organisation: false, there: true };
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        let (value, of_organisation, there) = match name {
            "id" => (things.matter.as_str(), true, true),
            "organisation" => (things.organisation, true, true),
            "system" => (things.system.as_str(), true, true),
            "account" => (things.account.as_str(), true, true),
            "member" => (things.member.as_str(), true, true),
            "rule" => ("no_case", false, true),
            "list" => ("planted", false, true),
            "paper" => ("commitment", true, true),
            "alert" | "row" => ("999999", false, false),
            "code" | "delivery" | "departure" | "device" | "drive" | "evidence" | "fingerprint"
            | "import" | "job" | "listed" | "opening" | "passkey" | "proposal" | "request" | "review"
            | "session" | "sha256" | "station" | "trial" => (NONE, false, false),
            other => panic!("{pattern}: what is {{{other}}}?"),
        };
        filled.path = format!("{}{before}{value}", filled.path);
        filled.of_organisation |= of_organisation;
        filled.there &= there;
        rest = after;
    }
    filled.path.push_str(rest);
    filled
}

/// What an operation that needs an action answers. What needs no body is done, by the first who may; what needs one is told that
/// it is none.
fn expected(method: &str, pattern: &str, ruling: Ruling) -> &'static [u16] {
    match (method, ruling) {
        // For whose system a file is brought stands in the address.
        ("POST", Ruling::Allowed) if pattern == "/api/v1/cleaning/jobs" => &[422],
        ("GET", Ruling::Allowed) => &[200],
        (_, Ruling::Allowed) => &[200, 201, 204, 400, 409],
        (_, Ruling::Refused) => &[403],
        (_, Ruling::Hidden) => &[404],
    }
}

/// What an operation answers that everybody may call who is signed in. Of one's own factors there may be none, or one that must
/// stay.
fn to_everybody(method: &str, pattern: &str) -> &'static [u16] {
    match method {
        "GET" => &[200],
        _ if pattern.starts_with("/api/v1/me/") => &[200, 204, 400, 404, 422],
        _ => &[204, 400],
    }
}

async fn every_address_of_the_api_answers_every_role_as_the_duties_say(engine: Engine) {
    let app = App::start(engine).await;
    let opened = app.server.office().clone();
    let now_us = app.now_us();
    let (drafts, tokens) = tokio::task::spawn_blocking(move || {
        let tokens: Vec<_> =
            StaffRole::ALL.iter().map(|role| (*role, seated(&opened.staff, *role, now_us))).collect();
        let drafts = [OWN, OTHER].map(|organisation| {
            (
                organisation,
                draft(&opened, organisation, now_us),
                person_of(&opened.staff, organisation, now_us),
            )
        });
        (drafts, tokens)
    })
    .await
    .unwrap();
    let snapshot = app.road().exchange.snapshot();
    let things = drafts.map(|(organisation, matter, member)| {
        let of = snapshot.rules.systems().find(|of| *of.system.organisation == *organisation).unwrap();
        let (system, account) = (of.system.id.to_string(), of.accounts().next().unwrap().id.to_string());
        Things { organisation, matter, member, system, account }
    });
    let nobody = Api { app: &app, token: None };

    let (mut cells, mut wrong) = (0, Vec::new());
    let mut hold = |holds: bool, told: &str| {
        if !holds {
            wrong.push(told.to_owned());
        }
    };
    for Route { path: pattern, method, way, .. } in routes().filter(|route| route.path.starts_with("/api/")) {
        for these in &things {
            let organisation = these.organisation;
            let Filled { path, of_organisation, there } = filled(pattern, these);
            let status = nobody.status(method, &path).await;
            if *way == Way::Open {
                assert!(status == 200 || status == 400, "{method} {path}: {status} to nobody");
                continue;
            }
            assert_eq!(status, 401, "{method} {path} to nobody");
            for (role, token) in &tokens {
                if *pattern == "/api/v1/sign-out" {
                    continue;
                }
                // A session in a cookie is none here.
                let cookie = format!("__Host-console={token}");
                let by_cookie = nobody.send(method, &path, Vec::new(), &[("cookie", &cookie)]).await.status;
                assert_eq!(by_cookie, 401, "{method} {path} by cookie");

                let api = Api { app: &app, token: Some(token.clone()) };
                let status = api.status(method, &path).await;
                let seat = (role.seat() == Seat::Organisation).then_some(OWN);
                let relation = Relation::of(seat, Some(organisation), false);
                let told = format!("{engine:?} {role:?} {method} {path}: {status}");
                let missing = !there && status == 404;
                match way {
                    Way::Open | Way::Asks(_) => panic!("{told}: the API has no such address"),
                    Way::SignedIn => {
                        // Who may read no matter is told of none.
                        let lists = matches!(*pattern, "/api/v1/matters" | "/api/v1/assessments-due");
                        let good = to_everybody(method, pattern).contains(&status);
                        hold(missing || good || (lists && status == 404), &told);
                    }
                    Way::NeedsStep if of_organisation => {
                        let read = may(*role, Action::ConnectionRead, relation) == Ruling::Allowed;
                        // Findings belong to assessments, and this is none.
                        let missing = missing || (path.ends_with("/findings") && status == 404);
                        hold(read || status == 404, &told);
                        hold(!read || missing || status != 404, &told);
                        let good: &[u16] = if *method == "GET" { &[200, 403, 404] } else { &[400, 403, 404] };
                        hold(good.contains(&status), &told);
                    }
                    // Whom it is about stands in the body.
                    Way::NeedsStep => hold(status == 400, &told),
                    Way::Needs(action) => {
                        let relation = if of_organisation { relation } else { within(*action, seat) };
                        let ruling = may(*role, *action, relation);
                        // Registration campaigns are the managing body's: an organisation is told of none.
                        let drives = seat.is_some() && path.starts_with("/api/v1/drives");
                        let ruling = if drives { Ruling::Hidden } else { ruling };
                        let told = format!("{told}, {ruling:?}");
                        let good = expected(method, pattern, ruling);
                        hold(missing || good.contains(&status), &told);
                        hold(
                            there || !(200..300).contains(&status),
                            &format!("{told}: there is no such thing"),
                        );
                        hold(
                            !(of_organisation && organisation == OTHER && seat.is_some()) || status == 404,
                            &told,
                        );
                    }
                }
                cells += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 1000, "{cells} cells");
    let nothing = nobody.does("GET", "/api/v1/nothing", &Value::Null, 404).await;
    assert_eq!(nothing["code"], "NOT_FOUND");
    app.stop().await;
}

/// Codes of the entries after so many, once there is one: a refusal that nothing has to wait for is written down in its own time.
async fn refusals(app: &App, before: usize) -> Vec<Code> {
    for _ in 0..200 {
        let entries = app.calls_from(0).await;
        if entries.len() > before {
            let code = |entry: &dancu_journal::Entry| match entry.call.outcome {
                Outcome::Refused(code) => Some(code),
                Outcome::Answered(_) => None,
            };
            return entries.iter().skip(before).filter_map(code).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Vec::new()
}

/// Signs in as a program does.
async fn sign_in<'a>(app: &'a App, login: &str) -> Api<'a> {
    let nobody = Api { app, token: None };
    let wrong = nobody.post("/api/v1/sign-in", &json!({"login": login, "password": "x"}), 401).await;
    assert_eq!(wrong["code"], "SIGN_IN_WRONG");
    let first = nobody.post("/api/v1/sign-in", &json!({"login": login, "password": PASSWORD}), 200).await;
    assert_eq!((&first["step"], &first["totp"]), (&json!("second_factor"), &json!(true)));
    let attempt = &first["attempt"];
    let wrong =
        nobody.post("/api/v1/sign-in/factor", &json!({"attempt": attempt, "code": "000000"}), 401).await;
    assert_eq!(wrong["code"], "PROOF_WRONG");
    let code = totp::code(&key(), totp::step(app.now_us())).unwrap();
    let done = nobody.post("/api/v1/sign-in/factor", &json!({"attempt": attempt, "code": code}), 200).await;
    assert_eq!(done["step"], "done");
    Api { app, token: Some(done["session"]["token"].as_str().unwrap().to_owned()) }
}

fn request() -> Value {
    json!({
        "organisation_name": "Ủy ban nhân dân tỉnh Thái Nguyên", "agency_code": "H55",
        "functions": "Quản lý nhà nước", "tasks": "Giải quyết thủ tục hành chính", "powers": "Theo quy định",
        "system_name": "Một cửa điện tử", "system_kind": "one_stop",
        "officer": {"full_name": "Đinh Công Phúc", "position": "Trưởng phòng", "phone": "0208 000 0000",
                    "email": "phuc@example.vn", "unit": "Trung tâm công nghệ thông tin"},
        "purpose": "Xác thực khi giải quyết hồ sơ", "scope": "Công dân có hồ sơ", "content": "Họ tên, ngày sinh",
        "purposes": [{"code": "1.004227", "name": "Đăng ký thường trú", "case_required": true}],
        "services": [{"service": "verify", "fields": ["personal_id", "full_name", "birth_date"], "field_count": 3}],
        "technical": {"summary": "Gọi dịch vụ 033", "connection_model": "tslcd_02", "networks": ["127.0.0.0/8"],
                      "daily_calls": 500, "security_level": 3}
    })
}

/// A small PDF in base64, with something of its own.
fn pdf(kind: &str) -> Value {
    use base64::Engine as _;
    let bytes = format!("%PDF-1.4\n% {kind}\n1 0 obj<<>>endobj\n%%EOF\n");
    let content = base64::prelude::BASE64_STANDARD.encode(bytes);
    json!({"kind": kind, "name": format!("{kind}.pdf"), "content": content})
}

async fn a_request_is_opened_submitted_received_and_returned_by_json_alone(engine: Engine) {
    let app = App::start(engine).await;
    let (opened, now_us) = (app.server.office().clone(), app.now_us());
    let roles = [
        StaffRole::OrganisationManager,
        StaffRole::ConnectionOfficer,
        StaffRole::RegistryOfficer,
        StaffRole::Officer,
    ];
    let logins = tokio::task::spawn_blocking(move || {
        let foreign = draft(&opened, OTHER, now_us);
        (roles.map(|role| made(&opened.staff, role, now_us)), foreign)
    });
    let ([manager, officer, registry, clerk], foreign) = logins.await.unwrap();
    let (manager, officer) = (sign_in(&app, &manager).await, sign_in(&app, &officer).await);
    let (registry, clerk) = (sign_in(&app, &registry).await, sign_in(&app, &clerk).await);
    assert_eq!(manager.get("/api/v1/me").await["organisation"], OWN);

    // Opened by whom it concerns; a fault has its place, a thing that is there is not made again.
    let new = |system: &str| json!({"system": system, "request": {"system_name": "Một cửa điện tử"}});
    let fault = manager.post("/api/v1/connections", &new("Một Cửa"), 422).await;
    assert_eq!(fault["errors"][0]["pointer"], "/system");
    assert_eq!(fault["errors"][0]["wrong"], "form");
    let entries = app.calls().await;
    let id =
        manager.post("/api/v1/connections", &new("mot-cua"), 201).await["id"].as_str().unwrap().to_owned();
    assert_eq!(app.calls().await, entries + 1, "the deed is an entry of the journal");
    assert_eq!(manager.post("/api/v1/connections", &new("mot-cua"), 409).await["code"], "ALREADY_THERE");
    let before = app.calls().await;
    officer.post("/api/v1/connections", &new("khac"), 403).await;
    assert_eq!(refusals(&app, before).await, [Code::RoleNotAllowed], "a refused duty is written down");

    // Of what is not within reach nobody is told.
    let path = format!("/api/v1/matters/{id}");
    assert_eq!(
        manager.does("GET", &format!("/api/v1/matters/{foreign}"), &Value::Null, 404).await["code"],
        "NOT_FOUND"
    );
    assert_eq!(clerk.does("GET", &path, &Value::Null, 404).await["code"], "NOT_FOUND");
    let found = manager.get("/api/v1/matters?kind=connection").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "the other organisation's is not in the list");

    // It is not submitted before it is complete, and each fault is told.
    let submit = json!({"step": "submit", "documents": [pdf("request_form"), pdf("technical_description")]});
    let faults = manager.get(&format!("{path}/problems")).await;
    assert!(
        faults["items"].as_array().unwrap().iter().any(|fault| fault["pointer"] == "/connection/agency_code")
    );
    let before = app.calls().await;
    let early = manager.post(&format!("{path}/steps"), &submit, 409).await;
    assert_eq!(refusals(&app, before).await, [Code::StepRefused], "so is a step that cannot be taken");
    assert_eq!((&early["code"], &early["reason"]), (&json!("NOT_YET"), &json!("request_complete")));
    assert!(early["possible"].as_array().unwrap().contains(&json!("submit")));

    // Written, but not over what somebody else wrote meanwhile.
    let stale = manager.send("GET", &path, Vec::new(), &[]).await.header("etag").unwrap().to_owned();
    let content = json!({"connection": request()});
    let written = manager.does("PUT", &format!("{path}/content"), &content, 200).await;
    assert_eq!(written["content"], content);
    let body = content.to_string().into_bytes();
    let lost = manager.send("PUT", &format!("{path}/content"), body, &[("if-match", &stale)]).await;
    assert_eq!(lost.status, 412, "{}", lost.text());
    assert_eq!(manager.get(&format!("{path}/problems")).await["items"], json!([]));

    let submitted = manager.post(&format!("{path}/steps"), &submit, 200).await;
    assert_eq!(submitted["matter"]["state"], "submitted");
    assert_eq!(submitted["matter"]["due_step"], "receive");
    assert_eq!(submitted["documents"].as_array().unwrap().len(), 2);
    let sha256 = submitted["documents"][0]["sha256"].as_str().unwrap();
    let bytes = officer.send("GET", &format!("{path}/documents/{sha256}"), Vec::new(), &[]).await;
    assert_eq!((bytes.status, &bytes.body[..4]), (200, &b"%PDF"[..]));

    // It waits for the connection officer, and for nobody else.
    let waits = officer.get("/api/v1/work").await;
    assert!(waits["items"].as_array().unwrap().iter().any(|item| item["id"] == id.as_str()));
    let waits = registry.get("/api/v1/work").await;
    assert!(waits["items"].as_array().unwrap().iter().all(|item| item["id"] != id.as_str()));
    let receive = json!({"step": "receive", "handed_over": ["Tài liệu kỹ thuật 1.0"]});
    assert_eq!(manager.post(&format!("{path}/steps"), &receive, 403).await["code"], "DUTY_MISSING");
    assert_eq!(registry.post(&format!("{path}/steps"), &receive, 403).await["code"], "DUTY_MISSING");
    let received = officer.post(&format!("{path}/steps"), &receive, 200).await;
    assert_eq!(received["matter"]["state"], "technical_test");
    assert_eq!(received["tests"][0]["handed_over"][0], "Tài liệu kỹ thuật 1.0");
    assert!(received["tests"][0]["cases"].as_array().unwrap().len() >= 4);

    // Twice is once: the second time it is another state, and what is possible is told.
    let again = officer.post(&format!("{path}/steps"), &receive, 409).await;
    assert_eq!(again["code"], "NOT_NOW");
    assert!(again["possible"].as_array().unwrap().contains(&json!("return")));
    let back = json!({"step": "return", "why": "Thiếu sơ đồ mạng", "seen": 1});
    assert_eq!(officer.post(&format!("{path}/steps"), &back, 409).await["code"], "NOT_NOW");
    let seen = &received["matter"]["step"];
    let back = json!({"step": "return", "why": "Thiếu sơ đồ mạng", "seen": seen});
    let returned = officer.post(&format!("{path}/steps"), &back, 200).await;
    assert_eq!(returned["matter"]["state"], "returned");
    let last = returned["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["step"], &last["why"]), (&json!("return"), &json!("Thiếu sơ đồ mạng")));
    assert!(last["entry"].is_u64() && last["source"]["source"].is_string());
    assert_eq!(manager.get(&path).await["writable"], true);

    // An unknown step, an unknown field and no JSON at all are told apart.
    let unknown = officer.post(&format!("{path}/steps"), &json!({"step": "fly"}), 422).await;
    assert_eq!(unknown["errors"][0]["pointer"], "/step");
    let unknown = officer.post(&format!("{path}/steps"), &json!({"step": "return", "wy": ""}), 422).await;
    assert_eq!(unknown["code"], "FORM_INVALID");
    assert_eq!(officer.status("POST", &format!("{path}/steps")).await, 400);

    // Whoever signs out is out.
    manager.post("/api/v1/sign-out", &Value::Null, 204).await;
    assert_eq!(manager.does("GET", "/api/v1/me", &Value::Null, 401).await["code"], "SIGN_IN_REQUIRED");
    app.stop().await;
}

async fn the_watch_is_set_tried_and_fed_by_json_alone(engine: Engine) {
    let app = App::start(engine).await;
    let (opened, now_us) = (app.server.office().clone(), app.now_us());
    let roles =
        [StaffRole::Supervisor, StaffRole::Approver, StaffRole::Auditor, StaffRole::OrganisationManager];
    let logins = tokio::task::spawn_blocking(move || roles.map(|role| made(&opened.staff, role, now_us)));
    let [supervisor, approver, auditor, manager] = logins.await.unwrap();
    let (supervisor, approver) = (sign_in(&app, &supervisor).await, sign_in(&app, &approver).await);
    let (auditor, manager) = (sign_in(&app, &auditor).await, sign_in(&app, &manager).await);

    // Every rule is told with its values, its day and its source.
    let rules = supervisor.get("/api/v1/watch/rules").await;
    assert_eq!(rules["items"].as_array().unwrap().len(), dancu_watch::Rule::ALL.len());
    assert!(rules["items"].as_array().unwrap().iter().all(|rule| {
        let set = &rule["setting"];
        set["threshold"].is_u64() && set["valid_from"].is_string() && set["source"] != "" && set["mark"] != ""
    }));

    // A change is proposed by one person and decided by another; until then nothing is otherwise.
    let path = "/api/v1/watch/rules/no_case";
    let before = supervisor.get(path).await["rule"]["setting"]["threshold"].as_u64().unwrap();
    let new = json!({"setting": {"threshold": before + 1, "source": "Kiểm thử"}, "why": "Cảnh báo nhầm"});
    let far = json!({"setting": {"threshold": 999}, "why": "Thử"});
    let fault = supervisor.post(&format!("{path}/proposals"), &far, 422).await;
    assert_eq!(
        (&fault["errors"][0]["pointer"], &fault["errors"][0]["wrong"]),
        (&json!("/setting/threshold"), &json!("range"))
    );
    let silent = json!({"setting": {"threshold": before + 1}, "why": " "});
    assert_eq!(
        supervisor.post(&format!("{path}/proposals"), &silent, 422).await["errors"][0]["pointer"],
        "/why"
    );
    let nothing = json!({"setting": {"threshold": before}, "why": "Thử"});
    supervisor.post(&format!("{path}/proposals"), &nothing, 422).await;
    approver.post(&format!("{path}/proposals"), &new, 403).await;
    let proposal = supervisor.post(&format!("{path}/proposals"), &new, 201).await;
    let one = format!("/api/v1/watch/proposals/{}", proposal["id"].as_str().unwrap());
    assert_eq!((&proposal["state"], &proposal["why"]), (&json!("open"), &json!("Cảnh báo nhầm")));
    let enact = json!({"enact": true, "why": "Đồng ý"});
    assert_eq!(supervisor.post(&format!("{one}/decide"), &enact, 403).await["code"], "DUTY_MISSING");
    assert_eq!(auditor.get(path).await["rule"]["setting"]["threshold"], before);
    assert_eq!(auditor.get(path).await["rule"]["open_proposals"], 1);
    assert_eq!(approver.post(&format!("{one}/decide"), &enact, 200).await["state"], "enacted");
    let whole = auditor.get(path).await;
    assert_eq!(whole["rule"]["setting"]["threshold"], before + 1);
    assert_eq!(whole["rule"]["setting"]["mark"], "OWN");
    assert_ne!(whole["changes"][0]["by"], whole["changes"][0]["enacted_by"]);
    let late = approver.post(&format!("{one}/decide"), &enact, 409).await;
    assert_eq!((&late["code"], &late["reason"]), (&json!("NOT_NOW"), &json!("enacted")));
    let other = json!({"setting": {"threshold": before + 2}, "why": "Thử"});
    let other = supervisor.post(&format!("{path}/proposals"), &other, 201).await;
    let other = format!("/api/v1/watch/proposals/{}", other["id"].as_str().unwrap());
    assert_eq!(supervisor.post(&format!("{other}/withdraw"), &Value::Null, 200).await["state"], "withdrawn");

    // A dry run over what there is.
    auditor.post(&format!("{path}/trials"), &json!({"setting": {}, "days": 1}), 403).await;
    let tried = json!({"setting": {"threshold": 1}, "days": 1});
    let begun = supervisor.post(&format!("{path}/trials"), &tried, 201).await;
    let trial = format!("/api/v1/watch/trials/{}", begun["id"].as_str().unwrap());
    let mut state = auditor.get(&trial).await;
    for _ in 0..200 {
        if state["state"] != "running" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        state = auditor.get(&trial).await;
    }
    assert_eq!((&state["state"], &state["setting"]["threshold"]), (&json!("over"), &json!(1)));
    assert!(state["found"]["entries"].is_u64());

    // Who is on a list is told masked, and taken off by another person.
    let list = "/api/v1/watch/lists/planted";
    let somebody = json!({"personal_id": "019090000001", "note": "Hồ sơ mồi"});
    let wrong = json!({"personal_id": "123", "note": "Hồ sơ mồi"});
    assert_eq!(supervisor.post(list, &wrong, 422).await["errors"][0]["pointer"], "/personal_id");
    let listed = supervisor.post(list, &somebody, 201).await["id"].as_str().unwrap().to_owned();
    assert_eq!(supervisor.post(list, &somebody, 422).await["errors"][0]["wrong"], "twice");
    let there = auditor.get(list).await;
    assert_eq!(
        (&there["items"][0]["personal_id"], &there["items"][0]["note"]),
        (&json!("0190…0001"), &Value::Null)
    );
    supervisor.does("DELETE", &format!("{list}/{listed}"), &Value::Null, 403).await;
    approver.does("DELETE", &format!("{list}/{listed}"), &Value::Null, 204).await;
    assert_eq!(auditor.get(list).await["items"], json!([]));

    // Nothing is alerted and nobody braked here; an organisation that sees no alerts is told of none.
    assert_eq!(supervisor.get("/api/v1/alerts").await["items"], json!([]));
    assert_eq!(supervisor.get("/api/v1/brakes").await["items"], json!([]));
    manager.does("GET", "/api/v1/alerts", &Value::Null, 404).await;

    // Figures of use: of the own organisation to whoever is of one, whatever the address says.
    let figures = auditor.get("/api/v1/usage").await;
    assert_eq!(figures["hours"].as_array().unwrap().len(), 24);
    assert!(manager.get("/api/v1/usage?from=2026-01-01&to=2026-01-31").await["days"].is_array());
    manager.does("GET", &format!("/api/v1/usage?organisation={OTHER}"), &Value::Null, 404).await;
    let turned = auditor.does("GET", "/api/v1/usage?from=2026-02-01&to=2026-01-01", &Value::Null, 422).await;
    assert_eq!(turned["errors"][0]["pointer"], "?to");
    let table = auditor.send("GET", "/api/v1/usage/export?form=csv", Vec::new(), &[]).await;
    assert_eq!((table.status, table.header("content-type").unwrap().starts_with("text/csv")), (200, true));

    // Whose evidence it is is told before it is asked who signs: here nobody does.
    let unknown = json!({"kind": "system", "whose": "khong-co", "reason": "Kiểm tra đột xuất"});
    assert_eq!(supervisor.post("/api/v1/evidence", &unknown, 422).await["errors"][0]["pointer"], "/whose");
    let opened =
        json!({"kind": "system", "whose": "htmc", "reason": "Kiểm tra đột xuất", "open": ["subject"]});
    assert_eq!(approver.post("/api/v1/evidence", &opened, 422).await["errors"][0]["pointer"], "/open");
    manager.post("/api/v1/evidence", &unknown, 403).await;
    app.stop().await;
}
