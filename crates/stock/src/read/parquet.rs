//! Parquet: row groups cut into chunks. Text, whole numbers and days are read; other types are refused, other columns left out.
use super::chunk::{Builder, Chunk};
use super::column::Texts;
use super::heading::{Layout, Map};
use super::workbook::padded;
use super::{CHUNK_ROWS, Limits, ReadError, TEXT_BYTES};
use ::parquet::basic::{Compression, ConvertedType, LogicalType, Type as PhysicalType};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArrayType, DataType, Int32Type, Int64Type};
use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::{ChunkReader, FileReader as _, Length, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use bytes::Bytes;
use dancu_linkage::Column;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

/// A file whose foot was read.
pub(super) struct Outline {
    layout: Layout,
    pub(super) chunks: Vec<Place>,
    pub(super) rows: u64,
}

/// A chunk's place: rows of one row group.
#[derive(Clone, Copy)]
pub(super) struct Place {
    group: usize,
    skip: usize,
    rows: usize,
    first: u64,
}

pub(super) fn outline(file: &Arc<File>, bytes: u64, map: &Map, limits: Limits) -> Result<Outline, ReadError> {
    let reader = open_file(file, bytes)?;
    let columns = reader.metadata().file_metadata().schema_descr().columns();
    let names: Vec<String> = columns.iter().map(|column| column.path().string()).collect();
    let layout = Layout::of(&names, map)?;
    if !layout.names_people() {
        return Err(ReadError::NoHeadings);
    }
    for column in layout.columns() {
        for at in layout.places(column) {
            let known = columns.get(*at).and_then(|column| Kind::of(column));
            known.ok_or(ReadError::Type(column))?;
        }
    }
    let (mut chunks, mut rows) = (Vec::new(), 0);
    for (group, meta) in reader.metadata().row_groups().iter().enumerate() {
        for column in layout.columns() {
            for at in layout.places(column) {
                let compression = meta.columns().get(*at).map(ColumnChunkMetaData::compression);
                match compression {
                    Some(Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)) => {}
                    Some(other) => return Err(ReadError::Compression(other.to_string())),
                    None => return Err(ReadError::Parquet(group)),
                }
            }
        }
        let count = usize::try_from(meta.num_rows()).map_err(|_| ReadError::Parquet(group))?;
        if count as u64 > limits.rows.saturating_sub(rows) {
            return Err(ReadError::TooManyRows(limits.rows));
        }
        for skip in (0..count).step_by(CHUNK_ROWS) {
            let here = CHUNK_ROWS.min(count - skip);
            chunks.push(Place { group, skip, rows: here, first: rows });
            rows += here as u64;
        }
    }
    Ok(Outline { layout, chunks, rows })
}

impl Outline {
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The chunks of each row group.
    pub(super) fn runs(&self) -> Vec<Range<u64>> {
        let of_one = self.chunks.chunk_by(|one, next| one.group == next.group);
        of_one
            .scan(0, |at, chunks| {
                let first = *at;
                *at += chunks.len() as u64;
                Some(first..*at)
            })
            .collect()
    }

    /// Reads a chunk.
    pub(super) fn chunk(&self, cursor: &mut Cursor, number: u64) -> Result<Option<Chunk>, ReadError> {
        let Some(place) = self.place(number) else { return Ok(None) };
        // The next chunk has about as much text as this one.
        let text = Vec::with_capacity(cursor.text + cursor.text / 16);
        let mut builder = Builder::new(number, place.first, text, self.layout.has(Column::RowId));
        builder.rows(place.rows);
        let columns: Vec<Column> = self.layout.columns().collect();
        cursor.texts(&self.layout, place, &columns, |column, row, text| {
            let text = builder.keep(text);
            builder.set(row, column, text);
        })?;
        cursor.text = builder.bytes();
        Ok(Some(builder.finish()?))
    }

    /// Hands over the texts of some columns of a chunk, each with its row; gives how many rows there are.
    pub(super) fn texts(
        &self,
        cursor: &mut Cursor,
        number: u64,
        wanted: &[Column],
        each: impl FnMut(Column, usize, &[u8]),
    ) -> Result<Option<usize>, ReadError> {
        let Some(place) = self.place(number) else { return Ok(None) };
        cursor.texts(&self.layout, place, wanted, each)?;
        Ok(Some(place.rows))
    }

