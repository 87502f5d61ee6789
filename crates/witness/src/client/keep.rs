//! Keeps a log cosigned, beside its traffic.
use super::{Log, WitnessClient};
use dancu_tlog::checkpoint::SignedCheckpoint;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How a log is kept cosigned.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// pause between two rounds
    pub every: Duration,
    /// time without a quorum for a newest checkpoint after which the alarm is raised
    pub alarm_after: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { every: Duration::from_secs(1), alarm_after: Duration::from_mins(1) }
    }
}

/// Takes each newest checkpoint to the witnesses until `stopped` turns true. Fails never: what goes wrong is counted, told
/// to the log file, and tried again.
pub async fn keep_cosigned(
    client: WitnessClient,
    log: Arc<dyn Log>,
    keeping: Keeping,
    mut stopped: watch::Receiver<bool>,
) {
    let mut quorum = Quorum { reached: Instant::now(), text: None, is_alarmed: false };
    loop {
        let round = round(&client, &log, &mut quorum);
        tokio::select! {
            () = round => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        quorum.judge(&client, keeping.alarm_after);
        tokio::select! {
            () = tokio::time::sleep(keeping.every) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

async fn round(client: &WitnessClient, log: &Arc<dyn Log>, quorum: &mut Quorum) {
    let Some(newest) = newest(log).await else {
        // Nothing to cosign is no missing quorum.
        quorum.reached = Instant::now();
        return;
    };
    let round = client.cosign(&newest, log).await;
    if round.has_quorum {
        quorum.reached = Instant::now();
        quorum.text = Some(newest.note().text().to_owned());
        client.metrics.witnessed(newest.checkpoint().head().size);
    } else if quorum.text.as_deref() == Some(newest.note().text()) {
        // Nothing new was written since.
        quorum.reached = Instant::now();
    }
}

async fn newest(log: &Arc<dyn Log>) -> Option<SignedCheckpoint> {
    let log = Arc::clone(log);
    match tokio::task::spawn_blocking(move || log.newest()).await {
        Ok(Ok(newest)) => newest,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the newest checkpoint could not be read");
            None
        }
        Err(_) => None,
    }
}

/// When the newest checkpoint last had its quorum.
struct Quorum {
    reached: Instant,
    /// the checkpoint that had it
    text: Option<String>,
    is_alarmed: bool,
}

impl Quorum {
    /// Raises the alarm once, and takes it back once.
    fn judge(&mut self, client: &WitnessClient, alarm_after: Duration) {
        let is_missing = self.reached.elapsed() > alarm_after;
        if is_missing && !self.is_alarmed {
            tracing::error!(
                seconds = self.reached.elapsed().as_secs(),
                "ALARM: no quorum of witnesses has cosigned the log; answers go on"
            );
        } else if !is_missing && self.is_alarmed {
            tracing::info!("a quorum of witnesses has cosigned the log again");
        }
        self.is_alarmed = is_missing;
        client.metrics.quorum_missing(is_missing);
    }
}
