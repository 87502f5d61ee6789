//! `/road/{index}`: one transaction, step by step, for the officer who made it.
use super::officer::must_be_signed_in;
use super::{Shared, plain, show};
use crate::Texts;
use crate::page::{Section, html};
use crate::pages::{ErrorKind, RoadPage, Step, StepKind, StepState};
use crate::parts::{Fact, Outcome as Shown, RefusalText};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use dancu_catalogue::{Code, ENTRIES};
use dancu_journal::{Answered, Entry, Outcome};
use std::fmt::Write as _;

pub(super) async fn show(
    State(pages): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
    Path(index): Path<u64>,
) -> Response {
    let officer = match must_be_signed_in(&pages, &headers) {
        Ok(officer) => officer,
        Err(response) => return *response,
    };
    let shell = pages.shell(&headers, &uri, Section::Officer, Some(officer.user.clone()));
    let Ok(entry) = pages.road.journal.entry(index).await else {
        return plain::error(shell, ErrorKind::Unavailable);
    };
    // What an officer may not know of is not there: only the own calls have a page.
    let own = entry.filter(|e| {
        e.call.system_id.as_deref() == Some(&*pages.system)
            && e.call.account_id.as_deref() == Some(&*officer.account.id)
    });
    let Some(entry) = own else { return plain::error(shell, ErrorKind::NotFound) };
    let texts = shell.texts();
    let page = RoadPage {
        index,
        outcome: outcome(entry.call.outcome),
        summary: summary(&entry, &officer.user.name, texts),
        steps: steps(&entry, texts),
        leaf_hash: hex(&entry.leaf_hash),
        signature: officer.session.signatures.iter().find(|(of, _)| *of == index).map(|(_, s)| s.clone()),
        kid: Some(pages.road.signer.kid().to_owned()),
        shell,
    };
    plain::remember_lang(html(StatusCode::OK, &page), &uri)
}

pub(super) fn outcome(outcome: Outcome) -> Shown {
    match outcome {
        Outcome::Refused(_) => Shown::Refused,
        Outcome::Answered(Answered::Verified) => Shown::Verified,
        Outcome::Answered(Answered::Mismatch) => Shown::Mismatch,
        Outcome::Answered(Answered::NotFound) => Shown::NotFound,
        Outcome::Answered(Answered::NotUsable) => Shown::NotUsable,
        Outcome::Answered(_) => Shown::Found,
    }
}

fn summary(entry: &Entry, officer: &str, texts: Texts) -> Vec<Fact> {
    let call = &entry.call;
    let mut facts = vec![
        Fact::new(texts.t("road-at"), show::moment(call.at_us)),
        Fact::new(
            texts.t("road-service"),
            texts.t(&format!("road-service-{}", call.service.replace('_', "-"))),
        ),
        Fact::new(texts.t("road-officer"), officer),
    ];
    let mut add = |key: &str, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(Fact::new(texts.t(key), value.as_str()));
        }
    };
    add("road-system", &call.system_id);
    add("field-purpose", &call.procedure);
    add("field-case-number", &call.personal.case_number);
    facts
}

/// Where on the road a refusal happened, by the group of its code in the catalogue.
fn refused_at(code: Code) -> StepKind {
    let position = |code: Code| ENTRIES.iter().position(|e| e.code == code).unwrap_or_default();
    match code {
        Code::QuotaAccount | Code::QuotaSystem | Code::RequestReplayed | Code::IdempotencyKeyReused => {
            StepKind::Journal
        }
        Code::StoreUnavailable | Code::Internal => StepKind::Registry,
        _ if position(code) < position(Code::CertificateMissing) => StepKind::Decode,
        _ if position(code) < position(Code::OrganisationNotActive) => StepKind::Authenticate,
        Code::TooManyRequests | Code::Overloaded | Code::ShuttingDown => StepKind::Authenticate,
        _ => StepKind::Decide,
    }
}

