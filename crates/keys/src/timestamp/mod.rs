//! Time stamps by an independent authority (RFC 3161): the question, the check of the answer, and a small authority.
//!
//! What is stamped are checkpoints of a log: small, public, and worth having existed at a known time. The structures are
//! written out here, because the one library that has them cannot read a refusal or a time with a fraction of a second.
mod asn1;
mod certificate;
mod query;
mod signature;
mod token;
mod tsa;
mod verify;

pub use query::Query;
pub use tsa::{Tsa, TsaError};
pub use verify::{Authorities, Stamp, TimestampError, token, verify, verify_token};

/// Media type of a question (RFC 3161 §3.4).
pub const QUERY_TYPE: &str = "application/timestamp-query";

/// Media type of an answer (RFC 3161 §3.4).
pub const REPLY_TYPE: &str = "application/timestamp-reply";

/// Bytes of the largest question or answer that is read: a token with a chain of large certificates has 10 to 20 KiB.
pub const MAX_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;
