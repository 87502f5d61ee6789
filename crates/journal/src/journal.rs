//! The journal as its users see it.
use crate::metrics::Metrics;
use crate::unit::Unit;
use crate::writer::{Waiting, Writer};
use crate::{Draft, Idempotency, JournalError, Receipt, schema};
use dancu_keys::KeyRing;
use dancu_storage::Store;
use prometheus_client::registry::Registry;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// How the writer works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Drafts committed together at most (a unit is never split)
    pub group: usize,
    /// Drafts that may wait; more are turned away at once
    pub queue: usize,
    /// How long a group is tried again after collisions or a commit of unknown fate
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { group: 256, queue: 8192, patience: Duration::from_secs(3) }
    }
}

/// The access log. Clones are the same journal; the writer ends when the last is dropped or [`Journal::close`] is
/// called, and writes all that waits before it does.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    ring: Arc<KeyRing>,
    metrics: Metrics,
    limit: usize,
    queued: Arc<AtomicUsize>,
    /// None once closed
    sender: RwLock<Option<Sender<Waiting>>>,
    done: watch::Receiver<()>,
}

impl Journal {
    /// Brings the tables up to date and starts the writer. Blocks. Several servers may open journals on one store;
    /// together they number their entries without gaps.
    pub fn open(store: Store, ring: impl Into<Arc<KeyRing>>, options: Options) -> Result<Self, JournalError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let (ring, metrics, queued) = (ring.into(), Metrics::default(), Arc::new(AtomicUsize::new(0)));
        let (sender, receiver) = channel();
        let (alive, done) = watch::channel(());
        let writer = Writer {
            store: store.clone(),
            ring: Arc::clone(&ring),
            options,
            metrics: metrics.clone(),
            queued: Arc::clone(&queued),
            receiver,
            _done: alive,
        };
        let thread = std::thread::Builder::new().name("journal".to_owned());
        thread.spawn(move || writer.run()).map_err(|_| JournalError::Internal("no thread for the writer"))?;
        let sender = RwLock::new(Some(sender));
        let inner = Inner { store, ring, metrics, limit: options.queue, queued, sender, done };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Writes one entry. The future is ready when the entry is durable; dropping it does not take the draft back.
    ///
    /// # Errors
    ///
    /// [`JournalError::Overloaded`] and [`JournalError::Closed`] at once, the others of the store.
    pub fn append(&self, draft: Draft) -> impl Future<Output = Result<Receipt, JournalError>> + Send + use<> {
        let waiting = self.send(vec![draft], None);
        async move {
            let receipts = waiting?.await.unwrap_or(Err(JournalError::Closed))?;
            receipts.into_iter().next().ok_or(JournalError::Internal("no receipt"))
        }
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
        let waiting = (!drafts.is_empty()).then(|| self.send(drafts, idempotency));
        async move {
            let Some(waiting) = waiting else { return Ok(Vec::new()) };
            waiting?.await.unwrap_or(Err(JournalError::Closed))
        }
    }

    fn send(
        &self,
        drafts: Vec<Draft>,
        idempotency: Option<Idempotency>,
    ) -> Result<oneshot::Receiver<Result<Vec<Receipt>, JournalError>>, JournalError> {
        let (answer, receiver) = oneshot::channel();
        let waiting = Waiting { unit: Unit::new(drafts, idempotency)?, answer };
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
        let mut done = self.inner.done.clone();
        // Nothing is ever sent: the channel closes when the writer ends.
        while done.changed().await.is_ok() {}
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
        &self.inner.store
    }

    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.inner.ring)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}
