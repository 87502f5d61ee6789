#![doc = include_str!("../README.md")]
mod authority;
pub mod envelope;
pub mod est;
mod recipient;
mod request;
mod terms;

pub use authority::{Authority, Issued, PkiError, Purpose, Subject};
pub use recipient::{Recipient, RecipientRefused, certificate_of};
pub use request::{RequestRefused, SigningRequest};
pub use terms::{Term, TermRow, Terms, TermsError};
