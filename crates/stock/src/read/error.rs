//! What can be wrong with a file and with its rows. Nothing here holds what stands in a cell.
use dancu_linkage::Column;
use std::io;

/// Why a file is not read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// More bytes than allowed, a workbook that unpacks to more, or a chunk whose texts are more than is held
    #[error("the file has more than {0} bytes, or unpacks to more")]
    TooBig(u64),
    /// More rows than allowed
    #[error("the file has more than {0} rows")]
    TooManyRows(u64),
    /// Nothing stands in it
    #[error("the file has no rows")]
    Empty,
    /// None of the formats that are read
    #[error("the file is neither CSV, Parquet, XLSX nor XML of QCVN 109")]
    Format,
    /// XLS of before 2007
    #[error("a workbook of the form before 2007; save it as .xlsx")]
    OldWorkbook,
    /// A workbook under a password
    #[error("the workbook is protected by a password; save it without one")]
    Encrypted,
    /// A workbook that cannot be read
    #[error("the workbook is damaged")]
    Workbook,
    /// Not a Parquet file, or a damaged one
    #[error("the Parquet file is damaged, at row group {0}")]
    Parquet(usize),
    /// A Parquet file of a compression that is not read
    #[error("the Parquet file is compressed with {0}; Zstandard, Snappy and none are read")]
    Compression(String),
    /// A workbook of more sheets than are looked at
    #[error("the workbook has more than {0} sheets")]
    TooManySheets(usize),
    /// A sheet with rows whose columns are not known: they would be left out
    #[error(
        "sheet {sheet:?} of the workbook has rows, but {why}; name its columns as those of the other sheets, or take it out"
    )]
    Sheet {
        /// Name of the sheet
        sheet: String,
        /// Why it is not read
        why: Box<ReadError>,
    },
    /// No heading by which people could be found
    #[error("no column is named as number or name of a citizen; say which is which with --map")]
    NoHeadings,
    /// The mapping names a heading that the file has not
    #[error("the file has no column of the heading mapped to {}", .0.name())]
    NoColumn(Column),
    /// Two columns have the heading
    #[error("two columns of the file have the heading of {}", .0.name())]
    Repeated(Column),
    /// A column of Parquet that holds neither text, whole numbers nor days
    #[error("column {} holds neither text, whole numbers nor days", .0.name())]
    Type(Column),
    /// A row without end: the file is no table
    #[error("the row that begins at line {0} is too long")]
    RowTooLong(u64),
    /// The XML is not well-formed, or no message of QCVN 109
    #[error("citizen {row} of the message: {fault}")]
    Message {
        /// The citizen, from 1, at whom reading ended
        row: u64,
        /// What was wrong
        fault: dancu_message::WireError,
    },
    /// It changed while it was read
    #[error("the file was changed while it was read")]
    Changed,
    /// Reading failed
    #[error("reading failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

/// Why a row cannot be read. Such a row is there, with its name if that could be read and no other text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// Fewer or more cells than headings
    #[error("{found} cells where the headings are {expected}")]
    Ragged {
        /// Cells of the row
        found: usize,
        /// Headings
        expected: usize,
    },
    /// A quotation mark that is never closed
    #[error("a quotation mark is not closed")]
    Quote,
    /// Bytes that are not of the file's encoding
    #[error("{}: not in the encoding of the file", .0.name())]
    Encoding(Column),
    /// A text that is too long to be one of the column's
    #[error("{}: the text is too long", .0.name())]
    Long(Column),
    /// An element of QCVN 109 in a place where none may be
    #[error("an element stands where none may be")]
    Element,
}

/// A row that cannot be read, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct RowFault {
    /// The row of the file, from 0
    pub row: u64,
    /// CSV: the line on which it begins, from 1. XLSX: the row of its sheet. Otherwise the row, from 1
    pub line: u64,
    /// What is wrong with it
    pub fault: Fault,
}
