//! What an entry says of one transaction.
use crate::Personal;
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use std::borrow::Cow;
use std::fmt;

/// One transaction as the journal tells it: the field set that the standards on logs demand together
/// (Circular 46/2022/TT-BCA article 8, Decree 278/2025 article 13, TCVN 14423:2026 clause 5.8).
///
/// Names of fields, never their values; the citizen as a keyed hash. `Debug` shows no person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// When the call arrived, microseconds since the epoch
    pub at_us: i64,
    /// What ties the entry to logs and to the answer; each request of a batch has its own, people found by one search
    /// share it
    pub correlation: [u8; 16],
    /// Protocol and form of the message, `soap`, `soap-older`, `rest`, `rest-batch` or `page`
    pub form: String,
    /// Service, for example `verify`, `look_up`
    pub service: String,
    /// Integration code (`MaTichHop`)
    pub integration: Option<String>,
    /// Code of the public service or procedure that is the registered purpose (`MaDVC`)
    pub procedure: Option<String>,
    /// System that called
    pub system_id: Option<String>,
    /// Account used
    pub account_id: Option<String>,
    /// Role of the account
    pub role: Option<String>,
    /// Agency code (Decision 20/2020/QĐ-TTg)
    pub agency_code: Option<String>,
    /// Organisation of the system
    pub organisation: Option<String>,
    /// SHA-256 of the client certificate
    pub certificate: Option<[u8; 32]>,
    /// Keyed hash of the citizen's number ([`crate::subject_hash`]); not in the entry, which holds the number itself as a
    /// personal part
    pub subject: Option<[u8; 16]>,
    /// Fields that the caller sent
    pub inputs: FieldSet,
    /// Fields whose values left
    pub released: FieldSet,
    /// Verdict per compared field, by its name on the wire
    pub verdicts: Vec<(Field, Cow<'static, str>)>,
    /// How it ended
    pub outcome: Outcome,
    /// Where the time went
    pub steps: Steps,
    /// SHA-256 of the body that leaves
    pub response_sha256: Option<[u8; 32]>,
    /// Version of the rules that decided
    pub rules_version: u64,
    /// Agreement that allowed it
    pub agreement_id: Option<String>,
    /// Consent of the citizen, where one is needed
    pub consent_id: Option<String>,
    /// The parts that can be erased later without touching the entry
    pub personal: Personal,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("at_us", &self.at_us)
            .field("correlation", &u128::from_be_bytes(self.correlation))
            .field("form", &self.form)
            .field("service", &self.service)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// Time spent in each step of the road, microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Reading the wire form
    pub decode_us: u32,
    /// Finding out who asks
    pub authenticate_us: u32,
    /// Deciding
    pub decide_us: u32,
    /// Asking the registry
    pub registry_us: u32,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered
    Answered(Answered),
    /// Refused, or failed
    Refused(Code),
}

/// Unless somebody says otherwise, nothing was answered.
impl Default for Outcome {
    fn default() -> Self {
        Self::Refused(Code::Internal)
    }
}

impl Outcome {
    /// Stable name in the journal: lower case for an answer, the code's own name for a refusal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered(kind) => kind.name(),
            Self::Refused(code) => code.name(),
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        let answered = Answered::ALL.into_iter().find(|kind| kind.name() == name).map(Self::Answered);
        answered.or_else(|| Code::from_name(name).map(Self::Refused))
    }

    /// Whether the call may be answered, or why not.
    pub fn ruling(self) -> Result<(), Code> {
        match self {
            Self::Answered(_) => Ok(()),
            Self::Refused(code) => Err(code),
        }
    }
}

/// Kinds of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answered {
    /// The claim agrees with the record
    Verified,
    /// The claim does not agree
    Mismatch,
    /// Nobody of this number
    NotFound,
    /// There is a record, but it may not be used (deceased, cancelled, locked)
    NotUsable,
    /// Fields of a record were handed over
    Released,
    /// Anything else that was served, for example a list of an operator
    Served,
}

impl Answered {
    /// All kinds
    pub const ALL: [Self; 6] =
        [Self::Verified, Self::Mismatch, Self::NotFound, Self::NotUsable, Self::Released, Self::Served];

    /// Number in the encoding, in the order of [`Answered::ALL`]; never reused
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Stable name
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Mismatch => "mismatch",
            Self::NotFound => "not_found",
            Self::NotUsable => "not_usable",
            Self::Released => "released",
            Self::Served => "served",
        }
    }
}
