//! The console's door: who governs connections signs in here, at an address of its own, and every deed is an entry of the
//! journal before it has an effect.
mod enter;
mod files;
mod forms;
mod lists;
mod matter;
mod orders;
mod request;
mod seat;
mod table;
mod words;

pub use table::{ROUTES, Way};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use dancu_gateway::Road;
use dancu_governance::Governance;
use dancu_staff::Staff;
use std::sync::Arc;

/// What the console needs to know of the service.
pub struct Console {
    /// The one road
    pub road: Arc<Road>,
    /// Who administers
    pub staff: Staff,
    /// The connections' lives
    pub governance: Governance,
    /// Say on every page that the people are synthetic
    pub demo: bool,
    /// Accounts that the demo tells everybody
    pub accounts: Vec<DemoStaff>,
}

/// An account that the demo tells everybody.
#[derive(Clone)]
pub struct DemoStaff {
    /// Login
    pub login: String,
    /// Password
    pub password: String,
    /// Name
    pub name: String,
    /// Role, as `dancu_policy::duty` names it
    pub role: String,
}

/// Shared by every handler.
pub(crate) type Shared = Arc<Console>;

/// Bytes of a form with its files.
const FORM_BYTES: usize = 64 * 1024 * 1024;

/// All pages of the console.
pub fn router(console: Console) -> Router {
    let demo = console.demo;
    table::router()
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .with_state(Arc::new(console))
        .merge(crate::assets::routes())
        .fallback_service(seat::not_found(demo))
}
