//! Texts of a Parquet column, lent from its pages: the library would make a counted reference of each of them.
use ::parquet::basic::Encoding;
use ::parquet::column::page::{Page, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::ColumnChunkMetaData;
use bytes::Bytes;

/// Reads the texts of one column of a row group, in their order.
pub(super) struct Texts {
    pages: Box<dyn PageReader>,
    /// Level of definition of a text that is there; 0 where all are
    max_level: u32,
    /// Different texts of the column with their lengths, and where in the page of them each stands
    dictionary: Bytes,
    starts: Vec<u32>,
    here: Option<Here>,
}

/// What is left of a page.
struct Here {
    rows: usize,
    levels: Option<Runs>,
    values: Values,
}

enum Values {
    /// Each with its length before it
    Plain { bytes: Bytes, at: usize },
    /// Places in the dictionary
    Coded(Runs),
}

impl Texts {
    /// Whether a column is written in none but the usual encodings, which are read here.
    pub(super) fn can_read(column: &ColumnChunkMetaData) -> bool {
        let is_usual = |encoding| {
            matches!(
                encoding,
                Encoding::PLAIN | Encoding::RLE | Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
            )
        };
        column.encodings().all(is_usual)
    }

    pub(super) fn new(pages: Box<dyn PageReader>, max_level: i16) -> Self {
        Self {
            pages,
            max_level: max_level.unsigned_abs().into(),
            dictionary: Bytes::new(),
            starts: Vec::new(),
            here: None,
        }
    }

    /// Leaves out the next rows; pages of nothing else are not even unpacked.
    pub(super) fn skip(&mut self, rows: usize) -> Result<()> {
        let mut left = rows;
        while left > 0 {
            let here = self.here.as_ref().map_or(0, |here| here.rows.min(left));
            if here > 0 {
                self.each(here, |_, _| ())?;
                left -= here;
                continue;
            }
            let next = self.pages.peek_next_page()?.ok_or_else(foreign)?;
            match next.num_levels.filter(|count| !next.is_dict && *count <= left) {
                Some(count) => {
                    self.pages.skip_next_page()?;
                    left -= count;
                }
                None => self.turn()?,
            }
        }
        Ok(())
    }

    /// Hands over the texts of the next rows, those that have one.
    pub(super) fn each(&mut self, rows: usize, mut each: impl FnMut(usize, &[u8])) -> Result<()> {
        let mut done = 0;
        while done < rows {
            let Some(here) = self.here.as_mut().filter(|here| here.rows > 0) else {
                self.turn()?;
                continue;
            };
            let count = here.rows.min(rows - done);
            for row in done..done + count {
                let is_there = match &mut here.levels {
                    Some(levels) => levels.next()? == self.max_level,
                    None => true,
                };
                if is_there {
                    let text = match &mut here.values {
                        Values::Plain { bytes, at } => plain(bytes, at),
                        Values::Coded(runs) => {
                            let start = self.starts.get(runs.next()? as usize);
                            start.and_then(|start| plain(&self.dictionary, &mut (*start as usize)))
                        }
                    };
                    each(row, text.ok_or_else(foreign)?);
                }
            }
            here.rows -= count;
            done += count;
        }
        Ok(())
    }

    /// Goes on to the next page.
    fn turn(&mut self) -> Result<()> {
        let has_levels = self.max_level > 0;
        let width = u32::BITS - self.max_level.leading_zeros();
        let (rows, levels, values, encoding) = match self.pages.get_next_page()?.ok_or_else(foreign)? {
            Page::DictionaryPage { buf, num_values, .. } => {
                let mut at = 0;
                // No more of them than have room for their lengths.
                self.starts = Vec::with_capacity((num_values as usize).min(buf.len() / size_of::<u32>()));
                while at < buf.len() {
                    self.starts.push(u32::try_from(at).map_err(|_| foreign())?);
                    plain(&buf, &mut at).ok_or_else(foreign)?;
                }
                self.dictionary = buf;
                return Ok(());
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                if has_levels && def_level_encoding != Encoding::RLE {
                    return Err(foreign());
                }
                let mut at = 0;
                let levels = if has_levels {
                    Some(buf.slice_ref(plain(&buf, &mut at).ok_or_else(foreign)?))
                } else {
                    None
                };
                (num_values, levels, buf.slice(at..), encoding)
            }
            Page::DataPageV2 {
                buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, ..
            } => {
                let start = rep_levels_byte_len as usize;
                let end = start.checked_add(def_levels_byte_len as usize).filter(|end| *end <= buf.len());
                let end = end.ok_or_else(foreign)?;
                let levels = if has_levels { Some(buf.slice(start..end)) } else { None };
                (num_values, levels, buf.slice(end..), encoding)
            }
        };
        let values = match encoding {
            Encoding::PLAIN => Values::Plain { bytes: values, at: 0 },
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => match values.first() {
                Some(width @ 0..=32) => Values::Coded(Runs::new(values.slice(1..), (*width).into())),
                // Nobody in the page has a text.
                None => Values::Coded(Runs::new(values, 0)),
                Some(_) => return Err(foreign()),
            },
            _ => return Err(foreign()),
        };
        let levels = levels.map(|levels| Runs::new(levels, width));
        self.here = Some(Here { rows: rows as usize, levels, values });
        Ok(())
    }
}

/// The next of texts with their lengths.
fn plain<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let (length, rest) = bytes.get(*at..)?.split_first_chunk()?;
    let text = rest.get(..u32::from_le_bytes(*length) as usize)?;
    *at += length.len() + text.len();
    Some(text)
}