fn steps(entry: &Entry, texts: Texts) -> Vec<Step> {
    let refusal = match entry.call.outcome {
        Outcome::Refused(code) => Some(code),
        Outcome::Answered(_) => None,
    };
    let stop = refusal.map(refused_at);
    let rank = |kind: StepKind| StepKind::ALL.iter().position(|k| *k == kind).unwrap_or_default();
    StepKind::ALL
        .into_iter()
        .map(|kind| {
            // A refusal is journalled and signed as well; only the stations between are passed by.
            let ends = matches!(kind, StepKind::Journal | StepKind::Sign);
            let state = match stop {
                Some(stop) if stop == kind => StepState::Refused,
                Some(stop) if rank(kind) > rank(stop) && !ends => StepState::Skipped,
                _ => StepState::Done,
            };
            Step {
                kind,
                state,
                came_in: String::new(),
                decided: String::new(),
                duration_us: duration(entry, kind).filter(|_| state != StepState::Skipped),
                facts: if state == StepState::Skipped { Vec::new() } else { facts(entry, kind, texts) },
                refusal: refusal
                    .filter(|_| state == StepState::Refused)
                    .map(|code| RefusalText::of(code, texts)),
            }
        })
        .collect()
}

fn duration(entry: &Entry, kind: StepKind) -> Option<u64> {
    let steps = &entry.call.steps;
    match kind {
        StepKind::Decode => Some(steps.decode_us.into()),
        StepKind::Authenticate => Some(steps.authenticate_us.into()),
        StepKind::Decide => Some(steps.decide_us.into()),
        StepKind::Registry => Some(steps.registry_us.into()),
        // The entry cannot hold how long its own writing took.
        StepKind::Journal | StepKind::Sign => None,
    }
}

fn facts(entry: &Entry, kind: StepKind, texts: Texts) -> Vec<Fact> {
    let call = &entry.call;
    let mut facts = Vec::new();
    let mut text = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            // Words are set as words; only what machines wrote is set as they write.
            let words = matches!(key, "road-inputs" | "road-released" | "road-role" | "road-form");
            facts.push(if words { Fact::new(texts.t(key), value) } else { Fact::mono(texts.t(key), value) });
        }
    };
    let names = |set: dancu_citizen::FieldSet| {
        set.iter().map(|f| super::form::label(f, texts.lang())).collect::<Vec<_>>().join(", ")
    };
    match kind {
        StepKind::Decode => {
            text("road-form", Some(&call.form));
            text("road-integration", call.integration.as_deref());
            text("road-request-id", call.personal.request_id.as_deref());
            text("road-inputs", Some(&names(call.inputs)));
        }
        StepKind::Authenticate => {
            text("road-system", call.system_id.as_deref());
            text("road-certificate", call.certificate.as_ref().map(|c| hex(c)).as_deref());
            text("road-source", call.personal.source_address.as_deref());
        }
        StepKind::Decide => {
            text("road-account", call.account_id.as_deref());
            let role = call.role.as_deref().map(|role| texts.t(&format!("role-{}", role.replace('_', "-"))));
            text("road-role", role.as_deref());
            text("road-agreement", call.agreement_id.as_deref());
            text("road-rules-version", Some(&call.rules_version.to_string()));
        }
        StepKind::Registry => {
            text("road-subject", call.subject.as_ref().map(|s| hex(s)).as_deref());
            text("road-released", Some(&names(call.released)));
            for (field, verdict) in &call.verdicts {
                facts.push(Fact::new(
                    super::form::label(*field, texts.lang()),
                    texts.t(&format!("verdict-{}", verdict.replace('_', "-"))),
                ));
            }
        }
        StepKind::Journal => {
            text("road-index", Some(&entry.index.to_string()));
            text("road-correlation", Some(&dancu_gateway::Correlation(call.correlation).to_string()));
            text("road-leaf-hash", Some(&hex(&entry.leaf_hash)));
        }
        StepKind::Sign => {
            text("road-response-hash", call.response_sha256.as_ref().map(|h| hex(h)).as_deref());
        }
    }
    facts
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
