//! What the doors share, put together floor by floor.
use super::Floor;
use crate::clean::hands::Hands;
use crate::config::Config;
use crate::pages::Guests;
use anyhow::Context as _;
use dancu_gateway::authenticate::Authenticator;
use dancu_gateway::routes::{Documents, Gate};
use dancu_gateway::{CallLimits, Clock, Freshness, Road, RoadMetrics, Sandbox, Turnstile, Uses};
use dancu_journal::index::Running;
use dancu_keys::{PasswordCache, PasswordParams, Signer};
use dancu_registry::TestPeople;
use std::sync::Arc;
use std::time::Duration;

/// The composed service: what the doors share, the counters, the thread of the index, the pages.
pub(super) struct Composed {
    pub(super) gate: Gate,
    pub(super) metrics: prometheus_client::registry::Registry,
    pub(super) index: Running,
    pub(super) watching: Option<dancu_watch::Running>,
    pub(super) counting: Running,
    pub(super) hands: Hands,
    pub(super) pages: axum::Router,
    pub(super) console: crate::console::Opened,
    pub(super) console_pages: axum::Router,
}

pub(super) fn compose(
    config: &Config,
    floor: &Floor,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    guests: Guests,
) -> anyhow::Result<(Composed, crate::feed::Opened)> {
    let documents = documents(config, &signer)?;
    let (road, mut metrics, index, feed) = road(config, floor, signer, clock)?;
    let gate = Gate {
        road,
        documents: Arc::new(documents),
        trackers: config.tracker.systems.clone().into(),
        enrolment: crate::pki::enrolment(config)?,
    };
    let log = Arc::new(gate.road.journal.clone());
    let console = crate::console::open(config, floor, &gate.road.guard.watch, log)?;
    console.usage.register_metrics(&mut metrics);
    let console_pages = crate::console::router(config, &console, &gate, guests.staff.clone())?;
    let pages = crate::pages::router(config, &gate, &floor.store, guests)?;
    // Last: from here on alerts are acted upon.
    let watching = crate::watch::start(config, &gate.road, &console)?;
    let clock = Arc::clone(&gate.road.clock);
    let hands =
        Hands::start(config, &console.cleaning, &crate::clean::teller(&gate.road.journal), &gate.road)?;
    let counting = console.usage.start(Arc::new(move || clock.now_us())).context("figures of use")?;
    Ok((Composed { gate, metrics, index, watching, counting, hands, pages, console, console_pages }, feed))
}

fn road(
    config: &Config,
    floor: &Floor,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<(Arc<Road>, prometheus_client::registry::Registry, Running, crate::feed::Opened)> {
    let mut metrics = prometheus_client::registry::Registry::default();
    let (journal, publisher) = crate::journal::start(config, floor)?;
    let proofs = (crate::journal::prove(&publisher), crate::journal::provable(&publisher));
    let (evidence, index) = crate::evidence::start(config, floor, &journal, Arc::clone(&clock), proofs)?;
    let feed = crate::feed::open(config, floor, &journal, &clock)?;
    let guard = crate::watch::open(config, floor, &journal, &clock)?;
    let limits = &config.limits;
    let road = Road {
        exchange: floor.exchange.clone(),
        registry: floor.registry.clone(),
        sandbox: Sandbox {
            people: TestPeople::draw(),
            record: Arc::new(crate::sandbox::Recorder(crate::console::governance(config, floor)?)),
        },
        journal,
        evidence,
        publisher,
        log: config.journal.origin.clone(),
        signer,
        ring: floor.ring.clone(),
        events: feed.events(),
        guard,
        authenticator: Authenticator::new(PasswordCache::new(10_000)?, 2, PasswordParams::default())?,
        turnstile: Turnstile::new(CallLimits {
            calls: limits.calls,
            calls_per_system: limits.calls_per_system,
            failures_per_minute: limits.failures_per_minute,
            strangers_per_minute: limits.strangers_per_minute,
            body_bytes: limits.body_bytes,
            header_bytes: limits.header_bytes,
            body_time: Duration::from_secs(limits.body_seconds),
        }),
        clock,
        metrics: RoadMetrics::default(),
        uses: Uses::default(),
        freshness: Freshness::new(Duration::from_secs(limits.stale_seconds)),
        idempotency_us: i64::from(config.journal.idempotency_hours) * 3_600_000_000,
    };
    road.metrics.register(&mut metrics);
    road.journal.register_metrics(&mut metrics);
    road.publisher.register_metrics(&mut metrics);
    floor.store.metrics().register(&mut metrics);
    road.guard.watch.register_metrics(&mut metrics);
    if let Some(feed) = &feed.feed {
        feed.register_metrics(&mut metrics);
    }
    Ok((Arc::new(road), metrics, index, feed))
}

fn documents(config: &Config, signer: &Signer) -> anyhow::Result<Documents> {
    let base = config.listen.public_url.trim_end_matches('/');
    Ok(Documents {
        wsdl: dancu_message::soap::wsdl(&format!("{base}{}", config.listen.soap_path)),
        openapi: dancu_gateway::routes::openapi(base),
        jwks: serde_json::to_string(&signer.jwks())?,
    })
}
