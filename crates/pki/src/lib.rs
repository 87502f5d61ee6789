#![doc = include_str!("../README.md")]
mod authority;
pub mod est;
mod request;

pub use authority::{Authority, Issued, PkiError, Purpose, Subject};
pub use request::{RequestRefused, SigningRequest};
