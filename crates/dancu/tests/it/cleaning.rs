//! Cleaning jobs beside calls: what is put in at one server is worked on by every server, and ends though one stops.
use crate::app::{App, blocking};
use crate::console::seated;
use crate::scene::{FEW, HTMC, LOGIN};
use crate::{Engine, eventually, on_both_engines};
use dancu::client;
use dancu_catalogue::Code;
use dancu_citizen::Field;
use dancu_cleaning::{Cleaning, Decision, Job, JobState, Wish, terms};
use dancu_gateway::Road;
use dancu_journal::{Answered, Outcome};
use dancu_linkage::{Column, Row};
use dancu_policy::duty::StaffRole;
use dancu_policy::{SystemState, Workplace};
use dancu_registry::generate::samples;
use serde_json::Value;
use std::fmt::Write as _;

on_both_engines!(
    a_job_is_worked_by_every_server_and_nobody_else,
    a_server_that_stops_gives_its_chunks_back,
    a_file_lives_its_life_by_the_api_and_everybody_looked_at_has_an_entry,
    what_has_no_ground_any_more_is_not_handed_out,
    what_is_charged_is_the_quotas_and_a_job_can_be_called_off,
);

/// The sample with an old card number and no other.
const OLD_CARD: &str = "360002301";

fn wish(road: &Road, purpose: &'static str) -> Wish<'static> {
    let columns = [Column::PersonalId, Column::FullName, Column::BirthDate, Column::Sex];
    Wish {
        system: HTMC,
        login: LOGIN,
        officer: None,
        agency_code: None,
        purpose: Some(purpose),
        case_number: None,
        columns: columns.into_iter().collect(),
        file: "danh-sach.csv",
        input_sha256: [9; 32],
        form: "console",
        source: None,
        workplace: Workplace::System,
        now_us: road.clock.now_us(),
    }
}

/// A job with so many rows, admitted. Blocks.
fn submitted(cleaning: &Cleaning, road: &Road, rows: usize, chunk_rows: u32) -> Job {
    let wish = wish(road, "VPCP");
    let snapshot = road.exchange.snapshot();
    let terms = terms(&snapshot.rules, u64::try_from(snapshot.version).unwrap(), &wish).unwrap();
    let job = cleaning.begin(&terms.job(&wish, chunk_rows), wish.now_us).unwrap();
    let mut filler = cleaning.fill(&job).unwrap();
    let known = samples();
    for at in 0..rows {
        let record = &known[at % known.len()].record;
        let number = record.personal_id.as_ref().map(|s| s.value.expose()).unwrap_or_default();
        let name = record.full_name.as_ref().map(|s| s.value.whole().to_owned()).unwrap_or_default();
        let birth = record.birth_date.as_ref().map(|s| s.value.iso()).unwrap_or_default();
        let row = Row::default()
            .with(Column::PersonalId, &number)
            .with(Column::FullName, &name)
            .with(Column::BirthDate, &birth);
        filler.push(&row).unwrap();
    }
    let job = filler.finish().unwrap();
    let teller =
        dancu_cleaning::Teller { journal: road.journal.clone(), runtime: tokio::runtime::Handle::current() };
    cleaning.admit(&job, &terms, &teller, wish.now_us).unwrap()
}

async fn state(app: &App, id: &str) -> JobState {
    let (cleaning, id) = (app.server.office().cleaning.clone(), id.to_owned());
    blocking(move || cleaning.get(&id).unwrap().state).await
}

/// The verdicts of a result, row by row.
async fn verdicts(app: &App, id: &str) -> String {
    let (cleaning, id) = (app.server.office().cleaning.clone(), id.to_owned());
    blocking(move || {
        let mut all = String::new();
        let each = |line: &dancu_cleaning::Line<'_>| {
            let _ = writeln!(all, "{} {}", line.row_id(), line.answer.verdict.name());
            Ok(())
        };
        cleaning.result(&id, each).unwrap();
        all
    })
    .await
}

async fn put_in(app: &App, rows: usize, chunk_rows: u32) -> Job {
    let cleaning = app.server.office().cleaning.clone();
    app.on_road(move |road, _| submitted(&cleaning, road, rows, chunk_rows)).await
}

