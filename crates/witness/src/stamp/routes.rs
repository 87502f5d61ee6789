//! The stamps for everybody, and the door of a small authority.
use super::StampFiles;
use crate::Clock;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use dancu_keys::timestamp::{MAX_BYTES, QUERY_TYPE, REPLY_TYPE, Tsa};
use dancu_storage::blob::BlobError;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Sizes in one page of the list.
const PAGE: usize = 500;
/// Time for a question to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// What a stamp says does not change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `GET /journal/timestamps?before=SIZE`, the sizes that are stamped, largest first, 500 a page;
/// `GET /journal/timestamp/{size}`, the authority's answer; `GET /journal/timestamp/{size}/checkpoint`, what was stamped:
/// `openssl ts -verify -data CHECKPOINT -in ANSWER -CAfile AUTHORITY` checks them.
pub fn router(files: StampFiles) -> Router {
    Router::new()
        .route("/journal/timestamps", get(list))
        .route("/journal/timestamp/{size}", get(stamp))
        .route("/journal/timestamp/{size}/checkpoint", get(checkpoint))
        .with_state(files)
}

#[derive(Deserialize)]
struct Page {
    before: Option<u64>,
}

async fn list(State(files): State<StampFiles>, Query(page): Query<Page>) -> Response {
    let before = page.before.unwrap_or(u64::MAX);
    match blocking(move || files.sizes(before, PAGE)).await {
        Ok(sizes) => axum::Json(serde_json::json!({ "sizes": sizes })).into_response(),
        Err(response) => response,
    }
}

async fn stamp(State(files): State<StampFiles>, Path(size): Path<u64>) -> Response {
    shown(blocking(move || files.stamp(size)).await, REPLY_TYPE)
}

async fn checkpoint(State(files): State<StampFiles>, Path(size): Path<u64>) -> Response {
    shown(blocking(move || files.checkpoint(size)).await, "text/plain; charset=utf-8")
}

fn shown(file: Result<Option<Vec<u8>>, Response>, content_type: &'static str) -> Response {
    match file {
        Ok(Some(file)) => {
            ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, IMMUTABLE)], file).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(response) => response,
    }
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, Response> {
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a time stamp could not be read");
            Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
        }
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

#[derive(Clone)]
struct Authority {
    tsa: Arc<Tsa>,
    clock: Arc<dyn Clock>,
}

/// The HTTP interface of an authority (RFC 3161 §3.4): `POST /` and `POST /tsa`, a question in and an answer out. What is
/// wrong with a question is said in the answer, which has status 200 as the standard's transport wants it.
pub fn authority_router(tsa: Arc<Tsa>, clock: Arc<dyn Clock>) -> Router {
    let authority = Authority { tsa, clock };
    Router::new().route("/", post(respond)).route("/tsa", post(respond)).with_state(authority)
}

async fn respond(State(authority): State<Authority>, headers: HeaderMap, body: Body) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.trim().eq_ignore_ascii_case(QUERY_TYPE)) {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("{QUERY_TYPE} is expected\n")).into_response();
    }
    let question = match tokio::time::timeout(BODY_TIME, Limited::new(body, MAX_BYTES).collect()).await {
        Ok(Ok(question)) => question.to_bytes(),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than 64 KiB\n").into_response();
        }
        Ok(Err(_)) => return StatusCode::BAD_REQUEST.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match authority.tsa.respond(&question, authority.clock.now_us()) {
        Ok(answer) => ([(header::CONTENT_TYPE, REPLY_TYPE)], answer).into_response(),
        Err(error) => {
            tracing::error!(%error, "no time stamp");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
