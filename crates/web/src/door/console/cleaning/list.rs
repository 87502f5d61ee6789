//! Jobs, the newest first, and the form that brings a file.
use super::{Answer, HERE, badge};
use crate::Texts;
use crate::door::console::accounts::register::systems;
use crate::door::console::bulk::{SHOWN, Tried, after, columns, nothing};
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::html;
use crate::pages::console::ListPage;
use crate::parts::{Act, Area, Cell, Choice, Control, Input, InputKind, Notice, Select, Table, Tone};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_cleaning::{CleaningError, Job, JobState};
use dancu_policy::duty::{Action, Ruling};
use std::collections::BTreeMap;

/// Jobs among which words are looked for: names of files are sealed.
const SEARCHED: u32 = 1_000;

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::CleaningRead, seat.organisation().or(Some("")), HERE)?;
    let page = page(&seat, &Tried::default()).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// What the address asks for.
struct Find {
    state: Option<JobState>,
    words: String,
}

fn find(seat: &Seat) -> Find {
    Find { state: JobState::from_name(&asked(&seat.uri, "state")), words: asked(&seat.uri, "q") }
}

/// A job with how many of its doubtful rows wait.
struct Listed {
    job: Job,
    waiting: u64,
    done: u64,
}

async fn found(seat: &Seat, find: &Find) -> Result<(Vec<Listed>, bool), Oops> {
    let (own, from, state, words) = (seat.own(), after(seat), find.state, find.words.to_lowercase());
    let now_us = seat.now_us();
    let names: BTreeMap<String, String> = {
        let snapshot = seat.console.road.exchange.snapshot();
        let named =
            snapshot.rules.systems().map(|of| (of.system.id.to_string(), of.system.name.to_lowercase()));
        named.collect()
    };
    seat.cleaning(move |jobs| {
        let from = from.as_ref().map(|(at_us, id)| (*at_us, id.as_str()));
        let most = if words.is_empty() { SHOWN + 1 } else { SEARCHED };
        let mut all = jobs.list_in(own.as_deref(), state, from, most)?;
        if !words.is_empty() {
            all.retain(|job| {
                let name = names.get(&job.system).map_or("", String::as_str);
                [&job.asked.file.to_lowercase(), &job.id, &job.system, name]
                    .iter()
                    .any(|text| text.contains(&words))
            });
        }
        let shown = usize::try_from(SHOWN).unwrap_or(50);
        let more = all.len() > shown;
        all.truncate(shown);
        let listed = all.into_iter().map(|job| {
            let waiting = match job.state {
                JobState::Done => jobs.review_counts(&job.id)?.0,
                _ => 0,
            };
            let done = match job.state {
                JobState::Open => jobs.progress(&job.id, now_us)?.rows_done,
                _ => 0,
            };
            Ok::<_, CleaningError>(Listed { job, waiting, done })
        });
        Ok((listed.collect::<Result<Vec<_>, _>>()?, more))
    })
    .await
}

fn row(seat: &Seat, t: Texts, listed: &Listed) -> Vec<Cell> {
    let Listed { job, waiting, done } = listed;
    let mut lines = vec![seat.console.system(&job.system)];
    if seat.organisation().is_none() {
        lines.push(seat.console.organisation(&job.organisation));
    }
    let mut rows = vec![t.number(job.rows)];
    if *waiting > 0 {
        rows.push(t.t1("cleaning-waiting", "count", &t.number(*waiting)).into_owned());
    }
    if job.state == JobState::Open && job.rows > 0 {
        let part = done.saturating_mul(100) / job.rows;
        rows.push(t.t1("cleaning-part", "part", &part.to_string()).into_owned());
    }
    vec![
        Cell::Named { label: title(t, job), href: format!("/cleaning/{}", job.id), lines },
        Cell::Lines(rows),
        Cell::Figures(said::moment(job.at_us)),
        Cell::Badge(badge(t, job)),
    ]
}

/// What a job is called: its file.
pub(super) fn title(t: Texts, job: &Job) -> String {
    if job.asked.file.is_empty() { t.t("cleaning-no-name").into_owned() } else { job.asked.file.clone() }
}

fn filter(t: Texts, find: &Find) -> Act {
    let states = JobState::ALL.into_iter().map(|state| {
        let label = t.t(&format!("cleaning-state-{}", state.name())).into_owned();
        Choice::new(state.name(), label, find.state == Some(state))
    });
    let state = Select {
        texts: t,
        name: "state",
        label: t.t("accounts-state").into_owned(),
        choices: states.collect(),
        optional: true,
        any: true,
        ..Select::default()
    };
    let words = crate::parts::Typed::new(find.words.clone());
    let words = Input { kind: InputKind::Text, ..Input::new(t, "q", "cleaning-find", &words) };
    Act::new("filter", "", "/cleaning", "")
        .with(Control::Select(state))
        .with(Control::Input(words.optional()))
        .button(t.t("list-find"), "")
}

