//! The people's door: sessions and handlers. What an officer asks takes the same road as a machine's call.
mod asking;
mod citizen;
pub mod console;
mod cookies;
mod csv;
mod form;
mod inquiries;
mod officer;
mod plain;
mod search;
mod session;
mod show;
mod sign_in;
mod sitting;
mod supervisor;
mod trace;

pub use citizen::{CitizenDoor, CitizenSessions};
pub use session::Sessions;

use crate::page::{Doors, Section, Shell, User};
use crate::pages::DemoAccount;
use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::routing::{get, post};
use dancu_gateway::Road;
use dancu_journal::inquiry::Inquiries;
use dancu_policy::Calendar;
use std::sync::Arc;

/// What the pages need to know of the service.
pub struct Pages {
    /// The one road
    pub road: Arc<Road>,
    /// Id of the registered system that the pages act as
    pub system: Arc<str>,
    /// Say on every page that the people are synthetic
    pub demo: bool,
    /// Accounts that the demo tells everybody; empty otherwise
    pub accounts: Vec<DemoAccount>,
    /// Where the service is reached
    pub public_url: String,
    /// Path of the SOAP service
    pub soap_path: String,
    /// Who is signed in
    pub sessions: Sessions,
    /// How citizens sign in; none where they cannot
    pub citizens: Option<CitizenDoor>,
    /// What citizens ask of organisations
    pub inquiries: Inquiries,
    /// Until when they must be answered
    pub calendar: Calendar,
}

/// Shared by every handler.
pub(crate) type Shared = Arc<Pages>;

/// All pages, and what answers an address that is none of them.
pub fn router(pages: Pages) -> Router {
    Router::new()
        .route("/", get(plain::home))
        .route("/docs", get(plain::docs))
        .route("/ui", get(plain::ui))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_in::leave))
        .route("/officer", get(officer::show).post(officer::submit))
        .route("/officer/search", post(search::submit))
        .route("/officer/choose", post(search::choose))
        .route("/officer/inquiries", get(inquiries::list))
        .route("/officer/inquiries/{id}", get(inquiries::show).post(inquiries::submit))
        .route("/road/{index}", get(trace::show))
        .merge(citizen::routes())
        .merge(supervisor::routes())
        .with_state(Arc::new(pages))
        .merge(crate::assets::routes())
}

/// The 404 page, for browsers; given to the outermost router.
pub fn not_found(demo: bool) -> axum::routing::MethodRouter {
    axum::routing::any(
        move |headers: HeaderMap, uri: Uri| async move { plain::not_found(demo, &headers, &uri) },
    )
}

impl Pages {
    /// The shell of a page for this reader.
    pub(crate) fn shell(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        section: Section,
        user: Option<User>,
    ) -> Shell {
        let lang = cookies::lang(headers, uri);
        let own = user.as_ref().map(|user| user.doors).unwrap_or_default();
        let doors = Doors { citizen: self.citizens.is_some(), ..own };
        Shell {
            lang,
            path: cookies::path_without_lang(uri),
            section,
            demo: self.demo,
            user,
            doors,
            places: None,
        }
    }
}
