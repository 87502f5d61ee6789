//! Entries that are not calls.
use crate::{Call, Personal};
use dancu_tlog::Hash;

/// What an entry is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A transaction
    #[default]
    Call,
    /// What calls of one account have in common; calls name it by its number
    Context,
    /// The map of the chains of all persons, as of some number of entries
    Epoch(Epoch),
    /// An entry that its citizen is not shown for a time
    Withholding {
        /// Number of the entry withheld
        entry: u64,
        /// Until when, microseconds since 1970
        until_us: i64,
    },
    /// Something done to the journal itself, for example an erasure by a rule of retention
    Act {
        /// First entry concerned
        first: u64,
        /// First entry after those concerned
        after: u64,
        /// Rule by which it was done
        rule: String,
    },
}

impl Kind {
    /// Stable name
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Context => "context",
            Self::Epoch(_) => "epoch",
            Self::Withholding { .. } => "withholding",
            Self::Act { .. } => "act",
        }
    }
}

/// The map of the chains' heads, as the log states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epoch {
    /// The entries covered are those below this number
    pub entries: u64,
    /// Root of the map
    pub root: Hash,
    /// Persons in it
    pub persons: u64,
    /// Public key of the VRF that gives a person's place
    pub vrf_key: [u8; 32],
    /// Number of the epoch, from 0
    pub number: u64,
}

/// An entry that the journal's own keepers write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The map of the chains of all persons
    Epoch {
        /// When, microseconds since 1970
        at_us: i64,
        /// The map
        epoch: Epoch,
    },
    /// An entry is withheld from its citizen; itself an entry about that citizen, when `personal.subject` says so
    Withholding {
        /// When, microseconds since 1970
        at_us: i64,
        /// What ties it to logs
        correlation: [u8; 16],
        /// Number of the entry withheld
        entry: u64,
        /// Until when, microseconds since 1970
        until_us: i64,
        /// Who, by which order, about whom
        personal: Personal,
    },
    /// Something done to the journal itself
    Act {
        /// When, by whom and how it ended; of the fields that the entry of a call holds, an act has time, correlation,
        /// context, outcome and personal parts
        call: Box<Call>,
        /// First entry concerned
        first: u64,
        /// First entry after those concerned
        after: u64,
        /// Rule by which it was done
        rule: String,
    },
}

impl Record {
    /// Its kind, and what it has in common with calls.
    pub(crate) fn split(self) -> (Kind, Call) {
        match self {
            Self::Epoch { at_us, epoch } => (Kind::Epoch(epoch), Call { at_us, ..Call::default() }),
            Self::Withholding { at_us, correlation, entry, until_us, personal } => {
                let call = Call { at_us, correlation, personal, ..Call::default() };
                (Kind::Withholding { entry, until_us }, call)
            }
            Self::Act { call, first, after, rule } => (Kind::Act { first, after, rule }, *call),
        }
    }
}
