//! The way in: a password, a second factor or its enrolment, a new password if one is due.
mod caller;
mod enrol;
mod factor;
mod knock;
mod knocker;
mod password;

pub(super) use caller::{browser, faults_in_words, seated};
pub(super) use knocker::{Asked, Knocked, Knocker};
pub(super) use password::{inputs as password_inputs, typed as typed_password};

use super::seat::{Oops, SESSION, Seat, blocking};
use super::table::{Route, Way};
use crate::Texts;
use crate::door::cookies;
use crate::door::form::{Sent, value};
use crate::door::sign_in::add_cookie;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Input, InputKind, PasskeyAsk, Typed, Width};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use dancu_staff::Challenge;

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/sign-in", Way::Open, || get(knock::show)),
    Route::post("/sign-in", Way::Open, || post(knock::knocked)),
    Route::get("/sign-in/factor", Way::Open, || get(factor::show)),
    Route::post("/sign-in/factor", Way::Open, || post(factor::proved)),
    Route::post("/sign-in/passkey", Way::Open, || post(factor::by_passkey)),
    Route::get("/sign-in/enrol", Way::Open, || get(enrol::show)),
    Route::post("/sign-in/enrol", Way::Open, || post(enrol::by_code)),
    Route::post("/sign-in/enrol/passkey", Way::Open, || post(enrol::by_passkey)),
    Route::get("/sign-in/password", Way::Open, || get(password::show)),
    Route::post("/sign-in/password", Way::Open, || post(password::changed)),
    Route::post("/sign-out", Way::SignedIn, || post(leave)),
];

/// A sign-in under way.
const ATTEMPT: &str = "__Host-attempt";
/// What the browser is known by for a long time.
const DEVICE: &str = "__Host-device";
/// Token of the first form, before there is anything else.
const DOOR: &str = "__Host-door";
/// A year
const DEVICE_SECONDS: u32 = 31_536_000;

type Answer = Result<Response, Oops>;

fn page(mut door: DoorPage, status: StatusCode, acts: Vec<Act>) -> Response {
    door.acts = acts;
    html(status, &door).into_response()
}

fn status(wrong: Option<&String>) -> StatusCode {
    if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Six digits of an authenticator.
pub(super) fn code_input(t: Texts, name: &'static str, wrong: Option<String>) -> Input {
    let typed = Typed { value: String::new(), error: wrong };
    Input {
        autocomplete: "one-time-code",
        kind: InputKind::Digits,
        width: Width::Short,
        max: 6,
        ..Input::new(t, name, "door-code", &typed)
    }
}

/// A passkey that is asked for: `get` proves one, `create` makes one.
pub(super) fn passkey_ask(t: Texts, kind: &'static str, challenge: &Challenge) -> PasskeyAsk {
    PasskeyAsk {
        kind,
        options: challenge.options.clone(),
        ceremony: challenge.ceremony.clone(),
        failed: t.t("door-passkey-failed").into_owned(),
    }
}

/// The way out.
async fn leave(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Work)?;
    let (staff, token, now_us) = (seat.console.staff.clone(), seat.token.clone(), seat.now_us());
    let ended = blocking(move || staff.end_session(&token, now_us)).await;
    if !matches!(ended, Some(Ok(()))) {
        return Err(Oops::page(seat.shell(Place::Work), ErrorKind::Unavailable));
    }
    let mut response = Redirect::to("/sign-in").into_response();
    add_cookie(&mut response, &cookies::unset(SESSION));
    Ok(response)
}
