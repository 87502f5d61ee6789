//! The journal as its users see it.
use crate::bar::{REASON, barred};
use crate::contexts::Contexts;
use crate::metrics::Metrics;
use crate::months::MonthKeys;
use crate::open::ContextsRead;
use crate::prepare::Unit;
use crate::stored::Shelves;
use crate::writer::{Waiting, Writer};
use crate::{Draft, Idempotency, JournalError, Receipt, Record, head, schema};
use dancu_keys::KeyRing;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use prometheus_client::registry::Registry;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// How the writer works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Drafts committed together at most (a unit is never split)
    pub group: usize,
    /// Drafts that may wait; more are turned away at once
    pub queue: usize,
    /// How long a group is tried again after collisions or a commit of unknown fate
    pub patience: Duration,
    /// How long more drafts are awaited before a group is committed, when the group before it was no small one: fewer commits
    /// for the same calls. Who calls alone never waits
    pub linger: Duration,
    /// Where the log is published: entry bundles that have left the tables are read from here
    pub blobs: Blobs,
    /// Where the sealed parts of closed months go
    pub archive: Blobs,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            group: 256,
            queue: 8192,
            patience: Duration::from_secs(3),
            linger: Duration::from_micros(400),
            blobs: Blobs::memory(),
            archive: Blobs::memory(),
        }
    }
}

/// The access log. Clones are the same journal; the writer ends when the last is dropped or [`Journal::close`] is
/// called, and writes all that waits before it does.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    shelves: Arc<Shelves>,
    ring: Arc<KeyRing>,
    keys: Arc<MonthKeys>,
    contexts_read: ContextsRead,
    metrics: Metrics,
    limit: usize,
    queued: Arc<AtomicUsize>,
    /// None once closed
    sender: RwLock<Option<Sender<Waiting>>>,
    grown: watch::Receiver<u64>,
    /// Why no entry is taken any more
    halted: OnceLock<String>,
}

