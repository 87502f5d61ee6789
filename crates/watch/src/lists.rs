//! Persons that rules know by name: planted records and well-known persons, as keyed hashes, each from an entry on.
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A sealed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// Records of nobody, for which nobody has reason to ask
    Planted,
    /// Persons that everybody would like to know more about
    WellKnown,
}

impl List {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Planted, Self::WellKnown];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planted => "planted",
            Self::WellKnown => "well_known",
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }
}

/// A person's time on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) list: List,
    /// From this entry on
    pub(crate) from_entry: u64,
    /// Before this entry, once taken off
    pub(crate) until_entry: Option<u64>,
}

/// Who is on which list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists(HashMap<[u8; 16], Vec<Stay>>);

impl Lists {
    pub(crate) fn put(&mut self, subject: [u8; 16], stay: Stay) {
        self.0.entry(subject).or_default().push(stay);
    }

    /// Whether a person is on a list as of an entry.
    pub(crate) fn holds(&self, list: List, subject: &[u8; 16], entry: u64) -> bool {
        let stays = self.0.get(subject).map_or(&[][..], Vec::as_slice);
        stays.iter().any(|stay| {
            stay.list == list
                && stay.from_entry <= entry
                && stay.until_entry.is_none_or(|until| entry < until)
        })
    }
}
