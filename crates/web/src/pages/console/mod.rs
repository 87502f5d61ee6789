//! The console: pages for the people who govern connections. Most are a list or a record; each is filled by its handler.
mod cleaning;
mod door;
mod letter;
mod list;
mod record;
mod sample;

pub use cleaning::{Choosing, CleaningPage, Meter, Piece, ReviewPage, ReviewSide, Somebody};
pub use door::DoorPage;
pub use letter::LetterPage;
pub use list::ListPage;
pub use record::{Group, RecordPage};

pub(crate) use sample::samples;
