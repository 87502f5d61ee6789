//! Writing the content of a matter anew, while its state allows it.
use super::super::forms::SentForm;
use super::super::matter::{Whole, place, refused};
use super::super::seat::{Oops, Seat, blocking};
use super::super::slots::{Faults, Slot};
use super::super::words;
use super::page::Page;
use super::{Answer, fields};
use crate::door::form::Sent;
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_governance::{Deed, GovernanceError, Kind, State};
use dancu_policy::duty::{Action, Ruling};

/// The action that writing a content needs now; none where nothing is written.
fn duty(whole: &Whole) -> Option<Action> {
    let matter = &whole.matter;
    let usual = match (matter.kind, matter.state) {
        (Kind::Connection, _) => Action::ConnectionWrite,
        (Kind::LevelFile, _) => Action::ConnectionLevel,
        (Kind::Assessment | Kind::Finding, _) => Action::ConnectionAssess,
        (Kind::Ticket, _) => Action::TicketOpen,
        (Kind::ErrorNotice, _) => Action::NoticeFile,
        (Kind::Inspection, State::Planned) => Action::InspectionPlan,
        (Kind::Inspection, _) => Action::InspectionRecord,
        (Kind::Evaluation, _) => Action::InspectionEvaluate,
        (Kind::Halt, _) => return None,
    };
    matter.state.is_written_in(matter.kind).then(|| whole.duty(usual))
}

/// Whether this person may write the content now; none where nobody does.
pub(in super::super) fn editing(seat: &Seat, whole: &Whole) -> Option<Ruling> {
    duty(whole).map(|action| seat.may_on(action, &whole.matter))
}

fn slots(seat: &Seat, whole: &Whole) -> Vec<Slot> {
    let t = seat.shell(Place::Cases).texts();
    let (matter, parent) = (&whole.matter, whole.parent.as_ref().map(|parent| parent.kind));
    let law = (seat.console.governance.rules(), seat.today());
    fields::written(matter.kind, Some(matter.state), parent, law, t)
}

/// That this person may write it now.
fn must(seat: &Seat, whole: &Whole) -> Result<(), Oops> {
    match duty(whole) {
        Some(action) => seat.must_on(action, &whole.matter),
        None => Err(Oops::page(seat.shell(place(whole.matter.kind)), ErrorKind::Forbidden)),
    }
}

fn page(seat: &Seat, whole: &Whole, slots: &[Slot], sent: &Sent, faults: &Faults) -> Response {
    let t = seat.shell(Place::Cases).texts();
    let matter = &whole.matter;
    let title = format!("{} · {}", t.t("case-edit"), words::kind(t, matter.kind));
    let page = Page {
        seat,
        title,
        lead: "case-edit-lead",
        action: format!("/matters/{}/content", matter.id),
        button: "request-save",
        of: Some(matter),
        slots,
        files: &[],
        first: None,
        hidden: Some(("seen", matter.step.to_string())),
    };
    page.answer(sent, faults, None)
}

pub(super) async fn form(seat: Seat, Path(id): Path<String>) -> Answer {
    let whole = seat.whole(&id).await?;
    if whole.matter.kind == Kind::Connection {
        return Ok(Redirect::to(&format!("/matters/{id}/request")).into_response());
    }
    must(&seat, &whole)?;
    let slots = slots(&seat, &whole);
    Ok(page(&seat, &whole, &slots, &fields::typed(&whole.content), &Faults::default()))
}

pub(super) async fn write(seat: Seat, Path(id): Path<String>, request: Request) -> Answer {
    let whole = seat.whole(&id).await?;
    let of = place(whole.matter.kind);
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    must(&seat, &whole)?;
    if whole.matter.kind == Kind::Connection {
        return Err(Oops::page(seat.shell(of), ErrorKind::NotFound));
    }
    let t = seat.shell(of).texts();
    let slots = slots(&seat, &whole);
    let content = match fields::read(&whole.content, &slots, &form.values) {
        Ok(content) => content,
        Err(problems) => {
            let faults = fields::faults(&problems, None, &slots, t);
            return Ok(page(&seat, &whole, &slots, &form.values, &faults));
        }
    };
    let entry = seat.record("case_write", format!("matter={id}"), of).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let seen = form.value("seen").parse().ok();
    let to = id.clone();
    let written = blocking(move || {
        let deed = Deed { seen, ..Deed::of(&by, now_us, entry, "") };
        (governance.write(&to, &content, deed), content)
    });
    match written.await {
        Some((Ok(_), _)) => Ok(Redirect::to(&format!("/matters/{id}?saved")).into_response()),
        Some((Err(GovernanceError::Invalid(problems)), content)) => {
            let faults = fields::faults(&problems, Some(&content), &slots, t);
            Ok(page(&seat, &whole, &slots, &form.values, &faults))
        }
        Some((Err(error), _)) => refused(&seat, &whole, &error).await,
        None => Err(Oops::page(seat.shell(of), ErrorKind::Server)),
    }
}
