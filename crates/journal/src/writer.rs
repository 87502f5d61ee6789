//! The writer: one thread that commits all waiting drafts as one group.
use crate::metrics::Metrics;
use crate::unit::{self, Unit, Written};
use crate::{JournalError, Options, Receipt};
use dancu_keys::KeyRing;
use dancu_storage::{Store, StoreError, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Pause before a group is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// A unit that waits, and whom to answer.
pub(crate) struct Waiting {
    pub(crate) unit: Unit,
    pub(crate) answer: oneshot::Sender<Result<Vec<Receipt>, JournalError>>,
}

pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    /// Drafts that wait, the group under way included
    pub(crate) queued: Arc<AtomicUsize>,
    pub(crate) receiver: Receiver<Waiting>,
    /// Dropped with the writer, which tells whoever closes that all is written
    pub(crate) _done: watch::Sender<()>,
}

impl Writer {
    /// Works until every sender is gone and the queue is empty.
    pub(crate) fn run(self) {
        while let Ok(first) = self.receiver.recv() {
            self.settle(self.gather(first));
        }
    }

    /// All that waits, up to the size of a group.
    fn gather(&self, first: Waiting) -> Vec<Waiting> {
        let mut drafts = first.unit.len();
        let mut group = vec![first];
        while drafts < self.options.group {
            let Ok(waiting) = self.receiver.try_recv() else { break };
            drafts += waiting.unit.len();
            group.push(waiting);
        }
        group
    }

    /// Commits a group and answers everyone in it. What fails for a reason of its own must not take others with it,
    /// so then each unit is tried alone.
    fn settle(&self, group: Vec<Waiting>) {
        let result = self.commit_safely(&group);
        match result {
            Ok(written) => {
                for (waiting, answer) in group.into_iter().zip(written.answers) {
                    self.answer(waiting, answer);
                }
            }
            Err(error) if group.len() > 1 && !is_of_the_store(&error) => {
                for waiting in group {
                    self.settle(vec![waiting]);
                }
            }
            Err(error) => {
                tracing::error!(%error, units = group.len(), "journal group not written");
                for waiting in group {
                    self.metrics.failed(waiting.unit.len());
                    self.answer(waiting, Err(error.clone()));
                }
            }
        }
    }

    /// Frees the places in the queue before the answer, so that whoever has the answer finds them free.
    fn answer(&self, waiting: Waiting, answer: Result<Vec<Receipt>, JournalError>) {
        self.queued.fetch_sub(waiting.unit.len(), Ordering::Relaxed);
        // Who no longer waits for the answer has dropped its end.
        let _ = waiting.answer.send(answer);
    }

    /// A caller's answer function may panic; the writer must outlive it.
    fn commit_safely(&self, group: &[Waiting]) -> Result<Written, JournalError> {
        let units: Vec<&Unit> = group.iter().map(|waiting| &waiting.unit).collect();
        let started = Instant::now();
        let commit = || {
            commit(
                self.options.patience,
                |write| self.store.run_tx("journal.append", write),
                |tx| unit::write(tx, &self.ring, &units),
            )
        };
        let written =
            catch_unwind(AssertUnwindSafe(commit)).unwrap_or(Err(JournalError::Internal("panic")))?;
        let refused = written.receipts().filter(|receipt| receipt.ruling.is_err()).count() as u64;
        let all = written.receipts().count() as u64;
        self.metrics.committed(all - refused, refused, started.elapsed());
        Ok(written)
    }
}

/// Whether every unit of the group would fail the same way.
fn is_of_the_store(error: &JournalError) -> bool {
    matches!(error, JournalError::Full | JournalError::Unavailable | JournalError::Unknown)
}

/// One transaction of a group, as the store runs it.
type Transaction<'t> = &'t mut dyn FnMut(&mut Tx<'_>) -> Result<Written, JournalError>;

/// Commits a group once and only once.
///
/// When a commit's fate is unknown, the group is tried again, and its transaction looks first whether the earlier
/// attempt is there. If that attempt is still under way, both change the head row and one of them starts over.
fn commit(
    patience: Duration,
    mut run: impl FnMut(Transaction<'_>) -> Result<Written, JournalError>,
    mut write: impl FnMut(&mut Tx<'_>) -> Result<Written, JournalError>,
) -> Result<Written, JournalError> {
    let until = Instant::now() + patience;
    let mut unknown: Vec<Written> = Vec::new();
    loop {
        let mut latest = None;
        let result = run(&mut |tx| {
            for earlier in &unknown {
                if earlier.is_in(tx)? {
                    return Ok(earlier.clone());
                }
            }
            let written = write(tx)?;
            latest = Some(written.clone());
            Ok(written)
        });
        let failed = match result {
            Ok(written) => return Ok(written),
            Err(error) => error,
        };
        match failed {
            JournalError::Store(StoreError::CommitUnknown(_)) => unknown.extend(latest),
            JournalError::Store(StoreError::Serialization(_)) => {}
            _ if !unknown.is_empty() => {}
            other => return Err(other),
        }
        if Instant::now() >= until {
            return Err(if unknown.is_empty() { JournalError::Unavailable } else { JournalError::Unknown });
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
