//! Pages that anyone may read.
use super::{Shared, cookies, officer::signed_in, sign_in::add_cookie};
use crate::page::{Section, Shell, html, language_cookie};
use crate::pages::{DocsPage, ErrorKind, ErrorPage, HomePage, ServiceState};
use crate::ui::UiPage;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use dancu_policy::SystemState;

pub(super) async fn home(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let user = signed_in(&pages, &headers).map(|s| s.user);
    let shell = pages.shell(&headers, &uri, Section::Home, user);
    let road = &pages.road;
    let journal = road.journal.len().await;
    let snapshot = road.exchange.snapshot();
    let connected = snapshot.rules.systems().filter(|s| s.system.state == SystemState::Connected).count();
    let today = road.journal.count_since(midnight(road.clock.now_us())).await;
    let page = HomePage {
        shell,
        state: if journal.is_ok() { ServiceState::Up } else { ServiceState::Degraded },
        people: road.registry.count() as u64,
        calls_today: today.unwrap_or_default(),
        systems: connected as u64,
        journal: journal.unwrap_or_default(),
    };
    remember_lang(html(StatusCode::OK, &page), &uri)
}

/// The last midnight in Vietnam (UTC+7), microseconds since the epoch.
fn midnight(now_us: i64) -> i64 {
    const DAY: i64 = 86_400_000_000;
    const OFFSET: i64 = 7 * 3_600_000_000;
    (now_us + OFFSET).div_euclid(DAY) * DAY - OFFSET
}

pub(super) async fn docs(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let user = signed_in(&pages, &headers).map(|s| s.user);
    let shell = pages.shell(&headers, &uri, Section::Docs, user);
    let page = DocsPage::new(shell, &pages.public_url, &pages.soap_path);
    remember_lang(html(StatusCode::OK, &page), &uri)
}

pub(super) async fn ui(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let lang = cookies::lang(&headers, &uri);
    let mut page = UiPage::sample(lang);
    page.shell.demo = pages.demo;
    remember_lang(html(StatusCode::OK, &page), &uri)
}

/// An address that is no page. A machine gets it in its own form from its own routes.
pub(super) fn not_found(demo: bool, headers: &HeaderMap, uri: &Uri) -> Response {
    let shell = Shell { demo, ..Shell::new(cookies::lang(headers, uri), "/") };
    error(shell, ErrorKind::NotFound)
}

/// An error in words.
pub(super) fn error(shell: Shell, kind: ErrorKind) -> Response {
    html(kind.status(), &ErrorPage { shell, kind, correlation: None }).into_response()
}

/// Remembers the language when the address asked for one.
pub(super) fn remember_lang(mut response: Response, uri: &Uri) -> Response {
    if let Some(lang) = cookies::asked_lang(uri) {
        add_cookie(&mut response, &language_cookie(lang));
    }
    response
}
