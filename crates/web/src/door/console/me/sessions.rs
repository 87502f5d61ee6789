//! Where I am signed in, and from which browsers.
use super::{Answer, done};
use crate::door::console::deed::About;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::extract::Form;
use dancu_staff::StaffError;

/// Ends my sessions elsewhere.
pub(super) async fn end_others(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (id, own, now_us) = (seat.id().to_owned(), seat.session.id.clone(), seat.now_us());
    let about = About::new("sessions_end", "which=others".to_owned(), Place::Me);
    let ended = seat.deed(about, &seat.console.staff, move |staff, _| {
        for session in staff.sessions_of(&id, now_us)?.iter().filter(|session| session.id != own) {
            staff.end_session_of(&id, &session.id, &id, now_us)?;
        }
        Ok(())
    });
    finish(&seat, ended.await?.map(drop), "ended")
}

/// Ends one of them.
pub(super) async fn end_one(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (id, session, now_us) = (seat.id().to_owned(), value(&sent, "session").to_owned(), seat.now_us());
    let about = About::new("sessions_end", "which=one".to_owned(), Place::Me);
    let ended = seat
        .deed(about, &seat.console.staff, move |staff, _| staff.end_session_of(&id, &session, &id, now_us));
    finish(&seat, ended.await?.map(drop), "ended")
}

/// Forgets a browser: its sessions end, and its next sign-in is one from a new browser.
pub(super) async fn forget_device(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (id, device, now_us) = (seat.id().to_owned(), value(&sent, "device").to_owned(), seat.now_us());
    let about = About::new("device_forget", "of=self".to_owned(), Place::Me);
    let forgotten =
        seat.deed(about, &seat.console.staff, move |staff, _| staff.revoke_device(&id, &device, &id, now_us));
    finish(&seat, forgotten.await?.map(drop), "device")
}

fn finish(seat: &Seat, answered: Result<(), StaffError>, what: &str) -> Answer {
    answered.map(|()| done(what)).map_err(|_| Oops::page(seat.shell(Place::Me), ErrorKind::NotFound))
}
