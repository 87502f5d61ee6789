//! Publishing: tiles, entry bundles and signed checkpoints on the file store, behind the commit.
//!
//! One thread a server. Several servers may publish one log: each signs only after it has seen that its own tree continues
//! what is published, and a checkpoint is released by the compare-and-swap that replaces the one before it.
mod error;
mod files;
mod line;
mod metrics;
mod options;
mod prove;
mod publisher;
mod resume;
mod tree;
mod witnessed;
mod worker;

pub use error::{NotCosigned, ProofError, PublishError};
pub use files::LogFiles;
pub use options::PublisherOptions;
pub use publisher::{Published, Publisher};
