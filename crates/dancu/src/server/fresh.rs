//! What a server does beside its calls: it follows changes of others, cuts who may no longer stay, forgets what is over.
use crate::notes::Notes;
use anyhow::Context as _;
use dancu_feed::Event;
use dancu_gateway::Road;
use dancu_gateway::door::Inside;
use dancu_keys::KeyDir;
use dancu_secrets::Secrets;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at the store. Changes made by other servers on it reach this one within a tenth of a second: this, and what
/// a look takes under load.
const FRESHNESS: Duration = Duration::from_millis(50);

pub(super) async fn keep_fresh(
    road: Arc<Road>,
    keys: KeyDir,
    inside: Inside,
    mut notes: Notes,
    mut stopped: watch::Receiver<bool>,
) {
    let mut judged = road.exchange.snapshot().version;
    loop {
        notes.keep(&road, judged).await;
        let is_over = tokio::select! {
            () = tokio::time::sleep(FRESHNESS) => false,
            _ = stopped.wait_for(|stopped| *stopped) => true,
        };
        if is_over {
            return notes.end(&road).await;
        }
        let (reading, keys) = (Arc::clone(&road), keys.clone());
        let refreshed = tokio::task::spawn_blocking(move || {
            let road = reading;
            // Keys first: what another server sealed under a new one must open here.
            let current = road.ring.current();
            if let Err(error) = keys.reload(&road.ring) {
                tracing::warn!(%error, "the folder of the keys could not be read again");
            }
            if road.ring.current() != current {
                road.events.emit(Event::KeysRotated { key: format!("sealing {}", road.ring.current()) });
            }
            let rules = road.exchange.refresh().map(|_| ()).map_err(anyhow::Error::from);
            let people = road.registry.refresh().map(|_| ()).map_err(anyhow::Error::from);
            rules.and(people)
        });
        match refreshed.await {
            Ok(Ok(())) => {
                road.freshness.renew();
                cut_short(&road, &inside, &mut judged);
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "changes of other servers could not be read");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(_) => {}
        }
    }
}

/// Cuts the connections of those who lost the right to one since the rules were last judged.
fn cut_short(road: &Road, inside: &Inside, judged: &mut i64) {
    let snapshot = road.exchange.snapshot();
    if snapshot.version == *judged {
        return;
    }
    *judged = snapshot.version;
    let connections = inside.cut(|fingerprint| snapshot.may_stay(fingerprint));
    if connections > 0 {
        tracing::info!(connections, "cut: their systems may not connect any more");
    }
}

/// Every minute: what is over is forgotten, and who was seen is written down.
pub(super) async fn sweep(road: Arc<Road>, secrets: Secrets, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_mins(1)) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let now_us = road.clock.now_us();
        if let Err(error) = road.journal.sweep(now_us).await {
            tracing::warn!(%error, "expired request ids could not be swept");
        }
        let (exchange, secrets) = (road.exchange.clone(), secrets.clone());
        let swept = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            exchange.write_seen().context("which workstations were seen could not be written")?;
            exchange.forget_former(now_us).context("former credentials could not be forgotten")?;
            exchange
                .forget_servers(now_us - crate::notes::KEPT_US)
                .context("servers of long ago could not be forgotten")?;
            secrets.sweep(now_us).context("envelopes that nobody took could not be erased")?;
            Ok(())
        });
        if let Ok(Err(error)) = swept.await {
            tracing::warn!("{error:#}");
        }
    }
}
