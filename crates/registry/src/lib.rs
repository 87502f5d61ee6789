#![doc = include_str!("../README.md")]

mod block;
mod codec;
pub mod generate;
mod index;
pub mod nation;
mod person;
mod registry;
mod reseal;
mod sandbox;
mod store;
mod tend;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod transfer;
mod verify;

pub use codec::CodecError;
pub use dancu_verify_index::Doubt;
pub use person::{Change, Entry, Finding, Hit, Hits, NewPerson, PersonKey, Search, Version};
pub use registry::Registry;
pub use sandbox::TestPeople;
pub use store::MIGRATIONS;
pub use tend::{Tended, Trust};

use dancu_keys::SealError;
use dancu_storage::StoreError;

/// Why the registry cannot do what it was asked. No message holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The store refused
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed value does not open: its key is missing, or it was altered or moved
    #[error("{table} of person {person}: {source}", person = .person.hex())]
    Sealed {
        /// Table
        table: &'static str,
        /// Whose
        person: PersonKey,
        /// Why
        source: SealError,
    },
    /// A value opens but cannot be read
    #[error("{table} of person {person}: {source}", person = .person.hex())]
    Unreadable {
        /// Table
        table: &'static str,
        /// Whose
        person: PersonKey,
        /// Why
        source: CodecError,
    },
    /// A number belongs to another person already
    #[error("a number of person {position} in the list belongs to another person")]
    NumberTaken {
        /// Position in the list that was given, from 0
        position: usize,
    },
    /// The person is in the registry already
    #[error("person {position} in the list is in the registry already")]
    Exists {
        /// Position in the list that was given, from 0
        position: usize,
    },
    /// People who make no index in memory
    #[error("the people in the store make no index: {0}")]
    Index(dancu_verify_index::BuildError),
    /// No such person
    #[error("no such person")]
    NoSuchPerson,
    /// Another change came in between
    #[error("the record has changed since; it is at version {current}")]
    Stale {
        /// Version in force
        current: u32,
    },
    /// The reason of a change is not a short code
    #[error("a reason is a code of 1 to 40 lower-case letters, digits, '-' or '_'")]
    Reason,
}
