//! The writer: one thread that commits all waiting drafts as one group.
use crate::contexts::Contexts;
use crate::metrics::Metrics;
use crate::months::MonthKeys;
use crate::prepare::Unit;
use crate::stored::Shelves;
use crate::unit::{self, Written};
use crate::{JournalError, Receipt};
use dancu_keys::KeyRing;
use dancu_storage::{StoreError, Tx};
use dancu_tlog::leaf_hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Pause before a group is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// Callers in a group from which on it is worth to wait for more before the next one.
const BUSY: usize = 4;

/// A unit that waits, and whom to answer.
pub(crate) struct Waiting {
    pub(crate) unit: Unit,
    pub(crate) answer: oneshot::Sender<Result<Vec<Receipt>, JournalError>>,
}

pub(crate) struct Writer {
    pub(crate) shelves: Arc<Shelves>,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) keys: Arc<MonthKeys>,
    /// Drafts in a group at most
    pub(crate) group: usize,
    pub(crate) patience: Duration,
    /// How long more drafts are awaited under load
    pub(crate) linger: Duration,
    pub(crate) metrics: Metrics,
    pub(crate) contexts: Contexts,
    /// Drafts that wait, the group under way included
    pub(crate) queued: Arc<AtomicUsize>,
    pub(crate) receiver: Receiver<Waiting>,
    /// Told the size of the log after each commit. Dropped with the writer, which tells whoever closes that all is
    /// written.
    pub(crate) grown: watch::Sender<u64>,
}

impl Writer {
    /// Works until every sender is gone and the queue is empty.
    pub(crate) fn run(mut self) {
        let mut last = 0;
        while let Ok(first) = self.receiver.recv() {
            // Where many call, a commit for the few that come during the one before it would cost more than they wait.
            if last >= BUSY {
                std::thread::sleep(self.linger);
            }
            let group = self.gather(first);
            last = group.len();
            let group = self.sealed(group);
            if !group.is_empty() {
                self.settle(group);
            }
        }
    }

    /// All that waits, up to the size of a group.
    fn gather(&self, first: Waiting) -> Vec<Waiting> {
        let mut drafts = first.unit.len();
        let mut group = vec![first];
        while drafts < self.group {
            let Ok(waiting) = self.receiver.try_recv() else { break };
            drafts += waiting.unit.len();
            group.push(waiting);
        }
        group
    }

    /// Seals personal parts whose key was not in memory yet; whose key cannot be had is answered here.
    fn sealed(&self, group: Vec<Waiting>) -> Vec<Waiting> {
        let seal = |mut waiting: Waiting| match waiting.unit.seal(&self.keys) {
            Ok(()) => Some(waiting),
            Err(error) => {
                self.fail(waiting, &error);
                None
            }
        };
        group.into_iter().filter_map(seal).collect()
    }

    /// Commits a group and answers everyone in it. What fails for a reason of its own must not take others with it,
    /// so then each unit is tried alone.
    fn settle(&mut self, group: Vec<Waiting>) {
        match self.commit_safely(&group) {
            Ok(written) => {
                let Written { answers, contexts, size } = written;
                self.contexts.keep(contexts, size);
                for (waiting, answer) in group.into_iter().zip(answers) {
                    self.answer(waiting, answer);
                }
                self.grown.send_replace(size);
            }
            Err(error) if group.len() > 1 && !is_of_the_store(&error) => {
                for waiting in group {
                    self.settle(vec![waiting]);
                }
            }
            Err(error) => {
                tracing::error!(%error, units = group.len(), "journal group not written");
                for waiting in group {
                    self.fail(waiting, &error);
                }
            }
        }
    }

    fn fail(&self, waiting: Waiting, error: &JournalError) {
        self.metrics.failed(waiting.unit.len());
        self.answer(waiting, Err(error.clone()));
    }

    /// Frees the places in the queue before the answer, so that whoever has the answer finds them free.
    fn answer(&self, waiting: Waiting, answer: Result<Vec<Receipt>, JournalError>) {
        let Waiting { unit, answer: caller } = waiting;
        self.queued.fetch_sub(unit.len(), Ordering::Relaxed);
        // What a draft holds of its call is given back before the answer too.
        drop(unit);
        // Who no longer waits for the answer has dropped its end.
        let _ = caller.send(answer);
    }

    /// A caller's answer function may panic; the writer must outlive it.
    fn commit_safely(&self, group: &[Waiting]) -> Result<Written, JournalError> {
        let units: Vec<&Unit> = group.iter().map(|waiting| &waiting.unit).collect();
        let started = Instant::now();
        let commit = || {
            commit(
                self.patience,
                &self.shelves,
                |write| self.shelves.store().run_tx("journal.append", write),
                |tx| unit::write(tx, &self.ring, &self.contexts, &units),
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
type Transaction<'t> = &'t mut dyn FnMut(&mut Tx<'_>) -> Result<Arc<Written>, JournalError>;

/// Commits a group once and only once.
///
/// When a commit's fate is unknown, the group is tried again, and its transaction looks first whether the earlier
/// attempt is there. If that attempt is still under way, both change the head row and one of them starts over.
fn commit(
    patience: Duration,
    shelves: &Shelves,
    mut run: impl FnMut(Transaction<'_>) -> Result<Arc<Written>, JournalError>,
    mut write: impl FnMut(&mut Tx<'_>) -> Result<Written, JournalError>,
) -> Result<Written, JournalError> {
    let until = Instant::now() + patience;
    let mut unknown: Vec<Arc<Written>> = Vec::new();
    loop {
        let mut latest = None;
        let result = run(&mut |tx| {
            for earlier in &unknown {
                if is_in(tx, shelves, earlier)? {
                    return Ok(Arc::clone(earlier));
                }
            }
            let written = Arc::new(write(tx)?);
            latest = Some(Arc::clone(&written));
            Ok(written)
        });
        let failed = match result {
            Ok(written) => {
                drop(latest);
                return Ok(Arc::unwrap_or_clone(written));
            }
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

/// Whether the log holds this group: its first call stands where it was put. No two calls are alike, so that tells.
fn is_in(tx: &mut Tx<'_>, shelves: &Shelves, written: &Written) -> Result<bool, JournalError> {
    let Some(first) = written.receipts().next() else { return Ok(false) };
    let found = shelves.read_in(tx, first.index, first.index + 1)?;
    Ok(found.first().is_some_and(|stored| leaf_hash(&stored.entry) == first.leaf_hash))
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
