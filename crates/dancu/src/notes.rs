//! This server among others: which version of the rules it judges by, noted where the console shows how fast an order is in
//! force everywhere.
use dancu_gateway::Road;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two notes that it runs, when nothing changes.
const EVERY: Duration = Duration::from_secs(10);
/// Notes are kept for so long: 90 days.
pub const KEPT_US: i64 = 90 * 86_400_000_000;

/// What this server has noted.
pub struct Notes {
    server: String,
    version: Option<i64>,
    at: Option<Instant>,
}

impl Notes {
    /// Nothing yet, under an id of its own.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { server: crate::files::random_text(9)?, version: None, at: None })
    }

    /// Notes the version when it is another one, and otherwise now and then that the server runs.
    ///
    /// A note that fails is tried again with the next one; calls do not wait for it.
    pub async fn keep(&mut self, road: &Arc<Road>, version: i64) {
        let is_new = self.version != Some(version);
        if !is_new && self.at.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        let (noting, server, now_us) = (Arc::clone(road), self.server.clone(), road.clock.now_us());
        let noted = tokio::task::spawn_blocking(move || {
            if is_new {
                noting.exchange.note_in_force(&server, version, now_us)
            } else {
                noting.exchange.note_running(&server, now_us)
            }
        });
        match noted.await {
            Ok(Ok(())) => (self.version, self.at) = (Some(version), Some(Instant::now())),
            Ok(Err(error)) => tracing::warn!(%error, "the version in force could not be noted"),
            Err(_) => {}
        }
    }

    /// Notes the end.
    pub async fn end(&self, road: &Arc<Road>) {
        let (road, server, now_us) = (Arc::clone(road), self.server.clone(), road.clock.now_us());
        let noted = tokio::task::spawn_blocking(move || road.exchange.note_ended(&server, now_us));
        if let Ok(Err(error)) = noted.await {
            tracing::warn!(%error, "the end of this server could not be noted");
        }
    }
}
