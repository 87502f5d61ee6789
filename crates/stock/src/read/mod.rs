//! Files as they come, by chunks.
mod chunk;
mod column;
mod delimited;
mod encoding;
mod error;
mod heading;
mod message;
mod parquet;
mod scan;
mod source;
mod workbook;

pub use chunk::Chunk;
pub use encoding::Encoding;
pub use error::{Fault, ReadError, RowFault};
pub use heading::{Map, MapError};
pub use source::{Format, Reader, Source};
pub use workbook::Skipped;

/// Most rows of one chunk.
pub const CHUNK_ROWS: usize = 16_384;
/// Most bytes of one chunk of CSV, as far as its rows allow.
const CHUNK_BYTES: u64 = 16 << 20;
/// Most bytes of the texts of one chunk, whatever its format. Parquet may refer to one text from many rows.
const CHUNK_TEXT: usize = 256 << 20;
/// Most bytes of a text that is compared. A row with a longer one is not read.
pub const TEXT_BYTES: usize = 4 << 10;
/// Most bytes of a row's name.
pub const NAME_BYTES: usize = 1 << 10;

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a CSV or Parquet file
    pub bytes: u64,
    /// Bytes of a workbook or a message of QCVN 109, and of what a workbook unpacks to; their texts are kept in memory
    pub kept_bytes: u64,
    /// Rows
    pub rows: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 30, kept_bytes: 1 << 30, rows: 500_000_000 }
    }
}

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod tests;
