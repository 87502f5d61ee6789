//! My own account: who I am here, with what I prove it, where I am signed in, who tried.
mod factors;
mod page;
mod password;
mod prove;
mod sessions;

use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::DoorPage;
use crate::parts::Act;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use dancu_keys::Secret;
use dancu_staff::StaffError;

pub(super) use page::{devices, sign_ins};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/me", Way::SignedIn, || get(page::show)),
    Route::get("/me/history", Way::SignedIn, || get(page::history)),
    Route::post("/me/sessions", Way::SignedIn, || post(sessions::end_others)),
    Route::post("/me/sessions/end", Way::SignedIn, || post(sessions::end_one)),
    Route::post("/me/devices/forget", Way::SignedIn, || post(sessions::forget_device)),
    Route::get("/me/password", Way::SignedIn, || get(password::show)),
    Route::post("/me/password", Way::SignedIn, || post(password::change)),
    Route::get("/me/passkey", Way::SignedIn, || get(factors::passkey)),
    Route::post("/me/passkey", Way::SignedIn, || post(factors::add_passkey)),
    Route::post("/me/passkey/remove", Way::SignedIn, || post(factors::remove_passkey)),
    Route::get("/me/totp", Way::SignedIn, || get(factors::totp)),
    Route::post("/me/totp", Way::SignedIn, || post(factors::set_totp)),
    Route::post("/me/totp/remove", Way::SignedIn, || post(factors::remove_totp)),
    Route::post("/me/recovery", Way::SignedIn, || post(factors::recovery)),
    Route::post("/me/prove", Way::SignedIn, || post(prove::by_code)),
    Route::post("/me/prove/passkey", Way::SignedIn, || post(prove::by_passkey)),
];

type Answer = Result<Response, Oops>;

/// Back to the page, which says what was done.
fn done(what: &str) -> Response {
    Redirect::to(&format!("/me?done={what}")).into_response()
}

/// One step on a page of its own.
fn step(seat: &Seat, page: DoorPage, status: StatusCode, acts: Vec<Act>) -> Response {
    let back = Act::new("back", "", "/me", "").button(seat.shell(Place::Me).t("me-back"), "");
    let mut acts = acts;
    acts.push(back);
    html(status, &DoorPage { acts, ..page }).into_response()
}

/// Codes that are shown once.
fn codes(seat: &Seat, codes: &[Secret]) -> Response {
    let shell = seat.shell(Place::Me);
    let recovery = codes.iter().filter_map(|code| code.expose_str().map(ToOwned::to_owned)).collect();
    let kept = Act::new("kept", "", "/me", "").button(shell.t("door-codes-kept"), "");
    let page = DoorPage { recovery, ..DoorPage::new(shell, "door-codes-title", "door-codes-lead", "") };
    html(StatusCode::OK, &DoorPage { acts: vec![kept], ..page }).into_response()
}

/// What is answered to what the library refused: the proof that it asks for, or why not.
async fn refused(seat: &Seat, error: StaffError, to: &'static str) -> Answer {
    match error {
        StaffError::ProofNeeded => prove::page(seat, to, None).await,
        StaffError::Invalid(..) => Ok(Redirect::to("/me?not=last").into_response()),
        StaffError::WrongProof | StaffError::Passkey(_) | StaffError::TooLate => {
            Ok(Redirect::to("/me?not=proof").into_response())
        }
        StaffError::Unknown(_) => Err(Oops::page(seat.shell(Place::Me), ErrorKind::NotFound)),
        StaffError::NotSignedIn => Err(Oops::response(Redirect::to("/sign-in?ended"))),
        error => {
            tracing::warn!(%error, "credentials could not be changed");
            Err(Oops::page(seat.shell(Place::Me), ErrorKind::Unavailable))
        }
    }
}
