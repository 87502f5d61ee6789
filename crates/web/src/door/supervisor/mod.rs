//! A supervisor searches the journal. Each search, view, export and order goes through the road, which writes it down first.
mod entry;
mod export;
mod read;
mod search;

use super::form::{self, Sent};
use super::officer::{SignedIn, must_be_signed_in, posted, proved};
use super::plain;
use super::session::Examined;
use super::{Pages, Shared};
use crate::page::{Section, Shell};
use crate::pages::ErrorKind;
use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_gateway::Examination;
use dancu_gateway::door::Peer;
use dancu_policy::Duty;
use std::sync::Arc;

/// The pages of supervisors.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/supervisor/journal", get(search::show).post(search::submit))
        .route("/supervisor/journal/page", post(search::turn))
        .route("/supervisor/journal/entry", post(entry::show))
        .route("/supervisor/journal/export", post(export::csv))
        .route("/supervisor/journal/withhold", post(entry::withhold))
}

/// A signed-in supervisor and the page that they are at.
struct Supervisor {
    officer: SignedIn,
    shell: Shell,
}

/// Whoever has not this duty is told of no such page.
fn supervisor(pages: &Pages, headers: &HeaderMap, uri: &Uri) -> Result<Supervisor, Box<Response>> {
    let officer = must_be_signed_in(pages, headers)?;
    let shell = pages.shell(headers, uri, Section::Supervisor, Some(officer.user.clone()));
    if pages.road.may(&proved(pages, &officer), Duty::Examine).is_err() {
        return Err(Box::new(plain::error(shell, ErrorKind::NotFound)));
    }
    Ok(Supervisor { officer, shell })
}

/// The same for a form, which must come from a page of the own session.
fn sent_by(pages: &Pages, headers: &HeaderMap, uri: &Uri, sent: &Sent) -> Result<Supervisor, Box<Response>> {
    let supervisor = supervisor(pages, headers, uri)?;
    posted(pages, headers, uri, sent)?;
    Ok(supervisor)
}

impl Supervisor {
    /// The search that a further form belongs to.
    fn examined(&self, sent: &Sent) -> Option<Arc<Examined>> {
        self.officer.session.examined(form::value(sent, "search"))
    }

    /// What the road is told of who searches, and why.
    fn examination(&self, pages: &Pages, peer: Peer, examined: &Examined) -> Examination {
        Examination {
            peer,
            session: proved(pages, &self.officer),
            purpose: examined.purpose.clone(),
            case_number: examined.ground.clone(),
            person: examined.person.clone(),
        }
    }
}

/// Why the road refused, as a page.
fn refused(shell: Shell, code: Code) -> Response {
    plain::error(shell, if code.status() == 403 { ErrorKind::NotFound } else { ErrorKind::Unavailable })
}
