#![doc = include_str!("../README.md")]

pub mod blob;
mod checkpoints;
mod dialect;
mod error;
mod faults;
mod lease;
pub mod lint;
mod metrics;
mod migrate;
mod postgres;
mod retry;
mod row;
mod sql;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod value;
pub mod whole;

pub use crate::error::StoreError;
pub use crate::lease::{Lease, Marks};
pub use crate::metrics::Metrics;
pub use crate::migrate::Migration;
pub use crate::row::Row;
pub use crate::store::Store;
pub use crate::tx::Tx;
pub use crate::value::Value;
