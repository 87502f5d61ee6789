//! Why there is no backup, or nothing came back from one.
use dancu_journal::JournalError;
use dancu_keys::StreamError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;

/// What went wrong. No message holds a value of the store.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The place for the backup is not empty
    #[error("the place for the backup is not empty: each backup has a folder or prefix of its own")]
    Exists,
    /// No manifest
    #[error(
        "there is no backup here, or one that was never finished: the manifest, which is written last, is missing"
    )]
    NoBackup,
    /// Made by a newer version
    #[error(
        "the backup was made by version {0} of dancu, which is newer than this one: restore it with that one or a later one"
    )]
    Newer(String),
    /// The key given does not open it
    #[error(
        "the backup is not for this key: it needs the key folder that it was made with, or the key that its recovery certificate opens"
    )]
    WrongKey,
    /// A part is not there
    #[error("{0} of the backup is missing")]
    Missing(String),
    /// A part is shorter than it was
    #[error("{0} of the backup is cut off")]
    Truncated(String),
    /// A part is not what it was
    #[error("{0} of the backup was altered")]
    Altered(String),
    /// What comes back would lie over something else
    #[error("{0} is not empty: nothing is restored over what is there")]
    NotEmpty(&'static str),
    /// Something moved while it was copied, as by the daily archiving
    #[error("files moved while they were copied; make the backup again")]
    Moved,
    /// What came back is not what was put in
    #[error("{what} holds {found} rows after the restore, but {wanted} were put in")]
    Count {
        /// The table
        what: String,
        /// Rows found
        found: u64,
        /// Rows in the backup
        wanted: u64,
    },
    /// A part does not read
    #[error("the backup does not read: {0}")]
    Content(&'static str),
    /// A primitive of the library failed
    #[error("cannot {0}")]
    Crypto(&'static str),
    /// The journal does not read
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place of the backup, or one of those that it holds
    #[error(transparent)]
    Files(#[from] BlobError),
}

impl BackupError {
    /// What a part that does not open tells.
    pub(crate) fn of_part(name: &str, error: StreamError) -> Self {
        match error {
            StreamError::Truncated => Self::Truncated(name.to_owned()),
            StreamError::Crypto => Self::Crypto("decrypt"),
            StreamError::Form | StreamError::Altered => Self::Altered(name.to_owned()),
        }
    }
}
