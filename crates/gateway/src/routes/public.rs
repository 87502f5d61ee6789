//! What anyone may read: keys, contracts, the error catalogue, and whether the service lives.
use super::Gate;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

/// Documents that do not change while the service runs, made once.
#[derive(Clone, Debug)]
pub struct Documents {
    /// WSDL of the SOAP service
    pub wsdl: String,
    /// OpenAPI 3.1, JSON
    pub openapi: String,
    /// JSON Web Key Set (RFC 7517) of the keys that sign answers
    pub jwks: String,
}

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/api/v1/openapi.json", get(openapi))
        .route("/schema/qcvn109.xsd", get(xsd))
        .route("/schema/errors.md", get(errors))
        .route("/errors", get(|| async { axum::response::Redirect::to("/docs") }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

async fn jwks(State(gate): State<Gate>) -> Response {
    ([(header::CONTENT_TYPE, "application/jwk-set+json")], gate.documents.jwks.clone()).into_response()
}

async fn openapi(State(gate): State<Gate>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], gate.documents.openapi.clone()).into_response()
}

async fn xsd() -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], dancu_message::qcvn109::xsd()).into_response()
}

async fn errors() -> Response {
    ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], dancu_catalogue::document()).into_response()
}

async fn ready(State(gate): State<Gate>) -> Response {
    health(&gate).await
}

/// How long a health check waits for the store.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// 200 when the next call can be answered: open, and the store takes a read.
pub async fn health(gate: &Gate) -> Response {
    if gate.road.turnstile.is_closing() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n").into_response();
    }
    if gate.road.freshness.is_stale() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the rules could not be read for too long\n")
            .into_response();
    }
    match tokio::time::timeout(PATIENCE, gate.road.journal.len()).await {
        Ok(Ok(_)) => "ready\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response(),
    }
}
