//! "Why did you look?": a citizen asks the organisation about one entry, and reads what it says.
use super::history::noted;
use super::names::{Names, may_ask};
use super::{Citizen, must_be_signed_in, posted};
use crate::door::asking::{self, Reader};
use crate::door::form::{self, Sent};
use crate::door::{Pages, Shared, plain, show};
use crate::page::{Shell, html};
use crate::pages::ErrorKind;
use crate::pages::citizen::{Content, InquiryPage, Look, Seen};
use crate::parts::{Notice, Tone, Typed};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_gateway::deed::Deed;
use dancu_gateway::door::Peer;
use dancu_journal::index::{Page, SeenCall, Shown};
use dancu_journal::inquiry::Question;
use dancu_policy::Deadlines;

/// Most characters of a question or an answer.
pub(in crate::door) const LONGEST: usize = 2000;

pub(super) async fn show(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let citizen = match must_be_signed_in(&pages, &headers, &uri) {
        Ok(citizen) => citizen,
        Err(response) => return *response,
    };
    let shell = citizen.shell(&pages, &headers, &uri);
    if noted(&pages, &citizen, peer, "history").await.is_err() {
        return plain::error(shell, ErrorKind::Unavailable);
    }
    let parts: Vec<&str> = uri.query().unwrap_or_default().split('&').collect();
    let entry = parts.iter().find_map(|p| p.strip_prefix("entry=")?.parse().ok());
    let notice = if parts.contains(&"sent") {
        Some(Notice::new(Tone::Good, shell.t("inquiry-sent"), shell.t("inquiry-sent-text")))
    } else {
        parts.contains(&"closed").then(|| Notice::new(Tone::Info, shell.t("inquiry-closed"), ""))
    };
    let response = page(&pages, &citizen, shell, entry, Typed::default(), notice).await;
    plain::remember_lang(response, &uri)
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let citizen = match posted(&pages, &headers, &uri, &sent) {
        Ok(citizen) => citizen,
        Err(response) => return *response,
    };
    let mut shell = citizen.shell(&pages, &headers, &uri);
    let entry: Option<u64> = form::value(&sent, "entry").parse().ok();
    if let Some(entry) = entry {
        shell.path = format!("/citizen/inquiry?entry={entry}");
    }
    let text = form::value(&sent, "question").to_owned();
    if text.chars().count() > LONGEST {
        let typed = Typed::wrong(text, shell.t("inquiry-too-long"));
        let mut response = page(&pages, &citizen, shell, entry, typed, None).await;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return response;
    }
    let done = match (form::value(&sent, "act"), entry) {
        ("ask", Some(entry)) => ask(&pages, &citizen, peer, entry, text).await,
        ("close", Some(entry)) => close(&pages, &citizen, peer, entry).await,
        _ => Err(ErrorKind::NotFound),
    };
    match done {
        Ok(word) => {
            let to = format!("/citizen/inquiry?entry={}&{word}", entry.unwrap_or_default());
            Redirect::to(&to).into_response()
        }
        Err(kind) => plain::error(shell, kind),
    }
}

/// An entry of hers that she sees and may ask about; nothing for every other.
async fn own(pages: &Pages, citizen: &Citizen, entry: u64) -> Option<Box<SeenCall>> {
    let now_us = pages.road.clock.now_us();
    let page = Page { before: entry.checked_add(1), limit: 1 };
    let (_, history) = pages.road.evidence.history(&citizen.session.number, page, now_us).await.ok()?;
    let item = history.items.into_iter().next().filter(|item| item.index == entry)?;
    match item.shown {
        Shown::Call(call) => may_ask(&call).then_some(call),
        Shown::Withheld { .. } | Shown::Withholding { .. } | Shown::Act { .. } => None,
    }
}

async fn ask(
    pages: &Pages,
    citizen: &Citizen,
    peer: Peer,
    entry: u64,
    text: String,
) -> Result<&'static str, ErrorKind> {
    let call = own(pages, citizen, entry).await.ok_or(ErrorKind::NotFound)?;
    let (Some(organisation), Some(system)) = (call.organisation, call.system_id) else {
        return Err(ErrorKind::NotFound);
    };
    let asked_us = pages.road.clock.now_us();
    let deadlines = pages.calendar.deadlines(asked_us).ok_or(ErrorKind::Server)?;
    step(pages, citizen, peer, "inquiry_ask", entry).await?;
    let question = Question {
        entry,
        organisation,
        system,
        number: citizen.session.number.to_string(),
        text,
        asked_us,
        reply_by_us: Deadlines::end_of(deadlines.reply_by),
        answer_by_us: Deadlines::end_of(deadlines.answer_by),
    };
    pages.inquiries.ask(question).await.map_err(|_| ErrorKind::Unavailable)?;
    Ok("sent")
}

async fn close(pages: &Pages, citizen: &Citizen, peer: Peer, entry: u64) -> Result<&'static str, ErrorKind> {
    let about = pages.inquiries.about(&citizen.session.number, entry).await;
    let inquiry = about.map_err(|_| ErrorKind::Unavailable)?.ok_or(ErrorKind::NotFound)?;
    step(pages, citizen, peer, "inquiry_close", entry).await?;
    let now_us = pages.road.clock.now_us();
    pages.inquiries.close(&inquiry.id, now_us).await.map_err(|_| ErrorKind::Unavailable)?;
    Ok("closed")
}

/// Each step is written down before it is taken.
async fn step(
    pages: &Pages,
    citizen: &Citizen,
    peer: Peer,
    service: &'static str,
    entry: u64,
) -> Result<(), ErrorKind> {
    let deed =
        Deed { asked: Some(format!("entry={entry}")), ..Deed::new(peer, citizen.actor(pages), service) };
    pages.road.record(deed).await.map(drop).map_err(|code| {
        tracing::warn!(?code, "an inquiry could not be written down");
        ErrorKind::Unavailable
    })
}

async fn page(
    pages: &Pages,
    citizen: &Citizen,
    shell: Shell,
    entry: Option<u64>,
    question: Typed,
    notice: Option<Notice>,
) -> Response {
    let Some(entry) = entry else { return plain::error(shell, ErrorKind::NotFound) };
    let Some(call) = own(pages, citizen, entry).await else {
        return plain::error(shell, ErrorKind::NotFound);
    };
    let Ok(inquiry) = pages.inquiries.about(&citizen.session.number, entry).await else {
        return plain::error(shell, ErrorKind::Unavailable);
    };
    let now_us = pages.road.clock.now_us();
    let snapshot = pages.road.exchange.snapshot();
    let seen: Seen = Names { rules: &snapshot.rules, texts: shell.texts() }.seen(&call);
    let deadlines = pages.calendar.deadlines(now_us);
    let page = InquiryPage {
        look: Look {
            index: entry,
            at: show::moment(call.at_us),
            content: Content::Shown(Box::new(seen.clone())),
            covered: crate::pages::citizen::Covered::Yes,
            inquiry: None,
        },
        seen,
        sent: inquiry.map(|i| asking::sent(&i, Reader::Citizen, now_us, shell.texts())),
        question,
        deadlines: deadlines.map(|d| [d.reply_by, d.answer_by].map(show::day)).unwrap_or_default(),
        notice,
        shell,
    };
    html(StatusCode::OK, &page)
}
