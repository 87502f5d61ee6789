//! An officer answers citizens who ask why their data were looked at, for the own organisation.
use super::asking::{self, Reader};
use super::citizen::names::Names;
use super::form::{self, Sent};
use super::officer::{SignedIn, must_be_signed_in, posted, proved};
use super::{Pages, Shared, plain, show};
use crate::page::{Section, Shell, html};
use crate::pages::{ErrorKind, InquiriesPage, InquiryAnswerPage, InquiryRow};
use crate::parts::{Fact, Notice, Pagination, Tone, Typed};
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_gateway::deed::{Actor, Deed, Number};
use dancu_gateway::door::Peer;
use dancu_journal::inquiry::{Asked, Inquiry, Stage};
use dancu_policy::Duty;

/// Inquiries on a page.
const SHOWN: u32 = 50;

/// An officer who answers, and for whom: one organisation, or all.
struct Answering {
    officer: SignedIn,
    shell: Shell,
    organisation: Option<String>,
}

/// Whoever has not this duty is told of no such page.
fn answering(pages: &Pages, headers: &HeaderMap, uri: &Uri) -> Result<Answering, Box<Response>> {
    let officer = must_be_signed_in(pages, headers)?;
    let shell = pages.shell(headers, uri, Section::Inquiries, Some(officer.user.clone()));
    let session = proved(pages, &officer);
    if pages.road.may(&session, Duty::Inquiries).is_err() {
        return Err(Box::new(plain::error(shell, ErrorKind::NotFound)));
    }
    let all = pages.road.may(&session, Duty::Examine).is_ok();
    let snapshot = pages.road.exchange.snapshot();
    let own = snapshot
        .rules
        .system(&pages.system)
        .and_then(|of| of.organisation.as_ref())
        .map(|o| o.id.to_string());
    match (all, own) {
        (true, _) => Ok(Answering { officer, shell, organisation: None }),
        (false, Some(own)) => Ok(Answering { officer, shell, organisation: Some(own) }),
        (false, None) => Err(Box::new(plain::error(shell, ErrorKind::NotFound))),
    }
}

impl Answering {
    /// An inquiry that this officer answers; nothing for every other.
    async fn inquiry(&self, pages: &Pages, id: &str) -> Result<Inquiry, ErrorKind> {
        let found = pages.inquiries.get(id).await.map_err(|_| ErrorKind::Unavailable)?;
        let own = |i: &Inquiry| self.organisation.as_ref().is_none_or(|o| *o == i.organisation);
        found.filter(own).ok_or(ErrorKind::NotFound)
    }

    /// Writes a step down, as an entry about the citizen: an officer sees what is hers.
    async fn step(
        &self,
        pages: &Pages,
        peer: Peer,
        service: &'static str,
        inquiry: &Inquiry,
    ) -> Result<(), ErrorKind> {
        let deed = Deed {
            about: Some(Number(inquiry.number.clone())),
            asked: Some(format!("entry={} inquiry={}", inquiry.entry, inquiry.id)),
            ..Deed::new(peer, Actor::Officer(proved(pages, &self.officer)), service)
        };
        pages.road.record(deed).await.map(drop).map_err(|code| {
            tracing::warn!(?code, "an inquiry could not be written down");
            ErrorKind::Unavailable
        })
    }
}

