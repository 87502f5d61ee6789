//! What is wrong with a row: which column, what was meant, what is allowed. The words stand in `texts/*.ftl`.
use super::Column;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is wrong with a cell or a row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// Nothing stands there
    Missing,
    /// More characters than allowed
    TooLong {
        /// Most characters
        max: usize,
    },
    /// A control character
    Control,
    /// No name of a person
    NameForm,
    /// A login of too few or too many characters
    LoginLength {
        /// Fewest
        min: u8,
        /// Most
        max: u8,
        /// How many there are
        given: usize,
    },
    /// A login with spaces
    LoginSpaces,
    /// The cell is a number, so that leading zeros may be lost
    NumberCell,
    /// No telephone number
    PhoneForm,
    /// No agency code
    CodeForm,
    /// An agency code longer than Decision 20/2020/QĐ-TTg allows
    CodeTooLong {
        /// Most characters
        max: usize,
    },
    /// An agency code that does not lie under the organisation's
    CodeOutside {
        /// The organisation's code
        organisation: String,
    },
    /// A role that no table may give, or none at all
    RoleUnknown,
    /// No quota can be read
    QuotaForm,
    /// One of the two factors is missing
    QuotaFactor,
    /// What is said twice does not agree
    QuotaDisagrees {
        /// Cases times queries
        product: u32,
        /// What stands there
        said: u32,
    },
    /// More than an account may be given without a request
    QuotaTooHigh {
        /// Most calls a day
        max: u32,
    },
    /// No personal number
    OfficerNumberForm,
    /// There is an account of this login already
    LoginTaken,
    /// The login stands in the file before
    LoginRepeated {
        /// Where
        line: u32,
    },
    /// The holder's number stands in the file before
    OfficerRepeated {
        /// Where
        line: u32,
    },
    /// The holder has another account in this system
    OfficerHasAccount,
    /// The account of this login was closed, which is for good
    AccountClosed,
    /// The account has a role that no table may change
    RoleKept,
    /// The account on record belongs to another person's number
    OtherHolder,
    /// A unit of no level
    LevelUnknown,
    /// A level that has ended
    LevelEnded {
        /// Its last day
        last: String,
    },
    /// The unit stands in the file before
    UnitRepeated {
        /// Where
        line: u32,
    },
    /// No number of accounts
    AccountsForm,
}

impl Problem {
    /// Key of its text.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Missing => "fault-missing",
            Self::TooLong { .. } => "fault-too-long",
            Self::Control => "fault-control",
            Self::NameForm => "fault-name-form",
            Self::LoginLength { .. } => "fault-login-length",
            Self::LoginSpaces => "fault-login-spaces",
            Self::NumberCell => "fault-number-cell",
            Self::PhoneForm => "fault-phone-form",
            Self::CodeForm => "fault-code-form",
            Self::CodeTooLong { .. } => "fault-code-too-long",
            Self::CodeOutside { .. } => "fault-code-outside",
            Self::RoleUnknown => "fault-role-unknown",
            Self::QuotaForm => "fault-quota-form",
            Self::QuotaFactor => "fault-quota-factor",
            Self::QuotaDisagrees { .. } => "fault-quota-disagrees",
            Self::QuotaTooHigh { .. } => "fault-quota-too-high",
            Self::OfficerNumberForm => "fault-officer-number-form",
            Self::LoginTaken => "fault-login-taken",
            Self::LoginRepeated { .. } => "fault-login-repeated",
            Self::OfficerRepeated { .. } => "fault-officer-repeated",
            Self::OfficerHasAccount => "fault-officer-has-account",
            Self::AccountClosed => "fault-account-closed",
            Self::RoleKept => "fault-role-kept",
            Self::OtherHolder => "fault-other-holder",
            Self::LevelUnknown => "fault-level-unknown",
            Self::LevelEnded { .. } => "fault-level-ended",
            Self::UnitRepeated { .. } => "fault-unit-repeated",
            Self::AccountsForm => "fault-accounts-form",
        }
    }

    /// Values for its text: bounds and places, nothing of a person.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { max } | Self::CodeTooLong { max } => vec![("max", max.to_string())],
            Self::LoginLength { min, max, given } => {
                vec![("min", min.to_string()), ("max", max.to_string()), ("given", given.to_string())]
            }
            Self::CodeOutside { organisation } => vec![("organisation", organisation.clone())],
            Self::QuotaDisagrees { product, said } => {
                vec![("product", product.to_string()), ("said", said.to_string())]
            }
            Self::QuotaTooHigh { max } => vec![("max", max.to_string())],
            Self::LevelEnded { last } => vec![("last", last.clone())],
            Self::LoginRepeated { line } | Self::OfficerRepeated { line } | Self::UnitRepeated { line } => {
                vec![("line", line.to_string())]
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A fault of a row. It holds no value of the file but counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Line of the file or row of the sheet, from 1
    pub line: u32,
    /// The column at fault
    pub column: Column,
    /// What is wrong
    pub problem: Problem,
}
