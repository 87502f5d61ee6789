#![doc = include_str!("../README.md")]

pub mod cef;
mod cursor;
mod entry;
mod error;
mod event;
mod events;
mod feed;
mod levels;
mod line;
mod message;
mod metrics;
mod pull;
mod reader;
mod receiver;
pub mod rfc5424;
mod sender;
mod spool;
#[cfg(test)]
mod testing;

pub use error::FeedError;
pub use event::{AlertLevel, Event};
pub use events::Events;
pub use feed::{Feed, Options};
pub use levels::{Level, Levels, Said};
pub use message::{Field, Message, Origin};
pub use pull::{Page, Pull, PullError, PullToken, Query};
pub use receiver::{Format, Receiver, Tls};

/// The clock: microseconds since the epoch.
pub type Now = std::sync::Arc<dyn Fn() -> i64 + Send + Sync>;
