//! Every address of the console, with what one must be allowed to do there. The router is made of this table and of nothing
//! else, and a test walks it with every role: a page that is not in it does not exist.
use super::{
    Shared, accounts, alerts, api, campaigns, cases, cleaning, enter, evidence, files, lists, matter, me,
    orders, papers, pki, request, staff, usage, work,
};
use axum::Router;
use axum::routing::MethodRouter;
use dancu_policy::duty::Action;

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By everybody, signed in or not
    Open,
    /// By everybody who is signed in
    SignedIn,
    /// By who may do this to the thing
    Needs(Action),
    /// By who may ask for this, in the own name
    Asks(Action),
    /// By who may do what the step needs, which the data of the connection's life say
    NeedsStep,
}

/// An address of the console.
#[derive(Clone, Copy)]
pub struct Route {
    /// Path, with its parts that vary in braces
    pub path: &'static str,
    /// `GET` or `POST`; of the API `PUT` and `DELETE` too
    pub method: &'static str,
    /// How it is reached
    pub way: Way,
    handler: fn() -> MethodRouter<Shared>,
}

impl Route {
    pub(super) const fn get(path: &'static str, way: Way, handler: fn() -> MethodRouter<Shared>) -> Self {
        Self { path, method: "GET", way, handler }
    }

    pub(super) const fn of(
        method: &'static str,
        path: &'static str,
        way: Way,
        handler: fn() -> MethodRouter<Shared>,
    ) -> Self {
        Self { path, method, way, handler }
    }

    pub(super) const fn post(path: &'static str, way: Way, handler: fn() -> MethodRouter<Shared>) -> Self {
        Self { path, method: "POST", way, handler }
    }
}

/// The rooms of the console, each with its addresses.
const ROOMS: &[&[Route]] = &[
    enter::ROUTES,
    work::ROUTES,
    lists::ROUTES,
    matter::ROUTES,
    request::ROUTES,
    files::ROUTES,
    orders::ROUTES,
    cases::ROUTES,
    papers::ROUTES,
    accounts::ROUTES,
    campaigns::ROUTES,
    usage::ROUTES,
    alerts::ROUTES,
    me::ROUTES,
    staff::ROUTES,
    staff::EMERGENCY,
    pki::ROUTES,
    pki::WORKSTATIONS,
    evidence::ROUTES,
    cleaning::ROUTES,
];

/// Every address of the console.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROOMS.iter().copied().flatten().chain(api::operations().map(|operation| &operation.route))
}

pub(super) fn router() -> Router<Shared> {
    routes().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
}
