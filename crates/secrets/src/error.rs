//! What can go wrong. No message holds a secret or a name of a person.
use dancu_exchange::ExchangeError;
use dancu_keys::{KeyError, SealError};
use dancu_pki::RecipientRefused;
use dancu_pki::envelope::EnvelopeError;
use dancu_storage::StoreError;

/// Why an operation failed; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The exchange refused
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A value cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No randomness
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing could be encrypted to the recipient
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The certificate of the recipient is not taken
    #[error("the recipient's certificate: {0}")]
    Recipient(#[from] RecipientRefused),
    /// The recipient was revoked
    #[error("the recipient was revoked")]
    RecipientRevoked,
    /// The recipient belongs to another organisation than the system
    #[error("the recipient is not of the system's organisation")]
    ForeignRecipient,
    /// Something named is not on record
    #[error("there is no {0}")]
    Unknown(&'static str),
    /// A delivery is no longer there to be taken
    #[error("the delivery was taken, replaced or revoked, or its time is over")]
    Gone,
    /// No term was in force
    #[error("no term is in force at this time")]
    NoTerm,
    /// A stored row that does not read
    #[error("table {0}: a row does not read")]
    Damaged(&'static str),
}
