#![doc = include_str!("../README.md")]

mod call;
mod draft;
mod encode;
mod error;
mod idempotency;
pub mod inquiry;
mod journal;
mod metrics;
mod quota;
mod read;
mod replay;
mod schema;
mod seal;
mod sweep;
mod unit;
mod writer;

pub use call::{Answered, Call, Outcome, Part, Personal, Steps};
pub use draft::{AnswerFn, Charge, Draft, Idempotency, Idempotent, Receipt, RefusalHash, ReplayKey, Scope};
pub use error::JournalError;
pub use journal::{Journal, Options};
pub use read::{Entry, Filter};
