//! Why nothing is published, or no proof given.
use crate::JournalError;
use dancu_storage::blob::BlobError;
use dancu_tlog::checkpoint::NotTheLog;
use dancu_tlog::note::SignError;
use dancu_tlog::policy::NotAccepted;

/// Why no checkpoint was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The store holds fewer entries than were published: it was set back, or is another one
    #[error(
        "the store holds {store} entries, but {published} are published: it was set back (an old backup?) or is not this \
         log's store. Nothing is signed and no entry is taken, because a second history would begin"
    )]
    Behind {
        /// Entries in the store
        store: u64,
        /// Entries under the published checkpoint
        published: u64,
    },
    /// The store's entries are not those that were published
    #[error(
        "the first {size} entries of the store are not those that are published: the store was changed, or is not this \
         log's. Nothing is signed and no entry is taken"
    )]
    Forked {
        /// Size of the published checkpoint
        size: u64,
    },
    /// The store contradicts itself
    #[error(
        "the {size} entries of the store do not give the root that was committed with them: the store was changed or is \
         damaged. Nothing is signed and no entry is taken"
    )]
    Damaged {
        /// Size of the log
        size: u64,
    },
    /// The files were set back, or are those of another place
    #[error(
        "the files hold a checkpoint of {found} entries, but {known} are known to be published: the files were set back, \
         or the folder is not this log's. Nothing is signed and no entry is taken"
    )]
    FilesBehind {
        /// Size of the checkpoint found; 0 for none
        found: u64,
        /// What was published at least
        known: u64,
    },
    /// The published checkpoint is not signed by our key under our name
    #[error(
        "the published checkpoint is not this log's ({0}): the folder belongs to another log, or key or origin were \
         changed. Nothing is signed and no entry is taken"
    )]
    NotOurs(NotTheLog),
    /// The journal came back from a backup
    #[error("{}", crate::bar::REASON)]
    Barred,
    /// The journal is not barred, so there is nothing to resume
    #[error("the journal is not barred: it came from no backup, or goes on already")]
    NotBarred,
    /// A restore did not come to its end
    #[error("the restore of this store did not come to its end: throw the store away and restore it again")]
    Unfinished,
    /// An older checkpoint than one that is known
    #[error(
        "the checkpoint given covers {given} entries, but one of {known} is known: it is not the newest that was published"
    )]
    NotNewest {
        /// Entries under the checkpoint given
        given: u64,
        /// Entries under one that is known
        known: u64,
    },
    /// The key does not sign checkpoints of this origin
    #[error("the log's key cannot sign: {0}")]
    Key(&'static str),
    /// The entries cannot be read
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The files cannot be read or written
    #[error(transparent)]
    Files(#[from] BlobError),
}

impl PublishError {
    /// Whether time alone cannot mend it: the journal then takes no entry.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Files(_) | Self::Journal(_))
            || matches!(self, Self::Journal(JournalError::Corrupt { .. }))
    }
}

impl From<SignError> for PublishError {
    fn from(_: SignError) -> Self {
        Self::Key("it does not sign notes")
    }
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such entry
    #[error("there is no entry of this number")]
    NoEntry,
    /// The entry is durable, but no checkpoint covers it yet
    #[error("the entry is not under a signed checkpoint yet; {published} are")]
    NotYet {
        /// Size of the newest checkpoint
        published: u64,
    },
    /// A consistency proof goes from a smaller to a larger size, both published
    #[error("the sizes must be in order and not above {published}")]
    Sizes {
        /// Size of the newest checkpoint
        published: u64,
    },
    /// A tile is missing or damaged
    #[error("a tile of the log is missing or damaged")]
    Tile,
    /// The entry cannot be read
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The files cannot be read
    #[error(transparent)]
    Files(#[from] BlobError),
}

/// Why cosignatures were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCosigned {
    /// The checkpoint with them is not one of this log, or a cosignature is not good
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// The files cannot be read or written
    #[error(transparent)]
    Files(#[from] BlobError),
}
