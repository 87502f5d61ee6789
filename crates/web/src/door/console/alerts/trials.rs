//! Dry runs: what a rule set otherwise would have found in the past, beside what is in force.
use super::rules::{self, beside};
use super::setting::{self, Typing};
use super::{Answer, WORDS, refreshing, words};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::date;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Badge, Cell, Control, Crumb, Crumbs, Fact, Input, InputKind, Notice, Table, Tone, Typed, Width,
};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{DryRun, Finding, Rule, Setting, Trial, TrialState, WatchError};

/// Findings of each kind that a page shows.
const SHOWN: usize = 50;
const DAY_US: i64 = 86_400_000_000;

/// Days of the past that a dry run may go over.
pub(in crate::door::console) const DAYS: std::ops::RangeInclusive<u8> = 1..=90;

/// Begins a dry run, for pages and API alike; gives its id.
pub(in crate::door::console) async fn begun(
    seat: &Seat,
    rule: Rule,
    setting: Setting,
    days: u8,
) -> Result<Result<String, WatchError>, Oops> {
    seat.record("watch_dry_run", format!("rule={} days={days}", rule.name()), Place::Alerts).await?;
    let now_us = seat.now_us();
    let from_us = now_us - i64::from(days) * DAY_US;
    let trial = Trial { rule, setting, from_us, until_us: now_us, by: seat.id().to_owned() };
    Ok(seat.console.watch.begin_trial(trial, now_us))
}

/// Begins a dry run over so many days, and shows how far it is.
pub(super) async fn begin(seat: &Seat, rule: Rule, set: Setting, days: &str, form: Option<Typing>) -> Answer {
    seat.must(Action::WatchDryRun, None, Place::Alerts)?;
    let days = days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(7);
    match begun(seat, rule, set, days).await? {
        Ok(id) => Ok(Redirect::to(&format!("/alerts/trials/{id}")).into_response()),
        Err(WatchError::Busy) => {
            let t = seat.shell(Place::Alerts).texts();
            let notice = Notice::new(Tone::Warn, t.t("trial-busy"), t.t("trial-busy-todo"));
            rules::page(seat, rule, form, Some(notice), StatusCode::CONFLICT).await
        }
        Err(error) => Err(seat.failed(&error)),
    }
}

fn trial(seat: &Seat, id: &str) -> Result<TrialState, Oops> {
    let found = seat.console.watch.trial(id);
    found.ok_or_else(|| Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound))
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    seat.must(Action::WatchRead, None, Place::Alerts)?;
    let state = trial(&seat, &id)?;
    page(&seat, &state, false, StatusCode::OK).await
}

async fn page(seat: &Seat, state: &TrialState, faulty: bool, status: StatusCode) -> Answer {
    let (shell, rule) = (seat.shell(Place::Alerts), state.trial.rule);
    let t = shell.texts();
    let names = seat.staff_names(vec![state.trial.by.clone()]).await;
    let mut groups = vec![Group::Facts {
        title: t.t("trial-progress").into_owned(),
        facts: progress(state, super::name_of(&names, &state.trial.by), t),
    }];
    if let Some(Ok(run)) = &state.ended {
        groups.push(Group::Facts { title: t.t("trial-result").into_owned(), facts: result(run, t) });
        groups.push(findings(seat, "trial-new", &run.tried, &run.new, t));
        groups.push(findings(seat, "trial-gone", &run.current, &run.gone, t));
    }
    let settings = seat.console.watch.settings();
    let current = rules::in_force(seat, &settings.1, rule);
    groups.push(Group::Table {
        title: t.t("watch-beside").into_owned(),
        lead: String::new(),
        table: beside(rule, &state.trial.setting, current.as_ref(), t),
        nothing: String::new(),
    });
    let running = state.ended.is_none();
    let page = RecordPage {
        notice: running.then(|| Notice::new(Tone::Info, t.t("trial-running"), t.t("trial-running-todo"))),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("alerts-rules"), "/alerts/rules"),
                Crumb::new(words::rule(t, rule), format!("/alerts/rules/{}", rule.name())),
                Crumb::new(t.t("trial"), ""),
            ],
        },
        title: format!("{} · {}", t.t("trial"), words::rule(t, rule)),
        badge: Some(badge(state, t)),
        lead: t.t("trial-lead").into_owned(),
        links: Vec::new(),
        groups,
        acts: acts(seat, state, faulty, shell.csrf(), t),
        shell,
    };
    let response = plain::remember_lang(html(status, &page).into_response(), &seat.uri);
    Ok(if running { refreshing(response) } else { response })
}

fn badge(state: &TrialState, t: Texts) -> Badge {
    let (tone, icon, key) = match &state.ended {
        None => (Tone::Info, Icon::Clock, "trial-is-running"),
        Some(Ok(run)) if run.stopped => (Tone::Warn, Icon::Warning, "trial-is-stopped"),
        Some(Ok(_)) => (Tone::Good, Icon::Check, "trial-is-over"),
        Some(Err(_)) => (Tone::Bad, Icon::Stop, "trial-has-failed"),
    };
    Badge { tone, icon, label: t.t(key).into_owned() }
}