    fn place(&self, number: u64) -> Option<Place> {
        self.chunks.get(usize::try_from(number).ok()?).copied()
    }
}

/// Where reading is: columns of one row group.
pub(super) struct Cursor {
    reader: SerializedFileReader<Bytewise>,
    group: Option<usize>,
    row: usize,
    /// The columns that are read, and the parts of each in their order
    wanted: Vec<Column>,
    open: Vec<Open>,
    /// How much text the chunk before had
    text: usize,
}

impl Cursor {
    pub(super) fn new(file: &Arc<File>, bytes: u64) -> Result<Self, ReadError> {
        let (wanted, open) = (Vec::new(), Vec::new());
        Ok(Self { reader: open_file(file, bytes)?, group: None, row: 0, wanted, open, text: 0 })
    }

    /// Hands over the texts of a chunk, column by column.
    fn texts(
        &mut self,
        layout: &Layout,
        place: Place,
        wanted: &[Column],
        mut each: impl FnMut(Column, usize, &[u8]),
    ) -> Result<(), ReadError> {
        let wrong = |_| ReadError::Parquet(place.group);
        self.seek(layout, place, wanted).map_err(wrong)?;
        // Columns that were not read to their end are not read on.
        let mut open = std::mem::take(&mut self.open);
        let mut left = open.as_mut_slice();
        for column in wanted {
            let (parts, others) = left.split_at_mut(layout.places(*column).len().min(left.len()));
            left = others;
            if let [only] = parts {
                only.each(place.rows, *column, |row, text| each(*column, row, text)).map_err(wrong)?;
            } else {
                let joined = joined(parts, place.rows, *column).map_err(wrong)?;
                joined.iter().enumerate().for_each(|(row, text)| each(*column, row, text));
            }
        }
        self.open = open;
        self.row += place.rows;
        Ok(())
    }

    fn seek(&mut self, layout: &Layout, place: Place, wanted: &[Column]) -> ParquetResult<()> {
        let is_behind = self.group == Some(place.group) && self.row <= place.skip && !self.open.is_empty();
        if !is_behind || self.wanted != wanted {
            let group = self.reader.get_row_group(place.group)?;
            let schema = group.metadata().schema_descr();
            let mut open = Vec::new();
            for at in wanted.iter().flat_map(|column| layout.places(*column)) {
                let described = schema.column(*at);
                let kind = Kind::of(&described).ok_or_else(foreign)?;
                let max_level = described.max_def_level();
                let reader = if kind == Kind::Text && Texts::can_read(group.metadata().column(*at)) {
                    Values::Texts(Texts::new(group.get_column_page_reader(*at)?, max_level).into())
                } else {
                    Values::Others(group.get_column_reader(*at)?.into())
                };
                open.push(Open { reader, kind, max_level });
            }
            (self.group, self.row, self.open) = (Some(place.group), 0, open);
            self.wanted = wanted.to_vec();
        }
        let skip = place.skip - self.row;
        for open in &mut self.open {
            open.skip(skip)?;
        }
        self.row = place.skip;
        Ok(())
    }
}

/// The texts of a column that stands in several parts, with a space between them.
fn joined(parts: &mut [Open], rows: usize, column: Column) -> ParquetResult<Vec<Vec<u8>>> {
    let mut joined: Vec<Vec<u8>> = vec![Vec::new(); if parts.is_empty() { 0 } else { rows }];
    for part in parts {
        part.each(rows, column, |row, text| {
            let Some(whole) = joined.get_mut(row) else { return };
            // Beyond the bound the whole is refused: no more of it than tells that is held.
            whole.extend_from_slice(if whole.is_empty() { b"" } else { b" " });
            let left = (TEXT_BYTES + 1).saturating_sub(whole.len());
            whole.extend_from_slice(text.get(..left).unwrap_or(text));
        })?;
    }
    Ok(joined)
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Whole32,
    Whole64,
    Day,
}

