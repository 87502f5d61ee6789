#![doc = include_str!("../README.md")]

pub mod client;
mod clock;
mod error;
pub mod http;
mod metrics;
mod routes;
mod schema;
pub mod serve;
pub mod stamp;
mod state;
mod witness;

pub use clock::Clock;
pub use error::WitnessError;
pub use routes::router;
pub use state::{Evidence, Latest};
pub use witness::{KnownLog, Outcome, Witness};
