//! What can be wrong with a log.
use crate::bundle::BundleRefused;
use crate::entry::EntryRefused;
use crate::policy::NotAccepted;

/// Why a log is not honest, or not known to be. Entries are named by their number, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// a key file with no log or several
    #[error("the policy has to name one log")]
    Policy,
    /// rule 1, or 5: a checkpoint that the policy does not accept
    #[error("{path}: {refused}")]
    Checkpoint {
        /// which
        path: &'static str,
        /// why
        refused: NotAccepted,
    },
    /// rule 2: a file that a log of this size has
    #[error("{path}: missing")]
    Missing {
        /// which
        path: String,
    },
    /// rule 2: a file that no log has
    #[error("{path}: no log has such a file")]
    Stranger {
        /// which
        path: String,
    },
    /// rule 2: a narrower or wider file that does not agree with the one that counts
    #[error("{path}: does not agree with {with}")]
    Disagrees {
        /// which
        path: String,
        /// the file at the same place whose width is that of the checkpoint
        with: String,
    },
    /// rule 2: not that many entries, each with its length
    #[error("{path}: {refused}")]
    Bundle {
        /// which
        path: String,
        /// why
        refused: BundleRefused,
    },
    /// rule 3: an entry whose hash is not the one in its tile
    #[error("entry {index}: its hash is not the one in {path}")]
    Leaf {
        /// which, or the first of those
        index: u64,
        /// the tile
        path: String,
    },
    /// rule 3: a tile that does not follow from those below it, or has another length
    #[error("{path}: not what the entries give")]
    Tile {
        /// which
        path: String,
    },
    /// rule 3: the checkpoint signs other entries
    #[error("checkpoint: the root is not that of the entries")]
    Root,
    /// rule 4: not an entry
    #[error("entry {index}: {refused}")]
    Entry {
        /// which
        index: u64,
        /// why
        refused: EntryRefused,
    },
    /// rule 4: the context is not an earlier entry of that kind
    #[error("entry {index}: its context is no earlier context")]
    Context {
        /// which
        index: u64,
    },
    /// rule 4: an epoch over entries that come after it
    #[error("entry {index}: the epoch covers entries that come after it")]
    Epoch {
        /// which
        index: u64,
    },
    /// rule 5: too few witnesses
    #[error("witnessed: the witnesses do not reach the quorum")]
    Quorum,
    /// rule 5: larger than the newest checkpoint
    #[error("witnessed: larger than the checkpoint")]
    WitnessedAhead,
    /// rule 5: the witnesses cosigned other entries
    #[error("witnessed: the root is not that of the entries")]
    WitnessedRoot,
    /// rule 6: what is remembered is of another log
    #[error("what was accepted before is of another log")]
    SeenOrigin,
    /// rule 6: entries are gone
    #[error("the log has {size} entries, and had {seen} before")]
    SeenAhead {
        /// entries now
        size: u64,
        /// entries then
        seen: u64,
    },
    /// rule 6: entries were changed
    #[error("the first {size} entries are not those that were accepted before")]
    SeenRoot {
        /// entries then
        size: u64,
    },
}

impl Fault {
    pub(super) fn missing(path: &str) -> Self {
        Self::Missing { path: path.to_owned() }
    }
}

/// Why a log was not found honest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError<E> {
    /// it is not
    #[error(transparent)]
    Dishonest(#[from] Fault),
    /// a file could not be read: nothing is known
    #[error("{path}: {error}")]
    Files {
        /// which; empty for the list of all
        path: String,
        /// why
        error: E,
    },
}
