//! What can go wrong here. No message holds a secret, a login, a name or a number of a person.
use crate::law::StaffLawError;
use dancu_keys::{KeyError, SealError};
use dancu_storage::StoreError;

/// Why an operation failed; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored value cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A password cannot be hashed
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The rules cannot be read
    #[error(transparent)]
    Law(#[from] StaffLawError),
    /// No rules are in force at this time
    #[error("no rules for staff are in force at this time")]
    NoLaw,
    /// Something named is not on record
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// The login belongs to another account
    #[error("this login belongs to another account")]
    Taken,
    /// A value that cannot be
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// The account is not in a state in which that can be done
    #[error("the account is {0}")]
    State(&'static str),
    /// Nobody does that to its own account, or agrees to what it asked for itself
    #[error("that takes another person")]
    OwnAccount,
    /// The new password does not keep the rules
    #[error("the password does not keep the rules")]
    Password(Vec<PasswordFault>),
    /// The token is not, or no longer, good
    #[error("not signed in")]
    NotSignedIn,
    /// What is asked for needs a proof of oneself that is not older than a few minutes
    #[error("prove yourself again")]
    ProofNeeded,
    /// A second factor, or the old password, was wrong
    #[error("the proof is wrong")]
    WrongProof,
    /// Too late
    #[error("the time for that is over")]
    TooLate,
    /// The library for passkeys refused
    #[error("passkey: {0}")]
    Passkey(String),
    /// A stored row holds something that this program does not know
    #[error("table {0}: {1}")]
    Damaged(&'static str, &'static str),
    /// The cryptographic library refused
    #[error("no randomness")]
    Randomness,
}

/// A rule that a new password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than this
    TooShort(u16),
    /// More characters than this
    TooLong(u16),
    /// Fewer classes of characters (small, capital, digit, other) than this
    TooPlain(u16),
    /// Holds the login
    HoldsLogin,
    /// Was used before: one of the last so many
    UsedBefore(u16),
}
