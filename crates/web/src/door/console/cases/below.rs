//! What is opened below another matter: the level file and assessments of a connection, what an assessment or an
//! inspection found.
use super::super::forms::SentForm;
use super::super::matter::{Whole, place};
use super::super::seat::{Oops, Seat, blocking};
use super::super::slots::{Faults, Shape, Slot};
use super::super::words;
use super::open::refusal;
use super::page::{Page, uploads};
use super::{Answer, fields};
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::Notice;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_governance::{
    Assessment, Content, Deed, Finding, GovernanceError, Kind, LevelFile, Problem, Wrong,
};
use dancu_policy::Deadlines;
use dancu_policy::duty::Action;

/// The action that writing down a finding needs, by what found it.
pub(in super::super) fn finding_duty(parent: Kind) -> Action {
    if parent == Kind::Inspection { Action::InspectionRecord } else { Action::ConnectionAssess }
}

pub(super) async fn level_form(seat: Seat, Path(id): Path<String>) -> Answer {
    form(&seat, &id, Kind::LevelFile).await
}

pub(super) async fn level(seat: Seat, Path(id): Path<String>, sent: Request) -> Answer {
    submit(&seat, &id, Kind::LevelFile, sent).await
}

pub(super) async fn assess_form(seat: Seat, Path(id): Path<String>) -> Answer {
    form(&seat, &id, Kind::Assessment).await
}

pub(super) async fn assess(seat: Seat, Path(id): Path<String>, sent: Request) -> Answer {
    submit(&seat, &id, Kind::Assessment, sent).await
}

pub(super) async fn finding_form(seat: Seat, Path(id): Path<String>) -> Answer {
    form(&seat, &id, Kind::Finding).await
}

pub(super) async fn finding(seat: Seat, Path(id): Path<String>, sent: Request) -> Answer {
    submit(&seat, &id, Kind::Finding, sent).await
}

/// That this person may open such a matter below this one.
fn must(seat: &Seat, whole: &Whole, kind: Kind) -> Result<(), Oops> {
    let action = match kind {
        Kind::LevelFile => Action::ConnectionLevel,
        Kind::Assessment => Action::ConnectionAssess,
        _ => finding_duty(whole.matter.kind),
    };
    seat.must_on(action, &whole.matter)
}

/// That such a matter stands below this one.
fn fits(seat: &Seat, whole: &Whole, kind: Kind) -> Result<(), Oops> {
    let fits = match kind {
        Kind::Finding => matches!(whole.matter.kind, Kind::Assessment | Kind::Inspection),
        _ => whole.matter.kind == Kind::Connection,
    };
    let error = if kind == Kind::Finding { ErrorKind::Forbidden } else { ErrorKind::NotFound };
    if fits { Ok(()) } else { Err(Oops::page(seat.shell(place(whole.matter.kind)), error)) }
}

fn blank(kind: Kind) -> Content {
    match kind {
        Kind::LevelFile => Content::LevelFile(LevelFile { level: 3, ..LevelFile::default() }),
        Kind::Assessment => Content::Assessment(Assessment::default()),
        _ => Content::Finding(Finding::default()),
    }
}

fn slots(seat: &Seat, whole: &Whole, kind: Kind) -> Vec<Slot> {
    let t = seat.shell(Place::Cases).texts();
    let law = (seat.console.governance.rules(), seat.today());
    let mut slots = fields::written(kind, None, Some(whole.matter.kind), law, t);
    if kind == Kind::Assessment {
        slots.push(Slot::new("case-assessment", "due_on", Shape::Day).optional().hinted());
    }
    slots
}

fn page(
    seat: &Seat,
    whole: &Whole,
    kind: Kind,
    slots: &[Slot],
    (sent, faults): (&Sent, &Faults),
    notice: Option<Notice>,
) -> Response {
    let t = seat.shell(Place::Cases).texts();
    let (title, lead, end) = match kind {
        Kind::LevelFile => ("case-level-new", "case-level-lead", "level-file"),
        Kind::Assessment => ("case-assessment-new", "case-assessment-lead", "assessment"),
        _ => ("case-finding-new", "case-finding-lead", "finding"),
    };
    let page = Page {
        seat,
        title: t.t(title).into_owned(),
        lead,
        action: format!("/matters/{}/{end}", whole.matter.id),
        button: "case-open",
        of: Some(&whole.matter),
        slots,
        files: if kind == Kind::LevelFile { &["level_file", "level_approval"] } else { &[] },
        first: None,
        hidden: None,
    };
    page.answer(sent, faults, notice)
}

async fn form(seat: &Seat, id: &str, kind: Kind) -> Answer {
    let whole = seat.whole(id).await?;
    must(seat, &whole, kind)?;
    fits(seat, &whole, kind)?;
    let slots = slots(seat, &whole, kind);
    Ok(page(seat, &whole, kind, &slots, (&fields::typed(&blank(kind)), &Faults::default()), None))
}

async fn submit(seat: &Seat, id: &str, kind: Kind, request: Request) -> Answer {
    let whole = seat.whole(id).await?;
    let of = place(whole.matter.kind);
    must(seat, &whole, kind)?;
    let form = SentForm::read(seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    fits(seat, &whole, kind)?;
    let t = seat.shell(of).texts();
    let slots = slots(seat, &whole, kind);
    let due = value(&form.values, "due_on");
    let deadline = words::date(due).map(Deadlines::end_of);
    let mut content = fields::read(&blank(kind), &slots, &form.values);
    if deadline.is_none() && !due.is_empty() {
        let wrong = Problem { field: "due_on".to_owned(), wrong: Wrong::Form };
        content = Err(content.err().into_iter().flatten().chain([wrong]).collect());
    }
    let content = match content {
        Ok(content) => content,
        Err(problems) => {
            let faults = fields::faults(&problems, None, &slots, t);
            return Ok(page(seat, &whole, kind, &slots, (&form.values, &faults), None));
        }
    };
    let about = format!("matter={id} kind={}", kind.name());
    let entry = seat.record("case_open", about, of).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let parent = whole.matter.id.clone();
    let opened = blocking(move || {
        let deed = Deed::of(&by, now_us, entry, "");
        let id = match &content {
            Content::LevelFile(file) => governance.propose_level(&parent, file, &uploads(&form), deed),
            Content::Assessment(assessment) => {
                governance.plan_assessment(&parent, assessment, deadline, deed)
            }
            Content::Finding(finding) => governance.find_fault(&parent, finding, deed),
            _ => Err(GovernanceError::Impossible("this kind of matter is opened otherwise")),
        };
        (id, form, content)
    });
    match opened.await {
        // Whoever writes down one finding goes on with the next: back to what found it.
        Some((Ok(_), ..)) if kind == Kind::Finding => {
            Ok(Redirect::to(&format!("/matters/{id}?opened")).into_response())
        }
        Some((Ok(id), ..)) => Ok(Redirect::to(&format!("/matters/{id}?opened")).into_response()),
        Some((Err(GovernanceError::Invalid(problems)), form, content)) => {
            let faults = fields::faults(&problems, Some(&content), &slots, t);
            Ok(page(seat, &whole, kind, &slots, (&form.values, &faults), None))
        }
        Some((Err(error), form, _)) => {
            let notice = refusal(seat, &error, t)?;
            Ok(page(seat, &whole, kind, &slots, (&form.values, &Faults::default()), Some(notice)))
        }
        None => Err(Oops::page(seat.shell(of), ErrorKind::Server)),
    }
}
