//! The index behind the log: search, each person's chain, and the map of the chains' heads.
//!
//! All of it is computed from the log, in the log's order, behind the commit, and can be thrown away: an index that finds
//! its tables empty begins at entry 0. Two servers may work on the same tables; whoever is second writes nothing.
mod audit;
mod batch;
mod bucket;
mod epoch;
mod history;
mod log;
mod map;
mod offsets;
mod person;
mod proof;
mod query;
mod rows;
mod schema;
mod search;
mod shown;
mod step;
mod term;
mod times;
mod until;
mod withhold;
mod worker;

pub use audit::{Audit, Difference};
pub use history::{Covered, History, Page};
pub use log::{Log, readable};
pub use proof::{HistoryProof, Prove, Wanted};
pub use query::{Found, Query};
pub use shown::{Item, SeenCall, Shown};
pub use withhold::Withholding;
pub use worker::{Clock, Running, Work};

use crate::{Journal, JournalError};
use dancu_keys::KeyRing;
use dancu_storage::{Store, Tx};
use dancu_tlog::Hash;
use dancu_tlog::vrf::{VrfSecret, map_key};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How the index works.
#[derive(Clone)]
pub struct IndexOptions {
    /// Entries taken up in one transaction, at most
    pub batch: usize,
    /// How long to wait for more entries at the end of the log
    pub pause: Duration,
    /// Seconds between two epochs, when anything moved
    pub epoch_seconds: u32,
    /// Whether the entry of this number can be proved, that is, stands under a published checkpoint: an epoch comes into
    /// force when its own entry does. Until the log is published everything passes.
    pub provable: Arc<dyn Fn(u64) -> bool + Send + Sync>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            batch: 8192,
            pause: Duration::from_millis(200),
            epoch_seconds: 60,
            provable: Arc::new(|_| true),
        }
    }
}

impl fmt::Debug for IndexOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexOptions")
            .field("batch", &self.batch)
            .field("epoch_seconds", &self.epoch_seconds)
            .finish_non_exhaustive()
    }
}

/// The index. Clones are the same index. Its calls block; asynchronous code moves them to the blocking pool.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn Log>,
    ring: Arc<KeyRing>,
    store: Store,
    vrf: VrfSecret,
    options: IndexOptions,
    /// What the epoch under way changes in the map, so that it need not be computed twice
    changes: Mutex<Option<map::Changes>>,
}

impl Index {
    /// Brings the tables up to date. `store` is the index's own on the embedded engine, so that the two writers never wait
    /// for each other; on a server it may be the journal's. Does not work by itself: see [`Index::start`]. Blocks.
    pub fn open(
        journal: Journal,
        store: Store,
        vrf: VrfSecret,
        options: IndexOptions,
    ) -> Result<Self, JournalError> {
        let ring = journal.ring();
        Self::over(Arc::new(journal), ring, store, vrf, options)
    }

    /// As [`Index::open`], over any log whose entries are sealed by this ring.
    pub fn over(
        log: Arc<dyn Log>,
        ring: impl Into<Arc<KeyRing>>,
        store: Store,
        vrf: VrfSecret,
        options: IndexOptions,
    ) -> Result<Self, JournalError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let changes = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { log, ring: ring.into(), store, vrf, options, changes }) })
    }

    /// Entries indexed so far, that is, number of the next one. Blocks.
    pub fn position(&self) -> Result<u64, JournalError> {
        self.inner.store.read("index.position", |tx| Ok::<_, JournalError>(head(tx)?.position))
    }

    /// A person's place in the map.
    fn place_of(&self, number: &str) -> Hash {
        map_key(&self.inner.vrf.output(number.as_bytes()))
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

/// The head row.
struct HeadRow {
    position: u64,
    generation: i64,
    number: u64,
    persons: u64,
}

fn head(tx: &mut Tx<'_>) -> Result<HeadRow, JournalError> {
    let row =
        tx.query_opt("SELECT position, generation, number, persons FROM index_head WHERE log = 0", &[])?;
    let row = row.ok_or(JournalError::Internal("index: no head row"))?;
    let (position, generation) = (row.number(0)?, row.int(1)?);
    Ok(HeadRow { position, generation, number: row.number(2)?, persons: row.number(3)? })
}
