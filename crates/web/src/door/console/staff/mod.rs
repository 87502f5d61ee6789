//! Accounts of staff: who they are, what they may, how they are locked, mended and closed; and the emergency account.
mod deeds;
mod emergency;
mod form;
mod list;
mod new;
mod opening;
mod person;
mod work;

pub(super) use work::waiting;

pub(super) use emergency::tell;

use super::enter::passkey_ask;
use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::response::Response;
use axum::routing::{get, post};
use dancu_policy::duty::Action;
use dancu_staff::{Account, StaffError};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/staff", Way::Needs(Action::StaffRead), || get(list::show)),
    Route::post("/staff/find", Way::Needs(Action::StaffRead), || post(list::find)),
    Route::get("/staff/new", Way::Needs(Action::StaffInvite), || get(new::show)),
    Route::post("/staff/new", Way::Needs(Action::StaffInvite), || post(new::make)),
    Route::get("/staff/{staff}", Way::Needs(Action::StaffRead), || get(person::show)),
    Route::post("/staff/{staff}/invite", Way::Needs(Action::StaffInvite), || post(deeds::invite)),
    Route::post("/staff/{staff}/roles", Way::Needs(Action::StaffSetRoles), || post(deeds::roles)),
    Route::post("/staff/{staff}/lock", Way::Needs(Action::StaffLock), || post(deeds::lock)),
    Route::post("/staff/{staff}/unlock", Way::Needs(Action::StaffUnlock), || post(deeds::unlock)),
    Route::post("/staff/{staff}/reset", Way::Needs(Action::StaffReset), || post(deeds::reset)),
    Route::post("/staff/{staff}/sessions", Way::Needs(Action::StaffSessions), || post(deeds::sessions)),
    Route::post("/staff/{staff}/devices", Way::Needs(Action::StaffSessions), || post(deeds::device)),
    Route::post("/staff/{staff}/close", Way::Needs(Action::StaffClose), || post(deeds::close)),
];

/// Addresses of the emergency account.
pub(super) const EMERGENCY: &[Route] = &[
    Route::get("/emergency", Way::Needs(Action::EmergencyRead), || get(emergency::show)),
    Route::post("/emergency", Way::Needs(Action::EmergencyRequest), || post(emergency::request)),
    Route::get("/emergency/{opening}", Way::Needs(Action::EmergencyRead), || get(opening::show)),
    Route::post("/emergency/{opening}/approve", Way::Needs(Action::EmergencyApprove), || {
        post(opening::approve)
    }),
    Route::post("/emergency/{opening}/enter", Way::Needs(Action::EmergencyRequest), || post(opening::enter)),
    Route::post("/emergency/{opening}/close", Way::Needs(Action::EmergencyClose), || post(opening::close)),
];

type Answer = Result<Response, Oops>;

impl Seat {
    /// An account that this person may read; of every other it is not told.
    async fn person(&self, id: &str) -> Result<Account, Oops> {
        let asked = id.to_owned();
        let found = self.staffed(Place::Staff, move |staff| staff.account(&asked)).await?;
        let Ok(Some(account)) = found else {
            return Err(Oops::page(self.shell(Place::Staff), ErrorKind::NotFound));
        };
        self.must_about(Action::StaffRead, &account, Place::Staff)?;
        Ok(account)
    }
}

/// Words for what the library refused; none where the program or the store failed.
fn refusal(t: crate::Texts, error: &StaffError) -> Option<String> {
    let key = match error {
        StaffError::Taken => "staff-not-login-taken",
        StaffError::OwnAccount => "staff-not-own",
        StaffError::State(_) => "staff-not-state",
        StaffError::TooLate => "staff-not-late",
        StaffError::WrongProof | StaffError::Passkey(_) => "door-wrong-proof",
        StaffError::Invalid("roles", _) => "staff-not-roles",
        StaffError::Invalid("login", _) => "staff-not-login",
        StaffError::Invalid("name", _) => "staff-not-name",
        StaffError::Invalid("reason", _) => "act-reason-missing",
        StaffError::Invalid(..) => "staff-not-possible",
        _ => return None,
    };
    Some(t.t(key).into_owned())
}
