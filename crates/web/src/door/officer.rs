//! The officer's page: verify and look up.
use super::form::{self, Sent};
use super::session::{Session, random_token};
use super::{Pages, Shared, cookies, plain, show as words};
use crate::page::{Doors, Section, Shell, User, html};
use crate::pages::{CallResult, CounterSearch, ErrorKind, OfficerForm, OfficerPage, Quota, View};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_gateway::authenticate::{Presented, Session as Proved};
use dancu_gateway::door::Peer;
use dancu_gateway::routes::RestCodec;
use dancu_gateway::{Call, vietnam_day};
use dancu_journal::Scope;
use dancu_message::Request;
use dancu_policy::{Account, AccountState, Duty};
use std::sync::Arc;
use std::time::Instant;

/// A signed-in officer with what the menu shows.
pub(super) struct SignedIn {
    pub(super) token: String,
    pub(super) session: Session,
    pub(super) account: Arc<Account>,
    pub(super) user: User,
}

/// Who is signed in, if anybody is.
pub(super) fn signed_in(pages: &Pages, headers: &HeaderMap) -> Option<SignedIn> {
    let token = cookies::get(headers, cookies::SESSION)?;
    let session = pages.sessions.get(token, pages.road.clock.now_us())?;
    let snapshot = pages.road.exchange.snapshot();
    let of = snapshot.rules.system(&pages.system)?;
    // A locked account or another password ends the session at once.
    let account = of.by_login(&session.login).filter(|a| a.state == AccountState::Active)?;
    if snapshot.account_password(&account.id) != Some(&session.proved) {
        return None;
    }
    let user = User {
        name: account.officer_name.clone(),
        agency: of.organisation.as_ref().map(|o| o.name.clone()).unwrap_or_default(),
        leave: "/sign-out",
        doors: Doors {
            citizen: false,
            inquiries: snapshot.rules.law().has_duty(account.role, Duty::Inquiries),
            supervisor: snapshot.rules.law().has_duty(account.role, Duty::Examine),
        },
        csrf: session.csrf.to_string(),
    };
    Some(SignedIn { token: token.to_owned(), session, account: Arc::clone(account), user })
}

/// The officer, or the page to sign in again.
pub(super) fn must_be_signed_in(pages: &Pages, headers: &HeaderMap) -> Result<SignedIn, Box<Response>> {
    signed_in(pages, headers).ok_or_else(|| {
        let had_session = cookies::get(headers, cookies::SESSION).is_some();
        Box::new(Redirect::to(if had_session { "/sign-in?ended" } else { "/sign-in" }).into_response())
    })
}

/// Refuses a form that did not come from this session's page.
pub(super) fn own_form(
    pages: &Pages,
    headers: &HeaderMap,
    uri: &Uri,
    officer: &SignedIn,
    sent: &Sent,
) -> Result<(), Box<Response>> {
    if form::value(sent, "csrf") == &*officer.session.csrf {
        return Ok(());
    }
    let shell = pages.shell(headers, uri, Section::Officer, Some(officer.user.clone()));
    Err(Box::new(plain::error(shell, ErrorKind::Forbidden)))
}

/// What every form of a signed-in officer begins with: who sends it, from a page of their own session.
pub(super) fn posted(
    pages: &Pages,
    headers: &HeaderMap,
    uri: &Uri,
    sent: &Sent,
) -> Result<(SignedIn, Shell), Box<Response>> {
    let officer = must_be_signed_in(pages, headers)?;
    own_form(pages, headers, uri, &officer, sent)?;
    let shell = pages.shell(headers, uri, Section::Officer, Some(officer.user.clone()));
    Ok((officer, shell))
}

