//! The publisher's thread.
use super::line::Line;
use super::metrics::Metrics;
use super::publisher::halt;
use super::witnessed::Witnessed;
use super::{PublishError, Published};
use crate::Journal;
use dancu_tlog::checkpoint::SignedCheckpoint;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Worker {
    pub(super) journal: Journal,
    pub(super) line: Line,
    pub(super) witnessed: Arc<Witnessed>,
    pub(super) metrics: Metrics,
    pub(super) told: watch::Sender<Published>,
    /// Ends when the publisher is closed
    pub(super) stop: Receiver<()>,
    pub(super) every: Duration,
    pub(super) look: Duration,
    pub(super) settle_every: Option<Duration>,
    pub(super) alarm_after: Duration,
}

/// What happened when.
struct Times {
    looked: Instant,
    settled: Instant,
    /// Entries under the newest witnessed checkpoint
    covered: u64,
    /// Since when there have been entries without a quorum, and no newer quorum
    alone: Option<Instant>,
    alarmed: bool,
}

impl Worker {
    /// Works until it is told to stop, and then publishes what is committed.
    pub(super) fn run(mut self) {
        let now = Instant::now();
        let mut times = Times { looked: now, settled: now, covered: 0, alone: None, alarmed: false };
        let mut pause = Duration::ZERO;
        loop {
            self.tell(&mut times);
            let stop = !matches!(self.stop.recv_timeout(self.every + pause), Err(RecvTimeoutError::Timeout));
            let has_grown = *self.journal.grown().borrow() > self.line.size();
            if has_grown || stop || times.looked.elapsed() >= self.look {
                times.looked = Instant::now();
                pause = Duration::ZERO;
                if let Err(error) = self.round(&mut times) {
                    if error.is_final() {
                        self.metrics.halted();
                        return halt(&self.journal, &error);
                    }
                    self.metrics.failed();
                    tracing::warn!(%error, "nothing published; trying again");
                    pause = PAUSE;
                }
            }
            if stop {
                return self.tell(&mut times);
            }
        }
    }

    fn round(&mut self, times: &mut Times) -> Result<(), PublishError> {
        self.line.publish(&self.metrics)?;
        self.witnessed.refresh()?;
        if self.settle_every.is_some_and(|every| times.settled.elapsed() >= every) {
            times.settled = Instant::now();
            self.line.settle()?;
        }
        Ok(())
    }

    /// Tells what is published, and whether witnesses are missing.
    fn tell(&self, times: &mut Times) {
        let Some(newest) = self.line.newest().cloned() else { return };
        let witnessed = self.witnessed.newest();
        let size = |of: &SignedCheckpoint| of.checkpoint().head().size;
        let (published, covered) = (size(&newest), witnessed.as_ref().map_or(0, size));
        self.metrics.sizes(published, covered);
        self.alarm(published, covered, times);
        let (cosigned, quorum_missing) = (self.witnessed.count(&newest), times.alarmed);
        self.told.send_if_modified(|told| {
            let is_new =
                told.newest != newest || told.witnessed != witnessed || told.quorum_missing != quorum_missing;
            *told = Published { newest, witnessed, cosigned, quorum_missing };
            is_new
        });
    }

    /// Raises the alarm once when entries have been without witnesses for too long, and takes it back.
    fn alarm(&self, published: u64, covered: u64, times: &mut Times) {
        if self.witnessed.policy().quorum().is_none() {
            return;
        }
        if covered >= published || covered > times.covered {
            times.alone = None;
        }
        times.covered = covered;
        let missing =
            covered < published && times.alone.get_or_insert_with(Instant::now).elapsed() >= self.alarm_after;
        if missing != times.alarmed {
            times.alarmed = missing;
            self.metrics.quorum_missing(missing);
            if missing {
                tracing::error!(
                    published,
                    witnessed = covered,
                    "ALARM: too few witnesses cosign the journal"
                );
            } else {
                tracing::info!(published, witnessed = covered, "the journal's witnesses are back");
            }
        }
    }
}
