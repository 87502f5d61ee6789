//! Synthetic people: a nation drawn from a seed, family by family.
//!
//! Nobody in it is real. Names, numbers and life courses are drawn from the tables in `data/`, with integers only, so that the
//! same seed gives the same bytes on every machine. Memory stays bounded whatever the number of people: one family at a time,
//! and one counter per block of numbers.
mod build;
mod card;
mod clan;
mod draft;
mod homes;
mod names;
mod numbers;
mod people;
mod places;
mod rng;
mod samples;
mod sketch;
mod tables;
mod tsv;

#[cfg(test)]
mod tests;

pub use people::{People, sketch};
pub(crate) use rng::split_mix;
pub use samples::{Sample, samples};
pub use sketch::Sketch;

use dancu_citizen::{FullName, IdCardNumber, PersonalId, Record};

/// What earlier versions of a record said.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Former {
    /// Names before the one in force
    pub names: Vec<FullName>,
    /// Personal identification numbers that the one in force replaced
    pub personal_ids: Vec<PersonalId>,
    /// Old card numbers before the one on record
    pub id_cards: Vec<IdCardNumber>,
}

impl Former {
    /// Whether the record never said anything else.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.personal_ids.is_empty() && self.id_cards.is_empty()
    }
}

impl std::fmt::Debug for Former {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Former")
            .field("names", &self.names.len())
            .field("personal_ids", &self.personal_ids.len())
            .field("id_cards", &self.id_cards.len())
            .finish()
    }
}

/// What is out of the ordinary about a synthetic person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// Died
    Deceased,
    /// Declared missing
    Missing,
    /// The record was cancelled
    Cancelled,
    /// The record is locked
    Locked,
    /// Only the year of birth is known
    YearOnly,
    /// Only year and month of birth are known
    YearMonth,
    /// Had another name before
    NameChanged,
    /// Had another 9-digit number before
    CardReplaced,
    /// Had another personal number before
    IdReplaced,
}

/// A synthetic person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synthetic {
    /// The version in force
    pub record: Record,
    /// What earlier versions said
    pub former: Former,
    /// What is out of the ordinary
    pub notes: Vec<Note>,
}
