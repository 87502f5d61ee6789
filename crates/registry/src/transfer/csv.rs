//! CSV (RFC 4180), UTF-8, the first line names the columns.
use super::{COLUMNS, Fault, Row, RowFault, TransferError};
use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use std::io::{self, Read, Write};

/// The most bytes of one row; more would let a quotation mark that is never closed fill the memory.
const MAX_ROW: usize = 1 << 20;

/// Writes rows; returns how many.
pub fn write(out: impl Write, rows: impl IntoIterator<Item = Row>) -> Result<u64, TransferError> {
    let mut writer = Writer::new(out)?;
    for row in rows {
        writer.write(&row)?;
    }
    let (_, count) = writer.finish()?;
    Ok(count)
}

/// Writes row by row.
pub struct Writer<W: Write> {
    inner: ::csv::Writer<W>,
    count: u64,
}

impl<W: Write> Writer<W> {
    /// Writes the names of the columns.
    pub fn new(out: W) -> Result<Self, TransferError> {
        let mut inner = ::csv::Writer::from_writer(out);
        inner.write_record(COLUMNS).map_err(broken)?;
        Ok(Self { inner, count: 0 })
    }

    /// Writes a row.
    pub fn write(&mut self, row: &Row) -> Result<(), TransferError> {
        self.count += 1;
        self.inner.write_record(row.cells().iter().map(|cell| cell.as_bytes())).map_err(broken)
    }

    /// Flushes; returns the output and how many rows were written.
    pub fn finish(self) -> Result<(W, u64), TransferError> {
        let out = self.inner.into_inner().map_err(|e| TransferError::Io(e.into_error()))?;
        Ok((out, self.count))
    }
}

/// Reads rows one by one. The columns may stand in any order, others among them are left out.
/// `today` is the last day on which anybody can have been born.
pub fn read<R: Read>(input: R, today: CivilDate) -> Result<Rows<R>, TransferError> {
    let input = Limited { inner: input, left: MAX_ROW };
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(input);
    let header = reader.byte_headers().map_err(|e| stop(e, 1))?.clone();
    let mut columns = [0; 9];
    for (place, column) in columns.iter_mut().zip(COLUMNS) {
        let mut found = header.iter().enumerate().filter(|(_, name)| name.trim_ascii() == column.as_bytes());
        *place = found.next().ok_or(TransferError::Column(column))?.0;
        if found.next().is_some() {
            return Err(TransferError::Column(column));
        }
    }
    Ok(Rows { reader, columns, width: header.len(), today, record: ByteRecord::new(), is_over: false })
}

/// The rows of a file. A faulty row does not end them.
pub struct Rows<R> {
    reader: Reader<Limited<R>>,
    columns: [usize; 9],
    width: usize,
    today: CivilDate,
    record: ByteRecord,
    is_over: bool,
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let begins = self.reader.position().line();
        self.reader.get_mut().left = MAX_ROW;
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => Some(self.row().map_err(Fault::Row)),
            Ok(false) => None,
            Err(error) => {
                self.is_over = true;
                Some(Err(Fault::File(stop(error, begins))))
            }
        }
    }
}

impl<R> Rows<R> {
    fn row(&self) -> Result<Row, RowFault> {
        let line = self.record.position().map_or(0, ::csv::Position::line);
        if self.record.len() != self.width {
            return Err(RowFault { line, column: None, code: Code::FieldMissing });
        }
        Row::read(line, self.columns.map(|at| self.record.get(at).unwrap_or_default()), self.today)
    }
}

/// Reading that ends with an error when one row takes too much.
struct Limited<R> {
    inner: R,
    left: usize,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "row too long"));
        }
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read);
        Ok(read)
    }
}

fn stop(error: ::csv::Error, line: u64) -> TransferError {
    match broken(error) {
        TransferError::Io(e) if e.kind() == io::ErrorKind::FileTooLarge => TransferError::RowTooLong(line),
        other => other,
    }
}

fn broken(error: ::csv::Error) -> TransferError {
    match error.into_kind() {
        ErrorKind::Io(e) => TransferError::Io(e),
        // Unequal lengths are allowed and bytes are read as bytes: nothing else is left to happen.
        _ => TransferError::Io(io::ErrorKind::InvalidData.into()),
    }
}
