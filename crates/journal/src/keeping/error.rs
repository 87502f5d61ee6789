//! What can go wrong in keeping.
use crate::JournalError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;
use parquet::errors::ParquetError;

/// Why an archive was not written or read, or a purge not done. What was there before is there still.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The journal itself
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The blob store of the archive
    #[error("archive: {0}")]
    Blob(#[from] BlobError),
    /// A file of the archive does not read
    #[error("archive file: {0}")]
    Parquet(#[from] ParquetError),
    /// A file of the archive is gone
    #[error("the archive has no file {0}")]
    Missing(String),
    /// The entries to be archived are not all there: another server was quicker, or the store is damaged
    #[error("the entries to be archived are not all in the store")]
    Moved,
    /// An order has a hold already
    #[error("a hold by this order exists already")]
    HoldExists,
    /// No hold by this order stands
    #[error("no hold by this order stands")]
    NoHold,
    /// The rules of retention cannot be used
    #[error("{0}")]
    Rules(String),
    /// The program is ending
    #[error("the work was interrupted")]
    Interrupted,
}

impl From<StoreError> for KeepingError {
    fn from(error: StoreError) -> Self {
        Self::Journal(error.into())
    }
}
