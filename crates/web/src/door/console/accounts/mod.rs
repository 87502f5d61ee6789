//! Officers' accounts: the list, one account, quotas, departures, tables.
mod change;
mod departures;
mod imports;
pub(super) mod list;
mod one;
mod plan;
mod quotas;
pub(super) mod register;
mod work;

pub(super) use work::waiting;

use super::bulk;
use super::lists::asked;
use super::seat::Seat;
use super::table::{Route, Way};
use crate::Texts;
use crate::parts::{Tab, Tabs};
use axum::routing::{get, post};
use dancu_policy::duty::{Action, Ruling};

const READ: Way = Way::Needs(Action::AccountRead);
const REGISTER: Way = Way::Needs(Action::AccountRegister);
const IMPORT: Way = Way::Needs(Action::AccountImport);

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/accounts", READ, || get(list::show)),
    Route::post("/accounts/search", READ, || post(list::search)),
    Route::get("/accounts/export", READ, || get(list::export)),
    Route::get("/accounts/new", REGISTER, || get(register::form)),
    Route::post("/accounts/register", REGISTER, || post(register::submit)),
    Route::get("/accounts/quotas", Way::Needs(Action::QuotaRead), || get(quotas::list)),
    Route::get("/accounts/quotas/{id}", Way::Needs(Action::QuotaRead), || get(quotas::show)),
    Route::post("/accounts/quotas/{id}/decide", Way::Needs(Action::QuotaGrant), || post(quotas::decide)),
    Route::post("/accounts/quotas/{id}/withdraw", Way::Needs(Action::QuotaAsk), || post(quotas::withdraw)),
    Route::get("/accounts/departures", READ, || get(departures::list)),
    Route::post("/accounts/departures/cancel", REGISTER, || post(departures::cancel)),
    Route::get("/accounts/imports", READ, || get(imports::list)),
    Route::post("/accounts/imports/plan", IMPORT, || post(imports::submit)),
    Route::get("/accounts/imports/template/{form}", IMPORT, || get(imports::template)),
    Route::get("/accounts/imports/{id}", READ, || get(plan::show)),
    Route::get("/accounts/imports/{id}/faulty", READ, || get(plan::faulty)),
    Route::post("/accounts/imports/{id}/decide", IMPORT, || post(plan::decide)),
    Route::get("/accounts/{account}", READ, || get(one::show)),
    Route::post("/accounts/{account}/change", REGISTER, || post(register::change)),
    Route::post("/accounts/{account}/lock", Way::Needs(Action::AccountLock), || post(change::lock)),
    Route::post("/accounts/{account}/unlock", Way::Needs(Action::AccountUnlock), || post(change::unlock)),
    Route::post("/accounts/{account}/close", Way::Needs(Action::AccountClose), || post(change::close)),
    Route::post("/accounts/{account}/quota", Way::Needs(Action::QuotaAsk), || post(quotas::ask)),
    Route::post("/accounts/{account}/move", REGISTER, || post(departures::transfer)),
    Route::post("/accounts/{account}/leave", Way::Needs(Action::AccountClose), || post(departures::leave)),
];

/// The parts of this room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    List,
    Quotas,
    Departures,
    Imports,
}

fn tabs(seat: &Seat, t: Texts, current: Part) -> Tabs {
    let parts = [
        (Part::List, "/accounts", "accounts-tab-list", Action::AccountRead),
        (Part::Quotas, "/accounts/quotas", "accounts-tab-quotas", Action::QuotaRead),
        (Part::Departures, "/accounts/departures", "accounts-tab-departures", Action::AccountRead),
        (Part::Imports, "/accounts/imports", "accounts-tab-imports", Action::AccountRead),
    ];
    let open = parts.iter().filter(|(_, _, _, action)| may(seat, *action));
    let tab = |(part, href, label, _): &(Part, &str, &str, Action)| Tab {
        label: t.t(label).into_owned(),
        href: (*href).to_owned(),
        current: *part == current,
    };
    Tabs { label: t.t("accounts-tabs").into_owned(), tabs: open.map(tab).collect() }
}

/// Whether this person may do it to things of the own organisation; of the managing body: to those of any.
fn may(seat: &Seat, action: Action) -> bool {
    seat.may(action, seat.organisation().or(Some(""))) == Ruling::Allowed
}
