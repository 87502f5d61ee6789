//! Account reviews and registration campaigns: called, followed, answered by units, reported.
mod drive;
mod drives;
pub(super) mod letter;
pub(super) mod news;
pub(super) mod paper;
pub(super) mod report;
mod review;
mod reviews;
mod row;
mod sheet;
mod work;

pub(super) use news::link as news_link;
pub(super) use work::waiting;

use super::bulk;
use super::lists::asked;
use super::seat::Seat;
use super::table::{Route, Way};
use crate::Texts;
use crate::parts::{Tab, Tabs};
use axum::routing::{get, post};
use dancu_policy::duty::{Action, Ruling};

const READ: Way = Way::Needs(Action::CampaignRead);
const OPEN: Way = Way::Needs(Action::CampaignOpen);
const ANSWER: Way = Way::Needs(Action::CampaignAnswer);
const REMIND: Way = Way::Needs(Action::CampaignRemind);
const CLOSE: Way = Way::Needs(Action::CampaignClose);
const EXPORT: Way = Way::Needs(Action::CampaignExport);

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/campaigns", READ, || get(reviews::list)),
    Route::get("/campaigns/news", READ, || get(news::show)),
    Route::get("/campaigns/reviews/new", OPEN, || get(reviews::form)),
    Route::post("/campaigns/reviews/open", OPEN, || post(reviews::submit)),
    Route::get("/campaigns/reviews/{id}", READ, || get(review::show)),
    Route::get("/campaigns/reviews/{id}/units/{organisation}", READ, || get(sheet::show)),
    Route::get("/campaigns/reviews/{id}/accounts/{account}", READ, || get(row::show)),
    Route::post("/campaigns/reviews/{id}/decide", ANSWER, || post(sheet::decide)),
    Route::post("/campaigns/reviews/{id}/accounts/{account}/decide", ANSWER, || post(row::decide)),
    Route::post("/campaigns/reviews/{id}/facts", REMIND, || post(review::facts)),
    Route::post("/campaigns/reviews/{id}/remind", REMIND, || post(review::remind)),
    Route::post("/campaigns/reviews/{id}/end", CLOSE, || post(review::end)),
    Route::get("/campaigns/reviews/{id}/report", EXPORT, || get(report::show)),
    Route::get("/campaigns/reviews/{id}/report/xlsx", EXPORT, || get(report::xlsx)),
    Route::post("/campaigns/reviews/{id}/report/pdf", EXPORT, || post(report::pdf)),
    Route::get("/campaigns/drives", READ, || get(drives::list)),
    Route::get("/campaigns/drives/new", OPEN, || get(drives::form)),
    Route::get("/campaigns/drives/template", OPEN, || get(drives::template)),
    Route::post("/campaigns/drives/open", OPEN, || post(drives::submit)),
    Route::get("/campaigns/drives/{id}", READ, || get(drive::show)),
    Route::post("/campaigns/drives/{id}/remind", REMIND, || post(drive::remind)),
    Route::get("/campaigns/drives/{id}/xlsx", EXPORT, || get(drive::xlsx)),
    Route::get("/campaigns/drives/{id}/letter", EXPORT, || get(letter::show)),
    Route::post("/campaigns/drives/{id}/letter/pdf", EXPORT, || post(letter::pdf)),
];

/// The parts of this room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Reviews,
    Drives,
    News,
}

fn tabs(t: Texts, current: Part) -> Tabs {
    let parts = [
        (Part::Reviews, "/campaigns", "campaigns-tab-reviews"),
        (Part::Drives, "/campaigns/drives", "campaigns-tab-drives"),
        (Part::News, "/campaigns/news", "campaigns-tab-news"),
    ];
    let tab = |(part, href, label): (Part, &str, &str)| Tab {
        label: t.t(label).into_owned(),
        href: href.to_owned(),
        current: part == current,
    };
    Tabs { label: t.t("campaigns-tabs").into_owned(), tabs: parts.map(tab).to_vec() }
}

/// Whether this person may do it for the own organisation; of the managing body: for any.
fn may(seat: &Seat, action: Action) -> bool {
    seat.may(action, seat.organisation().or(Some(""))) == Ruling::Allowed
}

/// Whether this person may do it for the whole nation.
fn may_for_all(seat: &Seat, action: Action) -> bool {
    seat.may(action, None) == Ruling::Allowed
}
