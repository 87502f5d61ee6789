//! Import and export: CSV and Parquet with the same columns, and the messages of QCVN 109.
//!
//! Everything streams. Nothing here opens a file or reads the clock, and no error tells a value.
pub mod csv;
mod fault;
pub mod parquet;
pub mod qcvn109;
mod row;

#[cfg(test)]
mod tests;

pub use fault::{Fault, RowFault, TransferError};
pub use row::{COLUMNS, Row};
