//! A citizen signs in to the demonstration, and out.
use super::{CitizenDoor, name_of, posted};
use crate::door::form::{self, Sent};
use crate::door::sign_in::add_cookie;
use crate::door::sitting::random_token;
use crate::door::{Pages, Shared, cookies, plain};
use crate::page::{Section, Shell, html};
use crate::pages::ErrorKind;
use crate::pages::citizen::CitizenSignInPage;
use crate::parts::{Notice, Tone, Typed};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_catalogue::Code;
use dancu_citizen::PersonalId;
use dancu_gateway::authenticate::{Attempt, Lane};
use dancu_gateway::deed::{Actor, Deed, Number};
use dancu_gateway::door::Peer;
use std::sync::Arc;

pub(super) async fn show(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let shell = pages.shell(&headers, &uri, Section::Citizen, None);
    let Some(door) = &pages.citizens else { return plain::error(shell, ErrorKind::NotFound) };
    let ended = uri.query().is_some_and(|q| q.split('&').any(|p| p == "ended"));
    let notice =
        ended.then(|| Notice::new(Tone::Info, shell.t("sign-in-ended-title"), shell.t("sign-in-ended-text")));
    let blank = Blank { notice, ..Blank::default() };
    plain::remember_lang(page(door, shell, blank, StatusCode::OK), &uri)
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let shell = pages.shell(&headers, &uri, Section::Citizen, None);
    let Some(door) = &pages.citizens else { return plain::error(shell, ErrorKind::NotFound) };
    let number = Typed::new(form::value(&sent, "number"));
    let csrf = form::value(&sent, "csrf");
    if csrf.is_empty() || cookies::get(&headers, cookies::SIGN_IN) != Some(csrf) {
        let notice = Notice::new(Tone::Warn, shell.t("sign-in-again-title"), shell.t("sign-in-again-text"));
        return page(
            door,
            shell,
            Blank { number, notice: Some(notice), ..Blank::default() },
            StatusCode::BAD_REQUEST,
        );
    }
    let (digits, name) = match prove(&pages, door, &peer, &sent).await {
        Ok(proved) => proved,
        Err(code) => {
            let key =
                if code == Code::TooManyRequests { "sign-in-too-often" } else { "citizen-sign-in-wrong" };
            let wrong = Some(shell.t(key).into_owned());
            return page(door, shell, Blank { number, wrong, ..Blank::default() }, StatusCode::UNAUTHORIZED);
        }
    };
    let by = Actor::Citizen { system: Arc::clone(&pages.system), number: Number(digits.clone()) };
    if let Err(code) = pages.road.record(Deed::new(peer, by, "sign_in")).await {
        tracing::warn!(?code, "a citizen's sign-in could not be written down");
        return plain::error(shell, ErrorKind::Unavailable);
    }
    let Some(token) = door.sessions.open(&digits, &name, pages.road.clock.now_us()) else {
        return plain::error(shell, ErrorKind::Server);
    };
    let mut response = Redirect::to("/citizen").into_response();
    add_cookie(&mut response, &cookies::set(cookies::CITIZEN, &token));
    add_cookie(&mut response, &cookies::unset(cookies::SIGN_IN));
    response
}

pub(super) async fn leave(
    State(pages): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    if super::signed_in(&pages, &headers).is_some() {
        match posted(&pages, &headers, &uri, &sent) {
            Ok(citizen) => {
                if let Some(door) = &pages.citizens {
                    door.sessions.0.close(&citizen.token);
                }
            }
            Err(response) => return *response,
        }
    }
    let mut response = Redirect::to("/").into_response();
    add_cookie(&mut response, &cookies::unset(cookies::CITIZEN));
    response
}

/// Checks number and code. A number that nobody has answers as one whose code is wrong; guesses are counted per address.
async fn prove(
    pages: &Pages,
    door: &CitizenDoor,
    peer: &Peer,
    sent: &Sent,
) -> Result<(String, String), Code> {
    let road = &pages.road;
    let who = format!("citizen/{}", peer.address);
    let now_us = road.clock.now_us();
    let attempt = Attempt { turnstile: &road.turnstile, who: &who, now_us, lane: Lane::People };
    let code = form::value(sent, "code");
    road.authenticator.password(attempt, "citizen", code, Some(&door.code_hash)).await?;
    let digits: String =
        form::value(sent, "number").chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let number = PersonalId::parse(&digits).map_err(|_| Code::CredentialsWrong)?;
    let name = name_of(pages, number).await.ok_or(Code::CredentialsWrong)?;
    Ok((number.expose(), name))
}

/// What differs from one rendering of the page to the next.
#[derive(Default)]
struct Blank {
    number: Typed,
    wrong: Option<String>,
    notice: Option<Notice>,
}

fn page(door: &CitizenDoor, shell: Shell, blank: Blank, status: StatusCode) -> Response {
    let Some(csrf) = random_token() else { return plain::error(shell, ErrorKind::Server) };
    let page = CitizenSignInPage {
        shell,
        csrf: csrf.clone(),
        number: blank.number,
        code: Typed { value: String::new(), error: blank.wrong },
        notice: blank.notice,
        people: door.people.clone(),
        demo_code: door.code.clone(),
    };
    let mut response = html(status, &page);
    add_cookie(&mut response, &cookies::set(cookies::SIGN_IN, &csrf));
    response
}
