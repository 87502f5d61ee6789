//! The history to take home: with its proofs, and as a table.
use super::asked::Asked;
use super::history::{READ, noted, read};
use super::must_be_signed_in;
use super::names::Names;
use crate::Texts;
use crate::door::csv::Csv;
use crate::door::{Shared, cookies};
use crate::pages::citizen::{Content, outcome_words};
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use dancu_catalogue::Code;
use dancu_gateway::door::Peer;
use dancu_gateway::vietnam_day;
use dancu_journal::index::Page;
use serde_json::json;

/// The history with its proofs, for the check in the browser and for whoever checks elsewhere.
pub(super) async fn json(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let citizen = match must_be_signed_in(&pages, &headers, &uri) {
        Ok(citizen) => citizen,
        Err(response) => return *response,
    };
    if let Err(code) = noted(&pages, &citizen, peer, "history_proof").await {
        return failed(code);
    }
    let before =
        query.as_deref().unwrap_or_default().split('&').find_map(|p| p.strip_prefix("before=")?.parse().ok());
    let page = Page { before, limit: READ };
    let now_us = pages.road.clock.now_us();
    match pages.road.evidence.history_proof(&citizen.session.number, page, now_us).await {
        Ok(Some(proof)) => match serde_json::to_vec(&proof) {
            Ok(body) => file("application/json", "history.json", body),
            Err(_) => failed(Code::Internal),
        },
        Ok(None) => failed(Code::NotFound),
        Err(code) => failed(code),
    }
}

/// The history as a table.
pub(super) async fn csv(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let citizen = match must_be_signed_in(&pages, &headers, &uri) {
        Ok(citizen) => citizen,
        Err(response) => return *response,
    };
    if let Err(code) = noted(&pages, &citizen, peer, "history").await {
        return failed(code);
    }
    let now_us = pages.road.clock.now_us();
    let texts = Texts::of(cookies::lang(&headers, &uri));
    let asked = Asked::read(uri.query().unwrap_or_default(), vietnam_day(now_us), texts);
    let part = match read(&pages, &citizen, &asked, READ, now_us).await {
        Ok(part) => part,
        Err(code) => return failed(code),
    };
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts };
    let mut table = Csv::new(
        [
            "look-entry",
            "look-at",
            "look-organisation",
            "look-system",
            "look-role",
            "look-service",
            "recent-outcome",
        ]
        .into_iter()
        .chain(["look-purpose", "look-note", "look-case", "look-sent", "look-released"])
        .map(|key| texts.t(key).into_owned()),
    );
    for item in &part.items {
        let look = names.look(item, "");
        let index = look.index.to_string();
        match look.content {
            Content::Shown(seen) => {
                let outcome = outcome_words(seen.outcome, texts);
                table.row(&[
                    &index,
                    &look.at,
                    &seen.organisation,
                    &seen.system,
                    &seen.role,
                    &seen.service,
                    &outcome,
                    &seen.purpose,
                    &seen.note,
                    &seen.case_number,
                    &seen.sent,
                    &seen.released,
                ]);
            }
            Content::Kept { words, order } => {
                table.row(&[&index, &look.at, "", "", "", &words, "", "", &order]);
            }
            Content::Withheld { until } => {
                let words = texts.t1("look-withheld-text", "until", &until);
                table.row(&[&index, "", "", "", "", &words]);
            }
        }
    }
    file("text/csv; charset=utf-8", "history.csv", table.end())
}

pub(in crate::door) fn file(media: &'static str, name: &'static str, body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn failed(code: Code) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json!({ "code": code.name() }).to_string().into_response();
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
