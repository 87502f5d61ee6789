//! What is handed to the journal, and what it hands back.
use crate::Call;
use dancu_catalogue::Code;
use dancu_tlog::Hash;
use std::fmt;
use std::sync::Arc;

/// A transaction to be written down, with what only the commit can decide.
///
/// A draft whose outcome is a refusal already is written as it is: its request id is not used up and nobody is charged.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What the entry will say
    pub call: Call,
    /// Refuse it when this request was answered before
    pub replay: Option<ReplayKey>,
    /// Quotas to count it against, all or none; the first that is used up names the refusal
    pub charges: Vec<Charge>,
    /// Hash of the body that will leave instead, should the commit refuse the call
    pub refusal_sha256: Option<RefusalHash>,
}

impl From<Call> for Draft {
    fn from(call: Call) -> Self {
        Self { call, ..Self::default() }
    }
}

/// Gives the SHA-256 of the body that answers a refusal. Called inside the transaction: quick, and safe to call twice.
#[derive(Clone)]
pub struct RefusalHash(Arc<dyn Fn(Code) -> [u8; 32] + Send + Sync>);

impl RefusalHash {
    /// From a function of the code.
    pub fn new(of: impl Fn(Code) -> [u8; 32] + Send + Sync + 'static) -> Self {
        Self(Arc::new(of))
    }

    pub(crate) fn of(&self, code: Code) -> [u8; 32] {
        (self.0)(code)
    }
}

impl fmt::Debug for RefusalHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefusalHash(…)")
    }
}

/// Names a request, so that the same one is not answered twice within a time.
///
/// Drafts that are appended together may share one key: they are one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayKey {
    /// System that sent it
    pub system: String,
    /// Keyed hash of its request id
    pub request_id_hash: [u8; 16],
    /// How long the request id stays used, microseconds
    pub window_us: i64,
}

/// What a quota belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// An officer's account; over it: `QUOTA_ACCOUNT`
    Account,
    /// A system; over it: `QUOTA_SYSTEM`
    System,
}

impl Scope {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::System => "system",
        }
    }

    pub(crate) fn refusal(self) -> Code {
        match self {
            Self::Account => Code::QuotaAccount,
            Self::System => Code::QuotaSystem,
        }
    }
}

/// Calls counted against a daily quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What the quota belongs to
    pub scope: Scope,
    /// Account or system
    pub id: String,
    /// Number of the day on which it counts: days since 1970-01-01 in the time zone of the quota
    pub day: i64,
    /// Calls that the day allows
    pub limit: u64,
    /// How many calls it counts for: one, or as many as a file has rows; all or none
    pub calls: u64,
}

/// Makes several drafts one unit that is never written twice (`Idempotency-Key`).
pub struct Idempotency {
    /// System that chose the key
    pub system: String,
    /// The key
    pub key: String,
    /// SHA-256 of the request's body: the same key with another body is a mistake
    pub body_hash: [u8; 32],
    /// From when the key may be used anew, microseconds since the epoch
    pub expires_us: i64,
    /// Makes the answer that is kept and given again. Called inside the transaction: quick, and safe to call twice.
    pub answer: AnswerFn,
}

/// Makes an answer out of the receipts of a unit.
pub type AnswerFn = Box<dyn Fn(&[Receipt]) -> Vec<u8> + Send>;

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idempotency").field("system", &self.system).finish_non_exhaustive()
    }
}

/// What is known of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idempotent {
    /// Never used, or expired
    None,
    /// Used by the same request: its answer and its receipts
    Replay(Vec<u8>, Vec<Receipt>),
    /// Used by another request
    Reused,
}

/// The journal's word that an entry is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of the entry, from 0 without gaps
    pub index: u64,
    /// RFC 6962 leaf hash of the entry
    pub leaf_hash: Hash,
    /// The entry's time, microseconds since the epoch
    pub at_us: i64,
    /// Whether the prepared answer may leave, or the reason to give instead
    pub ruling: Result<(), Code>,
}
