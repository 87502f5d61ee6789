//! Time stamps of a log's checkpoints by an independent authority (RFC 3161): until when the log was as it is, by a clock and
//! a key that the log's operator does not have.
mod files;
mod job;
mod metrics;
mod routes;

pub use files::StampFiles;
pub use job::{StampError, Stamper, keep_stamped};
pub use routes::{authority_router, router};
