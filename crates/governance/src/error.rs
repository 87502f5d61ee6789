//! What can go wrong here. No message holds words that a person wrote, a name or a number of a person.
use crate::kind::{Check, Kind, State, Step};
use dancu_exchange::ExchangeError;
use dancu_keys::SealError;
use dancu_policy::LawError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;

/// What is wrong with a field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing in it
    Missing,
    /// More characters than this
    TooLong(u32),
    /// Not of the form that it must have
    Form,
    /// Not in the list
    Unknown,
    /// Twice
    Twice,
    /// Two fields contradict each other; the fields that are named and their number, for instance
    Contradiction,
    /// Out of range
    Range,
    /// In use by another
    Taken,
}

impl Wrong {
    /// Stable name, for the words on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong(_) => "too_long",
            Self::Form => "form",
            Self::Unknown => "unknown",
            Self::Twice => "twice",
            Self::Contradiction => "contradiction",
            Self::Range => "range",
            Self::Taken => "taken",
        }
    }
}

/// A field of a form and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field, such as `services.0.field_count`
    pub field: String,
    /// What is wrong
    pub wrong: Wrong,
}

/// Why something was not done; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum GovernanceError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The exchange refused
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A stored text cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The file store failed
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// A data file cannot be read
    #[error(transparent)]
    Law(#[from] LawError),
    /// Something named is not on record
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// Kind of thing
        what: &'static str,
        /// Its id
        id: String,
    },
    /// This kind of matter has no such step, or not in this state
    #[error("{kind:?} has no step {step:?} in state {state:?}")]
    NotNow {
        /// Kind of matter
        kind: Kind,
        /// The step
        step: Step,
        /// Its state; none before it begins
        state: Option<State>,
    },
    /// The step is part of another one and not taken by itself
    #[error("step {0:?} is taken only as part of another one")]
    Through(Step),
    /// Rule of four eyes: the same person did the earlier step
    #[error("whoever did {earlier} may not do {step:?}")]
    SamePerson {
        /// The step
        step: Step,
        /// The earlier one: a step, or `write`
        earlier: &'static str,
    },
    /// A document must be attached first
    #[error("a document of kind {0:?} is missing")]
    DocumentMissing(String),
    /// Something must be true first
    #[error("not yet: {0:?}")]
    NotMet(Check),
    /// A form with mistakes
    #[error("{} fields have mistakes", .0.len())]
    Invalid(Vec<Problem>),
    /// Somebody else took a step meanwhile
    #[error("another step was taken meanwhile")]
    Moved,
    /// There is one already
    #[error("there is one already: {0}")]
    Taken(&'static str),
    /// A file that may not be attached
    #[error("file refused: {0}")]
    File(&'static str),
    /// This cannot be done to it
    #[error("{0}")]
    Impossible(&'static str),
    /// A stored row holds something that this program does not know
    #[error("table {table}, row {row:?}: {why}")]
    Damaged {
        /// Table
        table: &'static str,
        /// Key of the row
        row: String,
        /// What is wrong
        why: &'static str,
    },
    /// Time out of range, no randomness
    #[error("{0}")]
    Internal(&'static str),
}

impl GovernanceError {
    pub(crate) fn unknown(what: &'static str, id: &str) -> Self {
        Self::Unknown { what, id: id.to_owned() }
    }

    pub(crate) fn damaged(table: &'static str, row: &str, why: &'static str) -> Self {
        Self::Damaged { table, row: row.to_owned(), why }
    }
}
