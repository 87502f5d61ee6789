//! What can go wrong between a crate and its tables.

use std::borrow::Cow;

/// A failure of the store. It names tables, columns, constraints and codes, never a value: what is stored here is
/// mostly personal data, and errors end in logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or the connection broke before COMMIT was sent: nothing was changed.
    #[error("the database cannot be reached: {0}")]
    Unavailable(Cow<'static, str>),
    /// No room on the disk; nothing was changed (`SQLITE_FULL`, SQLSTATE 53100).
    #[error("the database has no room left: {0}")]
    Full(Cow<'static, str>),
    /// A unique key or primary key exists already.
    #[error("a unique key exists already: {0}")]
    Conflict(Cow<'static, str>),
    /// Another rule of the schema is broken: NOT NULL, CHECK or a foreign key.
    #[error("a rule of the schema is broken: {0}")]
    Constraint(Cow<'static, str>),
    /// The transaction collided with another one, again and again until the attempts were used up.
    #[error("the transaction collided with others too often: {0}")]
    Serialization(Cow<'static, str>),
    /// The database file is damaged or is no database.
    #[error("the database is damaged: {0}")]
    Corrupt(Cow<'static, str>),
    /// The statement does not fit the schema, or a migration does not fit what was applied.
    #[error("statement and schema do not fit: {0}")]
    Schema(Cow<'static, str>),
    /// A value has another type than the column or than the caller asked for.
    #[error("a value has the wrong type: {0}")]
    Type(Cow<'static, str>),
    /// The connection broke while COMMIT was under way: the changes may or may not have been made.
    #[error("it is unknown whether the transaction was committed: {0}")]
    CommitUnknown(Cow<'static, str>),
    /// Anything else, by the engine's code.
    #[error("database error: {0}")]
    Other(Cow<'static, str>),
}

impl StoreError {
    /// Whether running the whole transaction again may succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Serialization(_))
    }
}
