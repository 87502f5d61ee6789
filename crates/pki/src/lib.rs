#![doc = include_str!("../README.md")]
mod authority;
pub mod envelope;
pub mod est;
mod recipient;
mod request;

pub use authority::{Authority, Issued, PkiError, Purpose, Subject};
pub use recipient::{Recipient, RecipientRefused};
pub use request::{RequestRefused, SigningRequest};
