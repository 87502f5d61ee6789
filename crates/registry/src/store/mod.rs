//! The tables of the registry. Nothing in them is ever overwritten but the pointer to the version in force, and sealed
//! values when keys rotate.
pub(crate) mod read;
mod schema;
mod sealed;
pub(crate) mod write;

pub use schema::MIGRATIONS;
pub(crate) use schema::OWNER;
pub(crate) use sealed::{KEY, Rows, VersionRow};
