//! What can be wrong with a file and with its rows.
use dancu_catalogue::Code;
use std::io;

/// Why a file cannot be read or written at all, or not further.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A column is missing, or twice there, or of another type than text
    #[error("column {0} is missing, repeated or not text")]
    Column(&'static str),
    /// A row is longer than a megabyte: most often a quotation mark that is never closed
    #[error("the row that begins at line {0} is too long")]
    RowTooLong(u64),
    /// Not a Parquet file, or a damaged one
    #[error("not a Parquet file, or a damaged one")]
    Parquet,
    /// Not a message of QCVN 109, or one with a fault
    #[error(transparent)]
    Message(#[from] dancu_message::WireError),
    /// Reading or writing failed
    #[error("reading or writing failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

/// What is wrong with one row. It never holds the value, so it may be shown and logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {}: {}", column.unwrap_or("the row"), code.name())]
pub struct RowFault {
    /// CSV: the line of the file on which the row begins, the line with the column names being 1. Parquet: the row, from 1
    pub line: u64,
    /// The column at fault; none when it is the row as a whole
    pub column: Option<&'static str>,
    /// Row of the error catalogue
    pub code: Code,
}

/// What an import meets: a row that is skipped, or the end of the road.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// This row is at fault; the next can be read
    #[error(transparent)]
    Row(#[from] RowFault),
    /// Nothing more can be read
    #[error(transparent)]
    File(#[from] TransferError),
}
