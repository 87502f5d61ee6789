#![doc = include_str!("../README.md")]

mod carried;
mod chunks;
mod cleaning;
mod close;
mod codec;
mod columns;
mod counts;
mod error;
mod fill;
mod guess;
mod job;
mod parcel;
mod reseal;
mod result;
mod review;
mod schema;
mod sealed;
mod tell;
mod terms;
mod work;

pub use carried::Register;
pub use chunks::{Finish, Lease, Progress};
pub use cleaning::{Cleaning, Options};
pub use close::Closed;
pub use columns::{Columns, field_of};
pub use counts::Counts;
pub use error::CleaningError;
pub use fill::Filler;
pub use guess::{Budget, Limits};
pub use job::{Asked, Job, JobState, NewJob, Seen};
pub use parcel::{Made, Signing, Wrapping, is_parcel};
pub use result::{Line, plain};
pub use review::{Decide, Decided, Decision, Review};
pub use tell::{RESULT, SERVICE, Teller};
pub use terms::{Terms, Wish, stands, terms};
pub use work::{Matcher, Worker};
