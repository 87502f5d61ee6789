//! One job: what its file holds, how far it is, what came of it.
use super::{Answer, HERE, badge, left, list, said, waits_for_confirmation};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::{plain, show as shown};
use crate::icons::Icon;
use crate::page::html;
use crate::pages::console::{CleaningPage, Group, Meter};
use crate::parts::{Act, Bar, Bars, Cell, Crumb, Crumbs, Fact, Notice, Table, Tile, Tiles, Tone};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_cleaning::{Columns, Counts, Job, JobState, Progress};
use dancu_linkage::{Action as Todo, Column, Verdict};
use dancu_policy::duty::Action;

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let job = seat.cleaning_job(&id, Action::CleaningRead).await?;
    let page = page(&seat, &job, None).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// How far a job is, with the doubtful rows that wait and that are decided.
struct Far {
    progress: Progress,
    waiting: u64,
    decided: u64,
}

pub(super) async fn page(seat: &Seat, job: &Job, notice: Option<Notice>) -> Result<CleaningPage, Oops> {
    let (id, now_us) = (job.id.clone(), seat.now_us());
    let far = seat.cleaning(move |jobs| {
        let (waiting, decided) = jobs.review_counts(&id)?;
        Ok(Far { progress: jobs.progress(&id, now_us)?, waiting, decided })
    });
    let far = far.await?;
    let names = seat.names(vec![job.asked.by.clone()]).await;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let mut groups = vec![facts(seat, job, &names.of(&job.asked.by, t), t)];
    if job.state == JobState::Filling {
        groups.extend(columns(job, t));
    }
    groups.extend(faults(job, t));
    let is_done = job.state == JobState::Done;
    Ok(CleaningPage {
        notice: notice.or_else(|| list::done(seat, t)).or_else(|| self::notice(seat, job, &far, t)),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-cleaning"), "/cleaning"),
                Crumb::new(list::title(t, job), ""),
            ],
        },
        title: list::title(t, job),
        badge: Some(badge(t, job)),
        meter: (job.state == JobState::Open).then(|| meter(job, &far.progress, now_us, t)),
        links: links(seat, job, &far, t),
        tiles: is_done.then(|| tiles(&far, t)),
        charts: if is_done { charts(job, &far.progress.counts, t) } else { Vec::new() },
        groups,
        acts: acts(seat, job, shell.csrf(), t),
        shell,
    })
}

fn notice(seat: &Seat, job: &Job, far: &Far, t: Texts) -> Option<Notice> {
    match job.state {
        JobState::Filling if waits_for_confirmation(job) => {
            let until =
                shown::moment(job.at_us.saturating_add(seat.console.cleaning.jobs.options().confirm_us));
            let values = [("rows", t.number(job.rows)), ("until", until)];
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let todo = t.with("cleaning-confirm-first-todo", &values);
            Some(Notice::new(Tone::Warn, t.t("cleaning-confirm-first"), todo))
        }
        JobState::Filling => {
            Some(Notice::new(Tone::Info, t.t("cleaning-not-whole"), t.t("cleaning-not-whole-todo")))
        }
        JobState::Refused => {
            Some(Notice::new(Tone::Bad, t.t("cleaning-refused"), t.t("cleaning-refused-todo")))
        }
        JobState::Failed => Some(Notice::new(Tone::Bad, t.t("cleaning-failed"), t.t("cleaning-failed-todo"))),
        JobState::Done if far.waiting > 0 => Some(Notice::new(
            Tone::Info,
            t.t1("cleaning-to-look-at", "count", &t.number(far.waiting)),
            t.t("cleaning-to-look-at-todo"),
        )),
        _ => None,
    }
}

fn meter(job: &Job, progress: &Progress, now_us: i64, t: Texts) -> Meter {
    let part = progress.rows_done.saturating_mul(100).checked_div(job.rows).unwrap_or_default();
    let counted = [("done", t.number(progress.rows_done)), ("total", t.number(job.rows))];
    let counted: Vec<(&str, &str)> = counted.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let left = match progress.left_us(job.rows, now_us) {
        _ if progress.done == job.chunks => t.t("cleaning-closing").into_owned(),
        Some(us) => t.t1("cleaning-left", "time", &left(t, us)).into_owned(),
        None => t.t("cleaning-left-unknown").into_owned(),
    };
    Meter {
        label: t.t("cleaning-progress").into_owned(),
        value: progress.rows_done,
        most: job.rows.max(1),
        part: format!("{part} %"),
        words: t.with("cleaning-progress-rows", &counted).into_owned(),
        left,
        again: (t.t("cleaning-look-again").into_owned(), format!("/cleaning/{}", job.id)),
    }
}

