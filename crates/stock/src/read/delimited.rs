//! CSV: looked through once for where its chunks begin, then read chunk by chunk, from any place.
use super::chunk::{Builder, Chunk, span};
use super::encoding::Encoding;
use super::heading::{Layout, MOST_COLUMNS, Map, TITLE_ROWS};
use super::scan::{Cell, Dialect, MAX_ROW, unquoted};
use super::{CHUNK_BYTES, CHUNK_ROWS, Fault, Limits, ReadError};
use aws_lc_rs::digest::{Context, SHA256};
use dancu_linkage::Column;
use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Read at once while looking through.
const BLOCK: usize = 4 << 20;
/// By which encoding, delimiter and headings are told.
const HEAD: usize = 256 << 10;

/// A file looked through.
pub(super) struct Outline {
    encoding: Encoding,
    dialect: Dialect,
    layout: Layout,
    pub(super) chunks: Vec<Place>,
    pub(super) rows: u64,
}

/// A chunk's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Bytes of the file
    at: u64,
    pub(super) len: usize,
    /// Its first row, from 0, and the line on which that begins, from 1
    pub(super) first: u64,
    line: u64,
    pub(super) rows: usize,
}

/// Looks through a file; gives the SHA-256 of its bytes beside.
pub(super) fn outline(
    file: &File,
    bytes: u64,
    map: &Map,
    limits: Limits,
) -> Result<(Outline, [u8; 32]), ReadError> {
    let head = head(file, bytes)?;
    let (encoding, mark) = Encoding::of(&head, head.len() as u64 == bytes);
    let text = head.get(mark..).unwrap_or_default();
    let begun = begin(text, encoding, map)?;
    let mut walk = Walk {
        dialect: begun.dialect,
        limits,
        chunks: Vec::new(),
        open: None,
        line: 1,
        rows: 0,
        skip: begun.skip,
        at: mark as u64,
        unit: encoding.unit(),
    };
    let sha256 = walk.all(file, bytes, mark, encoding)?;
    walk.close();
    if walk.rows == 0 {
        return Err(ReadError::Empty);
    }
    let Begun { dialect, layout, .. } = begun;
    Ok((Outline { encoding, dialect, layout, chunks: walk.chunks, rows: walk.rows }, sha256))
}

fn head(file: &File, bytes: u64) -> Result<Vec<u8>, ReadError> {
    let mut head = vec![0; HEAD.min(usize::try_from(bytes).unwrap_or(HEAD))];
    file.read_exact_at(&mut head, 0)?;
    Ok(head)
}

/// How a file is divided, and how many rows stand up to its headings, these included.
struct Begun {
    dialect: Dialect,
    layout: Layout,
    skip: usize,
}

/// Finds the headings: of all delimiters and first rows those in which the most columns are found.
fn begin(head: &[u8], encoding: Encoding, map: &Map) -> Result<Begun, ReadError> {
    let mut shape = Vec::new();
    let shaped = if encoding.unit() == 2 {
        encoding.shape(head, &mut shape);
        shape.as_slice()
    } else {
        head
    };
    if memchr::memchr(0, shaped).is_some() {
        return Err(ReadError::Format);
    }
    let feeds = memchr::memchr(b'\n', shaped).is_some();
    let end = if !feeds && memchr::memchr(b'\r', shaped).is_some() { b'\r' } else { b'\n' };
    let mut best: Option<(usize, Begun)> = None;
    let mut missing = None;
    for delimiter in delimiters(shaped) {
        let dialect = Dialect { delimiter, end };
        let (mut at, mut skip, mut cells) = (0, 0, Vec::new());
        while at < shaped.len() && skip < TITLE_ROWS {
            let Some(found) = dialect.row(shaped.get(at..).unwrap_or_default()) else { break };
            let row = shaped.get(at..at + found.next).unwrap_or_default();
            let body = dialect.body(row);
            skip += 1;
            dialect.cells(body, &mut cells);
            cells.truncate(MOST_COLUMNS);
            let texts: Vec<String> = cells.iter().map(|cell| text(head, body, at, *cell, encoding)).collect();
            at += found.next;
            match Layout::of(&texts, map) {
                Ok(layout) if layout.names_people() => {
                    let count = layout.columns().count();
                    if best.as_ref().is_none_or(|(most, _)| count > *most) {
                        best = Some((count, Begun { dialect, layout, skip }));
                    }
                }
                Ok(_) => {}
                Err(error) => missing = missing.or(Some(error)),
            }
        }
    }
    best.map(|(_, begun)| begun).ok_or(missing.unwrap_or(ReadError::NoHeadings))
}

/// Excel says which delimiter a file has in a line of its own.
fn delimiters(shaped: &[u8]) -> Vec<u8> {
    match shaped {
        [b's', b'e', b'p', b'=', one, b'\r' | b'\n', ..] => vec![*one],
        _ => vec![b',', b';', b'\t', b'|'],
    }
}