async fn a_job_is_worked_by_every_server_and_nobody_else(engine: Engine) {
    // The server to which it is brought has no hands: only the other one can have answered.
    let app = App::with(engine, |config| config.cleaning.service_workers = 0).await;
    let job = put_in(&app, 40, 10).await;
    assert_eq!(state(&app, &job.id).await, JobState::Open);
    let beside = app.beside_with(|config| config.cleaning.service_workers = 2).await;
    eventually("the job is done", async || state(&app, &job.id).await == JobState::Done).await;
    let said = verdicts(&app, &job.id).await;
    assert_eq!(said.lines().count(), 40);
    assert!(said.lines().filter(|line| line.contains(" match")).count() > 20, "{said}");
    // One entry of the job, and those of the people touched.
    let entries = app.calls_from(0).await;
    let of_job = |entry: &&dancu_journal::Entry| entry.call.service == dancu_cleaning::SERVICE;
    assert_eq!(entries.iter().filter(of_job).filter(|entry| entry.call.subject.is_none()).count(), 1);
    assert!(entries.iter().filter(of_job).filter(|entry| entry.call.subject.is_some()).count() > 5);
    beside.stop().await;
    app.stop().await;
}

async fn a_server_that_stops_gives_its_chunks_back(engine: Engine) {
    // One that works a hundredth of its time stops in the middle.
    let app = App::with(engine, |config| config.cleaning.service_share = 1).await;
    let job = put_in(&app, 12_000, 4_000).await;
    let (cleaning, id) = (app.server.office().cleaning.clone(), job.id.clone());
    eventually("a chunk is taken", async || {
        let (cleaning, id) = (cleaning.clone(), id.clone());
        blocking(move || cleaning.progress(&id, 0).unwrap().leased > 0).await
    })
    .await;
    let (place, config) = (std::sync::Arc::clone(&app.place), app.config.clone());
    app.stop().await;
    let (cleaning, id) = (cleaning.clone(), job.id.clone());
    let before = blocking(move || cleaning.progress(&id, 0).unwrap()).await;
    assert_eq!(before.leased, 0, "a chunk is still held");
    assert!(before.done < 3, "it had ended before");
    let mut config = config.clone();
    config.cleaning.service_share = 100;
    let again = App::again(&place, &config).await;
    eventually("the job is done", async || state(&again, &job.id).await == JobState::Done).await;
    assert_eq!(verdicts(&again, &job.id).await.lines().count(), 12_000);
    again.stop().await;
}

/// Asks the API; gives status and body.
async fn api(app: &App, token: &str, method: &str, path: &str, kind: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", kind)
        .body(body)
        .unwrap();
    let answer = client::send(&app.server.console.to_string(), app.client(None), request).await.unwrap();
    (answer.status, answer.body)
}

async fn json(app: &App, token: &str, method: &str, path: &str, status: u16) -> Value {
    let (found, body) = api(app, token, method, path, "application/json", Vec::new()).await;
    assert_eq!(found, status, "{method} {path}: {}", String::from_utf8_lossy(&body));
    if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() }
}

/// People as they are, and worn: without a number, a word of the name or the day of birth gone.
fn table() -> String {
    let mut text = "Mã,Số định danh,Họ và tên,Ngày sinh,Nơi sinh\n".to_owned();
    let alive = samples().into_iter().filter(|sample| sample.record.state == dancu_citizen::LifeState::Alive);
    for (at, sample) in alive.enumerate() {
        let record = &sample.record;
        let name = record.full_name.as_ref().unwrap().value.whole().to_owned();
        let birth = record.birth_date.as_ref().unwrap().value.iso();
        let Some(number) = record.personal_id.as_ref().map(|of| of.value.expose()) else {
            let _ = writeln!(text, "E{at},,{name},{birth},x");
            continue;
        };
        let (first, last) = (name.split(' ').next().unwrap(), name.split(' ').next_back().unwrap());
        let _ = writeln!(text, "A{at},{number},{name},{birth},x");
        let _ = writeln!(text, "B{at},,{first} {last},{},x", &birth[..4]);
        let _ = writeln!(text, "C{at},,{last},{birth},x");
        let _ = writeln!(text, "D{at},,{name},{},x", &birth[..4]);
    }
    text
}

