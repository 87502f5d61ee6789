//! The addresses of a witness: `add-checkpoint` of C2SP tlog-witness, and `latest`, which is ours.
use crate::{Outcome, Witness, WitnessError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use dancu_tlog::note::NoteSignature;
use dancu_tlog::witness::{AddCheckpoint, Judgement, Refusal, SIZE_CONTENT_TYPE, size_body};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bytes of the largest request: 63 proof lines are 3 KiB, a checkpoint with a post-quantum signature 4 KiB.
const MAX_BODY: usize = 64 * 1024;
/// Time for a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Requests in work at once; above it 503. Each takes one thread of the blocking pool.
const AT_ONCE: usize = 32;

const TEXT: &str = "text/plain; charset=utf-8";

#[derive(Clone)]
struct Service {
    witness: Arc<Witness>,
    places: Arc<Semaphore>,
}

/// The routes of a witness, to be mounted below its prefix.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/latest", get(latest))
        .with_state(Service { witness, places: Arc::new(Semaphore::new(AT_ONCE)) })
}

/// C2SP tlog-witness, "add-checkpoint".
async fn add_checkpoint(State(service): State<Service>, body: Body) -> Response {
    let Ok(_place) = service.places.try_acquire() else { return busy() };
    let body = match read(body).await {
        Ok(body) => body,
        Err((status, why)) => {
            service.witness.metrics().malformed();
            return says(status, why);
        }
    };
    let request = match AddCheckpoint::parse(&body) {
        Ok(request) => request,
        Err(error) => {
            service.witness.metrics().malformed();
            return says(StatusCode::BAD_REQUEST, &error.to_string());
        }
    };
    if i64::try_from(request.checkpoint.checkpoint().head().size).is_err() {
        service.witness.metrics().malformed();
        return says(StatusCode::BAD_REQUEST, "the size of the tree is above 63 bits");
    }
    let witness = Arc::clone(&service.witness);
    match tokio::task::spawn_blocking(move || witness.add_checkpoint(request)).await {
        Ok(Ok(outcome)) => answer(&outcome),
        Ok(Err(error)) => failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Deserialize)]
struct Which {
    origin: String,
}

/// Ours, not of the C2SP text, which leaves open how others ask a witness what it last saw: the latest checkpoint of the
/// log with this witness's cosignature, as a signed note. 404 for a log that is unknown or was never cosigned.
async fn latest(State(service): State<Service>, Query(which): Query<Which>) -> Response {
    let Ok(_place) = service.places.try_acquire() else { return busy() };
    let witness = Arc::clone(&service.witness);
    match tokio::task::spawn_blocking(move || witness.latest(&which.origin)).await {
        Ok(Ok(Some(checkpoint))) => {
            let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")];
            (headers, checkpoint.to_string()).into_response()
        }
        Ok(Ok(None)) => says(StatusCode::NOT_FOUND, "no checkpoint of such a log was cosigned here"),
        Ok(Err(error)) => failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn read(body: Body) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    match tokio::time::timeout(BODY_TIME, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than 64 KiB"))
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "the body broke off")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body took longer than 10 seconds")),
    }
}

fn answer(outcome: &Outcome) -> Response {
    let refusal = match outcome {
        Outcome::Cosigned(signature) => {
            let lines = NoteSignature::lines(std::slice::from_ref(signature));
            return ([(header::CONTENT_TYPE, TEXT)], lines).into_response();
        }
        Outcome::Conflict { size } | Outcome::Fork { size } => {
            let headers = [(header::CONTENT_TYPE, SIZE_CONTENT_TYPE)];
            return (StatusCode::CONFLICT, headers, size_body(*size)).into_response();
        }
        Outcome::Refused(refusal) => *refusal,
    };
    says(status(refusal), &refusal.to_string())
}

fn status(refusal: Refusal) -> StatusCode {
    StatusCode::from_u16(Judgement::Refuse(refusal).status()).unwrap_or(StatusCode::BAD_REQUEST)
}

fn failed(error: &WitnessError) -> Response {
    tracing::error!(%error, "nothing was cosigned");
    busy()
}

fn busy() -> Response {
    let headers = [(header::CONTENT_TYPE, TEXT), (header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "nothing was cosigned; try again\n").into_response()
}

fn says(status: StatusCode, why: &str) -> Response {
    (status, [(header::CONTENT_TYPE, TEXT)], format!("{why}\n")).into_response()
}
