//! Cleaning jobs beside calls: what is put in at one server is worked on by every server, and ends though one stops.
use crate::app::{App, blocking};
use crate::scene::{HTMC, LOGIN};
use crate::{Engine, eventually, on_both_engines};
use dancu_cleaning::{Cleaning, Job, JobState, Wish, terms};
use dancu_gateway::Road;
use dancu_linkage::{Column, Row};
use dancu_policy::Workplace;
use dancu_registry::generate::samples;
use std::fmt::Write as _;

on_both_engines!(a_job_is_worked_by_every_server_and_nobody_else, a_server_that_stops_gives_its_chunks_back);

pub(crate) fn wish(road: &Road, purpose: &'static str) -> Wish<'static> {
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
pub(crate) fn submitted(cleaning: &Cleaning, road: &Road, rows: usize, chunk_rows: u32) -> Job {
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
