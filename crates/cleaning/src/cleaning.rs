//! The one value behind which jobs stand: store, files and keys.
use crate::sealed::Sealer;
use crate::{Budget, CleaningError, schema};
use dancu_keys::KeyRing;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use std::fmt;
use std::sync::Arc;

/// How jobs are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a chunk belongs to who took it without renewing, microseconds
    pub lease_us: i64,
    /// Days for which a job that has ended is kept
    pub keep_days: u32,
    /// How long a job waits to be confirmed before it is cancelled, microseconds
    pub confirm_us: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self { lease_us: 60_000_000, keep_days: 30, confirm_us: 86_400_000_000 }
    }
}

/// Cleaning jobs in the shared store. Cheap to clone. Every method blocks. Times are microseconds since the epoch, passed in;
/// the clocks of several servers must agree to well within a lease.
#[derive(Clone)]
pub struct Cleaning {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) sealer: Sealer,
    pub(crate) options: Options,
    /// Guess budgets; none: guesses are not counted
    pub(crate) budget: Option<Arc<dyn Budget>>,
}

impl Cleaning {
    /// Brings the tables up to date. `blobs` are the same files on every server.
    pub fn open(store: Store, ring: KeyRing, blobs: Blobs, options: Options) -> Result<Self, CleaningError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        Ok(Self { store, blobs, sealer: Sealer::new(ring), options, budget: None })
    }

    /// How jobs are kept.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Removes every file of a job.
    pub(crate) fn drop_files(&self, id: &str) -> Result<(), CleaningError> {
        for path in self.blobs.list(&folder(id))? {
            self.blobs.delete(&path)?;
        }
        Ok(())
    }
}

/// Where the files of a job lie.
pub(crate) fn folder(id: &str) -> String {
    format!("cleaning/{id}")
}

impl fmt::Debug for Cleaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleaning")
            .field("store", &self.store)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
