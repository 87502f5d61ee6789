//! Rows of a result, the same for both engines.

use std::fmt;
use std::ops::Range;

use crate::{StoreError, Value};

/// One row of a result. Columns are counted from 0.
///
/// Texts and bytes lie in one buffer, so that a row costs two allocations, and a streamed row none: the buffer is
/// used again for the next row.
#[derive(Clone, Default)]
pub struct Row {
    cells: Vec<Cell>,
    buffer: Vec<u8>,
}

#[derive(Clone)]
enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(Range<usize>),
    Bytes(Range<usize>),
}

impl Cell {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "integer",
            Self::Real(_) => "real",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// Filling, for the engines.
impl Row {
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.buffer.clear();
    }

    pub(crate) fn push_null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub(crate) fn push_int(&mut self, value: i64) {
        self.cells.push(Cell::Int(value));
    }

    pub(crate) fn push_real(&mut self, value: f64) {
        self.cells.push(Cell::Real(value));
    }

    pub(crate) fn push_text(&mut self, value: &[u8]) {
        let range = self.append(value);
        self.cells.push(Cell::Text(range));
    }

    pub(crate) fn push_bytes(&mut self, value: &[u8]) {
        let range = self.append(value);
        self.cells.push(Cell::Bytes(range));
    }

    fn append(&mut self, value: &[u8]) -> Range<usize> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(value);
        start..self.buffer.len()
    }
}

/// Reading. Every getter fails with [`StoreError::Type`] when the column is missing or holds another type; the plain
/// getters also when it is NULL, the `opt_` getters give `None` then.
impl Row {
    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A column's value, whatever it is: for copies of whole tables.
    pub fn value(&self, column: usize) -> Result<Value, StoreError> {
        Ok(match self.cell(column)? {
            Cell::Null => Value::Null,
            Cell::Int(value) => Value::Int(*value),
            Cell::Real(value) => Value::Real(*value),
            Cell::Text(_) => self.text(column)?.into(),
            Cell::Bytes(range) => self.slice(range).into(),
        })
    }

    /// Whether the column is NULL.
    pub fn is_null(&self, column: usize) -> Result<bool, StoreError> {
        Ok(matches!(self.cell(column)?, Cell::Null))
    }

    /// An integer.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| null(column))
    }

    /// An integer or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(*value)),
            other => Err(mismatch(column, "integer", other)),
        }
    }

    /// An integer in the range of `T`, for instance `row.number::<u32>(2)`.
    pub fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        self.opt_number(column)?.ok_or_else(|| null(column))
    }

    /// An integer in the range of `T`, or NULL.
    pub fn opt_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        let Some(value) = self.opt_int(column)? else { return Ok(None) };
        let number = T::try_from(value);
        number.map(Some).map_err(|_| StoreError::Type(format!("column {column} is out of range").into()))
    }

    /// A truth value: an integer that is 0 or not.
    pub fn bool(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A real number; an integer is taken too (an average that happens to be whole).
    pub fn real(&self, column: usize) -> Result<f64, StoreError> {
        self.opt_real(column)?.ok_or_else(|| null(column))
    }

    /// A real number or NULL.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a caller who asks for a real number accepts its precision"
    )]
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Real(value) => Ok(Some(*value)),
            Cell::Int(value) => Ok(Some(*value as f64)),
            other => Err(mismatch(column, "real", other)),
        }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| null(column))
    }

    /// A text or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(range) => {
                let text = std::str::from_utf8(self.slice(range));
                text.map(Some).map_err(|_| StoreError::Type(format!("column {column} is not UTF-8").into()))
            }
            other => Err(mismatch(column, "text", other)),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        self.opt_bytes(column)?.ok_or_else(|| null(column))
    }

    /// Bytes or NULL.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bytes(range) => Ok(Some(self.slice(range))),
            other => Err(mismatch(column, "bytes", other)),
        }
    }

    /// Bytes of a fixed length, for instance a hash.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        self.opt_array(column)?.ok_or_else(|| null(column))
    }

    /// Bytes of a fixed length, or NULL.
    pub fn opt_array<const N: usize>(&self, column: usize) -> Result<Option<[u8; N]>, StoreError> {
        let Some(bytes) = self.opt_bytes(column)? else { return Ok(None) };
        let array = bytes.try_into().map(Some);
        array.map_err(|_| StoreError::Type(format!("column {column} does not have {N} bytes").into()))
    }

    fn cell(&self, column: usize) -> Result<&Cell, StoreError> {
        self.cells.get(column).ok_or_else(|| StoreError::Type(format!("there is no column {column}").into()))
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.buffer.get(range.clone()).unwrap_or_default()
    }
}

/// Shows the types only: rows are personal data more often than not.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.cells.iter().map(Cell::kind)).finish()
    }
}

fn null(column: usize) -> StoreError {
    StoreError::Type(format!("column {column} is NULL").into())
}

fn mismatch(column: usize, wanted: &str, found: &Cell) -> StoreError {
    StoreError::Type(format!("column {column}: wanted {wanted}, found {}", found.kind()).into())
}
