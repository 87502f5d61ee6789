//! Refusals outside the road's own answers, as problems (RFC 9457) in the caller's language.
use super::{Gate, body, send};
use crate::Correlation;
use axum::body::Body;
use axum::response::Response;
use dancu_catalogue::Code;
use dancu_message::rest::{self, Reply};
use dancu_message::{Answer, Refusal};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// A problem at this address.
pub(super) fn problem(gate: &Gate, headers: &HeaderMap, code: Code, instance: &'static str) -> Response {
    let correlation = Correlation::random(gate.road.clock.now_us()).to_string();
    let lang = body::lang(headers);
    let reply = Reply { request_id: None, correlation_id: &correlation, journal: None, instance, lang };
    let content = rest::encode(&Answer::Refusal(Refusal { code, field: None }), &reply);
    let mut response = Response::new(Body::from(content));
    *response.status_mut() = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if code.status() == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(send::BASIC));
    }
    if let Some(seconds) = send::retry_after(code) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
