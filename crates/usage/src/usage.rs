//! The figures: what all their parts share.
use crate::metrics::Metrics;
use crate::{UsageError, schema};
use dancu_journal::index::Log;
use dancu_storage::{Store, Tx};
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How it is counted.
#[derive(Clone, Debug)]
pub struct Options {
    /// Entries counted in one transaction, at most
    pub batch: usize,
    /// How long to wait for more entries at the end of the log
    pub pause: Duration,
    /// How long another server waits for one that is silent
    pub lease: Duration,
    /// Days for which counts by account are kept; those by system stay
    pub account_days: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 16_384,
            pause: Duration::from_millis(500),
            lease: Duration::from_secs(10),
            account_days: 400,
        }
    }
}

/// Figures of use. Clones are the same. Its calls block; asynchronous code moves them to the blocking pool.
#[derive(Clone)]
pub struct Usage {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
}

impl Usage {
    /// Brings the tables up to date. Does not count by itself: see [`Usage::start`] and [`Usage::follower`]. Blocks.
    pub fn open(store: Store, log: Arc<dyn Log>, options: Options) -> Result<Self, UsageError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        store.run_tx("usage.begin", |tx| {
            let sql = "INSERT INTO usage_head (id, position) VALUES (0, 0) ON CONFLICT (id) DO NOTHING";
            tx.execute(sql, &[]).map(drop)
        })?;
        Ok(Self { inner: Arc::new(Inner { store, log, options, metrics: Metrics::default() }) })
    }

    /// Entries counted so far, that is, number of the next one. Blocks.
    pub fn position(&self) -> Result<u64, UsageError> {
        self.inner.store.read("usage.head", position)
    }

    /// Offers the counters to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.metrics.register(registry);
    }
}

pub(crate) fn position(tx: &mut Tx<'_>) -> Result<u64, UsageError> {
    let row = tx.query_opt("SELECT position FROM usage_head WHERE id = 0", &[])?;
    row.map_or(Err(UsageError::Internal("no head row")), |row| Ok(row.number(0)?))
}

impl fmt::Debug for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Usage").field("options", &self.inner.options).finish_non_exhaustive()
    }
}
