//! The citizen's door: she signs in with her number, sees who looked at her data, checks it, and asks why.
mod asked;
pub(super) mod files;
mod history;
mod inquiry;
pub(super) mod names;
mod sign_in;

use super::cookies;
use super::form::{self, Sent};
use super::plain;
use super::sitting::{Sittings, random_token};
use super::{Pages, Shared};
use crate::page::{Section, Shell, User};
use crate::pages::ErrorKind;
use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use dancu_citizen::{PersonNumber, PersonalId};
use dancu_gateway::deed::{Actor, Number};
use dancu_registry::Search;
use std::sync::Arc;

pub(super) use inquiry::LONGEST;

/// How citizens sign in to the demonstration, until the identity provider does it: all by one code that everybody knows.
pub struct CitizenDoor {
    /// Argon2 hash of the code
    pub code_hash: Arc<str>,
    /// The code, to be told on the page
    pub code: String,
    /// People to try with: number and name
    pub people: Vec<(String, String)>,
    /// Who is signed in
    pub sessions: CitizenSessions,
}

/// A signed-in citizen.
#[derive(Clone)]
struct Session {
    number: Arc<str>,
    name: Arc<str>,
    csrf: Arc<str>,
}

/// All sessions of citizens on this server.
pub struct CitizenSessions(Sittings<Session>);

impl CitizenSessions {
    /// Sessions that end after so many minutes without a request.
    pub fn new(idle_minutes: u32) -> Self {
        Self(Sittings::new(idle_minutes))
    }

    /// Opens a session; gives the value of its cookie.
    fn open(&self, number: &str, name: &str, now_us: i64) -> Option<String> {
        let session = Session { number: number.into(), name: name.into(), csrf: random_token()?.into() };
        self.0.open(session, now_us)
    }
}

/// The pages of citizens.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/citizen", get(history::show))
        .route("/citizen/history.json", get(files::json))
        .route("/citizen/history.csv", get(files::csv))
        .route("/citizen/inquiry", get(inquiry::show).post(inquiry::submit))
        .route("/citizen/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/citizen/sign-out", post(sign_in::leave))
}

/// A signed-in citizen with what the menu shows.
struct Citizen {
    token: String,
    session: Session,
    user: User,
}

impl Citizen {
    fn actor(&self, pages: &Pages) -> Actor {
        Actor::Citizen { system: Arc::clone(&pages.system), number: Number(self.session.number.to_string()) }
    }

    fn shell(&self, pages: &Pages, headers: &HeaderMap, uri: &Uri) -> Shell {
        let mut shell = pages.shell(headers, uri, Section::Citizen, None);
        let agency = shell.t("citizen-user").into_owned();
        shell.user = Some(User { agency, ..self.user.clone() });
        shell
    }
}

/// Who is signed in, if anybody is.
fn signed_in(pages: &Pages, headers: &HeaderMap) -> Option<Citizen> {
    let token = cookies::get(headers, cookies::CITIZEN)?;
    let session = pages.citizens.as_ref()?.sessions.0.get(token, pages.road.clock.now_us())?;
    let user = User {
        name: session.name.to_string(),
        // Said in the language of the page, which is known where its shell is made.
        agency: String::new(),
        leave: "/citizen/sign-out",
        doors: crate::page::Doors::default(),
        csrf: session.csrf.to_string(),
    };
    Some(Citizen { token: token.to_owned(), session, user })
}

/// The citizen, or the page to sign in again. Where citizens cannot sign in there is no such page.
fn must_be_signed_in(pages: &Pages, headers: &HeaderMap, uri: &Uri) -> Result<Citizen, Box<Response>> {
    if pages.citizens.is_none() {
        let shell = pages.shell(headers, uri, Section::None, None);
        return Err(Box::new(plain::error(shell, ErrorKind::NotFound)));
    }
    signed_in(pages, headers).ok_or_else(|| {
        let had_session = cookies::get(headers, cookies::CITIZEN).is_some();
        let to = if had_session { "/citizen/sign-in?ended" } else { "/citizen/sign-in" };
        Box::new(Redirect::to(to).into_response())
    })
}

/// What every form of a citizen begins with: who sends it, from a page of her own session.
fn posted(pages: &Pages, headers: &HeaderMap, uri: &Uri, sent: &Sent) -> Result<Citizen, Box<Response>> {
    let citizen = must_be_signed_in(pages, headers, uri)?;
    if form::value(sent, "csrf") == &*citizen.session.csrf {
        return Ok(citizen);
    }
    Err(Box::new(plain::error(citizen.shell(pages, headers, uri), ErrorKind::Forbidden)))
}

/// The name of the person who has this number now.
async fn name_of(pages: &Pages, number: PersonalId) -> Option<String> {
    let (registry, number) = (pages.road.registry.clone(), PersonNumber::PersonalId(number));
    let name = match registry.name_now(number) {
        Ok(name) => name?,
        Err(_doubt) => {
            let search = Search { number: Some(number), limit: 1, ..Search::default() };
            let searched = tokio::task::spawn_blocking(move || registry.search(&search)).await.ok()?;
            searched.ok()?.people.into_iter().next()?.full_name?
        }
    };
    Some(name.whole().to_owned())
}
