//! A file that was opened, and reading it chunk by chunk.
use super::chunk::Chunk;
use super::delimited;
use super::encoding::Encoding;
use super::heading::Map;
use super::parquet;
use super::{Limits, ReadError, Skipped, TEXT_BYTES, message, workbook};
use aws_lc_rs::digest::{Context, SHA256};
use dancu_linkage::Column;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The form of a file, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Delimited text
    Csv,
    /// Parquet
    Parquet,
    /// XLSX
    Xlsx,
    /// XML of QCVN 109:2017
    Qcvn109,
}

impl Format {
    /// Stable name, `snake_case`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
            Self::Qcvn109 => "qcvn109",
        }
    }
}

/// A file, looked through once: its rows are counted, its chunks found, its bytes hashed. The same file, mapping and limits
/// give the same chunks on every machine, so that chunks can be shared out by their number and done again after a crash.
/// Cheap to clone; each thread takes a [`Reader`] of its own.
#[derive(Clone)]
pub struct Source(Arc<Opened>);

struct Opened {
    file: Arc<File>,
    bytes: u64,
    sha256: OnceLock<[u8; 32]>,
    content: Content,
}

pub(super) enum Content {
    Csv(delimited::Outline),
    Parquet(parquet::Outline),
    Kept { format: Format, kept: workbook::Kept },
}

impl Source {
    /// Opens a file and looks through it: CSV takes about as long as hashing it. Workbooks and messages of QCVN 109 are
    /// read into memory, within [`Limits::kept_bytes`].
    pub fn open(path: &Path, map: &Map, limits: Limits) -> Result<Self, ReadError> {
        let source = Self::open_unhashed(path, map, limits)?;
        let Opened { file, bytes, sha256, .. } = &*source.0;
        if sha256.get().is_none() {
            let hash = hashed(file, *bytes)?;
            sha256.get_or_init(|| hash);
        }
        Ok(source)
    }

    /// The same for who does not name the file by its hash: Parquet is opened at once then.
    pub fn open_unhashed(path: &Path, map: &Map, limits: Limits) -> Result<Self, ReadError> {
        let file = Arc::new(File::open(path)?);
        let bytes = file.metadata()?.len();
        if bytes > limits.bytes {
            return Err(ReadError::TooBig(limits.bytes));
        }
        let mut head = [0; 512];
        let read = head.len().min(usize::try_from(bytes).unwrap_or(head.len()));
        let head = head.get_mut(..read).unwrap_or_default();
        file.read_exact_at(head, 0)?;
        let (content, sha256) = match form(head)? {
            Format::Csv => {
                let (outline, sha256) = delimited::outline(&file, bytes, map, limits)?;
                (Content::Csv(outline), sha256.into())
            }
            Format::Parquet => {
                let outline = parquet::outline(&file, bytes, map, limits)?;
                (Content::Parquet(outline), OnceLock::new())
            }
            format => {
                if bytes > limits.kept_bytes {
                    return Err(ReadError::TooBig(limits.kept_bytes));
                }
                let mut content = vec![0; usize::try_from(bytes).unwrap_or_default()];
                file.read_exact_at(&mut content, 0)?;
                let kept = match format {
                    Format::Xlsx => workbook::read(&content, map, limits)?,
                    _ => message::read(&content, limits)?,
                };
                let mut sha256 = Context::new(&SHA256);
                sha256.update(&content);
                (Content::Kept { format, kept }, finished(sha256).into())
            }
        };
        let opened = Opened { file, bytes, sha256, content };
        let source = Self(Arc::new(opened));
        if source.rows() == 0 { Err(ReadError::Empty) } else { Ok(source) }
    }

    /// Its form.
    pub fn format(&self) -> Format {
        match &self.0.content {
            Content::Csv(_) => Format::Csv,
            Content::Parquet(_) => Format::Parquet,
            Content::Kept { format, .. } => *format,
        }
    }

    /// How its text is encoded; UTF-8 where the format says so.
    pub fn encoding(&self) -> Encoding {
        match &self.0.content {
            Content::Csv(outline) => outline.encoding(),
            _ => Encoding::Utf8,
        }
    }

    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// SHA-256 of its bytes. Of a file that was opened without, it is taken now; zeros where it cannot be read any more.
    pub fn sha256(&self) -> [u8; 32] {
        *self.0.sha256.get_or_init(|| hashed(&self.0.file, self.0.bytes).unwrap_or_default())
    }

    /// How many rows it has; those that cannot be read count, blank ones do not.
    pub fn rows(&self) -> u64 {
        match &self.0.content {
            Content::Csv(outline) => outline.rows,
            Content::Parquet(outline) => outline.rows,
            Content::Kept { kept, .. } => {
                kept.chunks.last().map_or(0, |last| last.first_row() + last.len() as u64)
            }
        }
    }

    /// How many chunks it has.
    pub fn chunks(&self) -> u64 {
        let chunks = match &self.0.content {
            Content::Csv(outline) => outline.chunks.len(),
            Content::Parquet(outline) => outline.chunks.len(),
            Content::Kept { kept, .. } => kept.chunks.len(),
        };
        chunks as u64
    }

