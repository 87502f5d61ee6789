#![doc = include_str!("../README.md")]

mod batch;
mod born;
mod builder;
mod bytes;
mod extra;
mod file;
mod finish;
mod gather;
mod groups;
mod homes;
mod index;
mod lists;
mod look;
mod mix;
mod names;
mod numbers;
mod pages;
mod people;
mod person;
mod provinces;
mod row;
mod seek;
mod signature;
mod syllables;
#[cfg(test)]
mod tests;
mod threads;
mod words;
mod years;

pub use builder::Builder;
pub use file::{OpenError, Standing};
pub use homes::Heads;
pub use index::Index;
pub use look::{Looked, Sought};
pub use names::matching;
pub use person::{Entry, Key, Name, Person, Place, Unit};
pub use signature::Signature;
pub use syllables::Syllables;

/// The page that would tell does not open, or says what cannot be: ask the store. It never means "nobody".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page of the verify index does not open")]
pub struct Doubt;

/// Why people make no index. No message holds personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Two people have one number
    #[error("two people bear one number")]
    SameNumber,
    /// A birth date that the calendar of the index does not have
    #[error("a birth date before 1800 or after 2999")]
    Date,
    /// More people than have a place
    #[error("more people than an index holds")]
    TooMany,
}
