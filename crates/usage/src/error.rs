//! What can go wrong here.
use dancu_journal::JournalError;
use dancu_storage::StoreError;

/// Why figures cannot be counted or told.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log cannot be read
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A stored row holds something that this program does not know
    #[error("table {0} holds a row that does not read")]
    Damaged(&'static str),
    /// A fault of this program
    #[error("usage: {0}")]
    Internal(&'static str),
}
