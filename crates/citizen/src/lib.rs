#![doc = include_str!("../README.md")]

mod code;
mod compare;
mod date;
mod field;
pub mod lists;
mod name;
mod named;
mod number;
mod place;
mod record;
mod table;
pub mod units;
mod validity;

pub use code::{Address, Coded, ListVersion};
pub use compare::{Allowed, Claim, Comparison, Facts, FieldVerdict, Reason, Verdict, compare};
pub use date::{BirthDate, CivilDate, DateError};
pub use field::{Field, FieldSet};
pub use name::{ClaimedName, FullName, NameError, NameForms};
pub use number::{IdCardNumber, NumberError, PersonNumber, PersonalId};
pub use place::{NumberWarning, Place, place};
pub use record::{Absence, Card, Contact, Death, Household, LifeState, Record, Relative, Sex, Sourced};
pub use units::Units;
pub use validity::Validity;
