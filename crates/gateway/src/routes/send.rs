//! A reply as an HTTP response.
use crate::Reply;
use axum::body::Body;
use axum::response::Response;
use dancu_catalogue::{Code, Retry};
use dancu_message::Answer;
use http::{HeaderValue, StatusCode, header};

/// Name of the header that carries the detached JWS.
pub(super) const SIGNATURE: &str = "x-jws-signature";

/// What a caller is told who did not prove itself (RFC 7617 section 2).
pub(super) const BASIC: &str = "Basic realm=\"dancu\", charset=\"UTF-8\"";

/// Sends the body with its receipt: signature, journal number, correlation id.
pub(super) fn send(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    put("dancu-correlation-id", reply.correlation.to_string());
    match reply.journal.as_slice() {
        [] => {}
        [only] => put("dancu-journal", only.to_string()),
        [first, .., last] => put("dancu-journal", format!("{first}-{last}")),
    }
    if let Some(signature) = reply.signature {
        put(SIGNATURE, signature);
    }
    if reply.repeated {
        put("idempotent-replayed", "true".to_owned());
    }
    if reply.sandbox {
        put("dancu-sandbox", "true".to_owned());
    }
    if let [Answer::Refusal(refusal)] = reply.answers.as_slice() {
        if let Some(seconds) = retry_after(refusal.code) {
            put("retry-after", seconds.to_string());
        }
        if refusal.code.status() == 401 {
            put("www-authenticate", BASIC.to_owned());
        }
    }
    response
}

/// Seconds to wait (RFC 9110 section 10.2.3).
pub(super) fn retry_after(code: Code) -> Option<u32> {
    match code.entry().retry {
        Retry::No => None,
        Retry::Later => Some(5),
        Retry::Tomorrow => Some(3600),
    }
}