    /// Chunks that are read quickest by one reader, one after the other: those of a row group of Parquet.
    pub fn runs(&self) -> Vec<Range<u64>> {
        match &self.0.content {
            Content::Parquet(outline) => outline.runs(),
            _ => (0..self.chunks()).map(|number| number..number + 1).collect(),
        }
    }

    /// The columns that it has. Without [`Column::RowId`] among them rows are named by their number, from 1.
    pub fn columns(&self) -> Vec<Column> {
        match &self.0.content {
            Content::Csv(outline) => outline.layout().columns().collect(),
            Content::Parquet(outline) => outline.layout().columns().collect(),
            Content::Kept { kept, .. } => kept.columns.clone(),
        }
    }

    /// Sheets of a workbook that name no people and were left out. A sheet that may hold people is an error instead.
    pub fn skipped(&self) -> &[Skipped] {
        match &self.0.content {
            Content::Kept { kept, .. } => &kept.skipped,
            _ => &[],
        }
    }

    /// Begins to read.
    pub fn reader(&self) -> Reader {
        Reader { source: self.clone(), parquet: None, next: 0 }
    }
}

#[cfg(test)]
impl Source {
    pub(super) fn content(&self) -> &Content {
        &self.0.content
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("format", &self.format())
            .field("rows", &self.rows())
            .finish_non_exhaustive()
    }
}

/// Reads chunks of a source, in any order; in ascending order Parquet is quickest. One chunk is in memory at a time.
pub struct Reader {
    source: Source,
    parquet: Option<parquet::Cursor>,
    next: u64,
}

impl Reader {
    /// A chunk by its number, from 0; none beyond the last. The same number gives the same rows each time.
    pub fn chunk(&mut self, number: u64) -> Result<Option<Arc<Chunk>>, ReadError> {
        let opened = &self.source.0;
        let chunk = match &opened.content {
            Content::Csv(outline) => outline.chunk(&opened.file, number)?.map(Arc::new),
            Content::Parquet(outline) => {
                outline.chunk(cursor(&mut self.parquet, opened)?, number)?.map(Arc::new)
            }
            Content::Kept { kept, .. } => {
                usize::try_from(number).ok().and_then(|at| kept.chunks.get(at)).cloned()
            }
        };
        self.next = number.saturating_add(1);
        Ok(chunk)
    }

    /// Hands over the texts of some columns of a chunk, one column after the other, each with the place of its row in the chunk;
    /// gives how many rows there are, none beyond the last chunk. For who reads each text once this is quicker than a chunk:
    /// Parquet lends texts from its pages, and columns that are not wanted are not unpacked. Nobody has looked whether a text
    /// is UTF-8; one that is too long is left out.
    pub fn texts(
        &mut self,
        number: u64,
        wanted: &[Column],
        mut each: impl FnMut(Column, usize, &[u8]),
    ) -> Result<Option<usize>, ReadError> {
        let opened = &self.source.0;
        if let Content::Parquet(outline) = &opened.content {
            return outline.texts(cursor(&mut self.parquet, opened)?, number, wanted, |column, row, text| {
                if text.len() <= TEXT_BYTES {
                    each(column, row, text);
                }
            });
        }
        let Some(chunk) = self.chunk(number)? else { return Ok(None) };
        for column in wanted {
            chunk.rows().enumerate().for_each(|(at, row)| each(*column, at, row.get(*column).as_bytes()));
        }
        Ok(Some(chunk.len()))
    }
}

fn cursor<'a>(
    cursor: &'a mut Option<parquet::Cursor>,
    opened: &Opened,
) -> Result<&'a mut parquet::Cursor, ReadError> {
    match cursor {
        Some(cursor) => Ok(cursor),
        none => Ok(none.insert(parquet::Cursor::new(&opened.file, opened.bytes)?)),
    }
}

/// Chunk after chunk, from the one behind that which was asked for last.
impl Iterator for Reader {
    type Item = Result<Arc<Chunk>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.chunk(self.next).transpose();
        if matches!(chunk, None | Some(Err(_))) {
            self.next = u64::MAX;
        }
        chunk
    }
}

fn form(head: &[u8]) -> Result<Format, ReadError> {
    if head.is_empty() {
        return Err(ReadError::Empty);
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Format::Xlsx);
    }
    // Compound files: workbooks of before 2007, and those under a password.
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Ok(Format::Xlsx);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"<") { Ok(Format::Qcvn109) } else { Ok(Format::Csv) }
}

fn hashed(file: &File, bytes: u64) -> Result<[u8; 32], ReadError> {
    let (mut sha256, mut at, mut block) = (Context::new(&SHA256), 0, vec![0; 1 << 20]);
    while at < bytes {
        let wanted = block.len().min(usize::try_from(bytes - at).unwrap_or(block.len()));
        let part = block.get_mut(..wanted).unwrap_or_default();
        file.read_exact_at(part, at)?;
        sha256.update(part);
        at += wanted as u64;
    }
    Ok(finished(sha256))
}

fn finished(sha256: Context) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(sha256.finish().as_ref());
    hash
}
