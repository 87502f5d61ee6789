//! The addresses of the machines' door.
mod body;
mod contract;
mod enrol;
mod entrance;
mod journal;
mod problem;
mod public;
mod rest;
mod send;
mod soap;
mod tracker;

pub use journal::with_problems;
pub use public::{Documents, health};

use crate::{Enrolment, Road};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;

/// What every handler shares.
#[derive(Clone)]
pub struct Gate {
    /// The one road
    pub road: Arc<Road>,
    /// Documents that the service publishes
    pub documents: Arc<Documents>,
    /// Ids of the systems that may ask for a person's usages on her behalf
    pub trackers: Arc<[String]>,
    /// The authority that issues systems' certificates; none where systems get theirs elsewhere
    pub enrolment: Option<Arc<Enrolment>>,
}

/// The routes of SOAP, REST and the published documents.
pub fn router(gate: Gate, soap_path: &str) -> Router {
    Router::new()
        .merge(soap::routes(soap_path))
        .merge(rest::routes())
        .merge(tracker::routes())
        .merge(journal::routes())
        .merge(enrol::routes())
        .merge(public::routes())
        .layer(DefaultBodyLimit::disable())
        .with_state(gate)
}

pub use rest::{RestCodec, openapi};

/// Message id given by an exchange platform, printable and short; anything else is dropped.
fn platform_id(headers: &axum::http::HeaderMap) -> Option<String> {
    let text = headers.get("x-road-id")?.to_str().ok()?;
    (text.len() <= 128).then(|| text.to_owned())
}