/// The text of a cell; `at` is where its row begins, in units.
fn text(raw: &[u8], body: &[u8], at: usize, cell: Cell, encoding: Encoding) -> String {
    let mut out = Vec::new();
    let quoted = |bytes: &[u8], out: &mut Vec<u8>| {
        if cell.is_quoted { unquoted(bytes, out) } else { out.extend_from_slice(bytes) }
    };
    if encoding.unit() == 2 {
        let mut decoded = Vec::new();
        encoding.decode(raw.get(2 * (at + cell.at)..2 * (at + cell.end)).unwrap_or_default(), &mut decoded);
        quoted(&decoded, &mut out);
    } else {
        let mut plain = Vec::new();
        quoted(body.get(cell.at..cell.end).unwrap_or_default(), &mut plain);
        encoding.decode(&plain, &mut out);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The walk through a file.
struct Walk {
    dialect: Dialect,
    limits: Limits,
    chunks: Vec<Place>,
    open: Option<Place>,
    line: u64,
    rows: u64,
    /// Rows up to the headings
    skip: usize,
    /// Where in the file the walk is
    at: u64,
    unit: usize,
}

impl Walk {
    fn all(
        &mut self,
        file: &File,
        bytes: u64,
        mark: usize,
        encoding: Encoding,
    ) -> Result<[u8; 32], ReadError> {
        let mut sha256 = Context::new(&SHA256);
        let mut mark_bytes = vec![0; mark];
        file.read_exact_at(&mut mark_bytes, 0)?;
        sha256.update(&mark_bytes);
        let mut read = mark as u64;
        let (mut buffer, mut shape) = (Vec::new(), Vec::new());
        while read < bytes || !buffer.is_empty() {
            let wanted = BLOCK.min(usize::try_from(bytes - read).unwrap_or(BLOCK));
            let from = buffer.len();
            buffer.resize(from + wanted, 0);
            let fresh = buffer.get_mut(from..).unwrap_or_default();
            file.read_exact_at(fresh, read)?;
            sha256.update(fresh);
            read += wanted as u64;
            let done = if self.unit == 2 {
                encoding.shape(&buffer, &mut shape);
                2 * self.rows_of(&shape, read == bytes)?
            } else {
                self.rows_of(&buffer, read == bytes)?
            };
            buffer.drain(..done);
            if read == bytes && buffer.len() < self.unit {
                break;
            }
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(sha256.finish().as_ref());
        Ok(hash)
    }

    /// Takes rows as long as they are certainly whole; gives how many units they have.
    fn rows_of(&mut self, shaped: &[u8], is_last: bool) -> Result<usize, ReadError> {
        let mut at = 0;
        while at < shaped.len() && (is_last || shaped.len() - at > MAX_ROW) {
            let left = shaped.get(at..).unwrap_or_default();
            let found = self.dialect.row(left).ok_or(ReadError::RowTooLong(self.line))?;
            let body = self.dialect.body(left.get(..found.next).unwrap_or_default());
            self.row(found.next, !self.dialect.is_blank(body))?;
            self.line += found.lines;
            at += found.next;
        }
        Ok(at)
    }

    fn row(&mut self, units: usize, counts: bool) -> Result<(), ReadError> {
        let len = units * self.unit;
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            if counts && self.rows >= self.limits.rows {
                return Err(ReadError::TooManyRows(self.limits.rows));
            }
            let is_full = self.open.is_some_and(|open| {
                (counts && open.rows >= CHUNK_ROWS) || (open.len + len) as u64 > CHUNK_BYTES
            });
            if is_full {
                self.close();
            }
            let (at, first, line) = (self.at, self.rows, self.line);
            // Blank lines between chunks are of none: any number of them may stand there.
            if counts {
                self.open.get_or_insert(Place { at, len: 0, first, line, rows: 0 });
            }
            if let Some(open) = &mut self.open {
                open.len += len;
                open.rows += usize::from(counts);
            }
            self.rows += u64::from(counts);
        }
        self.at += len as u64;
        Ok(())
    }

    fn close(&mut self) {
        self.chunks.extend(self.open.take());
    }
}

impl Outline {
    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Reads a chunk.
    pub(super) fn chunk(&self, file: &File, number: u64) -> Result<Option<Chunk>, ReadError> {
        let Some(place) = usize::try_from(number).ok().and_then(|at| self.chunks.get(at)) else {
            return Ok(None);
        };
        let mut raw = vec![0; place.len];
        file.read_exact_at(&mut raw, place.at)?;
        let names_rows = self.layout.has(Column::RowId);
        let mut rows = Rows { outline: self, cells: Vec::new(), spare: Vec::new() };
        let chunk = if self.encoding == Encoding::Utf8 {
            let mut builder = Builder::new(number, place.first, raw, names_rows);
            // The builder owns the bytes; rows are found in a copy, which costs less than lending them back and forth.
            let copy = builder.copy();
            rows.all(&copy, &copy, place, &mut builder)?;
            builder.finish()?
        } else {
            let mut builder = Builder::new(number, place.first, Vec::new(), names_rows);
            let mut shape = Vec::new();
            if self.encoding.unit() == 2 {
                self.encoding.shape(&raw, &mut shape);
                rows.all(&shape, &raw, place, &mut builder)?;
            } else {
                rows.all(&raw, &raw, place, &mut builder)?;
            }
            builder.finish()?
        };
        if chunk.len() == place.rows { Ok(Some(chunk)) } else { Err(ReadError::Changed) }
    }
}

/// Rows of one chunk.
struct Rows<'a> {
    outline: &'a Outline,
    cells: Vec<Cell>,
    spare: Vec<u8>,
}

impl Rows<'_> {
    fn all(
        &mut self,
        shape: &[u8],
        raw: &[u8],
        place: &Place,
        builder: &mut Builder,
    ) -> Result<(), ReadError> {
        let dialect = self.outline.dialect;
        let (mut at, mut line) = (0, place.line);
        while at < shape.len() {
            let left = shape.get(at..).unwrap_or_default();
            let found = dialect.row(left).ok_or(ReadError::Changed)?;
            let body = dialect.body(left.get(..found.next).unwrap_or_default());
            if !dialect.is_blank(body) {
                dialect.cells(body, &mut self.cells);
                builder.row(line);
                self.row(raw, at, builder);
                let (cells, width) = (self.filled(body), self.outline.layout.width);
                if found.is_torn {
                    builder.fault(Fault::Quote);
                } else if cells != width {
                    builder.fault(Fault::Ragged { found: cells, expected: width });
                }
            }
            line += found.lines;
            at += found.next;
        }
        Ok(())
    }

    /// How many cells a row has; empty ones beyond the headings do not count.
    fn filled(&self, body: &[u8]) -> usize {
        let width = self.outline.layout.width;
        let beyond = self.cells.get(width..).unwrap_or_default();
        let said = beyond.iter().rposition(|cell| {
            body.get(cell.at..cell.end).is_some_and(|bytes| !bytes.trim_ascii().is_empty())
        });
        said.map_or(self.cells.len().min(width), |last| width + last + 1)
    }

    fn row(&mut self, raw: &[u8], at: usize, builder: &mut Builder) {
        let last = builder.len().saturating_sub(1);
        for column in Column::ALL {
            let found = match self.outline.layout.places(column) {
                [] => continue,
                [place] => {
                    let Some(cell) = self.cells.get(*place).copied() else { continue };
                    self.one(raw, at, cell, builder)
                }
                places => {
                    let mut joined = Vec::new();
                    for cell in places.iter().filter_map(|place| self.cells.get(*place)) {
                        self.spare.clear();
                        self.outline.decoded(raw, at, *cell, &mut self.spare);
                        if !joined.is_empty() && !self.spare.trim_ascii().is_empty() {
                            joined.push(b' ');
                        }
                        joined.extend_from_slice(self.spare.trim_ascii());
                    }
                    builder.keep(&joined)
                }
            };
            builder.set(last, column, found);
        }
    }

    /// A cell's text: in UTF-8 it stands in the buffer already, unless marks in it stand for one.
    fn one(&mut self, raw: &[u8], at: usize, cell: Cell, builder: &mut Builder) -> super::chunk::Span {
        if self.outline.encoding == Encoding::Utf8 && !cell.is_quoted {
            let (mut from, mut end) = (at + cell.at, at + cell.end);
            let bytes = raw.get(from..end).unwrap_or_default();
            from += bytes.len() - bytes.trim_ascii_start().len();
            end -= bytes.len() - bytes.trim_ascii_end().len();
            if bytes.trim_ascii().first() == Some(&b'\'') {
                return builder.keep(guarded(bytes));
            }
            return if from < end { span(from, end) } else { super::chunk::Span::default() };
        }
        self.spare.clear();
        self.outline.decoded(raw, at, cell, &mut self.spare);
        builder.keep(guarded(&self.spare))
    }
}

impl Outline {
    /// The text of a cell of the row that begins at `at`, in units.
    fn decoded(&self, raw: &[u8], at: usize, cell: Cell, out: &mut Vec<u8>) {
        let unit = self.encoding.unit();
        let bytes = raw.get(unit * (at + cell.at)..unit * (at + cell.end)).unwrap_or_default();
        if !cell.is_quoted {
            return self.encoding.decode(bytes, out);
        }
        let mut plain = Vec::with_capacity(bytes.len());
        if unit == 2 {
            let mut decoded = Vec::with_capacity(bytes.len());
            self.encoding.decode(bytes, &mut decoded);
            unquoted(&decoded, out);
        } else {
            unquoted(bytes, &mut plain);
            self.encoding.decode(&plain, out);
        }
    }
}

/// Without the apostrophe that stands before what a spreadsheet would run as a formula.
fn guarded(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text {
        [b'\'', rest @ ..] if matches!(rest.first(), Some(b'=' | b'+' | b'-' | b'@')) => rest,
        _ => text,
    }
}
