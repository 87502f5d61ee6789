//! The console's door: who governs connections signs in here, at an address of its own, and every deed is an entry of the
//! journal before it has an effect.
mod accounts;
mod alerts;
mod api;
mod bulk;
mod campaigns;
mod cases;
mod cleaning;
mod deed;
mod enter;
mod evidence;
mod files;
mod force;
mod forms;
mod lists;
mod matter;
mod me;
mod orders;
mod papers;
mod pki;
mod request;
mod seat;
mod slots;
mod sources;
mod staff;
mod table;
mod usage;
mod words;
mod work;

pub use api::openapi;
pub use cleaning::{Cleaner, Packs};
pub use papers::Body;
pub use table::{Route, Way, routes};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use dancu_campaign::Campaigns;
use dancu_evidence::Evidences;
use dancu_gateway::{Enrolment, Road};
use dancu_governance::Governance;
use dancu_secrets::Secrets;
use dancu_staff::Staff;
use dancu_usage::Usage;
use dancu_watch::Watch;
use std::sync::Arc;

/// What the console needs to know of the service.
pub struct Console {
    /// The one road
    pub road: Arc<Road>,
    /// Who administers
    pub staff: Staff,
    /// The connections' lives
    pub governance: Governance,
    /// Accounts in bulk: tables, quotas, reviews, registration campaigns
    pub campaigns: Campaigns,
    /// Secrets on their way to connected systems
    pub secrets: Secrets,
    /// Alerts, brakes, rules of the watch
    pub watch: Watch,
    /// The managing body as its papers name it
    pub body: Body,
    /// Figures of use
    pub usage: Usage,
    /// The authority that issues certificates; none where none is configured
    pub enrolment: Option<Arc<Enrolment>>,
    /// Evidence files
    pub evidence: Evidences,
    /// Cleaning jobs
    pub cleaning: Arc<Cleaner>,
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
        .fallback_service(api::not_found(demo))
}
