//! The people's door, when a system is configured for it.
use crate::config::Config;
use anyhow::{Context as _, bail};
use axum::Router;
use dancu_gateway::routes::Gate;
use dancu_journal::inquiry::Inquiries;
use dancu_keys::{PasswordParams, password};
use dancu_policy::Calendar;
use dancu_storage::Store;
use dancu_web::door::console::DemoStaff;
use dancu_web::door::{CitizenDoor, CitizenSessions, Pages, Sessions};
use dancu_web::pages::DemoAccount;
use std::sync::Arc;

/// Whom the demonstration lets in, and tells everybody; nobody otherwise.
#[derive(Clone, Default)]
pub struct Guests {
    /// Officers
    pub accounts: Vec<DemoAccount>,
    /// Citizens
    pub citizens: Option<CitizenGuests>,
    /// People of the console
    pub staff: Vec<DemoStaff>,
}

/// Citizens of the demonstration.
#[derive(Clone)]
pub struct CitizenGuests {
    /// The code by which all of them sign in
    pub code: String,
    /// Some to try with: number and name
    pub people: Vec<(String, String)>,
}

/// The pages, or only their 404 when they are switched off. Blocks.
pub fn router(config: &Config, gate: &Gate, store: &Store, guests: Guests) -> anyhow::Result<Router> {
    let router = if config.web.system.is_empty() {
        Router::new()
    } else {
        dancu_web::door::router(Pages {
            road: Arc::clone(&gate.road),
            system: config.web.system.as_str().into(),
            demo: config.web.demo,
            citizens: citizens(config, guests.citizens)?,
            accounts: guests.accounts,
            public_url: config.listen.public_url.clone(),
            soap_path: config.listen.soap_path.clone(),
            sessions: Sessions::new(config.web.session_minutes),
            inquiries: Inquiries::open(store.clone(), gate.road.ring.clone()).context("inquiries")?,
            calendar: Calendar::built_in().context("deadlines of the law")?,
        })
    };
    Ok(router.fallback_service(dancu_web::door::not_found(config.web.demo)))
}

fn citizens(config: &Config, guests: Option<CitizenGuests>) -> anyhow::Result<Option<CitizenDoor>> {
    match (config.web.citizen_sign_in.as_str(), guests) {
        ("off", _) => Ok(None),
        ("demo", Some(guests)) => {
            let hash = password::hash(guests.code.as_bytes(), PasswordParams::default())?;
            Ok(Some(CitizenDoor {
                code_hash: hash.into(),
                code: guests.code,
                people: guests.people,
                sessions: CitizenSessions::new(config.web.session_minutes),
            }))
        }
        ("demo", None) => {
            bail!("web.citizen_sign_in \"demo\" lets anybody in as anybody: it is for dancu demo alone")
        }
        (other, _) => bail!("web.citizen_sign_in {other:?} is unknown: off or demo"),
    }
}
