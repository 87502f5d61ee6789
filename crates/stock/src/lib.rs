#![doc = include_str!("../README.md")]

pub mod envelope;
pub mod package;
pub mod read;
pub mod report;
pub mod result;
pub mod texts;

pub use package::{Manifest, Package, PackageError};
pub use read::{
    Chunk, Encoding, Fault, Format, Limits, Map, MapError, ReadError, Reader, RowFault, Skipped, Source,
};
pub use result::{Part, ResultError, Summary};
pub use texts::Texts;