fn foreign() -> ParquetError {
    ParquetError::General("not what the foot of the file says".to_owned())
}

/// Small numbers as runs of one number, or packed bit by bit: the hybrid encoding of Parquet.
struct Runs {
    bytes: Bytes,
    /// Bits of a number
    width: u32,
    /// Where the next run begins
    at: usize,
    /// Numbers left in the run
    left: u64,
    run: Run,
}

#[derive(Clone, Copy)]
enum Run {
    Same(u32),
    /// From which bit of the bytes on
    Packed(u64),
}

impl Runs {
    fn new(bytes: Bytes, width: u32) -> Self {
        Self { bytes, width, at: 0, left: 0, run: Run::Same(0) }
    }

    fn next(&mut self) -> Result<u32> {
        while self.left == 0 {
            self.begin().ok_or_else(foreign)?;
        }
        self.left -= 1;
        match &mut self.run {
            Run::Same(number) => Ok(*number),
            Run::Packed(bit) => {
                let start = usize::try_from(*bit / 8).unwrap_or(usize::MAX);
                let rest = self.bytes.get(start..).unwrap_or_default();
                let eight = rest.first_chunk().map_or_else(|| tail(rest), |eight| u64::from_le_bytes(*eight));
                let number = eight >> (*bit % 8) & ((1 << self.width) - 1);
                *bit += u64::from(self.width);
                u32::try_from(number).map_err(|_| foreign())
            }
        }
    }

    /// Reads what stands before a run. None when there is no more, or the run does not fit into the bytes.
    fn begin(&mut self) -> Option<()> {
        let mut head = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            head |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        if head & 1 == 0 {
            let length = self.width.div_ceil(8) as usize;
            let number = tail(self.bytes.get(self.at..)?.get(..length)?);
            self.at += length;
            (self.left, self.run) = (head >> 1, Run::Same(u32::try_from(number).ok()?));
            return Some(());
        }
        let groups = head >> 1;
        let length = usize::try_from(groups.checked_mul(self.width.into())?).ok()?;
        // The last run may be cut off behind its last number.
        let there = (self.bytes.len() - self.at).min(length);
        let bits = there as u64 * 8;
        let whole = bits.checked_div(self.width.into()).unwrap_or(u64::MAX);
        (self.left, self.run) = ((groups * 8).min(whole), Run::Packed(self.at as u64 * 8));
        self.at += there;
        Some(())
    }
}

