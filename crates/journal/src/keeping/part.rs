//! A part of the archive: 65,536 entries at most as one Parquet file, which other tools read too.
//!
//! What the public entry says is in the log's own files; here stand the columns by which people count and search, and
//! the sealed personal parts.
use crate::open::PURGED;
use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};
use std::sync::Arc;

/// Rows that are read together: those of sixteen entry bundles.
pub(crate) const ROW_GROUP: usize = 4096;

const NUMBERS: [&str; 2] = ["index", "at_us"];
const TEXTS: [&str; 6] = ["kind", "service", "organisation", "system", "account", "outcome"];
const SEALED: &str = "sealed";

/// An archived entry.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ArchivedRow {
    pub(crate) index: u64,
    /// Time of arrival, microseconds since 1970
    pub(crate) at_us: i64,
    /// Kind, service, organisation, system, account, outcome; what the entry has not is none
    pub(crate) texts: [Option<String>; TEXTS.len()],
    /// Sealed personal parts, or [`PURGED`]; none for entries that never had any
    pub(crate) sealed: Option<Vec<u8>>,
}

impl std::fmt::Debug for ArchivedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchivedRow").field("index", &self.index).finish_non_exhaustive()
    }
}

impl ArchivedRow {
    /// Whether it has personal parts still.
    pub(crate) fn has_parts(&self) -> bool {
        self.sealed.as_deref().is_some_and(|sealed| sealed != PURGED)
    }

    /// Service of the entry; empty for one that has none.
    pub(crate) fn service(&self) -> &str {
        self.texts.get(1).and_then(Option::as_deref).unwrap_or_default()
    }
}

/// The file of these rows.
pub(crate) fn write(rows: &[ArchivedRow]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, Arc::new(schema()?), Arc::new(properties()))?;
    for rows in rows.chunks(ROW_GROUP) {
        let mut group = writer.next_row_group()?;
        let mut column = 0;
        while let Some(mut to) = group.next_column()? {
            write_column(to.untyped(), rows, column)?;
            to.close()?;
            column += 1;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(out)
}

fn write_column(to: &mut ColumnWriter<'_>, rows: &[ArchivedRow], column: usize) -> Result<()> {
    match to {
        ColumnWriter::Int64ColumnWriter(to) => {
            let number = |row: &ArchivedRow| if column == 0 { row.index.cast_signed() } else { row.at_us };
            let values: Vec<i64> = rows.iter().map(number).collect();
            to.write_batch(&values, None, None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(to) => {
            let cell = |row: &ArchivedRow| match row.texts.get(column - NUMBERS.len()) {
                Some(text) => text.as_ref().map(|text| text.clone().into_bytes()),
                None => row.sealed.clone(),
            };
            let cells: Vec<Option<Vec<u8>>> = rows.iter().map(cell).collect();
            let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
            let values: Vec<ByteArray> = cells.into_iter().flatten().map(ByteArray::from).collect();
            to.write_batch(&values, Some(&levels), None)?;
        }
        _ => return Err(ParquetError::General("unexpected type of column".to_owned())),
    }
    Ok(())
}

/// All rows of a file.
pub(crate) fn read(file: Bytes) -> Result<Vec<ArchivedRow>> {
    let reader = SerializedFileReader::new(file)?;
    let mut rows = Vec::new();
    for group in 0..reader.num_row_groups() {
        rows.extend(read_group(&*reader.get_row_group(group)?)?);
    }
    Ok(rows)
}

/// The rows of one row group, from 0; none beyond the last.
pub(crate) fn read_group_at(file: Bytes, group: usize) -> Result<Vec<ArchivedRow>> {
    let reader = SerializedFileReader::new(file)?;
    if group < reader.num_row_groups() { read_group(&*reader.get_row_group(group)?) } else { Ok(Vec::new()) }
}

fn read_group(group: &dyn RowGroupReader) -> Result<Vec<ArchivedRow>> {
    let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let mut rows = vec![ArchivedRow::default(); count];
    for column in 0..group.num_columns() {
        match group.get_column_reader(column)? {
            ColumnReader::Int64ColumnReader(mut from) => {
                let mut values = Vec::with_capacity(count);
                from.read_records(count, None, None, &mut values)?;
                for (row, value) in rows.iter_mut().zip(values) {
                    if column == 0 { row.index = value.cast_unsigned() } else { row.at_us = value }
                }
            }
            ColumnReader::ByteArrayColumnReader(mut from) => {
                let (mut levels, mut values) = (Vec::with_capacity(count), Vec::new());
                from.read_records(count, Some(&mut levels), None, &mut values)?;
                let mut values = values.into_iter();
                for (row, level) in rows.iter_mut().zip(levels) {
                    let value = if level == 1 { values.next() } else { None };
                    put(row, column, value)?;
                }
            }
            _ => return Err(ParquetError::General("unexpected type of column".to_owned())),
        }
    }
    Ok(rows)
}

fn put(row: &mut ArchivedRow, column: usize, value: Option<ByteArray>) -> Result<()> {
    match row.texts.get_mut(column.saturating_sub(NUMBERS.len())) {
        Some(text) => *text = value.map(|value| value.as_utf8().map(str::to_owned)).transpose()?,
        None => row.sealed = value.map(|value| value.data().to_vec()),
    }
    Ok(())
}

fn schema() -> Result<Type> {
    let mut fields = Vec::new();
    for name in NUMBERS {
        fields.push(
            Type::primitive_type_builder(name, PhysicalType::INT64).with_repetition(Repetition::REQUIRED),
        );
    }
    for name in TEXTS {
        let text = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY);
        fields.push(text.with_repetition(Repetition::OPTIONAL).with_converted_type(ConvertedType::UTF8));
    }
    let sealed = Type::primitive_type_builder(SEALED, PhysicalType::BYTE_ARRAY);
    fields.push(sealed.with_repetition(Repetition::OPTIONAL));
    let fields: Result<Vec<_>> = fields.into_iter().map(|field| field.build().map(Arc::new)).collect();
    Type::group_type_builder("entries").with_fields(fields?).build()
}

/// Sealed bytes do not compress and never repeat.
fn properties() -> WriterProperties {
    let sealed = ColumnPath::from(SEALED);
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_column_compression(sealed.clone(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(sealed, false)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(count: u64) -> Vec<ArchivedRow> {
        let text = |text: &str| Some(text.to_owned());
        (0..count)
            .map(|n| ArchivedRow {
                index: 65_536 + n,
                at_us: 1_700_000_000_000_000 + n.cast_signed(),
                texts: [
                    text("call"),
                    text("verify"),
                    None,
                    text("hospital"),
                    text(&format!("a{}", n % 7)),
                    text("verified"),
                ],
                sealed: (n % 5 != 0).then(|| vec![n.to_le_bytes()[0]; 100]),
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn what_is_written_is_read(count in 0_u64..9000, group in 0_usize..4) {
            let rows = rows(count);
            let file = Bytes::from(write(&rows).unwrap());
            prop_assert_eq!(&read(file.clone()).unwrap(), &rows);
            let of_group: Vec<_> = rows.into_iter().skip(group * ROW_GROUP).take(ROW_GROUP).collect();
            prop_assert_eq!(read_group_at(file, group).unwrap(), of_group);
        }
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let file = write(&rows(10)).unwrap();
        assert!(read(Bytes::from(file[..file.len() - 3].to_vec())).is_err());
        assert!(read(Bytes::new()).is_err());
    }
}