async fn a_file_lives_its_life_by_the_api_and_everybody_looked_at_has_an_entry(engine: Engine) {
    let app = App::start(engine).await;
    let (opened, now_us) = (app.server.office().clone(), app.now_us());
    let [manager, registry, auditor] = blocking(move || {
        let roles = [StaffRole::OrganisationManager, StaffRole::RegistryOfficer, StaffRole::Auditor];
        roles.map(|role| seated(&opened.staff, role, now_us))
    })
    .await;
    let bring = |query: &str| format!("/api/v1/cleaning/jobs?file_name=ds.csv&{query}");
    let good = bring("system=htmc&account=nguyenvana.stttt&purpose=VPCP");
    let send = async |path: &str, body: &str| {
        let (status, body) = api(&app, &manager, "POST", path, "text/csv", body.as_bytes().to_vec()).await;
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    // Refused: another organisation's system, an unknown account, a file that is none, one too large.
    let foreign = bring("system=of-suspended&account=nguyenvana.stttt&purpose=VPCP");
    assert_eq!(send(&foreign, &table()).await.0, 422);
    let stranger = bring("system=htmc&account=khong.co&purpose=VPCP");
    assert_eq!(send(&stranger, &table()).await.0, 403);
    let (status, problem) = send(&good, "a,b\n1,2\n").await;
    assert_eq!((status, &problem["code"]), (422, &"FILE_REFUSED".into()));

    let (status, job) = send(&good, &table()).await;
    assert_eq!((status, &job["to_confirm"], &job["state"]), (201, &true.into(), &"filling".into()), "{job}");
    assert_eq!(job["columns"], serde_json::json!(["personal_id", "full_name", "birth_date"]));
    let id = job["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/api/v1/cleaning/jobs/{id}{rest}");
    assert_eq!(send(&good, &table()).await.1["id"], job["id"], "the same file is the same job");
    json(&app, &manager, "GET", &path("/result"), 409).await;
    json(&app, &manager, "POST", &path("/start"), 200).await;
    json(&app, &manager, "POST", &path("/start"), 409).await;
    eventually("the job is done", async || state(&app, &id).await == JobState::Done).await;
    let done = json(&app, &auditor, "GET", &path(""), 200).await;
    assert_eq!(done["rows"], done["rows_done"]);
    let doubtful = done["doubtful"].as_u64().unwrap();
    assert!(doubtful > 0, "{done}");
    // Who has an old card alone finds it in her history too.
    let mut about = app.calls_from(0).await;
    about.retain(|entry| entry.call.service == dancu_cleaning::SERVICE);
    assert!(about.iter().any(|entry| entry.call.personal.subject.as_deref() == Some(OLD_CARD)));
    json(&app, &auditor, "GET", &path("/result"), 403).await;
    json(&app, &auditor, "GET", &path("/doubtful"), 403).await;

    // Looking: an entry of each person, with what was shown, before it is shown; by the managing body too.
    let rows = json(&app, &registry, "GET", &path("/doubtful"), 200).await;
    let row = rows["items"][0]["row"].as_u64().unwrap();
    let before = app.calls().await;
    let look = json(&app, &manager, "GET", &path(&format!("/doubtful/{row}")), 200).await;
    let entries: Vec<_> = app.calls_from(0).await.split_off(before);
    let others = look["others"].as_array().unwrap().len();
    assert_eq!(entries.len(), 1 + others, "{look}");
    let shown = |column: &str| {
        let sides = look["sides"].as_array().unwrap();
        sides.iter().find(|side| side["column"] == column).map(|side| side["record"].clone())
    };
    let first = &entries[0].call;
    assert_eq!(
        (first.service.as_str(), first.outcome),
        ("clean_look", Outcome::Answered(Answered::Released))
    );
    assert_eq!(Value::from(first.personal.subject.clone().unwrap()), shown("personal_id").unwrap());
    for (column, field) in [("full_name", Field::FullName), ("sex", Field::Sex)] {
        assert_eq!(shown(column).is_some(), first.released.contains(field), "{column}");
    }
    json(&app, &manager, "GET", &path("/doubtful/999999"), 404).await;
    json(&app, &auditor, "GET", &path(&format!("/doubtful/{row}")), 403).await;

    // Deciding, and taking it back.
    let shown = look["person"].as_str().unwrap().to_owned();
    let decide_about = async |token: &str, decision: &str, person: &str| {
        let body = serde_json::json!({"decision": decision, "person": person, "note": "thử"});
        let body = body.to_string().into_bytes();
        let path = path(&format!("/doubtful/{row}/decision"));
        api(&app, token, "POST", &path, "application/json", body).await.0
    };
    let decide = async |token: &str, decision: &str| decide_about(token, decision, &shown).await;
    // That it is the same person is said of who was shown.
    let other: String = shown.chars().rev().collect();
    for person in ["", other.as_str()] {
        assert_eq!(decide_about(&manager, "same", person).await, 422, "{person}");
    }
    assert_eq!(decide(&auditor, "same").await, 403);
    assert_eq!(decide(&manager, "perhaps").await, 422);
    let result = async || {
        let (status, body) = api(&app, &manager, "GET", &path("/result"), "text/csv", Vec::new()).await;
        assert_eq!(status, 200);
        String::from_utf8(body).unwrap()
    };
    let plain = result().await;
    assert_eq!(u64::try_from(plain.lines().count()).unwrap(), done["rows"].as_u64().unwrap() + 1);
    assert_eq!(decide(&registry, "same").await, 204);
    let decided = result().await;
    let line = usize::try_from(row).unwrap();
    assert!(decided.lines().nth(line).unwrap().contains(",match_with_differences,"), "{decided}");
    assert_eq!(plain.lines().zip(decided.lines()).filter(|(a, b)| a != b).count(), 1);
    app.clock.set(app.now_us() + 1_000_000);
    assert_eq!(decide(&manager, "undo").await, 204);
    assert_eq!(result().await, plain);
    let (cleaning, of) = (app.server.office().cleaning.clone(), id.clone());
    let kept = blocking(move || cleaning.decided(&of, row).unwrap()).await;
    assert_eq!(kept.iter().map(|one| one.decision).collect::<Vec<_>>(), [Some(Decision::Same), None]);
    for one in &kept {
        assert_eq!(app.entry(one.entry).await.call.service, "cleaning_decide");
    }
    app.stop().await;
}

async fn what_has_no_ground_any_more_is_not_handed_out(engine: Engine) {
    let app = App::start(engine).await;
    let (opened, now_us) = (app.server.office().clone(), app.now_us());
    let manager = blocking(move || seated(&opened.staff, StaffRole::OrganisationManager, now_us)).await;
    let brought = "/api/v1/cleaning/jobs?file_name=ds.csv&system=htmc&account=nguyenvana.stttt&purpose=VPCP";
    let (status, body) = api(&app, &manager, "POST", brought, "text/csv", table().into_bytes()).await;
    assert_eq!(status, 201);
    let id = serde_json::from_slice::<Value>(&body).unwrap()["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/api/v1/cleaning/jobs/{id}{rest}");
    json(&app, &manager, "POST", &path("/start"), 200).await;
    eventually("the job is done", async || state(&app, &id).await == JobState::Done).await;
    let rows = json(&app, &manager, "GET", &path("/doubtful"), 200).await;
    let row = path(&format!("/doubtful/{}", rows["items"][0]["row"]));
    let set = async |state| {
        app.on_road(move |road, now_us| road.exchange.set_system_state(HTMC, state, None, now_us).unwrap())
            .await;
    };
    set(SystemState::Suspended).await;
    for (path, service) in [(path("/result"), "cleaning_result"), (row.clone(), "clean_look")] {
        let before = app.calls().await;
        let problem = json(&app, &manager, "GET", &path, 403).await;
        assert_eq!(problem["code"], "SYSTEM_SUSPENDED", "{path}");
        let entries = app.calls_from(0).await.split_off(before);
        let told: Vec<_> = entries.iter().map(|e| (e.call.service.as_str(), e.call.outcome)).collect();
        assert_eq!(told, [(service, Outcome::Refused(Code::SystemSuspended))], "{path}");
    }
    set(SystemState::Connected).await;
    let (status, _) = api(&app, &manager, "GET", &path("/result"), "text/csv", Vec::new()).await;
    assert_eq!(status, 200);
    json(&app, &manager, "GET", &row, 200).await;
    app.stop().await;
}

async fn what_is_charged_is_the_quotas_and_a_job_can_be_called_off(engine: Engine) {
    let app = App::with(engine, |config| config.cleaning.service_workers = 0).await;
    let (opened, now_us) = (app.server.office().clone(), app.now_us());
    let manager = blocking(move || seated(&opened.staff, StaffRole::OrganisationManager, now_us)).await;
    let send = async |account: &str| {
        let path =
            format!("/api/v1/cleaning/jobs?system=htmc&account={account}&purpose=VPCP&file_name=a.csv");
        let (status, body) = api(&app, &manager, "POST", &path, "text/csv", table().into_bytes()).await;
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice::<Value>(&body).unwrap()["id"].as_str().unwrap().to_owned()
    };
    // More rows than the account has calls: none is charged, and the rows are gone.
    let few = send(FEW).await;
    let refused = json(&app, &manager, "POST", &format!("/api/v1/cleaning/jobs/{few}/start"), 429).await;
    assert_eq!(refused["code"], "QUOTA_ACCOUNT");
    assert_eq!(state(&app, &few).await, JobState::Refused);
    let job = send(LOGIN).await;
    json(&app, &manager, "POST", &format!("/api/v1/cleaning/jobs/{job}/start"), 200).await;
    json(&app, &manager, "POST", &format!("/api/v1/cleaning/jobs/{job}/cancel"), 204).await;
    json(&app, &manager, "POST", &format!("/api/v1/cleaning/jobs/{job}/cancel"), 409).await;
    assert_eq!(state(&app, &job).await, JobState::Cancelled);
    // Nothing of what came in is left on the disk.
    let mut left =
        std::fs::read_dir(app.config.journal.directory.with_file_name("journal.incoming")).unwrap();
    assert!(left.next().is_none());
    app.stop().await;
}
