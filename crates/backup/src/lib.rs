#![doc = include_str!("../README.md")]
mod error;
mod make;
mod manifest;
mod open;
mod parts;
mod record;
mod restore;

pub use error::BackupError;
pub use make::{Source, Wraps, make};
pub use manifest::{Counted, FORMAT, Log, Manifest, Part};
pub use open::{KeyFile, Opened, Unlock, envelopes};
pub use restore::Target;
