//! What can go wrong here. No message holds a login, a name, a number or words of a person.
use crate::RulesError;
use crate::table::TableError;
use dancu_exchange::ExchangeError;
use dancu_keys::SealError;
use dancu_storage::StoreError;

/// Why an operation failed; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored value cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The exchange refused or failed
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The rules say nothing for this day
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A file is not read or written
    #[error(transparent)]
    Table(#[from] TableError),
    /// Facts about an account cannot be had
    #[error("facts: {0}")]
    Facts(String),
    /// Something named is not on record, or not within reach of who asks
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// Kind of thing
        what: &'static str,
        /// Its id
        id: String,
    },
    /// It may not be done, or not now
    #[error("refused: {}", .0.key())]
    Refused(#[from] Refusal),
    /// Others changed the exchange again and again while this was being done; try again
    #[error("the exchange is changing too fast")]
    Busy,
    /// The exchange changed between looking and doing; caught inside this crate, which looks again
    #[error("the exchange has changed meanwhile")]
    Moved,
    /// A stored row holds something that this program does not know
    #[error("a stored row is damaged: {0}")]
    Damaged(&'static str),
    /// No random number can be had
    #[error("no randomness")]
    NoRandomness,
}

impl CampaignError {
    pub(crate) fn unknown(what: &'static str, id: &str) -> Self {
        Self::Unknown { what, id: id.to_owned() }
    }
}

crate::rules::names! {
    /// Why something may not be done. Its key, `refusal-` and the name, has a text in both languages.
    Refusal {
        /// Its state does not allow it any more, or not yet
        NotNow = "not-now",
        /// The deadline has passed
        TooLate = "too-late",
        /// Accounts of the review are not decided yet
        Undecided = "undecided",
        /// Whoever asked does not decide
        OwnRequest = "own-request",
        /// Only whoever asked may withdraw it
        NotYours = "not-yours",
        /// The table has faulty rows, and they were not left out by choice
        Faulty = "faulty",
        /// Nothing would change
        Nothing = "nothing",
        /// The accounts have changed since the plan was shown; look again
        Stale = "stale",
        /// Something else has touched an account since
        Touched = "touched",
        /// The rows are not kept any more
        Expired = "expired",
        /// There is a request for this account already
        Pending = "pending",
        /// The quota is 0, not more than the account has, or above what may be asked for
        QuotaRange = "quota-range",
        /// A higher quota needs a request of its own
        QuotaRaise = "quota-raise",
        /// A role that is not given in this way
        RoleKept = "role-kept",
        /// A day that lies before today, or an opening after the deadline
        Day = "day",
        /// The successor is no account of this system in use, or the one who leaves
        Successor = "successor",
        /// The new agency does not lie under the organisation's code
        CodeOutside = "code-outside",
        /// The login is taken in the other system
        LoginTaken = "login-taken",
        /// The account was closed, which is for good
        Closed = "closed",
        /// Who keeps the account of a platform must be said
        Holder = "holder",
        /// No name of a person, or no telephone number
        Value = "value",
        /// A scope or list with nothing in it
        Empty = "empty",
        /// Units of this level do not exist on the day
        Level = "level",
    }
}

impl std::error::Error for Refusal {}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Refusal {
    /// Key of its text.
    pub fn key(self) -> String {
        format!("refusal-{}", self.name())
    }
}