fn links(seat: &Seat, job: &Job, far: &Far, t: Texts) -> Vec<(String, String)> {
    let mut links = Vec::new();
    if job.state == JobState::Done {
        if far.waiting > 0 && seat.may_clean(Action::CleaningReview, job) {
            let words = t.t1("cleaning-review-open", "count", &t.number(far.waiting)).into_owned();
            links.push((words, format!("/cleaning/{}/review", job.id)));
        }
        if seat.may_clean(Action::CleaningExport, job) {
            if seat.console.cleaning.signs() {
                links.push((
                    t.t("cleaning-take-package").into_owned(),
                    format!("/cleaning/{}/package", job.id),
                ));
            }
            links.push((t.t("cleaning-take").into_owned(), format!("/cleaning/{}/file", job.id)));
        }
    }
    links
}

fn tiles(far: &Far, t: Texts) -> Tiles {
    let counts = &far.progress.counts;
    let sure = counts.verdict(Verdict::Match) + counts.verdict(Verdict::MatchWithDifferences);
    let tile = |label: &str, value: u64, note: String, icon| Tile {
        label: t.t(label).into_owned(),
        value: t.number(value),
        note,
        icon,
    };
    let part = |of: u64| {
        let part = of.saturating_mul(1_000).checked_div(counts.rows()).unwrap_or_default();
        let point = if t.lang() == dancu_catalogue::Lang::Vi { ',' } else { '.' };
        format!("{}{point}{} %", part / 10, part % 10)
    };
    let decided = t.t1("cleaning-decided", "count", &t.number(far.decided)).into_owned();
    Tiles {
        tiles: vec![
            tile("cleaning-rows", counts.rows(), String::new(), Icon::Document),
            tile("cleaning-sure", sure, part(sure), Icon::Check),
            tile(
                "cleaning-correct",
                counts.action(Todo::Correct),
                part(counts.action(Todo::Correct)),
                Icon::Pen,
            ),
            tile("cleaning-doubtful", counts.action(Todo::Review), decided, Icon::Warning),
        ],
    }
}

fn charts(job: &Job, counts: &Counts, t: Texts) -> Vec<Bars> {
    let bar = |label: String, value: u64, tone| Bar { label, value, words: t.number(value), tone };
    let verdicts = Verdict::ALL.iter().map(|of| {
        let tone = match of {
            Verdict::Match => Tone::Good,
            Verdict::MatchWithDifferences => Tone::Info,
            Verdict::Doubtful | Verdict::Ambiguous => Tone::Warn,
            Verdict::NotFound | Verdict::Unreadable => Tone::Bad,
        };
        bar(said(t, "verdict", of.name()), counts.verdict(*of), tone)
    });
    let todo = Todo::ALL.iter().map(|of| bar(said(t, "action", of.name()), counts.action(*of), Tone::Plain));
    let compared = job.columns.iter().filter(|column| *column != Column::RowId);
    let differs =
        compared.map(|column| bar(said(t, "field", column.name()), counts.differs(column), Tone::Plain));
    let chart = |title: &str, what: &str, bars: Vec<Bar>| Bars {
        title: t.t(title).into_owned(),
        what: t.t(what).into_owned(),
        how_many: t.t("cleaning-rows").into_owned(),
        bars,
    };
    vec![
        chart("cleaning-by-verdict", "cleaning-verdict", verdicts.collect()),
        chart("cleaning-by-action", "cleaning-action", todo.collect()),
        chart("cleaning-by-column", "cleaning-column", differs.collect()),
    ]
}

fn facts(seat: &Seat, job: &Job, by: &str, t: Texts) -> Group {
    let asked = &job.asked;
    let mut facts = vec![
        Fact::new(t.t("work-of"), seat.console.organisation(&job.organisation)),
        Fact::new(t.t("accounts-system"), seat.console.system(&job.system)),
        Fact::new(t.t("cleaning-login"), asked.login.clone()),
        Fact::new(t.t("cleaning-purpose"), purpose(seat, job)),
    ];
    facts.extend(asked.case_number.clone().map(|number| Fact::new(t.t("cleaning-case"), number)));
    let by = if asked.by.is_empty() { t.t("cleaning-by-command").into_owned() } else { by.to_owned() };
    facts.push(Fact::new(t.t("cleaning-brought"), by).noted(shown::moment(job.at_us)));
    let format = match asked.seen.format.as_str() {
        "csv" => "CSV",
        "parquet" => "Parquet",
        "xlsx" => "XLSX",
        "qcvn109" => "QCVN 109:2017 (XML)",
        _ => "",
    };
    if !format.is_empty() {
        facts.push(Fact::new(t.t("cleaning-format"), format));
    }
    facts.push(Fact::new(t.t("cleaning-rows"), t.number(job.rows)));
    if !asked.seen.skipped.is_empty() {
        facts.push(Fact::new(t.t("cleaning-skipped"), asked.seen.skipped.join(", ")));
    }
    facts.push(Fact::mono("SHA-256", hex::encode(job.input_sha256)));
    if job.state != JobState::Filling {
        let compared = job.columns.iter().filter(|column| *column != Column::RowId);
        let compared: Vec<String> = compared.map(|column| said(t, "field", column.name())).collect();
        facts.push(Fact::new(t.t("cleaning-compared"), compared.join(", ")));
    }
    if let Some(entry) = job.entry {
        facts.push(Fact::new(t.t("cleaning-entry"), t.number(entry)));
    }
    if let Some(at_us) = job.ended_us {
        facts.push(Fact::new(t.t("cleaning-ended"), shown::moment(at_us)));
        let days = seat.console.cleaning.jobs.options().keep_days;
        facts.push(Fact::new(t.t("cleaning-kept"), shown::date_of(at_us + i64::from(days) * 86_400_000_000)));
    }
    let tells = if job.tells_number { "cleaning-tells-number" } else { "cleaning-tells-no-number" };
    facts.push(Fact::new(t.t("cleaning-tells"), t.t(tells)));
    Group::Facts { title: t.t("record-facts").into_owned(), facts }
}

