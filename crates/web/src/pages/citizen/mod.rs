//! The citizen's pages: who looked at my data, is that all of it, and why.
mod history;
mod inquiry;
mod look;
mod sample;
mod sign_in;

pub use history::{Day, Epoch, Filter, HistoryPage};
pub use inquiry::{Event, EventState, InquiryPage, Sent, look_facts};
pub use look::{Asked, Content, Covered, Look, Seen, outcome_words};
pub(crate) use sample::sample_events;
pub use sign_in::CitizenSignInPage;
