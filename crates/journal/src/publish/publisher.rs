//! The publisher as its users see it.
use super::files::LogFiles;
use super::line::Line;
use super::metrics::Metrics;
use super::witnessed::Witnessed;
use super::worker::Worker;
use super::{NotCosigned, PublishError, PublisherOptions};
use crate::Journal;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{NoteSignature, SignerKey};
use dancu_tlog::policy::Policy;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// What is published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The newest checkpoint
    pub newest: SignedCheckpoint,
    /// The newest checkpoint with a quorum of witnesses
    pub witnessed: Option<SignedCheckpoint>,
    /// Witnesses that have cosigned the newest checkpoint, as far as it is known here
    pub cosigned: u32,
    /// Whether entries have been without a quorum of witnesses for longer than is allowed
    pub quorum_missing: bool,
}

impl Published {
    /// Entries under the newest checkpoint.
    pub fn size(&self) -> u64 {
        self.newest.checkpoint().head().size
    }
}

/// Publishes a journal. Clones are the same publisher; its thread ends when the last is dropped or
/// [`Publisher::close`] is called, after it has published what is committed.
#[derive(Clone)]
pub struct Publisher {
    inner: Arc<Inner>,
}

struct Inner {
    journal: Journal,
    files: LogFiles,
    witnessed: Arc<Witnessed>,
    metrics: Metrics,
    published: watch::Receiver<Published>,
    /// Dropped to stop; none once closed
    running: Mutex<Option<Sender<()>>>,
}

impl Publisher {
    /// Makes sure that the store continues what is published, publishes what is new, and starts the thread. Blocks.
    ///
    /// # Errors
    ///
    /// Those for which [`PublishError::is_final`] holds have halted the journal: it takes no entry.
    pub fn start(journal: Journal, options: PublisherOptions) -> Result<Self, PublishError> {
        let metrics = Metrics::default();
        let files = LogFiles::new(journal.blobs().clone());
        let PublisherOptions { signer, policy, every, look, settle_every, alarm_after } = options;
        if !policy.logs().iter().any(|log| log.key == *signer.verifier()) {
            return Err(PublishError::Key("the policy does not name it"));
        }
        let witnessed = Arc::new(Witnessed::new(files.clone(), policy));
        let begun = expect_open(&journal).and_then(|()| {
            let mut line = Line::open(journal.clone(), signer)?;
            line.publish(&metrics)?;
            Ok(line)
        });
        let line = begun.inspect_err(|error| halt(&journal, error))?;
        let newest = line.newest().cloned().ok_or(PublishError::Key("it signed nothing"))?;
        let (told, published) =
            watch::channel(Published { newest, witnessed: None, cosigned: 0, quorum_missing: false });
        let (running, stop) = channel();
        let worker = Worker {
            journal: journal.clone(),
            line,
            witnessed: Arc::clone(&witnessed),
            metrics: metrics.clone(),
            told,
            stop,
            every,
            look,
            settle_every,
            alarm_after,
        };
        let thread = std::thread::Builder::new().name("journal-publish".to_owned());
        thread
            .spawn(move || worker.run())
            .map_err(|_| crate::JournalError::Internal("no thread for the publisher"))?;
        let running = Mutex::new(Some(running));
        let inner = Inner { journal, files, witnessed, metrics, published, running };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether the store continues what is published, as [`Publisher::start`] would find it, without writing anything and
    /// without halting the journal; gives how many entries are published. Blocks.
    pub fn examine(journal: &Journal, signer: SignerKey) -> Result<u64, PublishError> {
        expect_open(journal)?;
        Line::examine(journal.clone(), signer)
    }

    /// What is published, now and from now on. Closed when the thread has ended.
    pub fn published(&self) -> watch::Receiver<Published> {
        self.inner.published.clone()
    }

    /// The log's public files.
    pub fn files(&self) -> &LogFiles {
        &self.inner.files
    }

    /// What verifiers are told: the log's key, the witnesses, their quorum.
    pub fn policy(&self) -> &Policy {
        self.inner.witnessed.policy()
    }

    /// Name of the log, the first line of its checkpoints.
    pub fn origin(&self) -> String {
        self.inner.published.borrow().newest.checkpoint().origin().to_owned()
    }

    /// Takes cosignatures under a checkpoint of this log, each by a witness of the policy. Tells whether the checkpoint
    /// has a quorum now. Blocks.
    pub fn add_cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<bool, NotCosigned> {
        self.inner.witnessed.add(checkpoint, cosignatures)
    }

    /// Publishes what is committed and ends the thread.
    pub async fn close(&self) {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut published = self.published();
        while published.changed().await.is_ok() {}
    }

    /// Offers the counters to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.metrics.register(registry);
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.inner.journal
    }
}

/// What came back from a backup is not written on before somebody says that nothing is missing.
fn expect_open(journal: &Journal) -> Result<(), PublishError> {
    if journal.barred()?.is_some() { Err(PublishError::Barred) } else { Ok(()) }
}

/// Nothing more is written when the store and the published log do not agree.
pub(super) fn halt(journal: &Journal, error: &PublishError) {
    if error.is_final() {
        tracing::error!(%error, "ALARM: the journal is halted");
        journal.halt(&error.to_string());
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("size", &self.inner.published.borrow().size())
            .finish_non_exhaustive()
    }
}
