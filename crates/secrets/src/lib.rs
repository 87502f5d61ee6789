#![doc = include_str!("../README.md")]

mod content;
mod delivery;
mod error;
mod issue;
mod recipient;
mod reseal;
mod schema;
mod sealed;
mod secrets;

pub use delivery::{Delivery, DeliveryState};
pub use error::SecretsError;
pub use issue::Order;
pub use recipient::RecordedRecipient;
pub use schema::MIGRATIONS;
pub use secrets::Secrets;
