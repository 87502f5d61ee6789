//! The page on which a paper is filled in.
use super::super::matter::{Whole, place};
use super::super::seat::Seat;
use super::super::slots::{Drawing, Faults};
use super::super::{cases, words};
use super::Paper;
use super::fill::Lack;
use crate::Texts;
use crate::door::form::Sent;
use crate::page::html;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Cell, Crumb, Crumbs, Notice, Table, Tone};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_governance::Kind;
use dancu_policy::duty::Ruling;

/// The page, with what was typed, what is wrong with it, and what the matter lacks.
pub(super) fn page(
    seat: &Seat,
    whole: &Whole,
    paper: Paper,
    sent: &Sent,
    (faults, lacks): (&Faults, &[Lack]),
) -> Response {
    let matter = &whole.matter;
    let shell = seat.shell(place(matter.kind));
    let t = shell.texts();
    let rules = seat.console.governance.rules();
    let drawing = Drawing { t, rules, day: seat.today(), sent, faults };
    let address = format!("/matters/{}/papers/{}", matter.id, paper.name());
    let mut act =
        Act::new("paper", t.t("paper-fill"), address, shell.csrf()).lead(t.t("paper-fill-lead")).again();
    act = paper.slots().iter().fold(act, |act, slot| act.with(drawing.control(slot)));
    act = act.button(t.t("paper-download"), "pdf");
    if paper.is_of_the_body() && seat.console.body.signer.is_some() {
        act = act.button(t.t("paper-sign"), "sign");
    }
    let title = t.t(&format!("paper-title-{}", paper.name())).into_owned();
    let notice =
        (!lacks.is_empty()).then(|| Notice::new(Tone::Warn, t.t("paper-lacks"), t.t("paper-lacks-todo")));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(matter.label.clone(), format!("/matters/{}", matter.id)),
                Crumb::new(title.clone(), ""),
            ],
        },
        title,
        badge: None,
        lead: t.t(&format!("paper-lead-{}", paper.name())).into_owned(),
        links: vec![(back(seat, paper, t), format!("/matters/{}#{}", matter.id, step(paper)))],
        groups: group(seat, whole, lacks, t).into_iter().collect(),
        acts: vec![act],
        shell,
    };
    html(status, &page).into_response()
}

/// The step to which the signed paper belongs.
fn step(paper: Paper) -> &'static str {
    match paper {
        Paper::Commitment => "connect",
        Paper::Registration | Paper::Request => "submit",
        Paper::Notice => "attach",
        Paper::Assessment => "pass",
        Paper::Inspection => "report",
    }
}

/// Where the signed paper is handed in.
fn back(seat: &Seat, paper: Paper, t: Texts) -> String {
    let kind = match paper {
        Paper::Commitment => "commitment",
        Paper::Registration | Paper::Request => "request_form",
        Paper::Notice => "order",
        Paper::Assessment => "assessment_report",
        Paper::Inspection => "inspection_report",
    };
    let kinds = seat.console.governance.rules().list("document_kind", seat.today());
    t.t1("paper-back", "document", &words::choice(kinds, kind, t)).into_owned()
}

/// What the matter lacks, each with the place where it is written.
fn group(seat: &Seat, whole: &Whole, lacks: &[Lack], t: Texts) -> Option<Group> {
    let id = &whole.matter.id;
    let writes = cases::editing(seat, whole) == Some(Ruling::Allowed);
    let place = |lack: &Lack| {
        let (key, end) = match (lack.path.as_str(), whole.matter.kind) {
            ("security_level" | "level_decision", Kind::Connection) => ("case-level-new", "/level-file"),
            (_, Kind::Connection) if writes => ("request-edit", "/request"),
            _ if writes => ("case-edit", "/content"),
            _ => ("paper-see", ""),
        };
        Cell::link(t.t(key), format!("/matters/{id}{end}"))
    };
    let row = |lack: &Lack| vec![Cell::text(called(&lack.path, t)), Cell::text(&lack.said), place(lack)];
    let columns = ["paper-lack-what", "paper-lack-why", "paper-lack-where"];
    (!lacks.is_empty()).then(|| Group::Table {
        title: t.t("paper-lacks").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: lacks.iter().map(row).collect(),
        },
        nothing: String::new(),
    })
}

/// What a field of a paper is called.
pub(in crate::door::console) fn called(path: &str, t: Texts) -> String {
    const KNOWN: &[&str] = &[
        "system",
        "unit",
        "full_name",
        "position",
        "phone",
        "email",
        "workplace",
        "organisation",
        "functions",
        "security_level",
        "level_decision",
        "purpose",
        "scope",
        "content",
        "services",
        "fields",
        "calls_a_day",
        "subject",
        "reason",
        "findings",
        "found",
        "clauses",
        "signature",
    ];
    let last = path.rsplit('.').next().unwrap_or(path);
    let name = last.split('[').next().unwrap_or(last);
    let name = if KNOWN.contains(&name) { name } else { "other" };
    t.t(&format!("paper-at-{}", words::dashed(name))).into_owned()
}
