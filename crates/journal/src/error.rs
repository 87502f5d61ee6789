//! What can go wrong between a draft and its receipt.
use dancu_catalogue::Code;
use dancu_keys::SealError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;

/// Why there is no receipt, or no entry. Names no person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Too many drafts are waiting; nothing was written
    #[error("the journal has too many drafts waiting")]
    Overloaded,
    /// The journal was closed; nothing was written
    #[error("the journal is closed")]
    Closed,
    /// Store and published log do not agree; nothing is written until somebody has looked
    #[error("the journal takes no entries: {0}")]
    Halted(String),
    /// No room on the disk; nothing was written
    #[error("the journal's store has no room left")]
    Full,
    /// The store does not answer; nothing was written
    #[error("the journal's store is not available")]
    Unavailable,
    /// The store went away while committing and stayed away: the entry may or may not be there
    #[error("it is unknown whether the entry was written")]
    Unknown,
    /// The idempotency key was used before, or by a call that was quicker; nothing was written
    #[error("the idempotency key is taken")]
    DuplicateKey,
    /// An entry does not read as it was written
    #[error("journal entry {index}: {what}")]
    Corrupt {
        /// Number of the entry
        index: u64,
        /// What does not fit
        what: &'static str,
    },
    /// Another failure of the store; nothing was written
    #[error("journal store: {0}")]
    Store(StoreError),
    /// The files of the log cannot be read
    #[error("journal files: {0}")]
    Files(#[from] BlobError),
    /// A personal part cannot be sealed or opened
    #[error("journal seal: {0}")]
    Seal(#[from] SealError),
    /// A fault of this program; nothing was written
    #[error("journal: {0}")]
    Internal(&'static str),
}

impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Full(_) => Self::Full,
            other => Self::Store(other),
        }
    }
}

impl JournalError {
    /// What to tell the caller.
    pub fn code(&self) -> Code {
        match self {
            Self::Overloaded | Self::Store(StoreError::Serialization(_)) => Code::Overloaded,
            Self::Closed => Code::ShuttingDown,
            Self::DuplicateKey => Code::IdempotencyKeyReused,
            Self::Halted(_)
            | Self::Full
            | Self::Unavailable
            | Self::Unknown
            | Self::Store(_)
            | Self::Files(_) => Code::JournalUnavailable,
            Self::Corrupt { .. } | Self::Seal(_) | Self::Internal(_) => Code::Internal,
        }
    }
}
