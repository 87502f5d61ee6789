//! What is answered, whatever wire it leaves by.
use dancu_catalogue::Code;
use dancu_citizen::{Comparison, FieldSet, Record};

/// How a call ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The person is on record and the data agree as far as the agreement demands
    Verified,
    /// The person is on record and some data do not agree
    Mismatch,
    /// No such person
    NotFound,
    /// The person is deceased or missing, or the record is cancelled or locked
    NotUsable,
}

impl Outcome {
    /// All outcomes
    pub const ALL: [Self; 4] = [Self::Verified, Self::Mismatch, Self::NotFound, Self::NotUsable];

    /// Stable name on the wire and in the journal
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Mismatch => "mismatch",
            Self::NotFound => "not_found",
            Self::NotUsable => "not_usable",
        }
    }
}

/// Answer to a verification.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// By the rule of the agreement
    pub outcome: Outcome,
    /// The live service's one bit: number, name and birth date all agree
    pub tontai: bool,
    /// Verdict per field; none when there is no such person
    pub comparison: Option<Comparison>,
}

/// Answer to a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// How it ended
    pub outcome: Outcome,
    /// The record, already reduced to `released`; none unless the claim agreed
    pub record: Option<Box<Record>>,
    /// The fields that the agreement and the call release. A field that is released but empty is
    /// told apart from one that is not released: the live form writes `00` or `0` for it.
    pub released: FieldSet,
}

/// A call that is not answered, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Row of the error catalogue
    pub code: Code,
    /// Element name or JSON pointer at fault, where one is; never a value
    pub field: Option<String>,
}

/// What leaves by the wire.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To a verification
    Verification(Verification),
    /// To a look-up
    LookUp(LookUp),
    /// To either
    Refusal(Refusal),
}
