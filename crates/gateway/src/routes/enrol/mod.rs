//! Enrolment over Secure Transport (RFC 7030): `/cacerts`, `/simpleenroll` with a one-time code, `/simplereenroll` by the
//! present certificate.
pub(super) mod contract;

use super::problem::problem;
use super::{Gate, body};
use crate::BasicPair;
use crate::door::Peer;
use crate::enrolment::{Enrolment, Entitled, Refused};
use crate::limits::Place;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use dancu_catalogue::Code;
use dancu_pki::est;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};

const INSTANCE: &str = "/.well-known/est";

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/.well-known/est/cacerts", get(authorities))
        .route("/.well-known/est/simpleenroll", post(first))
        .route("/.well-known/est/simplereenroll", post(next))
        .route("/.well-known/est/{*rest}", any(nothing))
}

async fn nothing(State(gate): State<Gate>, headers: HeaderMap) -> Response {
    problem(&gate, &headers, Code::NotFound, INSTANCE)
}

/// The authority's certificate. Anyone may have it; there is no entry of that.
async fn authorities(State(gate): State<Gate>, headers: HeaderMap) -> Response {
    let certificates = configured(&gate).map(|enrolment| certificates(&[enrolment.authority.certificate()]));
    certificates.unwrap_or_else(|code| problem(&gate, &headers, code, INSTANCE))
}

async fn first(State(gate): State<Gate>, Extension(peer): Extension<Peer>, request: HttpRequest) -> Response {
    let (parts, stream) = request.into_parts();
    let place = enter(&gate);
    let entitled = match (&place, BasicPair::from_headers(&parts.headers)) {
        (Err(code), _) => Err(Refused::from(*code)),
        (_, Err(code)) => Err(Refused::from(code)),
        (Ok(_), Ok(pair)) => gate.road.entitled_by_code(&peer, &pair).await,
    };
    enrol(&gate, &peer, &parts, stream, entitled, "enrol").await
}

async fn next(State(gate): State<Gate>, Extension(peer): Extension<Peer>, request: HttpRequest) -> Response {
    let (parts, stream) = request.into_parts();
    let place = enter(&gate);
    let entitled = match &place {
        Err(code) => Err(Refused::from(*code)),
        Ok(_) => gate.road.entitled_by_certificate(&peer),
    };
    enrol(&gate, &peer, &parts, stream, entitled, "renew_certificate").await
}

/// What both have in common, once it is known who asks.
async fn enrol(
    gate: &Gate,
    peer: &Peer,
    parts: &Parts,
    stream: Body,
    entitled: Result<Entitled, Refused>,
    service: &'static str,
) -> Response {
    let enrolment = match configured(gate) {
        Ok(enrolment) => enrolment,
        Err(code) => return problem(gate, &parts.headers, code, INSTANCE),
    };
    let done = match entitled {
        Ok(entitled) => issue(gate, enrolment, peer, parts, stream, entitled).await,
        Err(refused) => Err(refused),
    };
    match done {
        Ok(response) => response,
        Err(refused) => {
            let code = gate.road.refuse_enrolment(peer, refused, service).await;
            problem(gate, &parts.headers, code, INSTANCE)
        }
    }
}

async fn issue(
    gate: &Gate,
    enrolment: &Enrolment,
    peer: &Peer,
    parts: &Parts,
    stream: Body,
    entitled: Entitled,
) -> Result<Response, Refused> {
    let refused = |code| Refused { code, system: Some(entitled.system()) };
    let limits = gate.road.turnstile.limits();
    body::check_headers(&parts.headers, limits).map_err(refused)?;
    if !body::has_type(&parts.headers, &[est::REQUEST_TYPE]) {
        return Err(refused(Code::ContentType));
    }
    let read = body::read(stream, body::announced(&parts.headers), limits).await;
    let bytes = read.map_err(|error| refused(error.code))?;
    let (issued, journal) = gate.road.enrol(enrolment, peer, entitled, &bytes).await?;
    let mut response = certificates(&[&issued.der]);
    response.headers_mut().insert("dancu-journal", HeaderValue::from(journal));
    Ok(response)
}

fn configured(gate: &Gate) -> Result<&Enrolment, Code> {
    gate.enrolment.as_deref().ok_or(Code::NotFound)
}

/// A place among the calls in work, if anything is decided now.
fn enter(gate: &Gate) -> Result<Place, Code> {
    configured(gate)?;
    if gate.road.freshness.is_stale() {
        return Err(Code::StoreUnavailable);
    }
    gate.road.turnstile.enter()
}

/// Certificates as RFC 7030 sections 4.1.3 and 4.2.3 have them.
fn certificates(list: &[&[u8]]) -> Response {
    let Ok(text) = est::answer(list) else { return http::StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [
        (header::CONTENT_TYPE, est::ANSWER_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("content-transfer-encoding"), "base64"),
    ];
    (headers, text).into_response()
}