/// The purpose with its name, where the agreement has one.
fn purpose(seat: &Seat, job: &Job) -> String {
    let (snapshot, asked) = (seat.console.road.exchange.snapshot(), &job.asked);
    let of = snapshot.rules.system(&job.system);
    let agreement =
        of.and_then(|of| of.agreements.iter().find(|agreement| *agreement.id == *asked.agreement));
    let named = agreement.and_then(|agreement| agreement.purposes.get(asked.purpose.as_str())?.name.clone());
    named.map_or_else(|| asked.purpose.clone(), |name| format!("{} – {name}", asked.purpose))
}

/// Which columns are compared, which the file has not, which the agreement has not.
fn columns(job: &Job, t: Texts) -> Option<Group> {
    let seen = Columns::from_bits(job.asked.seen.columns);
    if seen == Columns::NONE {
        return None;
    }
    let row = |column: Column| {
        let (tone, icon, key) = if job.columns.contains(column) && column == Column::RowId {
            (Tone::Good, Icon::Check, "cleaning-column-names")
        } else if job.columns.contains(column) {
            (Tone::Good, Icon::Check, "cleaning-column-compared")
        } else if seen.contains(column) {
            (Tone::Warn, Icon::Lock, "cleaning-column-not-agreed")
        } else {
            (Tone::Plain, Icon::Minus, "cleaning-column-missing")
        };
        let badge = crate::parts::Badge { tone, icon, label: t.t(key).into_owned() };
        vec![Cell::text(said(t, "field", column.name())), Cell::Badge(badge)]
    };
    Some(Group::Table {
        title: t.t("cleaning-columns").into_owned(),
        lead: t.t("cleaning-columns-lead").into_owned(),
        table: Table {
            columns: vec![t.t("cleaning-column").into_owned(), t.t("accounts-state").into_owned()],
            rows: Column::ALL.into_iter().map(row).collect(),
        },
        nothing: String::new(),
    })
}

/// The first rows that cannot be read.
fn faults(job: &Job, t: Texts) -> Option<Group> {
    let seen = &job.asked.seen;
    (seen.unread > 0).then(|| Group::Table {
        title: t.t("cleaning-unread").into_owned(),
        lead: t.t1("cleaning-unread-lead", "count", &t.number(seen.unread)).into_owned(),
        table: Table {
            columns: vec![t.t("cleaning-line").into_owned(), t.t("cleaning-why").into_owned()],
            rows: seen
                .first
                .iter()
                .map(|(line, why)| {
                    vec![Cell::Figures(t.number(*line)), Cell::text(t.t(&format!("cleaning-fault-{why}")))]
                })
                .collect(),
        },
        nothing: String::new(),
    })
}

fn acts(seat: &Seat, job: &Job, csrf: &str, t: Texts) -> Vec<Act> {
    let mut acts = Vec::new();
    if waits_for_confirmation(job) && seat.may_clean(Action::CleaningSubmit, job) {
        let values = [("rows", t.number(job.rows)), ("login", job.asked.login.clone())];
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        acts.push(
            Act::new("start", t.t("cleaning-start"), format!("/cleaning/{}/start", job.id), csrf)
                .lead(t.with("cleaning-start-lead", &values))
                .button(t.t1("cleaning-start-do", "rows", &t.number(job.rows)), ""),
        );
    }
    if matches!(job.state, JobState::Filling | JobState::Open) && seat.may_clean(Action::CleaningCancel, job)
    {
        let lead =
            if job.state == JobState::Open { "cleaning-cancel-lead-open" } else { "cleaning-cancel-lead" };
        acts.push(
            Act::new("cancel", t.t("cleaning-cancel"), format!("/cleaning/{}/cancel", job.id), csrf)
                .lead(t.t(lead))
                .button(t.t("cleaning-cancel"), "")
                .grave()
                .folded(),
        );
    }
    acts
}
