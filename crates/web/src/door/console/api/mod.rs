//! The console's API: what the pages do, as JSON under `/api/v1`. Each room has its operations, an operation its address, its
//! duty and its shapes, and the document is made of them: an address that it does not tell of does not exist.
mod accounts;
mod alerts;
mod brakes;
mod campaign_papers;
mod certificates;
mod cleaning;
mod content;
mod departures;
mod desk;
mod document;
mod drives;
mod emergency;
mod enter;
mod evidence;
mod factors;
mod imports;
mod matter;
mod matters;
mod me;
mod measures;
mod open;
mod operation;
mod orders;
mod papers;
mod quotas;
mod review_shapes;
mod reviews;
mod rules;
mod secrets;
mod shapes;
mod staff;
mod staff_shapes;
mod stations;
mod steps;
mod tell;
mod trials;
mod trouble;
mod usage;
mod watch;
mod watch_shapes;
mod watched;

pub use document::openapi;
pub(super) use operation::Operation;

use super::seat;
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse as _;
use axum::routing::MethodRouter;
use dancu_catalogue::Code;

/// The rooms of the API.
const ROOMS: &[&[Operation]] = &[
    document::OPERATIONS,
    enter::OPERATIONS,
    me::OPERATIONS,
    factors::OPERATIONS,
    matters::OPERATIONS,
    matter::OPERATIONS,
    steps::OPERATIONS,
    open::OPERATIONS,
    orders::OPERATIONS,
    measures::OPERATIONS,
    papers::OPERATIONS,
    evidence::OPERATIONS,
    cleaning::OPERATIONS,
    rules::OPERATIONS,
    accounts::OPERATIONS,
    imports::OPERATIONS,
    quotas::OPERATIONS,
    departures::OPERATIONS,
    reviews::OPERATIONS,
    drives::OPERATIONS,
    campaign_papers::OPERATIONS,
    usage::OPERATIONS,
    alerts::OPERATIONS,
    brakes::OPERATIONS,
    watch::OPERATIONS,
    trials::OPERATIONS,
    watched::OPERATIONS,
    staff::OPERATIONS,
    emergency::OPERATIONS,
    secrets::OPERATIONS,
    stations::OPERATIONS,
    certificates::OPERATIONS,
];

/// Every operation.
pub(super) fn operations() -> impl Iterator<Item = &'static Operation> {
    ROOMS.iter().copied().flatten()
}

/// What is answered where nothing is: a problem to programs, a page to people.
pub(super) fn not_found(demo: bool) -> MethodRouter {
    axum::routing::any(move |headers: HeaderMap, uri: Uri| async move {
        if uri.path().starts_with("/api/") {
            trouble::Place::of(&headers, &uri).problem(Code::NotFound).into_response()
        } else {
            seat::not_found(demo, &headers, &uri)
        }
    })
}