pub(super) async fn show(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let officer = match must_be_signed_in(&pages, &headers) {
        Ok(officer) => officer,
        Err(response) => return *response,
    };
    let shell = pages.shell(&headers, &uri, Section::Officer, Some(officer.user.clone()));
    let counter = uri.query().is_some_and(|q| q.split('&').any(|p| p == "view=counter"));
    let view = if counter { View::Counter } else { View::ByNumber };
    let form = offered(&pages, &officer, &shell);
    let search = super::search::offered(&form);
    let response =
        render(&pages, officer, shell, Desk { view, form, search, result: None }, StatusCode::OK).await;
    plain::remember_lang(response, &uri)
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let began = Instant::now();
    let (officer, shell) = match posted(&pages, &headers, &uri, &sent) {
        Ok(opened) => opened,
        Err(response) => return *response,
    };
    let mut form = offered(&pages, &officer, &shell);
    let today = vietnam_day(pages.road.clock.now_us());
    let request_id = format!("page-{}", random_token().unwrap_or_default());
    let Some(request) = form::read(&mut form, &sent, request_id, today, shell.lang) else {
        let search = super::search::offered(&form);
        return render(
            &pages,
            officer,
            shell,
            Desk { view: View::ByNumber, form, search, result: None },
            StatusCode::BAD_REQUEST,
        )
        .await;
    };
    let reply = pages.road.travel(call(&pages, &officer, peer, request.clone(), &shell, began)).await;
    let result = words::result(&request, &reply, pages.road.clock.now_us(), shell.texts());
    let recent = words::recent(&request, &result, pages.road.clock.now_us());
    pages.sessions.remember(&officer.token, recent, reply.signature.clone());
    let search = super::search::offered(&form);
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    render(&pages, officer, shell, Desk { view: View::ByNumber, form, search, result: Some(result) }, status)
        .await
}

fn call(
    pages: &Pages,
    officer: &SignedIn,
    peer: Peer,
    request: Request,
    shell: &Shell,
    began: Instant,
) -> Call {
    Call {
        peer,
        presented: Presented::Session(proved(pages, officer)),
        protocol: "page",
        codec: Arc::new(RestCodec::page(request.service)),
        service: Some(request.service),
        requests: vec![Ok(request)],
        platform_id: None,
        idempotency: None,
        lang: shell.lang,
        began,
        place: pages.road.turnstile.enter(),
    }
}

/// What the road is told of who asks.
pub(super) fn proved(pages: &Pages, officer: &SignedIn) -> Proved {
    Proved { system: Arc::clone(&pages.system), login: Arc::clone(&officer.session.login) }
}

/// The form with what the officer's agreement offers.
pub(super) fn offered(pages: &Pages, officer: &SignedIn, shell: &Shell) -> OfficerForm {
    let today = vietnam_day(pages.road.clock.now_us());
    form::offered(
        &pages.road.exchange.snapshot().rules,
        &pages.system,
        &officer.session.login,
        today,
        shell.lang,
    )
}

/// What changes from one rendering of the page to the next.
pub(super) struct Desk {
    pub(super) view: View,
    pub(super) form: OfficerForm,
    pub(super) search: CounterSearch,
    pub(super) result: Option<CallResult>,
}

pub(super) async fn render(
    pages: &Pages,
    officer: SignedIn,
    shell: Shell,
    desk: Desk,
    status: StatusCode,
) -> Response {
    let quota = quota(pages, &officer).await;
    // Read again: the call just made belongs to the list.
    let session = pages.sessions.get(&officer.token, pages.road.clock.now_us()).unwrap_or(officer.session);
    let page = OfficerPage {
        shell,
        view: desk.view,
        form: desk.form,
        search: desk.search,
        result: desk.result,
        quota,
        recent: session.recent.into_iter().collect(),
    };
    html(status, &page)
}

async fn quota(pages: &Pages, officer: &SignedIn) -> Option<Quota> {
    let snapshot = pages.road.exchange.snapshot();
    let account = snapshot.rules.system(&pages.system)?.by_login(&officer.session.login)?;
    let day = dancu_policy::VietnamTime::of(pages.road.clock.now_us())?.day;
    let used = pages.road.journal.quota_used(Scope::Account, &account.id, i64::from(day)).await.ok()?;
    Some(Quota { used, limit: u64::from(account.daily_quota) })
}
