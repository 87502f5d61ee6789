//! Reads a body within its limits of size and time.
use crate::limits::CallLimits;
use axum::body::Body;
use dancu_catalogue::Code;
use dancu_message::WireError;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// Whether the headers keep within their limit. The HTTP library has a limit of its own, four times as wide, and
/// answers there without a word.
pub(super) fn check_headers(headers: &http::HeaderMap, limits: &CallLimits) -> Result<(), Code> {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes > limits.header_bytes { Err(Code::HeadersTooLarge) } else { Ok(()) }
}

/// The whole body, or why it could not be had. A body that announces too much is refused unread.
pub(super) async fn read(
    body: Body,
    announced: Option<u64>,
    limits: &CallLimits,
) -> Result<Vec<u8>, WireError> {
    if announced.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(WireError::whole(Code::BodyTooLarge));
    }
    let collected =
        tokio::time::timeout(limits.body_time, Limited::new(body, limits.body_bytes).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(WireError::whole(Code::BodyTooLarge))
        }
        // A body that breaks off: nobody may be left to read the answer, the entry is written all the same.
        Ok(Err(_)) | Err(_) => Err(WireError::whole(Code::RequestTimeout)),
    }
}

/// Whether the `Content-Type` names one of the media types (parameters apart).
pub(super) fn has_type(headers: &http::HeaderMap, accepted: &[&str]) -> bool {
    let value = headers.get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let essence = value.map(|v| v.split(';').next().unwrap_or_default().trim());
    essence.is_some_and(|e| accepted.iter().any(|a| a.eq_ignore_ascii_case(e)))
}

/// `Content-Length` as announced.
pub(super) fn announced(headers: &http::HeaderMap) -> Option<u64> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The language of sentences: English where the caller prefers it, Vietnamese otherwise.
pub(super) fn lang(headers: &http::HeaderMap) -> dancu_catalogue::Lang {
    let first = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if first.trim_start().to_ascii_lowercase().starts_with("en") {
        dancu_catalogue::Lang::En
    } else {
        dancu_catalogue::Lang::Vi
    }
}
