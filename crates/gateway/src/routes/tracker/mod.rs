//! The interface of Estonia's data tracker (andmejälgija), version 2: a portal asks on a citizen's behalf who used her
//! data. `/v2/proof` beside it is ours. The portal proves itself by its client certificate and is named in the configuration.
mod ask;
pub(super) mod contract;
mod say;

use super::{Gate, body, platform_id};
use crate::authenticate::system_of;
use crate::deed::{Actor, Deed, Number};
use crate::door::Peer;
use crate::examine::blocking;
use ask::{Ask, person};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use dancu_catalogue::Code;
use dancu_journal::index::Page;
use std::sync::Arc;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/v2/heartbeat", get(heartbeat))
        .route("/v2/usagePeriod", get(usage_period))
        .route("/v2/findUsage", get(find_usage))
        .route("/v2/proof", get(proof))
}

async fn heartbeat(State(gate): State<Gate>) -> Response {
    let alive = !gate.road.turnstile.is_closing() && gate.road.journal.len().await.is_ok();
    say::heartbeat(alive)
}

async fn usage_period(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let lang = body::lang(&headers);
    if let Err((_, code)) = portal(&gate, &peer) {
        return say::error(code, lang);
    }
    // The first entry of all is a context, which has no time; the one after it has.
    let mut first = Ok(None);
    for index in 0..2 {
        first = gate.road.journal.entry(index).await;
        if first.as_ref().is_ok_and(|e| e.as_ref().is_some_and(|e| e.call.at_us > 0)) {
            break;
        }
    }
    match first {
        Ok(entry) => {
            let since = entry.map(|e| e.call.at_us).filter(|at| *at > 0);
            say::period(since.unwrap_or_else(|| gate.road.clock.now_us()))
        }
        Err(error) => say::error(error.code(), lang),
    }
}

async fn find_usage(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = body::lang(&headers);
    let asked = Ask::read(query.as_deref().unwrap_or_default());
    let number =
        match begin(&gate, &peer, &headers, asked.as_ref().map(|a| a.user_code.as_str()), "find_usage").await
        {
            Ok(number) => number,
            Err(code) => return say::error(code, lang),
        };
    let asked = match asked {
        Ok(asked) => asked,
        Err(code) => return say::error(code, lang),
    };
    let (index, now_us) = (gate.road.evidence.index.clone(), gate.road.clock.now_us());
    let found =
        blocking(move || index.usages(&number, asked.period.clone(), asked.offset, asked.limit, now_us));
    match found.await {
        Ok((total, items)) => say::usages(total, &items, &gate.road.exchange.snapshot().rules, lang),
        Err(code) => say::error(code, lang),
    }
}

async fn proof(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = body::lang(&headers);
    let asked = Ask::read(query.as_deref().unwrap_or_default());
    let number =
        match begin(&gate, &peer, &headers, asked.as_ref().map(|a| a.user_code.as_str()), "history_proof")
            .await
        {
            Ok(number) => number,
            Err(code) => return say::error(code, lang),
        };
    let page = Page { before: None, limit: ask::MOST };
    let now_us = gate.road.clock.now_us();
    match gate.road.evidence.history_proof(&number, page, now_us).await {
        Ok(Some(proof)) => say::json(&proof),
        Ok(None) => say::error(Code::NotFound, lang),
        Err(code) => say::error(code, lang),
    }
}

/// Who asks, for whom, and that it is written down. The person asks for herself: `X-Road-UserId` and `userCode` name the
/// same one. She is the actor of the entry; that she looked at her own history is no use of her data by others.
async fn begin(
    gate: &Gate,
    peer: &Peer,
    headers: &HeaderMap,
    user_code: Result<&str, &Code>,
    service: &'static str,
) -> Result<String, Code> {
    let (system, ruling) = match portal(gate, peer) {
        Ok(system) => (system, Ok(())),
        // Strangers are no registered system, and get no entry here; they see nothing.
        Err((None, code)) => return Err(code),
        Err((Some(system), code)) => (system, Err(code)),
    };
    let user = headers.get("x-road-userid").and_then(|v| v.to_str().ok()).and_then(person);
    let about = user_code.map_err(|code| *code).and_then(|code| person(code).ok_or(Code::NumberInvalid));
    let same = match (&user, &about) {
        (None, _) => Err(Code::FieldMissing),
        (_, Err(code)) => Err(*code),
        (Some(user), Ok(about)) if user == about => Ok(()),
        (Some(_), Ok(_)) => Err(Code::FieldNotAgreed),
    };
    let number = user.unwrap_or_default();
    let deed = Deed {
        platform_id: platform_id(headers),
        ruling: ruling.and(same),
        ..Deed::new(peer.clone(), Actor::System { system, number: Number(number.clone()) }, service)
    };
    gate.road.record(deed).await.map(|_| number)
}

/// A system, if it is known, and why it may not ask.
type Refused = (Option<Arc<str>>, Code);

/// The system of the connection's certificate, if it is a portal that may ask.
fn portal(gate: &Gate, peer: &Peer) -> Result<Arc<str>, Refused> {
    let (snapshot, now_us) = (gate.road.exchange.snapshot(), gate.road.clock.now_us());
    let system = system_of(&snapshot, peer, now_us).map_err(|code| (None, code))?;
    if gate.road.freshness.is_stale() {
        return Err((Some(system), Code::StoreUnavailable));
    }
    if let Err(code) = dancu_policy::may_connect(&snapshot.rules, &system, peer.address, now_us) {
        return Err((Some(system), code));
    }
    if gate.trackers.iter().any(|id| **id == *system) {
        Ok(system)
    } else {
        Err((Some(system), Code::ServiceNotAgreed))
    }
}
