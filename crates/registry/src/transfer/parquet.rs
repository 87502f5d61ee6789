//! Parquet: the same columns as CSV, all of them optional text, compressed with Zstandard, one row group per 65,536 rows.
use super::{COLUMNS, Fault, Row, TransferError};
use ::parquet::basic::{Compression, ConvertedType, Repetition, Type as PhysicalType, ZstdLevel};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;
use dancu_citizen::CivilDate;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;

/// What a Parquet file is read from: it begins at its end, so a plain stream will not do. Files and `bytes::Bytes` are such.
pub use ::parquet::file::reader::ChunkReader;

const ROW_GROUP: usize = 65_536;
const BATCH: usize = 4_096;

/// Writes rows; returns how many.
pub fn write(out: impl Write + Send, rows: impl IntoIterator<Item = Row>) -> Result<u64, TransferError> {
    let mut writer = Writer::new(out)?;
    for row in rows {
        writer.write(&row)?;
    }
    writer.finish()
}

/// Writes row by row; a row group is held in memory until it is full.
pub struct Writer<W: Write + Send> {
    inner: SerializedFileWriter<W>,
    columns: [Column; 9],
    waiting: usize,
    count: u64,
}

#[derive(Default)]
struct Column {
    values: Vec<ByteArray>,
    levels: Vec<i16>,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file.
    pub fn new(out: W) -> Result<Self, TransferError> {
        let mut fields = Vec::with_capacity(COLUMNS.len());
        for column in COLUMNS {
            let field = Type::primitive_type_builder(column, PhysicalType::BYTE_ARRAY)
                .with_repetition(Repetition::OPTIONAL)
                .with_converted_type(ConvertedType::UTF8)
                .build()?;
            fields.push(Arc::new(field));
        }
        let schema = Type::group_type_builder("citizens").with_fields(fields).build()?;
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let inner = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { inner, columns: Default::default(), waiting: 0, count: 0 })
    }

    /// Writes a row.
    pub fn write(&mut self, row: &Row) -> Result<(), TransferError> {
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            column.levels.push(i16::from(!cell.is_empty()));
            if !cell.is_empty() {
                column.values.push(ByteArray::from(cell.into_owned().into_bytes()));
            }
        }
        self.count += 1;
        self.waiting += 1;
        if self.waiting == ROW_GROUP { self.flush() } else { Ok(()) }
    }

    /// Ends the file; returns how many rows were written.
    pub fn finish(mut self) -> Result<u64, TransferError> {
        self.flush()?;
        self.inner.close()?;
        Ok(self.count)
    }

    fn flush(&mut self) -> Result<(), TransferError> {
        if self.waiting == 0 {
            return Ok(());
        }
        let mut group = self.inner.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            writer.typed::<ByteArrayType>().write_batch(&column.values, Some(&column.levels), None)?;
            writer.close()?;
            column.values.clear();
            column.levels.clear();
        }
        group.close()?;
        self.waiting = 0;
        Ok(())
    }
}

/// Reads rows one by one; other columns are left out.
/// `today` is the last day on which anybody can have been born.
pub fn read<R: ChunkReader + 'static>(input: R, today: CivilDate) -> Result<Rows<R>, TransferError> {
    let reader = SerializedFileReader::new(input)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let mut columns = [0; 9];
    for (place, name) in columns.iter_mut().zip(COLUMNS) {
        let mut found =
            schema.columns().iter().enumerate().filter(|(_, column)| column.path().string() == name);
        let (at, column) = found.next().ok_or(TransferError::Column(name))?;
        let is_text = column.physical_type() == PhysicalType::BYTE_ARRAY && column.max_rep_level() == 0;
        if !is_text || found.next().is_some() {
            return Err(TransferError::Column(name));
        }
        *place = at;
    }
    let groups = 0..reader.num_row_groups();
    Ok(Rows {
        reader,
        columns,
        groups,
        open: Vec::new(),
        ready: VecDeque::new(),
        today,
        line: 0,
        is_over: false,
    })
}

/// The rows of a file. A faulty row does not end them.
pub struct Rows<R: ChunkReader + 'static> {
    reader: SerializedFileReader<R>,
    columns: [usize; 9],
    groups: std::ops::Range<usize>,
    /// The columns of the row group being read
    open: Vec<OpenColumn>,
    ready: VecDeque<[Option<ByteArray>; 9]>,
    today: CivilDate,
    line: u64,
    is_over: bool,
}

struct OpenColumn {
    reader: ColumnReaderImpl<ByteArrayType>,
    max_level: i16,
}

impl<R: ChunkReader + 'static> Iterator for Rows<R> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.is_over {
            if let Err(error) = self.fill() {
                self.is_over = true;
                return Some(Err(Fault::File(error)));
            }
        }
        let cells = self.ready.pop_front()?;
        self.line += 1;
        let bytes = cells.each_ref().map(|cell| cell.as_ref().map_or(&[][..], ByteArray::data));
        Some(Row::read(self.line, bytes, self.today).map_err(Fault::Row))
    }
}

impl<R: ChunkReader + 'static> Rows<R> {
    /// Reads the next rows of the open row group, or opens the next one; the end of the last is the end.
    fn fill(&mut self) -> Result<(), TransferError> {
        if self.open.is_empty() {
            let Some(group) = self.groups.next() else {
                self.is_over = true;
                return Ok(());
            };
            self.open = self.open_group(group)?;
        }
        let mut columns = Vec::with_capacity(self.open.len());
        for column in &mut self.open {
            columns.push(column.read()?);
        }
        let rows = columns.first().map_or(0, VecDeque::len);
        if columns.iter().any(|column| column.len() != rows) {
            return Err(TransferError::Parquet);
        }
        if rows == 0 {
            self.open.clear();
        }
        for _ in 0..rows {
            let mut cells: [Option<ByteArray>; 9] = Default::default();
            for (cell, column) in cells.iter_mut().zip(&mut columns) {
                *cell = column.pop_front().flatten();
            }
            self.ready.push_back(cells);
        }
        Ok(())
    }

    fn open_group(&self, group: usize) -> Result<Vec<OpenColumn>, TransferError> {
        let group = self.reader.get_row_group(group)?;
        let mut open = Vec::with_capacity(self.columns.len());
        for (at, name) in self.columns.iter().zip(COLUMNS) {
            let ColumnReader::ByteArrayColumnReader(reader) = group.get_column_reader(*at)? else {
                return Err(TransferError::Column(name));
            };
            let max_level = group.metadata().schema_descr().column(*at).max_def_level();
            open.push(OpenColumn { reader, max_level });
        }
        Ok(open)
    }
}

impl OpenColumn {
    /// The next cells, none at the end.
    fn read(&mut self) -> Result<VecDeque<Option<ByteArray>>, TransferError> {
        let mut cells = VecDeque::with_capacity(BATCH);
        while cells.len() < BATCH {
            let (mut levels, mut values) = (Vec::new(), Vec::new());
            let wanted = BATCH - cells.len();
            let (records, ..) = self.reader.read_records(wanted, Some(&mut levels), None, &mut values)?;
            if records == 0 {
                break;
            }
            let mut values = values.into_iter();
            if self.max_level == 0 {
                cells.extend(values.map(Some));
            } else {
                cells.extend(
                    levels.iter().map(|level| (*level == self.max_level).then(|| values.next()).flatten()),
                );
            }
        }
        Ok(cells)
    }
}

impl From<ParquetError> for TransferError {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(error) => Self::Io(*error),
                Err(_) => Self::Parquet,
            },
            _ => Self::Parquet,
        }
    }
}
