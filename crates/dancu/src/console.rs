//! The console by its configuration: who governs connections, at an address of its own.
use crate::config::Config;
use crate::server::Floor;
use anyhow::Context as _;
use axum::Router;
use dancu_gateway::Road;
use dancu_governance::Governance;
use dancu_governance::rules::Rules;
use dancu_policy::Calendar;
use dancu_staff::{Console as Address, Staff};
use dancu_storage::blob::Blobs;
use dancu_web::door::console::DemoStaff;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at what time has done.
const EVERY: Duration = Duration::from_mins(1);

/// What the console works with.
#[derive(Clone)]
pub struct Opened {
    pub staff: Staff,
    pub governance: Governance,
}

/// Opens staff and governance; brings their tables up to date. Blocks.
pub fn open(config: &Config, floor: &Floor) -> anyhow::Result<Opened> {
    let console = &config.console;
    let origin = console.public_url.trim_end_matches('/');
    let host = origin.split("://").nth(1).and_then(|rest| rest.split([':', '/']).next()).unwrap_or_default();
    let address = Address { domain: host.to_owned(), origin: origin.to_owned(), name: console.name.clone() };
    let staff =
        Staff::open(floor.store.clone(), floor.ring.clone(), &address).context("console.public_url")?;
    let rules = Rules::built_in().context("the rules of governance")?;
    let calendar = Calendar::built_in().context("deadlines of the law")?;
    let documents = documents(config)?;
    let governance = Governance::open(floor.exchange.clone(), floor.ring.clone(), documents, rules, calendar)
        .context("governance")?;
    Ok(Opened { staff, governance })
}

/// Where attachments lie, sealed.
fn documents(config: &Config) -> anyhow::Result<Blobs> {
    let folder = &config.console.documents;
    if folder.as_os_str().is_empty() {
        return crate::journal::blobs_beside(config, ".documents").context("console.documents");
    }
    crate::files::private_directory(folder)?;
    Blobs::folder(folder).with_context(|| format!("console.documents {}", folder.display()))
}

/// The pages.
pub fn router(config: &Config, opened: &Opened, road: &Arc<Road>, accounts: Vec<DemoStaff>) -> Router {
    dancu_web::door::console::router(dancu_web::door::console::Console {
        road: Arc::clone(road),
        staff: opened.staff.clone(),
        governance: opened.governance.clone(),
        demo: config.web.demo,
        accounts,
    })
}

/// Does what time does until the service stops: warnings, deadlines, sandboxes, idle accounts. Any number of servers may.
pub async fn keep(opened: Opened, road: Arc<Road>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let (opened, now_us) = (opened.clone(), road.clock.now_us());
        let ticked = tokio::task::spawn_blocking(move || {
            let events = opened.governance.tick(now_us)?;
            let kept = opened.staff.refresh(now_us)?;
            anyhow::Ok((events.len(), kept.unused.len() + kept.expired.len() + kept.emergencies.len()))
        });
        match ticked.await {
            Ok(Ok((0, 0))) | Err(_) => {}
            Ok(Ok((events, accounts))) => {
                tracing::info!(events, accounts, "deadlines and idle accounts were kept");
            }
            Ok(Err(error)) => tracing::warn!(%error, "deadlines could not be looked after"),
        }
    }
}
