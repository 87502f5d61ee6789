#![doc = include_str!("../README.md")]

pub mod read;
pub mod result;
pub mod texts;

pub use read::{Chunk, Encoding, Fault, Format, Limits, Map, MapError, ReadError, Reader, RowFault, Source};
pub use result::{Part, ResultError, Summary};
pub use texts::Texts;
