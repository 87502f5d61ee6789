//! Keeping: closed months go to the archive, expired parts go for good, and what an order holds stays.
mod archive;
mod error;
mod files;
mod hold;
mod part;
mod purge;
mod retention;

pub(crate) use archive::{Archived, archived_between};
pub use error::KeepingError;
pub(crate) use files::ArchiveFiles;
pub use hold::{Hold, HoldScope};
pub use purge::Purged;
pub use retention::{Class, Kept, Retention, RetentionError, RetentionOptions};
