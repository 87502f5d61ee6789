//! `GET /feed/entries` at the admin address: the journal's entries by number, for a security centre that fetches.
use axum::Json;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_catalogue::{Code, Lang};
use dancu_feed::{Page, Pull, PullError, Query as Asked};
use tokio::sync::watch;

#[derive(Clone)]
struct Desk {
    pull: Pull,
    stopped: watch::Receiver<bool>,
}

/// What to send as `after` next time.
const LAST: HeaderName = HeaderName::from_static("dancu-feed-last");
/// Number that the next entry of the journal will have.
const SIZE: HeaderName = HeaderName::from_static("dancu-feed-size");

/// The route.
pub fn router(pull: Pull, stopped: watch::Receiver<bool>) -> Router {
    Router::new().route("/feed/entries", get(entries)).with_state(Desk { pull, stopped })
}

async fn entries(
    State(mut desk): State<Desk>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Err(error) = desk.pull.admit(authorization) {
        return refused(&error);
    }
    let Ok(Query(asked)) = asked else {
        return problem(Code::FieldType, "the parameters are after, limit, wait and format");
    };
    let answer = tokio::select! {
        answer = desk.pull.entries(&asked) => answer,
        _ = desk.stopped.wait_for(|stopped| *stopped) => return problem(Code::ShuttingDown, "the server stops"),
    };
    match answer {
        Ok(page) => lines(page),
        Err(error) => refused(&error),
    }
}

fn lines(page: Page) -> Response {
    let mut response = ([(header::CONTENT_TYPE, page.content_type)], page.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(SIZE, page.size.into());
    if let Some(last) = page.last {
        headers.insert(LAST, last.into());
    }
    response
}

fn refused(error: &PullError) -> Response {
    let code = match error {
        PullError::TokenMissing => Code::CredentialsMissing,
        PullError::TokenWrong => Code::CredentialsWrong,
        PullError::Parameter { .. } => Code::FieldType,
        PullError::Journal(error) => error.code(),
    };
    problem(code, &error.to_string())
}

fn problem(code: Code, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": format!("/errors#{}", code.name()),
        "title": code.title(Lang::Vi),
        "title_en": code.title(Lang::En),
        "status": code.status(),
        "code": code.name(),
        "detail": detail,
    });
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dancu feed\""));
    }
    response
}