/// Up to eight bytes as a number.
fn tail(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::data_type::{ByteArray, ByteArrayType};
    use ::parquet::file::properties::{WriterProperties, WriterVersion};
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use proptest::option::of;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn written(texts: &[Option<String>], is_optional: bool, properties: WriterProperties) -> Bytes {
        let form = if is_optional { "optional" } else { "required" };
        let schema = parse_message_type(&format!("message x {{ {form} binary t (UTF8); }}")).unwrap();
        let mut bytes = Vec::new();
        let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).unwrap();
        let mut group = file.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let levels: Vec<i16> = texts.iter().map(|text| text.is_some().into()).collect();
        let values: Vec<ByteArray> = texts.iter().flatten().map(|text| text.as_str().into()).collect();
        let levels = is_optional.then_some(levels.as_slice());
        column.typed::<ByteArrayType>().write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        file.close().unwrap();
        bytes.into()
    }

    fn texts(bytes: &Bytes, max_level: i16) -> Result<Texts> {
        let group = SerializedFileReader::new(bytes.clone())?;
        let group = group.get_row_group(0)?;
        assert!(Texts::can_read(group.metadata().column(0)));
        Ok(Texts::new(group.get_column_page_reader(0)?, max_level))
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c]{0,2}", "[a-zđ ]{0,40}"]
    }

    proptest! {
        #[test]
        fn texts_come_back(
            texts_of in prop::collection::vec(of(text()), 1..900), is_optional: bool, is_coded: bool, is_second: bool,
            page in 1_usize..300, skip in 0_usize..900,
        ) {
            let texts_of: Vec<_> = texts_of.into_iter().map(|t| if is_optional { t } else { t.or_else(|| Some(String::new())) }).collect();
            let version = if is_second { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
            let properties = WriterProperties::builder().set_writer_version(version).set_dictionary_enabled(is_coded)
                .set_encoding(Encoding::PLAIN).set_data_page_row_count_limit(page).set_write_batch_size(page)
                .set_dictionary_page_size_limit(400);
            let bytes = written(&texts_of, is_optional, properties.build());
            let mut reader = texts(&bytes, is_optional.into()).unwrap();
            let skip = skip % texts_of.len();
            reader.skip(skip).unwrap();
            let mut found = vec![None; texts_of.len() - skip];
            let first = found.len() / 2;
            let mut take = |row: usize, text: &[u8]| found[row] = Some(String::from_utf8(text.to_vec()).unwrap());
            reader.each(first, &mut take).unwrap();
            reader.each(texts_of.len() - skip - first, |row, text| take(first + row, text)).unwrap();
            prop_assert!(reader.each(1, |_, _| ()).is_err(), "there is no more");
            prop_assert_eq!(&found[..], &texts_of[skip..]);
        }

        #[test]
        fn changed_pages_are_read_or_refused(at: prop::sample::Index, to: u8, is_optional: bool) {
            let some: Vec<_> = (0..99).map(|n| (n % 3 > 0 || !is_optional).then(|| format!("x{}", n % 7))).collect();
            let whole = written(&some, is_optional, WriterProperties::builder().build());
            let mut bytes = whole.to_vec();
            // Before the foot, which the library reads.
            bytes[at.index(whole.len().saturating_sub(250).max(8))] = to;
            if let Ok(mut reader) = texts(&bytes.into(), is_optional.into()) {
                let _ = reader.each(99, |_, _| ());
            }
        }

        #[test]
        fn runs_of_anything_end(bytes: Vec<u8>, width in 0_u32..33) {
            let mut runs = Runs::new(bytes.into(), width);
            for _ in 0..1_000 {
                if runs.next().is_err() {
                    break;
                }
            }
        }
    }
}
