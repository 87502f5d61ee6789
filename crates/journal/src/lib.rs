#![doc = include_str!("../README.md")]

mod bar;
mod call;
mod contexts;
mod count;
mod draft;
mod encode;
mod erase;
mod error;
mod head;
mod idempotency;
pub mod index;
pub mod inquiry;
mod journal;
mod keeping;
mod kind;
mod metrics;
mod moment;
mod month;
mod months;
mod open;
mod parts;
mod personal;
mod prepare;
pub mod publish;
mod quota;
mod read;
mod replay;
mod run;
mod schema;
mod settle;
mod stored;
mod sweep;
mod unit;
mod writer;

pub use bar::{BARRED, bar};
pub use call::{Answered, Call, Outcome, Steps};
pub use draft::{AnswerFn, Charge, Draft, Idempotency, Idempotent, Receipt, RefusalHash, ReplayKey, Scope};
pub use error::JournalError;
pub use head::Head;
pub use journal::{Journal, Options};
pub use keeping::{
    Class, Hold, HoldScope, KeepingError, Kept, Purged, Retention, RetentionError, RetentionOptions,
};
pub use kind::{Epoch, Kind, Record};
pub use moment::Moment;
pub use month::{Month, NotAMonth};
pub use open::{Depth, Entry, subject_hash, told};
pub use parts::{Opened, Opening};
pub use personal::{Part, Personal};
pub use read::{Filter, LOOK_BACK};
pub use stored::Stored;
