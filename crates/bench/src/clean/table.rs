//! Parquet files of texts, as an agency's export writes them.
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor as _;
use parquet::schema::types::Type;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Rows of a group.
const GROUP: usize = 131_072;

/// Writes rows of texts, a group at a time.
pub(super) struct Table {
    writer: SerializedFileWriter<File>,
    columns: Vec<Vec<ByteArray>>,
}

impl Table {
    pub(super) fn create(path: &Path, names: &[&str]) -> anyhow::Result<Self> {
        let field = |name: &&str| {
            let field = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY);
            field.with_repetition(Repetition::REQUIRED).with_logical_type(Some(LogicalType::String)).build()
        };
        let fields = names.iter().map(|name| field(name).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
        let writer =
            SerializedFileWriter::new(File::create(path)?, Arc::new(schema), Arc::new(properties.build()))?;
        Ok(Self { writer, columns: vec![Vec::new(); names.len()] })
    }

    pub(super) fn row<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> anyhow::Result<()> {
        for (column, text) in self.columns.iter_mut().zip(texts) {
            column.push(ByteArray::from(text));
        }
        if self.columns.first().is_some_and(|column| column.len() == GROUP) { self.flush() } else { Ok(()) }
    }

    pub(super) fn close(mut self) -> anyhow::Result<()> {
        self.flush()?;
        self.writer.close()?;
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for values in &mut self.columns {
            if let Some(mut column) = group.next_column()? {
                column.typed::<ByteArrayType>().write_batch(values, None, None)?;
                column.close()?;
            }
            values.clear();
        }
        group.close()?;
        Ok(())
    }
}

/// One column of a file, in the order of its rows.
pub(super) fn column(path: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let schema = reader.metadata().file_metadata().schema();
    let fields = schema.get_fields().iter().filter(|field| field.name() == name).cloned().collect();
    let only = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
    let rows = reader.get_row_iter(Some(only))?;
    rows.map(|row| Ok(row?.get_string(0)?.clone())).collect()
}
