//! What a citizen may see of an entry about her.
use crate::{Entry, Kind, Outcome, Part};
use dancu_citizen::FieldSet;
use std::fmt;

/// An entry in a person's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Number of the entry
    pub index: u64,
    /// Its place in the person's chain, from 1
    pub place: u64,
    /// Whether an epoch covers it, so that [`super::Index::history_proof`] proves it; newer ones follow within minutes
    pub covered: bool,
    /// What is shown of it
    pub shown: Shown,
}

/// What is shown of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A transaction
    Call(Box<SeenCall>),
    /// Withheld by an order; that there is an entry is no secret
    Withheld {
        /// When it opens, microseconds since 1970
        until_us: i64,
    },
    /// An entry was withheld, or a withholding was changed
    Withholding {
        /// When, microseconds since 1970
        at_us: i64,
        /// The entry withheld
        entry: u64,
        /// Until when, microseconds since 1970
        until_us: i64,
        /// The order, once the entry is open
        order: Option<String>,
    },
    /// Something else that the journal's keepers wrote about the person
    Act {
        /// When, microseconds since 1970
        at_us: i64,
        /// By which rule
        rule: String,
    },
}

/// A transaction, as its citizen sees it: who, when, for what, which fields. Not the officer's name, nor addresses.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SeenCall {
    /// When the call arrived, microseconds since 1970
    pub at_us: i64,
    /// What ties it to the organisation's own log
    pub correlation: [u8; 16],
    /// Organisation of the system
    pub organisation: Option<String>,
    /// Agency code (Decision 20/2020/QĐ-TTg)
    pub agency_code: Option<String>,
    /// System that called
    pub system_id: Option<String>,
    /// Account used
    pub account_id: Option<String>,
    /// Its role
    pub role: Option<String>,
    /// Service
    pub service: String,
    /// Code of the procedure that is the registered purpose
    pub procedure: Option<String>,
    /// Case (file) number
    pub case_number: Option<String>,
    /// Purpose in the officer's words
    pub purpose: Option<String>,
    /// Fields that the caller sent
    pub inputs: FieldSet,
    /// Fields whose values left
    pub released: FieldSet,
    /// How it ended
    pub outcome: Outcome,
}

impl fmt::Debug for SeenCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenCall")
            .field("at_us", &self.at_us)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// Personal parts that an entry's proof discloses to its citizen.
pub(super) const CALL_PARTS: &[Part] = &[Part::CaseNumber, Part::Purpose, Part::Subject];
/// Those of a withholding while the entry is withheld.
pub(super) const CLOSED_PARTS: &[Part] = &[Part::Subject];
/// Those of a withholding once the entry is open.
pub(super) const OPEN_PARTS: &[Part] = &[Part::Subject, Part::Order];

impl Shown {
    /// An entry that is not withheld. `is_open` tells of the entry that a withholding is about.
    pub(super) fn of(entry: Entry, is_open: impl Fn(u64) -> bool) -> Self {
        let call = entry.call;
        match entry.kind {
            Kind::Withholding { entry, until_us } => {
                let order = call.personal.order.filter(|_| is_open(entry));
                Self::Withholding { at_us: call.at_us, entry, until_us, order }
            }
            Kind::Act { rule, .. } => Self::Act { at_us: call.at_us, rule },
            Kind::Call | Kind::Context | Kind::Epoch(_) => Self::Call(Box::new(SeenCall {
                at_us: call.at_us,
                correlation: call.correlation,
                organisation: call.organisation,
                agency_code: call.agency_code,
                system_id: call.system_id,
                account_id: call.account_id,
                role: call.role,
                service: call.service,
                procedure: call.procedure,
                case_number: call.personal.case_number,
                purpose: call.personal.purpose,
                inputs: call.inputs,
                released: call.released,
                outcome: call.outcome,
            })),
        }
    }
}
