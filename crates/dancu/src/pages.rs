//! The people's door, when a system is configured for it.
use crate::config::Config;
use axum::Router;
use dancu_gateway::routes::Gate;
use dancu_web::door::{Pages, Sessions};
use std::sync::Arc;

/// The pages, or only their 404 when they are switched off.
pub fn router(config: &Config, gate: &Gate, accounts: Vec<dancu_web::pages::DemoAccount>) -> Router {
    let router = if config.web.system.is_empty() {
        Router::new()
    } else {
        dancu_web::door::router(Pages {
            road: Arc::clone(&gate.road),
            system: config.web.system.as_str().into(),
            demo: config.web.demo,
            accounts,
            public_url: config.listen.public_url.clone(),
            soap_path: config.listen.soap_path.clone(),
            sessions: Sessions::new(config.web.session_minutes),
        })
    };
    router.fallback_service(dancu_web::door::not_found(config.web.demo))
}
