//! Opening a ticket, an error notice, an inspection, an evaluation.
use super::super::forms::SentForm;
use super::super::seat::{Oops, Seat, blocking};
use super::super::slots::{Faults, Slot};
use super::super::words;
use super::about::{self, About};
use super::page::{Page, uploads};
use super::{Answer, fields};
use crate::Texts;
use crate::door::form::Sent;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Notice, Tone};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_citizen::CivilDate;
use dancu_governance::{Content, Deed, ErrorNotice, Evaluation, GovernanceError, Inspection, Kind, Ticket};
use dancu_policy::duty::{Action, Ruling};

/// What opening a kind of case needs, where its form is, and the words of the button that leads there.
const OPENED: &[(Kind, Action, &str, &str)] = &[
    (Kind::Ticket, Action::TicketOpen, "/cases/new/ticket", "case-new-ticket"),
    (Kind::ErrorNotice, Action::NoticeFile, "/cases/new/error-notice", "case-new-notice"),
    (Kind::Inspection, Action::InspectionPlan, "/cases/new/inspection", "case-new-inspection"),
    (Kind::Evaluation, Action::InspectionPlan, "/cases/new/evaluation", "case-new-evaluation"),
];

/// The forms that this person may open, that of a kind first: words and address.
pub(super) fn links(seat: &Seat, of: Kind, t: Texts) -> Vec<(String, String)> {
    let mut open: Vec<_> =
        OPENED.iter().filter(|(_, action, _, _)| seat.may_ask(*action) == Ruling::Allowed).collect();
    open.sort_by_key(|(kind, ..)| *kind != of);
    open.into_iter().map(|(_, _, path, words)| (t.t(words).into_owned(), (*path).to_owned())).collect()
}

/// The row of a kind, after it was seen that this person may.
fn allowed(seat: &Seat, kind: Kind) -> Result<(&'static str, &'static str), Oops> {
    let found = OPENED.iter().find(|(of, ..)| *of == kind);
    let Some((_, action, path, words)) = found else {
        return Err(Oops::page(seat.shell(Place::Cases), ErrorKind::NotFound));
    };
    seat.ruled(seat.may_ask(*action), *action, Place::Cases)?;
    Ok((path, words))
}

fn blank(kind: Kind, seat: &Seat) -> Content {
    match kind {
        Kind::ErrorNotice => Content::ErrorNotice(ErrorNotice { received: true, ..ErrorNotice::default() }),
        Kind::Inspection => Content::Inspection(Inspection { announced: true, ..Inspection::default() }),
        Kind::Evaluation => {
            let (level, due_on) = (3, next_due(seat, 3));
            Content::Evaluation(Evaluation { due_on, level, ..Evaluation::default() })
        }
        _ => {
            let name = seat.session.account.name.clone();
            Content::Ticket(Ticket { name, ..Ticket::default() })
        }
    }
}

/// The next day on which an evaluation of this level is due (AT-2), `YYYY-MM-DD`; empty when none is.
fn next_due(seat: &Seat, level: u8) -> String {
    let today = seat.today();
    let days = seat.console.governance.rules().evaluation_days(level, today);
    let of = |year: i16| days.iter().filter_map(move |(month, day)| CivilDate::new(year, *month, *day).ok());
    let next = of(today.year()).chain(of(today.year() + 1)).find(|day| *day >= today);
    next.map(CivilDate::iso).unwrap_or_default()
}

fn slots(seat: &Seat, kind: Kind, t: Texts) -> Vec<Slot> {
    fields::written(kind, None, None, (seat.console.governance.rules(), seat.today()), t)
}

/// Evaluations are of systems.
fn systems_only(kind: Kind) -> bool {
    kind == Kind::Evaluation
}

fn page(
    seat: &Seat,
    kind: Kind,
    (path, words): (&str, &str),
    slots: &[Slot],
    (sent, faults): (&Sent, &Faults),
    notice: Option<Notice>,
) -> Response {
    let t = seat.shell(Place::Cases).texts();
    let (lead, files): (_, &[&'static str]) = match kind {
        Kind::ErrorNotice => ("case-notice-lead", &["evidence"]),
        Kind::Inspection => ("case-inspection-lead", &["order"]),
        Kind::Evaluation => ("case-evaluation-lead", &[]),
        _ => ("case-ticket-lead", &["other"]),
    };
    let page = Page {
        seat,
        title: t.t(words).into_owned(),
        lead,
        action: path.to_owned(),
        button: "case-open",
        of: None,
        slots,
        files,
        first: Some(about::control(seat, systems_only(kind), sent, faults)),
        hidden: None,
    };
    page.answer(sent, faults, notice)
}

pub(super) fn form(seat: &Seat, kind: Kind) -> Answer {
    let row = allowed(seat, kind)?;
    let slots = slots(seat, kind, seat.shell(Place::Cases).texts());
    let sent = fields::typed(&blank(kind, seat));
    Ok(page(seat, kind, row, &slots, (&sent, &Faults::default()), None))
}

pub(super) async fn submit(seat: Seat, kind: Kind, request: Request) -> Answer {
    let row = allowed(&seat, kind)?;
    let form = SentForm::read(&seat, request, Place::Cases).await?;
    seat.own_form(form.value("csrf"), Place::Cases)?;
    let t = seat.shell(Place::Cases).texts();
    let slots = slots(&seat, kind, t);
    let about = about::read(&seat, systems_only(kind), form.value(about::NAME));
    let content = fields::read(&blank(kind, &seat), &slots, &form.values);
    let (content, About { organisation, system }) = match (content, about) {
        (Ok(content), Some(about)) => (content, about),
        (content, about) => {
            let problems = content.err().unwrap_or_default();
            let mut faults = fields::faults(&problems, None, &slots, t);
            if about.is_none() {
                faults.0.push((about::NAME.to_owned(), t.t("case-about-missing").into_owned()));
            }
            return Ok(page(&seat, kind, row, &slots, (&form.values, &faults), None));
        }
    };
    let about = format!("kind={} organisation={organisation}", kind.name());
    let entry = seat.record("case_open", about, Place::Cases).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let opened = blocking(move || {
        let deed = Deed::of(&by, now_us, entry, "");
        let id = governance.open_case(&content, &organisation, system.as_deref(), &uploads(&form), deed);
        (id, form, content)
    });
    match opened.await {
        Some((Ok(id), ..)) => Ok(Redirect::to(&format!("/matters/{id}?opened")).into_response()),
        Some((Err(GovernanceError::Invalid(problems)), form, content)) => {
            let faults = fields::faults(&problems, Some(&content), &slots, t);
            Ok(page(&seat, kind, row, &slots, (&form.values, &faults), None))
        }
        Some((Err(error), form, _)) => {
            let notice = refusal(&seat, &error, t)?;
            Ok(page(&seat, kind, row, &slots, (&form.values, &Faults::default()), Some(notice)))
        }
        None => Err(Oops::page(seat.shell(Place::Cases), ErrorKind::Server)),
    }
}

/// Why nothing was written, above the form.
pub(super) fn refusal(seat: &Seat, error: &GovernanceError, t: Texts) -> Result<Notice, Oops> {
    let why = words::refusal(t, error, seat.console.governance.rules(), seat.today());
    let Some((title, text)) = why else {
        tracing::warn!(%error, "a case could not be written");
        return Err(Oops::page(seat.shell(Place::Cases), ErrorKind::Unavailable));
    };
    Ok(Notice::new(Tone::Bad, title, text))
}