fn progress(state: &TrialState, by: &str, t: Texts) -> Vec<Fact> {
    let percent = (state.done * 100).checked_div(state.of).unwrap_or(0);
    let done = t.with(
        "trial-done-of",
        &[("done", &t.number(state.done)), ("of", &t.number(state.of)), ("percent", &percent.to_string())],
    );
    let (from, to) = (said::moment(state.trial.from_us), said::moment(state.trial.until_us));
    vec![
        Fact::new(t.t("trial-entries"), done),
        Fact::new(t.t("trial-time"), t.with("usage-from-to", &[("from", &from), ("to", &to)])),
        Fact::new(t.t("trial-begun"), by).noted(said::moment(state.begun_us)),
    ]
}

fn result(run: &DryRun, t: Texts) -> Vec<Fact> {
    let number = |key: &str, count: usize| Fact::new(t.t(key), t.number(count as u64));
    let mut facts = vec![
        Fact::new(t.t("trial-judged"), t.number(run.entries)),
        number("trial-tried", run.tried.len()),
        number("trial-current", run.current.len()),
        number("trial-both", run.both),
        number("trial-new", run.new.len()),
        number("trial-gone", run.gone.len()),
    ];
    if run.truncated {
        facts.push(Fact::new(t.t("trial-truncated"), ""));
    }
    facts
}

/// Findings of one side only.
fn findings(seat: &Seat, title: &str, all: &[Finding], which: &[usize], t: Texts) -> Group {
    let row = |finding: &Finding| {
        let organisation = finding.who.organisation.as_deref();
        let who = match &finding.who.account {
            Some(account) => seat.account_name(organisation, &finding.who.system, account),
            None => t.t("alert-whole-system").into_owned(),
        };
        let figures = finding.figures.iter().map(|(name, value)| {
            let fact = words::figure(t, name, *value);
            format!("{}: {}", fact.label, fact.value)
        });
        vec![
            Cell::Figures(said::moment(finding.at_us)),
            Cell::text(words::rule(t, finding.rule)),
            Cell::Lines(vec![who, seat.console.system(&finding.who.system)]),
            Cell::Lines(figures.collect()),
            Cell::Figures(finding.evidence.last().map(|entry| t.number(*entry)).unwrap_or_default()),
        ]
    };
    let columns = ["alert-at", "watch-rule", "alert-who", "alert-saw", "alert-entry"];
    let rows = which.iter().filter_map(|at| all.get(*at)).take(SHOWN).map(row).collect();
    let lead = if which.len() > SHOWN {
        t.t1("trial-first", "number", &SHOWN.to_string()).into_owned()
    } else {
        String::new()
    };
    Group::Table {
        title: t.t(title).into_owned(),
        lead,
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows },
        nothing: t.t("trial-none").into_owned(),
    }
}

fn acts(seat: &Seat, state: &TrialState, faulty: bool, csrf: &str, t: Texts) -> Vec<Act> {
    let address = format!("/alerts/trials/{}", state.id);
    let may = |action: Action| seat.may(action, None) == Ruling::Allowed;
    match &state.ended {
        None if may(Action::WatchDryRun) => {
            vec![Act::new("stop", t.t("trial-stop"), address, csrf).button(t.t("trial-stop"), "stop")]
        }
        Some(Ok(_)) if may(Action::WatchPropose) => {
            let wrong = |key: &str| faulty.then(|| t.t(key).into_owned());
            let why = Typed { value: String::new(), error: wrong("act-reason-missing") };
            let day = Typed::new(said::day(seat.today()));
            let day = Input {
                kind: InputKind::Date,
                width: Width::Short,
                ..Input::new(t, "valid_from", "watch-from-day", &day)
            };
            let why = Area { max: WORDS, ..Area::new(t, "why", "act-reason", &why) };
            vec![
                Act::new("propose", t.t("trial-propose"), address, csrf)
                    .lead(t.t("watch-propose-lead"))
                    .with(Control::Input(day.hint("watch-from-day-hint")))
                    .with(Control::Area(why))
                    .button(t.t("watch-propose"), "propose"),
            ]
        }
        _ => Vec::new(),
    }
}

/// A run is stopped, or what it tried is proposed.
pub(super) async fn submit(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::WatchDryRun, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let state = trial(&seat, &id)?;
    match value(&sent, "act") {
        "stop" => {
            seat.console.watch.stop_trial(&id);
            Ok(Redirect::to(&format!("/alerts/trials/{id}")).into_response())
        }
        "propose" => {
            seat.must(Action::WatchPropose, None, Place::Alerts)?;
            let why: String = value(&sent, "why").trim().chars().take(usize::from(WORDS)).collect();
            let day = date(value(&sent, "valid_from")).filter(|day| *day >= seat.today());
            let (false, Some(day)) = (why.is_empty(), day) else {
                return page(&seat, &state, true, StatusCode::UNPROCESSABLE_ENTITY).await;
            };
            let new = Setting { valid_from: day, ..state.trial.setting };
            setting::propose(&seat, state.trial.rule, new, why).await
        }
        _ => Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound)),
    }
}