impl Kind {
    fn of(column: &ColumnDescriptor) -> Option<Self> {
        if column.max_rep_level() > 0 {
            return None;
        }
        let is_day = column.logical_type_ref() == Some(&LogicalType::Date)
            || column.converted_type() == ConvertedType::DATE;
        let is_number = matches!(column.logical_type_ref(), None | Some(LogicalType::Integer { .. }))
            && !matches!(
                column.converted_type(),
                ConvertedType::DECIMAL
                    | ConvertedType::TIME_MILLIS
                    | ConvertedType::TIME_MICROS
                    | ConvertedType::TIMESTAMP_MILLIS
                    | ConvertedType::TIMESTAMP_MICROS
            );
        match column.physical_type() {
            PhysicalType::BYTE_ARRAY => Some(Self::Text),
            PhysicalType::INT32 if is_day => Some(Self::Day),
            PhysicalType::INT32 if is_number => Some(Self::Whole32),
            PhysicalType::INT64 if is_number => Some(Self::Whole64),
            _ => None,
        }
    }
}

struct Open {
    reader: Values,
    kind: Kind,
    max_level: i16,
}

enum Values {
    Texts(Box<Texts>),
    /// As the library reads them
    Others(Box<ColumnReader>),
}

impl Open {
    fn skip(&mut self, rows: usize) -> ParquetResult<()> {
        if rows == 0 {
            return Ok(());
        }
        let reader = match &mut self.reader {
            Values::Texts(texts) => return texts.skip(rows),
            Values::Others(reader) => &mut **reader,
        };
        let skipped = match reader {
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows)?,
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows)?,
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows)?,
            _ => return Err(foreign()),
        };
        if skipped == rows { Ok(()) } else { Err(foreign()) }
    }

    /// Hands over the texts of the next rows, those that have one.
    fn each(&mut self, rows: usize, column: Column, mut each: impl FnMut(usize, &[u8])) -> ParquetResult<()> {
        let reader = match &mut self.reader {
            Values::Texts(texts) => return texts.each(rows, |row, text| each(row, text.trim_ascii())),
            Values::Others(reader) => &mut **reader,
        };
        let (max, is_day) = (self.max_level, self.kind == Kind::Day);
        let mut number = |row: usize, value: i64| {
            let text = if is_day { day(value) } else { padded(value.to_string(), column) };
            each(row, text.as_bytes());
        };
        match reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                pull::<ByteArrayType>(reader, rows, max, |row, value| each(row, value.data().trim_ascii()))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                pull::<Int32Type>(reader, rows, max, |row, value| number(row, i64::from(*value)))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                pull::<Int64Type>(reader, rows, max, |row, value| number(row, *value))
            }
            _ => Err(foreign()),
        }
    }
}

fn pull<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    max_level: i16,
    mut each: impl FnMut(usize, &T::T),
) -> ParquetResult<()> {
    let mut done = 0;
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    while done < rows {
        levels.clear();
        values.clear();
        let (records, ..) = reader.read_records(rows - done, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Err(foreign());
        }
        if max_level == 0 {
            (done..).zip(&values).for_each(|(row, value)| each(row, value));
        } else {
            let mut values = values.iter();
            for (row, level) in (done..).zip(&levels) {
                if *level == max_level {
                    each(row, values.next().ok_or_else(foreign)?);
                }
            }
        }
        done += records;
    }
    Ok(())
}

fn foreign() -> ParquetError {
    ParquetError::General("not what the foot of the file says".to_owned())
}

/// Days since 1970 as `YYYY-MM-DD`; nothing beyond the years that are written with four digits.
fn day(days: i64) -> String {
    let span = jiff::Span::new().try_days(days);
    let day = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span));
    day.map_or_else(|_| String::new(), |day| day.to_string())
}

fn open_file(file: &Arc<File>, bytes: u64) -> Result<SerializedFileReader<Bytewise>, ReadError> {
    let reader = SerializedFileReader::new(Bytewise { file: Arc::clone(file), bytes });
    reader.map_err(|_| ReadError::Parquet(0))
}

/// A file read by place, so that threads do not move each other's.
struct Bytewise {
    file: Arc<File>,
    bytes: u64,
}

impl Length for Bytewise {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Bytewise {
    type T = io::BufReader<Onward>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::new(Onward { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // What a file says of itself takes no more memory than it has bytes.
        if length as u64 > self.bytes.saturating_sub(start) {
            return Err(foreign());
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// Reading on from a place.
struct Onward {
    file: Arc<File>,
    at: u64,
}

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