pub(super) async fn list(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let answering = match answering(&pages, &headers, &uri) {
        Ok(answering) => answering,
        Err(response) => return *response,
    };
    let parts: Vec<&str> = uri.query().unwrap_or_default().split('&').collect();
    let part = |name: &str| parts.iter().find_map(|p| p.strip_prefix(name)?.strip_prefix('='));
    let stage = part("stage").and_then(Stage::from_name).unwrap_or(Stage::Open);
    let after = part("after").and_then(|after| {
        let (due, id) = after.split_once('.')?;
        Some((due.parse().ok()?, id.to_owned()))
    });
    let asked = answering.organisation.as_deref().map_or(Asked::Anybody, Asked::Of);
    let Ok(mut found) = pages.inquiries.list(asked, stage, after, SHOWN + 1).await else {
        return plain::error(answering.shell, ErrorKind::Unavailable);
    };
    let more = found.len() > SHOWN as usize;
    found.truncate(SHOWN as usize);
    let now_us = pages.road.clock.now_us();
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts: answering.shell.texts() };
    let next = found.last().filter(|_| more).map(|last| {
        format!("/officer/inquiries?stage={}&after={}.{}", stage.name(), last.answer_by_us, last.id)
    });
    let row = |inquiry: &Inquiry| InquiryRow {
        id: inquiry.id.clone(),
        entry: inquiry.entry,
        subject: show::masked(&inquiry.number),
        organisation: names.organisation(&inquiry.organisation),
        asked_at: show::moment(inquiry.asked_us),
        answer_by: show::date_of(inquiry.answer_by_us),
        asked: asking::asked(inquiry, now_us),
    };
    let page = InquiriesPage {
        notice: notice(&parts, &answering.shell),
        stage: stage.name(),
        rows: found.iter().map(row).collect(),
        pages: next.map(|next| Pagination {
            texts: answering.shell.texts(),
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        shell: answering.shell,
    };
    plain::remember_lang(html(StatusCode::OK, &page), &uri)
}

pub(super) async fn show(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
) -> Response {
    let answering = match answering(&pages, &headers, &uri) {
        Ok(answering) => answering,
        Err(response) => return *response,
    };
    let inquiry = match answering.inquiry(&pages, &id).await {
        Ok(inquiry) => inquiry,
        Err(kind) => return plain::error(answering.shell, kind),
    };
    if let Err(kind) = answering.step(&pages, peer, "inquiry_read", &inquiry).await {
        return plain::error(answering.shell, kind);
    }
    plain::remember_lang(page(&pages, answering, &inquiry, Typed::default()).await, &uri)
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    if let Err(response) = posted(&pages, &headers, &uri, &sent) {
        return *response;
    }
    let answering = match answering(&pages, &headers, &uri) {
        Ok(answering) => answering,
        Err(response) => return *response,
    };
    let inquiry = match answering.inquiry(&pages, &id).await {
        Ok(inquiry) => inquiry,
        Err(kind) => return plain::error(answering.shell, kind),
    };
    let act = form::value(&sent, "act");
    let text = form::value(&sent, "answer").to_owned();
    let wrong = match text.chars().count() {
        _ if act != "answer" => None,
        0 => Some("inquiry-answer-missing"),
        count if count > super::citizen::LONGEST => Some("inquiry-too-long"),
        _ => None,
    };
    if let Some(key) = wrong {
        let typed = Typed::wrong(text, answering.shell.t(key));
        let mut response = page(&pages, answering, &inquiry, typed).await;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return response;
    }
    match take(&pages, &answering, peer, &inquiry, act, &text).await {
        // The list names nobody in full; to see this inquiry again would be one more look at a citizen's words.
        Ok(done) => Redirect::to(&format!("/officer/inquiries?done={done}")).into_response(),
        Err(kind) => plain::error(answering.shell, kind),
    }
}

/// What the step before came to, told above the list.
fn notice(parts: &[&str], shell: &Shell) -> Option<Notice> {
    let (tone, key) = match parts.iter().find_map(|p| p.strip_prefix("done="))? {
        "answer" => (Tone::Good, "inquiry-answered-done"),
        "acknowledge" => (Tone::Good, "inquiry-acknowledged-done"),
        "late" => (Tone::Warn, "inquiry-too-late"),
        _ => return None,
    };
    Some(Notice::new(tone, shell.t(key), ""))
}

/// Takes one step; the word tells what came of it.
async fn take<'a>(
    pages: &Pages,
    answering: &Answering,
    peer: Peer,
    inquiry: &Inquiry,
    act: &'a str,
    text: &str,
) -> Result<&'a str, ErrorKind> {
    let service = match act {
        "answer" => "inquiry_answer",
        "acknowledge" => "inquiry_acknowledge",
        _ => return Err(ErrorKind::NotFound),
    };
    answering.step(pages, peer, service, inquiry).await?;
    let now_us = pages.road.clock.now_us();
    let done = match act {
        "answer" => pages.inquiries.answer(&inquiry.id, text, &answering.officer.session.login, now_us).await,
        _ => pages.inquiries.acknowledge(&inquiry.id, now_us).await,
    };
    Ok(if done.map_err(|_| ErrorKind::Unavailable)? { act } else { "late" })
}

async fn page(pages: &Pages, answering: Answering, inquiry: &Inquiry, answer: Typed) -> Response {
    let shell = answering.shell;
    let Ok(entry) = pages.road.journal.entry(inquiry.entry).await else {
        return plain::error(shell, ErrorKind::Unavailable);
    };
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts: shell.texts() };
    let facts = entry.map(|entry| {
        let call = &entry.call;
        let says = |key: &str, value: Option<String>| value.map(|value| Fact::new(shell.t(key), value));
        [
            says("look-at", Some(show::moment(call.at_us))),
            says("road-officer", call.personal.officer.clone()),
            says("road-account", call.account_id.clone()),
            says("look-system", call.system_id.as_deref().map(|id| names.system(id))),
            says("look-service", Some(names.service(&call.service))),
            says("look-purpose", call.procedure.clone()),
            says("look-note", call.personal.purpose.clone()),
            says("look-case", call.personal.case_number.clone()),
            says("look-released", Some(names.fields(call.released)).filter(|f| !f.is_empty())),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    let page = InquiryAnswerPage {
        id: inquiry.id.clone(),
        entry: inquiry.entry,
        facts: facts.unwrap_or_default(),
        sent: asking::sent(inquiry, Reader::Officer, pages.road.clock.now_us(), shell.texts()),
        answer,
        acknowledged: inquiry.acknowledged_us.is_some(),
        shell,
    };
    html(StatusCode::OK, &page)
}
