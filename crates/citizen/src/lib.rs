#![doc = include_str!("../README.md")]

mod code;
mod date;
mod field;
mod name;
mod number;
mod record;

pub use code::{Address, Coded, ListVersion};
pub use date::{BirthDate, CivilDate, DateError};
pub use field::{Field, FieldSet};
pub use name::{FullName, NameError};
pub use number::{IdCardNumber, NumberError, PersonalId, PersonNumber};
pub use record::{
    Absence, Card, Contact, Death, Household, LifeState, Record, Relative, Sourced, Sex,
};
