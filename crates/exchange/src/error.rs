//! What can go wrong here. No message holds a secret, a login, a name or a number of a person.
use dancu_keys::{KeyError, SealError};
use dancu_storage::StoreError;

/// Why an operation of the exchange failed; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored secret cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A password cannot be hashed
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The built-in law file cannot be read
    #[error(transparent)]
    Law(#[from] dancu_policy::LawError),
    /// Something named is not on record
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// Kind of thing
        what: &'static str,
        /// Its id
        id: String,
    },
    /// An id, user name, login or fingerprint is already in use by another owner
    #[error("this {0} belongs to another")]
    Taken(&'static str),
    /// A value that cannot be
    #[error("{what}: {why}")]
    Invalid {
        /// The entry and its id
        what: String,
        /// What is wrong
        why: String,
    },
    /// A stored row holds something that this program does not know
    #[error("table {table}, row {row:?}: {why}")]
    Damaged {
        /// Table
        table: &'static str,
        /// Key of the row
        row: String,
        /// What is wrong
        why: String,
    },
}

impl ExchangeError {
    pub(crate) fn unknown(what: &'static str, id: &str) -> Self {
        Self::Unknown { what, id: id.to_owned() }
    }

    pub(crate) fn invalid(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Invalid { what: what.into(), why: why.into() }
    }

    pub(crate) fn damaged(table: &'static str, row: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Damaged { table, row: row.into(), why: why.into() }
    }
}
