//! Parts become one file, and the file is read again line by line.
use super::part::{SUMMARY, WRITER, properties, schema};
use super::{ResultError, Summary};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::data_type::{ByteArray, DataType};
use ::parquet::file::reader::{ChunkReader, FileReader as _, SerializedFileReader};
use ::parquet::file::writer::SerializedFileWriter;
use bytes::Bytes;
use std::io::Write;
use std::sync::Arc;

/// Rows read at once.
const BATCH: usize = 8_192;

/// Joins parts, given in the order of their chunks, into one file; gives the figures of all. The columns are taken over as
/// they are compressed: the same parts make the same bytes.
pub fn join(
    parts: impl IntoIterator<Item = Result<Vec<u8>, ResultError>>,
    out: impl Write + Send,
) -> Result<Summary, ResultError> {
    let mut file = SerializedFileWriter::new(out, schema()?, Arc::new(properties()))?;
    let mut whole = Summary::default();
    for (number, part) in (0..).zip(parts) {
        let wrong = || ResultError::Part(number);
        let bytes = Bytes::from(part?);
        let reader = SerializedFileReader::new(bytes.clone()).map_err(|_| wrong())?;
        let meta = reader.metadata();
        let head = meta.file_metadata();
        if head.created_by() != Some(WRITER) || head.schema() != schema()?.as_ref() {
            return Err(wrong());
        }
        let notes = head.key_value_metadata().into_iter().flatten();
        let figures = notes.filter(|note| note.key == SUMMARY).find_map(|note| note.value.as_deref());
        let summary: Summary =
            figures.and_then(|figures| serde_json::from_str(figures).ok()).ok_or_else(wrong)?;
        if i64::try_from(summary.rows()) != Ok(head.num_rows()) {
            return Err(wrong());
        }
        whole.add(&summary);
        for group in meta.row_groups() {
            let mut joined = file.next_row_group()?;
            for column in group.columns() {
                let (start, length) = column.byte_range();
                if start.checked_add(length).is_none_or(|end| end > bytes.len() as u64) {
                    return Err(wrong());
                }
                let close = ColumnCloseResult {
                    bytes_written: length,
                    rows_written: u64::try_from(group.num_rows()).map_err(|_| wrong())?,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                joined.append_column(&bytes, close)?;
            }
            joined.close()?;
        }
    }
    file.close()?;
    Ok(whole)
}

/// A line of a result. `Debug` shows no personal data.
#[derive(Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// The row's name
    pub row_id: &'a str,
    /// Stable name of the verdict
    pub verdict: &'a str,
    /// Number of the person, where it is told
    pub matched_personal_id: Option<&'a str>,
    /// In bits
    pub score: f64,
    /// As [`dancu_linkage::Reasons`] is written
    pub reasons: &'a str,
    /// Stable name of the action
    pub action: &'a str,
}

impl std::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line")
            .field("verdict", &self.verdict)
            .field("score", &self.score)
            .field("reasons", &self.reasons)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Reads a result, or a part of one, line by line.
pub fn lines<R: ChunkReader + 'static>(
    file: R,
    mut each: impl FnMut(&Line<'_>) -> Result<(), ResultError>,
) -> Result<(), ResultError> {
    let reader = SerializedFileReader::new(file)?;
    if reader.metadata().file_metadata().schema() != schema()?.as_ref() {
        return Err(ResultError::Part(0));
    }
    for number in 0..reader.num_row_groups() {
        let wrong = || ResultError::Part(number as u64);
        let group = reader.get_row_group(number)?;
        let text = |at| match group.get_column_reader(at) {
            Ok(ColumnReader::ByteArrayColumnReader(reader)) => Ok(reader),
            _ => Err(wrong()),
        };
        let mut texts = [text(0)?, text(1)?, text(4)?, text(5)?];
        let mut matched = text(2)?;
        let Ok(ColumnReader::DoubleColumnReader(mut scores)) = group.get_column_reader(3) else {
            return Err(wrong());
        };
        let mut left = usize::try_from(group.metadata().num_rows()).map_err(|_| wrong())?;
        while left > 0 {
            let count = BATCH.min(left);
            let mut columns: [Vec<ByteArray>; 4] = Default::default();
            for (reader, values) in texts.iter_mut().zip(&mut columns) {
                batch(reader, count, values, None)?;
            }
            let (mut ids, mut levels, mut bits) = (Vec::new(), Vec::new(), Vec::new());
            batch(&mut matched, count, &mut ids, Some(&mut levels))?;
            batch(&mut scores, count, &mut bits, None)?;
            let mut ids = ids.iter();
            for (at, (score, level)) in bits.iter().zip(&levels).enumerate() {
                let cells = columns.each_ref().map(|values| values.get(at).and_then(|v| v.as_utf8().ok()));
                let [Some(row_id), Some(verdict), Some(reasons), Some(action)] = cells else {
                    return Err(wrong());
                };
                let told = if *level > 0 { ids.next() } else { None };
                let matched_personal_id = told.map(|id| id.as_utf8()).transpose()?;
                each(&Line { row_id, verdict, matched_personal_id, score: *score, reasons, action })?;
            }
            left -= count;
        }
    }
    Ok(())
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    wanted: usize,
    values: &mut Vec<T::T>,
    mut levels: Option<&mut Vec<i16>>,
) -> Result<(), ResultError> {
    let mut done = 0;
    while done < wanted {
        let (records, ..) = reader.read_records(wanted - done, levels.as_deref_mut(), None, values)?;
        if records == 0 {
            return Err(ResultError::Parquet("fewer values than rows".to_owned()));
        }
        done += records;
    }
    Ok(())
}
