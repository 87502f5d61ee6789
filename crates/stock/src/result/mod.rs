//! What was found: a part for each chunk, joined into the files of the result.
mod join;
mod part;
mod summary;
mod table;

pub use join::{Line, join, lines};
pub use part::{COLUMNS, Part};
pub use summary::Summary;
pub use table::{Csv, SHEET_ROWS, TABLE_ROWS, csv, workbook};

use std::io;

/// Why a result cannot be written or read. Holds nothing of a row.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// As many answers are needed as the chunk has rows
    #[error("{answers} answers for {rows} rows")]
    Answers {
        /// Rows of the chunk
        rows: usize,
        /// Answers given
        answers: usize,
    },
    /// A file that is no part or no result of this crate's, or a damaged one
    #[error("part {0} of the result is damaged")]
    Part(u64),
    /// More rows than a workbook is written for
    #[error("more rows than a workbook is written for")]
    TooManyRows,
    /// Parquet could not be written
    #[error("the result cannot be written as Parquet: {0}")]
    Parquet(String),
    /// XLSX could not be written
    #[error("the result cannot be written as a workbook: {0}")]
    Workbook(String),
    /// Reading or writing failed
    #[error("reading or writing failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

impl From<::parquet::errors::ParquetError> for ResultError {
    fn from(error: ::parquet::errors::ParquetError) -> Self {
        Self::Parquet(error.to_string())
    }
}

#[cfg(test)]
mod tests;