/// Purposes of the own systems' agreements in force, each with its name.
fn purposes(seat: &Seat) -> Vec<(String, String)> {
    let (snapshot, own) = (seat.console.road.exchange.snapshot(), seat.own());
    let today = dancu_gateway::vietnam_day(seat.now_us());
    let mine = snapshot.rules.systems().filter(|of| own.as_deref() == Some(&*of.system.organisation));
    let agreements = mine.flat_map(|of| of.agreements.iter()).filter(|agreement| agreement.in_force(today));
    let mut all = BTreeMap::new();
    for (code, purpose) in agreements.flat_map(|agreement| agreement.purposes.iter()) {
        let words = match &purpose.name {
            Some(name) => format!("{code} – {name}"),
            None => code.to_string(),
        };
        all.insert(code.to_string(), words);
    }
    all.into_iter().collect()
}

fn form(seat: &Seat, tried: &Tried, csrf: &str, t: Texts) -> Act {
    let (systems, purposes) = (systems(seat), purposes(seat));
    let only = |all: &[(String, String)]| if let [(id, _)] = all { id.clone() } else { String::new() };
    let (system, purpose) = (only(&systems), only(&purposes));
    let mut map = Area::new(t, "map", "cleaning-map", &tried.typed("map", "")).hint("cleaning-map-hint");
    map.optional = true;
    let most = seat.console.cleaning.most_bytes >> 20;
    Act::new("bring", t.t("cleaning-bring"), "/cleaning", csrf)
        .lead(t.t("cleaning-bring-lead"))
        .with(Control::Select(tried.select(t, "system", "accounts-system", &system, systems)))
        .with(Control::Input(tried.input(t, "login", "cleaning-login", "").hint("cleaning-login-hint")))
        .with(Control::Select(tried.select(t, "purpose", "cleaning-purpose", &purpose, purposes)))
        .with(Control::Input(
            tried.input(t, "case_number", "cleaning-case", "").hint("cleaning-case-hint").optional(),
        ))
        .with(Control::Area(map))
        .with(Control::File {
            name: "file-stock",
            label: t.t("cleaning-file").into_owned(),
            hint: t.t1("cleaning-file-hint", "most", &t.number(most)).into_owned(),
            accept: ".csv,.txt,.tsv,.parquet,.xlsx,.xml",
            error: tried.fault("file-stock"),
        })
        .button(t.t("cleaning-look-through"), "")
}

/// The page of the list.
pub(super) async fn page(seat: &Seat, tried: &Tried) -> Result<ListPage, Oops> {
    let find = find(seat);
    let (listed, more) = found(seat, &find).await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let may = seat.may(Action::CleaningSubmit, seat.organisation().or(Some(""))) == Ruling::Allowed;
    let narrowed = find.state.is_some() || !find.words.is_empty();
    let nothing = match (narrowed, may) {
        (true, _) => nothing(t, Icon::Search, "cleaning-none-title", "cleaning-none-text"),
        (false, true) => nothing(t, Icon::Document, "cleaning-empty-title", "cleaning-empty-text"),
        (false, false) => nothing(t, Icon::Document, "cleaning-empty-title", "cleaning-empty-watch"),
    };
    let state = find.state.map(JobState::name).unwrap_or_default();
    let next = listed
        .last()
        .filter(|_| more && find.words.is_empty())
        .map(|last| format!("/cleaning?state={state}&after={}.{}", last.job.at_us, last.job.id));
    let acts = if may { vec![form(seat, tried, shell.csrf(), t)] } else { Vec::new() };
    Ok(ListPage {
        notice: done(seat, t),
        lead: t.t("cleaning-lead").into_owned(),
        filter: (narrowed || !listed.is_empty()).then(|| filter(t, &find)),
        table: Table {
            columns: columns(t, ["cleaning-job", "cleaning-rows", "cleaning-at", "accounts-state"]),
            rows: listed.iter().map(|listed| row(seat, t, listed)).collect(),
        },
        pages: crate::door::console::bulk::pages(t, next),
        acts,
        ..ListPage::new(shell, "console-cleaning", nothing)
    })
}

/// What the address says was done.
pub(super) fn done(seat: &Seat, t: Texts) -> Option<Notice> {
    let key = match asked(&seat.uri, "done").as_str() {
        "started" => "cleaning-done-started",
        "cancelled" => "cleaning-done-cancelled",
        _ => return None,
    };
    Some(Notice::new(Tone::Good, t.t(key), ""))
}
