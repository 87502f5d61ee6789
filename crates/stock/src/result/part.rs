//! The result of one chunk: a Parquet file of one row group, which holds its own figures. The same chunk and answers make the
//! same bytes, on whatever machine.
use super::{ResultError, Summary};
use crate::read::Chunk;
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{Type, TypePtr};
use aws_lc_rs::digest::{SHA256, digest};
use dancu_linkage::{Action, Answer, Column, Verdict};
use std::sync::Arc;

/// The columns of a result, in their order. `score` is in bits; `reasons` is as [`dancu_linkage::Reasons`] is written.
pub const COLUMNS: [&str; 6] = ["row_id", "verdict", "matched_personal_id", "score", "reasons", "action"];

/// Who wrote a file: no version, for a newer one writes the same bytes.
pub(super) const WRITER: &str = "dancu";
/// Under which name a part holds its figures.
pub(super) const SUMMARY: &str = "dancu.summary";

/// The result of one chunk.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// The file
    pub bytes: Vec<u8>,
    /// SHA-256 of it
    pub sha256: [u8; 32],
    /// Its figures
    pub summary: Summary,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Part {
    /// Writes the answers to the rows of a chunk, in their order. An answer's number is written as it stands: take it out
    /// where it may not be told.
    pub fn encode(chunk: &Chunk, answers: &[Answer]) -> Result<Self, ResultError> {
        let names: Vec<&str> = chunk.rows().map(|row| row.get(Column::RowId)).collect();
        let mut summary = Summary::default();
        chunk.faults().iter().for_each(|fault| summary.count_fault(fault.fault));
        Self::write(&names, answers, summary)
    }

    /// The same of rows whose file is not at hand: their names and answers. Why rows could not be read is not in its figures.
    pub fn encode_lines(names: &[&str], answers: &[Answer]) -> Result<Self, ResultError> {
        Self::write(names, answers, Summary::default())
    }

    fn write(names: &[&str], answers: &[Answer], mut summary: Summary) -> Result<Self, ResultError> {
        if answers.len() != names.len() {
            return Err(ResultError::Answers { rows: names.len(), answers: answers.len() });
        }
        for answer in answers {
            summary.count(answer);
        }
        let mut bytes = Vec::new();
        let mut file = SerializedFileWriter::new(&mut bytes, schema()?, Arc::new(properties()))?;
        let mut group = file.next_row_group()?;
        let names = names.iter().map(|name| ByteArray::from(*name));
        column::<ByteArrayType>(&mut group, &names.collect::<Vec<_>>(), None)?;
        let named = |name: &'static str| ByteArray::from(bytes::Bytes::from_static(name.as_bytes()));
        let verdicts: Vec<ByteArray> = Verdict::ALL.iter().map(|one| named(one.name())).collect();
        let verdict = |answer: &Answer| verdicts.get(answer.verdict as usize).cloned().unwrap_or_default();
        column::<ByteArrayType>(&mut group, &answers.iter().map(verdict).collect::<Vec<_>>(), None)?;
        let matched = answers.iter().filter_map(|answer| answer.personal_id.as_ref());
        let matched: Vec<ByteArray> = matched.map(|id| ByteArray::from(id.expose().into_bytes())).collect();
        let levels: Vec<i16> = answers.iter().map(|answer| i16::from(answer.personal_id.is_some())).collect();
        column::<ByteArrayType>(&mut group, &matched, Some(&levels))?;
        let scores = answers.iter().map(|answer| f64::from(answer.score) / 100.0);
        column::<DoubleType>(&mut group, &scores.collect::<Vec<_>>(), None)?;
        let reasons = answers.iter().map(|answer| ByteArray::from(answer.reasons.to_string().into_bytes()));
        column::<ByteArrayType>(&mut group, &reasons.collect::<Vec<_>>(), None)?;
        let actions: Vec<ByteArray> = Action::ALL.iter().map(|one| named(one.name())).collect();
        let action = |answer: &Answer| actions.get(answer.action as usize).cloned().unwrap_or_default();
        column::<ByteArrayType>(&mut group, &answers.iter().map(action).collect::<Vec<_>>(), None)?;
        group.close()?;
        let figures =
            serde_json::to_string(&summary).map_err(|error| ResultError::Parquet(error.to_string()))?;
        file.append_key_value_metadata(KeyValue::new(SUMMARY.to_owned(), figures));
        file.close()?;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        Ok(Self { bytes, sha256, summary })
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ResultError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ResultError::Parquet("a column too many".to_owned()));
    };
    column.typed::<T>().write_batch(values, levels, None)?;
    Ok(column.close()?)
}

/// The same in parts and in the whole, so that parts are joined as they are.
pub(super) fn schema() -> Result<TypePtr, ResultError> {
    let text = |name, repetition| {
        let field = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY);
        field.with_repetition(repetition).with_logical_type(Some(LogicalType::String)).build().map(Arc::new)
    };
    let [row_id, verdict, matched, score, reasons, action] = COLUMNS;
    let score = Type::primitive_type_builder(score, PhysicalType::DOUBLE);
    let fields = vec![
        text(row_id, Repetition::REQUIRED)?,
        text(verdict, Repetition::REQUIRED)?,
        text(matched, Repetition::OPTIONAL)?,
        Arc::new(score.with_repetition(Repetition::REQUIRED).build()?),
        text(reasons, Repetition::REQUIRED)?,
        text(action, Repetition::REQUIRED)?,
    ];
    Ok(Arc::new(Type::group_type_builder("result").with_fields(fields).build()?))
}

pub(super) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_created_by(WRITER.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        // The smallest and largest number of each chunk would stand in the clear beside compressed columns, of no use.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .build()
}
