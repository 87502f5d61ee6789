//! Everything beside connections: tickets, error notices, inspections, evaluations, level files, assessments, findings;
//! their lists, their forms, the measures of the security level.
mod about;
mod below;
mod edit;
pub(super) mod fields;
pub(super) mod list;
mod measures;
mod open;
mod page;

pub(super) use below::finding_duty;
pub(super) use edit::editing;
pub(super) use list::{readable, saved};

use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use dancu_governance::Kind;
use dancu_policy::duty::Action;

type Answer = Result<Response, Oops>;

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/cases", Way::SignedIn, || get(list::cases)),
    Route::get("/cases/export", Way::SignedIn, || get(list::export)),
    Route::get("/cases/new/ticket", Way::Asks(Action::TicketOpen), || {
        get(|seat: Seat| async move { open::form(&seat, Kind::Ticket) })
    }),
    Route::post("/cases/new/ticket", Way::Asks(Action::TicketOpen), || {
        post(|seat: Seat, sent: Request| open::submit(seat, Kind::Ticket, sent))
    }),
    Route::get("/cases/new/error-notice", Way::Asks(Action::NoticeFile), || {
        get(|seat: Seat| async move { open::form(&seat, Kind::ErrorNotice) })
    }),
    Route::post("/cases/new/error-notice", Way::Asks(Action::NoticeFile), || {
        post(|seat: Seat, sent: Request| open::submit(seat, Kind::ErrorNotice, sent))
    }),
    Route::get("/cases/new/inspection", Way::Asks(Action::InspectionPlan), || {
        get(|seat: Seat| async move { open::form(&seat, Kind::Inspection) })
    }),
    Route::post("/cases/new/inspection", Way::Asks(Action::InspectionPlan), || {
        post(|seat: Seat, sent: Request| open::submit(seat, Kind::Inspection, sent))
    }),
    Route::get("/cases/new/evaluation", Way::Asks(Action::InspectionPlan), || {
        get(|seat: Seat| async move { open::form(&seat, Kind::Evaluation) })
    }),
    Route::post("/cases/new/evaluation", Way::Asks(Action::InspectionPlan), || {
        post(|seat: Seat, sent: Request| open::submit(seat, Kind::Evaluation, sent))
    }),
    Route::get("/matters/{id}/level-file", Way::Needs(Action::ConnectionLevel), || get(below::level_form)),
    Route::post("/matters/{id}/level-file", Way::Needs(Action::ConnectionLevel), || post(below::level)),
    Route::get("/matters/{id}/assessment", Way::Needs(Action::ConnectionAssess), || get(below::assess_form)),
    Route::post("/matters/{id}/assessment", Way::Needs(Action::ConnectionAssess), || post(below::assess)),
    Route::get("/matters/{id}/finding", Way::NeedsStep, || get(below::finding_form)),
    Route::post("/matters/{id}/finding", Way::NeedsStep, || post(below::finding)),
    Route::get("/matters/{id}/content", Way::NeedsStep, || get(edit::form)),
    Route::post("/matters/{id}/content", Way::NeedsStep, || post(edit::write)),
    Route::get("/matters/{id}/measures", Way::Needs(Action::InspectionRead), || get(measures::show)),
    Route::post("/matters/{id}/measures", Way::Needs(Action::InspectionEvaluate), || post(measures::state)),
];
