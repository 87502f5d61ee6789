//! Signing in and out.
use super::form::Sent;
use super::officer::{own_form, signed_in};
use super::{Shared, cookies, session::random_token};
use crate::page::{Section, Shell, html};
use crate::pages::SignInPage;
use crate::parts::{Notice, Tone, Typed};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_catalogue::Code;
use dancu_feed::Event;
use dancu_gateway::authenticate::{Attempt, Lane};
use dancu_gateway::door::Peer;
use dancu_policy::AccountState;
use serde::Deserialize;
use std::sync::Arc;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn show(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let shell = pages.shell(&headers, &uri, Section::Officer, None);
    let ended = uri.query().is_some_and(|q| q.split('&').any(|p| p == "ended"));
    let notice =
        ended.then(|| Notice::new(Tone::Info, shell.t("sign-in-ended-title"), shell.t("sign-in-ended-text")));
    super::plain::remember_lang(page(&pages, shell, String::new(), None, notice, StatusCode::OK), &uri)
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(form): Form<SignIn>,
) -> Response {
    let shell = pages.shell(&headers, &uri, Section::Officer, None);
    let same_form = cookies::get(&headers, cookies::SIGN_IN).is_some_and(|c| !c.is_empty() && c == form.csrf);
    if !same_form {
        let notice = Notice::new(Tone::Warn, shell.t("sign-in-again-title"), shell.t("sign-in-again-text"));
        return page(&pages, shell, form.login, None, Some(notice), StatusCode::BAD_REQUEST);
    }
    let now_us = pages.road.clock.now_us();
    let proved = match prove(&pages, &peer, &form, now_us).await {
        Ok(proved) => proved,
        Err(code) => {
            tell(&pages, &peer, &form, code);
            let words = match code {
                Code::TooManyRequests => shell.t("sign-in-too-often"),
                _ => shell.t("sign-in-wrong"),
            };
            return page(&pages, shell, form.login, Some(words.into_owned()), None, StatusCode::UNAUTHORIZED);
        }
    };
    let Some(token) = pages.sessions.open(&form.login, &proved, now_us) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Redirect::to(own_path(&form.next)).into_response();
    add_cookie(&mut response, &cookies::set(cookies::SESSION, &token));
    add_cookie(&mut response, &cookies::unset(cookies::SIGN_IN));
    response
}

pub(super) async fn leave(
    State(pages): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    if let Some(officer) = signed_in(&pages, &headers) {
        if let Err(response) = own_form(&pages, &headers, &uri, &officer, &sent) {
            return *response;
        }
        pages.sessions.close(&officer.token);
    }
    let mut response = Redirect::to("/").into_response();
    add_cookie(&mut response, &cookies::unset(cookies::SESSION));
    response
}

/// Checks login and password by the rules of the door. Guesses count for an address and a login together: nobody can lock
/// a colleague out from elsewhere, and a login that does not exist answers as slowly as one that does.
async fn prove(pages: &Shared, peer: &Peer, form: &SignIn, now_us: i64) -> Result<Arc<str>, Code> {
    let road = &pages.road;
    let snapshot = road.exchange.snapshot();
    let account = snapshot.rules.system(&pages.system).and_then(|of| of.by_login(&form.login));
    let active = account.filter(|a| a.state == AccountState::Active);
    let stored = active.and_then(|a| snapshot.account_password(&a.id));
    let login: String = form.login.chars().take(LONGEST_LOGIN).collect();
    let who = format!("page/{}/{login}", peer.address);
    let attempt = Attempt { turnstile: &road.turnstile, who: &who, now_us, lane: Lane::People };
    road.authenticator.password(attempt, &login, &form.password, stored).await?;
    if let Some(account) = active {
        road.uses.note(&account.id, now_us);
    }
    stored.cloned().ok_or(Code::CredentialsWrong)
}

/// Tells the security centre: which account, if there is one of this login, and from where, as a keyed hash. What was typed
/// is told to nobody.
fn tell(pages: &Shared, peer: &Peer, form: &SignIn, code: Code) {
    let events = &pages.road.events;
    let snapshot = pages.road.exchange.snapshot();
    let account = snapshot.rules.system(&pages.system).and_then(|of| of.by_login(&form.login));
    let (account, source) =
        (account.map(|a| a.id.to_string()), events.source_hash(&peer.address.to_string()));
    events.emit(Event::SignInRefused { code: code.name().to_owned(), account, source });
}

/// Longest login (registration form of official letter 6359/VP-HCC).
const LONGEST_LOGIN: usize = 60;

fn page(
    pages: &Shared,
    shell: Shell,
    login: String,
    wrong: Option<String>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Response {
    let Some(csrf) = random_token() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let page = SignInPage {
        shell,
        csrf: csrf.clone(),
        next: "/officer".to_owned(),
        login: Typed::new(login),
        password: Typed { value: String::new(), error: wrong },
        notice,
        accounts: pages.accounts.clone(),
    };
    let mut response = html(status, &page);
    add_cookie(&mut response, &cookies::set(cookies::SIGN_IN, &csrf));
    response
}

/// Only paths of this site: anything else would send an officer who signs in elsewhere.
fn own_path(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && next.is_ascii();
    if own && !next.chars().any(char::is_control) { next } else { "/officer" }
}

pub(super) fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(own_path("/road/7"), "/road/7");
        for foreign in ["//x.example", "https://x.example", "/\\x.example", "", "/a\nb"] {
            assert_eq!(own_path(foreign), "/officer", "{foreign:?}");
        }
    }
}
