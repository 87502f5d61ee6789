//! `/supervisor/journal`: a supervisor searches the journal; each search is an entry too.
mod entry;
mod sample;
mod search;

pub use entry::{JournalEntryPage, Withhold};
pub use search::{JournalPage, JournalResults, JournalRow, JournalSearch};
