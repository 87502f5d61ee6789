//! Another password.
use super::{Answer, done, refused, step};
use crate::door::console::deed::About;
use crate::door::console::enter::{faults_in_words, password_inputs, typed_password};
use crate::door::console::seat::Seat;
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Input, InputKind, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use dancu_catalogue::Code;
use dancu_staff::StaffError;

fn page(seat: &Seat, old_wrong: Option<String>, new_wrong: Option<String>) -> Response {
    let shell = seat.shell(Place::Me);
    let (t, csrf) = (shell.texts(), seat.csrf());
    let wrong = old_wrong.is_some() || new_wrong.is_some();
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let typed = Typed { value: String::new(), error: old_wrong };
    let old = Input {
        autocomplete: "current-password",
        kind: InputKind::Password,
        max: 256,
        ..Input::new(t, "old", "me-password-old", &typed)
    };
    let [new, again] = password_inputs(t, new_wrong);
    let act = Act::new("password-form", "", "/me/password", &csrf)
        .with(Control::Input(old))
        .with(new)
        .with(again)
        .button(t.t("me-password"), "");
    step(seat, DoorPage::new(shell, "me-password", "me-password-lead", &csrf), status, vec![act])
}

pub(super) async fn show(seat: Seat) -> Answer {
    Ok(page(&seat, None, None))
}

/// The old one is proved first, and counts as a try; the other sessions end.
pub(super) async fn change(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let shell = seat.shell(Place::Me);
    let (old, new) = (typed_password(&sent, "old"), typed_password(&sent, "password"));
    if new.expose() != typed_password(&sent, "again").expose() {
        return Ok(page(&seat, None, Some(shell.t("door-password-differs").into_owned())));
    }
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let about = || About::new("credentials", "what=password".to_owned(), Place::Me).hashing();
    let turn = seat.turn(Place::Me).await?;
    let proved = seat.staffed(Place::Me, move |staff| staff.prove_password(&token, &old, now_us)).await?;
    drop(turn);
    if proved.is_err() {
        seat.refuse(&about(), Code::CredentialsWrong).await?;
        return Ok(page(&seat, Some(shell.t("me-password-wrong").into_owned()), None));
    }
    let token = seat.token.clone();
    let changed = seat
        .deed(about(), &seat.console.staff, move |staff, _| staff.change_password_by(&token, &new, now_us));
    match changed.await? {
        Ok(_) => Ok(done("password")),
        Err(StaffError::Password(faults)) => Ok(page(&seat, None, Some(faults_in_words(&shell, &faults)))),
        Err(error) => refused(&seat, error, "/me").await,
    }
}
