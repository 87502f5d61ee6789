//! Why there is no feed.
use dancu_storage::StoreError;
use std::path::PathBuf;

/// Why the feed does not start, or a pull has no answer. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The spool cannot be used
    #[error("the spool {}: {source}", .path.display())]
    Spool {
        /// File or folder
        path: PathBuf,
        /// The system's reason
        source: std::io::Error,
    },
    /// Another process uses the spool
    #[error("the spool {} is in use by another process; each server needs one of its own", .0.display())]
    InUse(PathBuf),
    /// A receiver cannot be what the configuration says
    #[error("feed receiver {name:?}: {what}")]
    Receiver {
        /// Its name
        name: String,
        /// What is wrong
        what: &'static str,
    },
    /// The store does not do what it should
    #[error("feed: {0}")]
    Store(#[from] StoreError),
    /// A fault of this program
    #[error("feed: {0}")]
    Internal(&'static str),
}