impl Journal {
    /// Brings the tables up to date and starts the writer. Blocks. Several servers may open journals on one store;
    /// together they number their entries without gaps.
    pub fn open(store: Store, ring: impl Into<Arc<KeyRing>>, options: Options) -> Result<Self, JournalError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let (ring, metrics, queued) = (ring.into(), Metrics::default(), Arc::new(AtomicUsize::new(0)));
        let keys = Arc::new(MonthKeys::new(store.clone(), Arc::clone(&ring)));
        let (sender, receiver) = channel();
        let (told, grown) = watch::channel(store.read("journal.len", head::size)?);
        let is_barred = store.read("journal.barred", barred)?.is_some();
        let shelves = Arc::new(Shelves::new(store, options.blobs, options.archive));
        let writer = Writer {
            shelves: Arc::clone(&shelves),
            ring: Arc::clone(&ring),
            keys: Arc::clone(&keys),
            group: options.group,
            patience: options.patience,
            linger: options.linger,
            metrics: metrics.clone(),
            contexts: Contexts::default(),
            queued: Arc::clone(&queued),
            receiver,
            grown: told,
        };
        let thread = std::thread::Builder::new().name("journal".to_owned());
        thread.spawn(move || writer.run()).map_err(|_| JournalError::Internal("no thread for the writer"))?;
        let sender = RwLock::new(Some(sender));
        let (contexts_read, limit) = (ContextsRead::default(), options.queue);
        let inner = Inner {
            shelves,
            ring,
            keys,
            contexts_read,
            metrics,
            limit,
            queued,
            sender,
            grown,
            halted: OnceLock::new(),
        };
        let journal = Self { inner: Arc::new(inner) };
        if is_barred {
            journal.halt(REASON);
        }
        Ok(journal)
    }

    /// Writes one entry. The future is ready when the entry is durable; dropping it does not take the draft back.
    ///
    /// # Errors
    ///
    /// [`JournalError::Overloaded`] and [`JournalError::Closed`] at once, the others of the store.
    pub fn append(&self, draft: Draft) -> impl Future<Output = Result<Receipt, JournalError>> + Send + use<> {
        only(self.send(Unit::new(vec![draft], None, &self.inner.keys)))
    }

    /// Writes an entry of the journal's own, in the same order and the same groups as calls.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`].
    pub fn append_record(
        &self,
        record: Record,
    ) -> impl Future<Output = Result<Receipt, JournalError>> + Send + use<> {
        only(self.send(Unit::of_record(record, &self.inner.keys)))
    }

    /// Writes several entries, all or none, one after the other. With an idempotency key the unit is written once.
    /// No draft at all is no unit: nothing is written, and the key stays free.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`]; [`JournalError::DuplicateKey`] when another call took the key first, after which
    /// [`Journal::find_idempotent`] tells what that one answered.
    pub fn append_all(
        &self,
        drafts: Vec<Draft>,
        idempotency: Option<Idempotency>,
    ) -> impl Future<Output = Result<Vec<Receipt>, JournalError>> + Send + use<> {
        let is_empty = drafts.is_empty();
        let unit = || Unit::new(drafts, idempotency, &self.inner.keys);
        let waiting = (!is_empty).then(|| self.send(unit()));
        async move {
            let Some(waiting) = waiting else { return Ok(Vec::new()) };
            waiting?.await.unwrap_or(Err(JournalError::Closed))
        }
    }

    fn send(&self, unit: Result<Unit, JournalError>) -> Result<Reply, JournalError> {
        if let Some(reason) = self.inner.halted.get() {
            return Err(JournalError::Halted(reason.clone()));
        }
        let (answer, receiver) = oneshot::channel();
        let waiting = Waiting { unit: unit?, answer };
        let count = waiting.unit.len();
        let sender = self.inner.sender.read().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(JournalError::Closed)?;
        self.reserve(count)?;
        if sender.send(waiting).is_err() {
            self.inner.queued.fetch_sub(count, Ordering::Relaxed);
            return Err(JournalError::Closed);
        }
        Ok(receiver)
    }

    /// Takes places in the queue. A unit bigger than the queue passes when nobody else waits.
    fn reserve(&self, count: usize) -> Result<(), JournalError> {
        let (queued, limit) = (&self.inner.queued, self.inner.limit);
        let fits = |waiting: usize| (waiting == 0 || waiting + count <= limit).then_some(waiting + count);
        let reserved = queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        reserved.map(drop).map_err(|_| JournalError::Overloaded)
    }

    /// Takes no more drafts, and returns when all that were taken are answered.
    pub async fn close(&self) {
        self.inner.sender.write().unwrap_or_else(PoisonError::into_inner).take();
        let mut done = self.inner.grown.clone();
        // The channel closes when the writer ends.
        while done.changed().await.is_ok() {}
    }

    /// Where the log is published.
    pub fn blobs(&self) -> &Blobs {
        self.inner.shelves.blobs()
    }

    pub(crate) fn archive_blobs(&self) -> &Blobs {
        self.inner.shelves.archive()
    }

    /// The size of the log after the last commit made here, and at the start.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.inner.grown.clone()
    }

    /// Takes no more drafts, for a reason that somebody must look at: store and published log do not agree.
    pub fn halt(&self, reason: &str) {
        let _ = self.inner.halted.set(reason.to_owned());
    }

    /// Why no draft is taken any more, if so.
    pub fn halted(&self) -> Option<&str> {
        self.inner.halted.get().map(String::as_str)
    }

    /// Drafts that wait for their commit.
    pub fn waiting(&self) -> usize {
        self.inner.queued.load(Ordering::Relaxed)
    }

    /// Offers the counters to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.metrics.register(registry);
    }

    pub(crate) fn store(&self) -> &Store {
        self.inner.shelves.store()
    }

    pub(crate) fn shelves(&self) -> &Shelves {
        &self.inner.shelves
    }

    pub(crate) fn keys(&self) -> &MonthKeys {
        &self.inner.keys
    }

    pub(crate) fn contexts_read(&self) -> &ContextsRead {
        &self.inner.contexts_read
    }

    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.inner.ring)
    }
}

/// What comes back from the writer.
type Reply = oneshot::Receiver<Result<Vec<Receipt>, JournalError>>;

/// The only receipt of a unit of one.
async fn only(waiting: Result<Reply, JournalError>) -> Result<Receipt, JournalError> {
    let receipts = waiting?.await.unwrap_or(Err(JournalError::Closed))?;
    receipts.into_iter().next().ok_or(JournalError::Internal("no receipt"))
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}
