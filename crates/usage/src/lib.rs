#![doc = include_str!("../README.md")]

mod count;
mod error;
mod follow;
mod metrics;
mod query;
mod range;
mod schema;
mod usage;

pub use count::{Count, SERVICES};
pub use dancu_journal::index::{Clock, Running};
pub use error::UsageError;
pub use follow::{Follower, Stepped};
pub use query::{Row, RowKey, SystemUse};
pub use range::{MAX_DAYS, Range, Scope};
pub use usage::{Options, Usage};
