//! The log's public files and proofs. Anyone may read them: there are no personal parts in them.
use super::Gate;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_catalogue::Code;
use dancu_journal::JournalError;
use dancu_journal::publish::{ProofError, Publisher};
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::tile::{Tile, TileKind};

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/journal/checkpoint", get(checkpoint))
        .route("/journal/witnessed", get(witnessed))
        .route("/journal/tile/{*path}", get(tile))
        .route("/journal/key", get(key))
        .route("/journal/proof/{index}", get(proof))
        .route("/journal/consistency/{old}/{new}", get(consistency))
        .route("/journal/{*rest}", get(nothing))
}

/// What a tile says never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What stands at this address tomorrow is something else.
const NOW: &str = "no-cache";

const TEXT: &str = "text/plain; charset=utf-8";

async fn checkpoint(State(gate): State<Gate>) -> Response {
    let newest = gate.road.publisher.published().borrow().newest.to_string();
    text(NOW, newest)
}

async fn witnessed(State(gate): State<Gate>, headers: HeaderMap) -> Response {
    let witnessed =
        gate.road.publisher.published().borrow().witnessed.as_ref().map(SignedCheckpoint::to_string);
    match witnessed {
        Some(note) => text(NOW, note),
        None => problem(&gate, &headers, Code::NotFound),
    }
}

async fn key(State(gate): State<Gate>) -> Response {
    text(NOW, gate.road.publisher.policy().to_string())
}

async fn tile(State(gate): State<Gate>, headers: HeaderMap, Path(path): Path<String>) -> Response {
    let published = gate.road.publisher.published().borrow().size();
    let tile = format!("tile/{path}").parse::<Tile>().ok().filter(|tile| is_published(*tile, published));
    let Some(tile) = tile else { return problem(&gate, &headers, Code::NotFound) };
    let read = blocking(&gate, move |publisher| Ok(publisher.files().tile(tile)?)).await;
    match read {
        Ok(Some(bytes)) => answer(FOR_EVER, "application/octet-stream", bytes),
        Ok(None) => {
            tracing::error!(%tile, "a tile of the journal is missing");
            problem(&gate, &headers, Code::Internal)
        }
        Err(code) => problem(&gate, &headers, code),
    }
}

async fn proof(State(gate): State<Gate>, headers: HeaderMap, Path(index): Path<String>) -> Response {
    let Some(index) = number(&index) else { return problem(&gate, &headers, Code::NotFound) };
    match blocking(&gate, move |publisher| publisher.proof(index, &[])).await {
        Ok(proof) => text(NOW, proof),
        Err(code) => problem(&gate, &headers, code),
    }
}

/// The hashes of the proof, one a line, in base64, as in a request to a witness (C2SP tlog-witness).
async fn consistency(
    State(gate): State<Gate>,
    headers: HeaderMap,
    Path((old, new)): Path<(String, String)>,
) -> Response {
    let Some((old, new)) = number(&old).zip(number(&new)) else {
        return problem(&gate, &headers, Code::JournalSizesInvalid);
    };
    match blocking(&gate, move |publisher| publisher.consistency(old, new)).await {
        Ok(hashes) => text(FOR_EVER, hashes.iter().map(|hash| base64(hash) + "\n").collect::<String>()),
        Err(code) => problem(&gate, &headers, code),
    }
}

async fn nothing(State(gate): State<Gate>, headers: HeaderMap) -> Response {
    problem(&gate, &headers, Code::NotFound)
}

/// Reads files and entries where it may block, with a place among the calls in work.
async fn blocking<T: Send + 'static>(
    gate: &Gate,
    read: impl FnOnce(&Publisher) -> Result<T, ProofError> + Send + 'static,
) -> Result<T, Code> {
    let _place = gate.road.turnstile.enter()?;
    let publisher = gate.road.publisher.clone();
    let done = tokio::task::spawn_blocking(move || read(&publisher)).await.map_err(|_| Code::Internal)?;
    done.map_err(|error| {
        let code = code_of(&error);
        if code == Code::Internal {
            tracing::error!(%error, "a proof of the journal could not be made");
        }
        code
    })
}

fn code_of(error: &ProofError) -> Code {
    match error {
        ProofError::NoEntry => Code::NotFound,
        ProofError::NotYet { .. } => Code::JournalNotYetSigned,
        ProofError::Sizes { .. } => Code::JournalSizesInvalid,
        ProofError::Journal(JournalError::Unavailable) | ProofError::Files(_) => Code::StoreUnavailable,
        ProofError::Journal(_) | ProofError::Tile => Code::Internal,
    }
}

/// Whether the published tree has a tile so wide there.
fn is_published(tile: Tile, size: u64) -> bool {
    let count = match tile.kind() {
        TileKind::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
        TileKind::Entries => size,
    };
    let end = tile.index().checked_mul(256).and_then(|first| first.checked_add(tile.width().into()));
    end.is_some_and(|end| end <= count)
}

/// A decimal number as an address has it: one way of writing each.
fn number(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    if canonical { text.parse().ok() } else { None }
}

fn base64(hash: &[u8; 32]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(hash)
}

fn text(caching: &'static str, text: String) -> Response {
    answer(caching, TEXT, text.into_bytes())
}

fn answer(caching: &'static str, content_type: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, caching),
        // Verifiers in browsers read the log from other places too.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

/// Gives the refusals of further public files of the log the form that its own have.
pub fn with_problems(files: Router, gate: &Gate) -> Router {
    files.layer(axum::middleware::from_fn_with_state(gate.clone(), speak))
}

async fn speak(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => problem(&gate, &headers, Code::NotFound),
        StatusCode::SERVICE_UNAVAILABLE => problem(&gate, &headers, Code::StoreUnavailable),
        StatusCode::INTERNAL_SERVER_ERROR => problem(&gate, &headers, Code::Internal),
        _ => response,
    }
}

/// A problem (RFC 9457) in the caller's language. Reading what is public gets no entry of its own.
fn problem(gate: &Gate, headers: &HeaderMap, code: Code) -> Response {
    let mut response = super::problem::problem(gate, headers, code, "/journal");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if code == Code::JournalNotYetSigned {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::{is_published, number};

    #[test]
    fn only_what_is_under_the_checkpoint_is_published() {
        let is = |path: &str, size| is_published(path.parse().unwrap(), size);
        assert!(is("tile/0/000.p/5", 5) && !is("tile/0/000.p/6", 5) && !is("tile/0/000", 5));
        assert!(is("tile/0/000.p/5", 70_000) && is("tile/1/000", 65_536) && !is("tile/1/000", 65_535));
        assert!(is("tile/entries/001.p/3", 259) && !is("tile/entries/001.p/3", 258));
        assert!(!is("tile/63/000.p/1", u64::MAX));
    }

    #[test]
    fn a_number_has_one_address() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("17"), Some(17));
        for bad in ["", "00", "01", "+1", "-1", "1.0", "18446744073709551616", " 1"] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
    }
}
