//! Rows of one chunk: their texts in one buffer, from which rows are lent.
use super::{CHUNK_TEXT, Fault, NAME_BYTES, ReadError, RowFault, TEXT_BYTES};
use dancu_linkage::{Column, Row};
use std::collections::{BTreeMap, HashSet};

pub(super) const COLUMNS: usize = Column::ALL.len();

/// Up to [`CHUNK_ROWS`](super::CHUNK_ROWS) rows of a file. `Debug` shows no personal data.
pub struct Chunk {
    number: u64,
    first: u64,
    text: String,
    cells: Vec<[Span; COLUMNS]>,
    faults: Vec<RowFault>,
}

/// Where a text stands in the buffer.
#[derive(Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) at: u32,
    pub(super) end: u32,
}

impl Span {
    /// Of a text that was too long to be kept.
    const LONG: Self = Self { at: 0, end: u32::MAX };
}

impl Chunk {
    /// Its number, from 0.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its first row's place in the file, from 0.
    pub fn first_row(&self) -> u64 {
        self.first
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has none; the reader gives no such chunk.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// A row by its place in the chunk. One that could not be read says nothing but its name, if that could be read.
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        self.cells.get(at).map(|cells| self.lend(cells))
    }

    /// All rows, in the file's order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        self.cells.iter().map(|cells| self.lend(cells))
    }

    /// The rows that could not be read, in the file's order.
    pub fn faults(&self) -> &[RowFault] {
        &self.faults
    }

    fn lend(&self, cells: &[Span; COLUMNS]) -> Row<'_> {
        let mut row = Row::default();
        for (column, span) in Column::ALL.into_iter().zip(cells) {
            if span.end > span.at {
                row.set(column, self.text.get(range(*span)).unwrap_or_default());
            }
        }
        row
    }
}

impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chunk")
            .field("number", &self.number)
            .field("first", &self.first)
            .field("rows", &self.cells.len())
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.at as usize..span.end as usize
}

/// A chunk in the making. Bytes are taken as they come and looked at once, at the end.
pub(super) struct Builder {
    pub(super) number: u64,
    pub(super) first: u64,
    text: Vec<u8>,
    cells: Vec<[Span; COLUMNS]>,
    faults: Vec<RowFault>,
    /// Whether the file names its rows
    names_rows: bool,
    /// Line of each row; where there are none, rows are counted
    lines: Vec<u64>,
    /// Rows with a text that is too long, and the first such column of each
    long: BTreeMap<usize, Column>,
    /// Its texts were more than a chunk holds
    is_over: bool,
}

impl Builder {
    /// Of a chunk whose texts lie in `text` already, as far as they do.
    pub(super) fn new(number: u64, first: u64, text: Vec<u8>, names_rows: bool) -> Self {
        Self {
            number,
            first,
            text,
            cells: Vec::new(),
            faults: Vec::new(),
            names_rows,
            lines: Vec::new(),
            long: BTreeMap::new(),
            is_over: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Bytes of its texts so far.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Begins a row.
    pub(super) fn row(&mut self, line: u64) {
        self.cells.push([Span::default(); COLUMNS]);
        self.lines.push(line);
    }

    /// The bytes as they are.
    pub(super) fn copy(&self) -> Vec<u8> {
        self.text.clone()
    }

    /// Rows of empty cells, for a format that is read column by column.
    pub(super) fn rows(&mut self, count: usize) {
        self.cells.resize(count, [Span::default(); COLUMNS]);
    }

    /// Says after the fact whether the file names its rows: a workbook whose sheets differ does so if one of them does.
    pub(super) fn names_rows(&mut self, names_rows: bool) {
        self.names_rows = names_rows;
    }

    /// Appends a text to the buffer. One that no cell may have is not copied, and nothing is once the chunk is over its bound.
    pub(super) fn keep(&mut self, bytes: &[u8]) -> Span {
        if bytes.len() > TEXT_BYTES {
            return Span::LONG;
        }
        let at = self.text.len();
        if at + bytes.len() > CHUNK_TEXT {
            self.is_over = true;
            return Span::default();
        }
        self.text.extend_from_slice(bytes);
        span(at, self.text.len())
    }

    /// Puts a text into a cell of a row that is there. One that is too long is a fault of its row.
    pub(super) fn set(&mut self, row: usize, column: Column, span: Span) {
        let most = if column == Column::RowId { NAME_BYTES } else { TEXT_BYTES };
        if span.end.saturating_sub(span.at) as usize > most {
            self.long.entry(row).or_insert(column);
            return;
        }
        if let Some(cell) = self.cells.get_mut(row).and_then(|cells| cells.get_mut(column as usize)) {
            *cell = span;
        }
    }

    /// The row that was begun last cannot be read: it says nothing but its name.
    pub(super) fn fault(&mut self, fault: Fault) {
        let Some(last) = self.cells.len().checked_sub(1) else { return };
        let row = self.first + last as u64;
        let line = self.lines.get(last).copied().unwrap_or(row + 1);
        self.faults.push(RowFault { row, line, fault });
        if let Some([_, others @ ..]) = self.cells.last_mut() {
            others.fill(Span::default());
        }
    }

    /// What is no UTF-8 goes, with the row that holds it; rows without a name get their number.
    pub(super) fn finish(mut self) -> Result<Chunk, ReadError> {
        if self.is_over {
            return Err(ReadError::TooBig(CHUNK_TEXT as u64));
        }
        self.drop_long();
        let text = String::from_utf8(std::mem::take(&mut self.text));
        let mut text = text.unwrap_or_else(|error| {
            self.text = error.into_bytes();
            self.mend()
        });
        for (at, cells) in self.cells.iter_mut().enumerate() {
            let [name, ..] = cells;
            if name.end > name.at {
                continue;
            }
            let from = text.len();
            if self.names_rows {
                text.push('#');
            }
            text.push_str(&(self.first + at as u64 + 1).to_string());
            *name = span(from, text.len());
        }
        self.faults.sort_by_key(|fault| fault.row);
        Ok(Chunk { number: self.number, first: self.first, text, cells: self.cells, faults: self.faults })
    }

    /// Rows with a text that is too long say nothing but their name.
    fn drop_long(&mut self) {
        let faulty: HashSet<u64> = self.faults.iter().map(|fault| fault.row).collect();
        for (at, column) in std::mem::take(&mut self.long) {
            if let Some([_, others @ ..]) = self.cells.get_mut(at) {
                others.fill(Span::default());
            }
            let row = self.first + at as u64;
            if !faulty.contains(&row) {
                let line = self.lines.get(at).copied().unwrap_or(row + 1);
                self.faults.push(RowFault { row, line, fault: Fault::Long(column) });
            }
        }
    }

    /// Copies the texts that are text.
    fn mend(&mut self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let faulty: HashSet<u64> = self.faults.iter().map(|fault| fault.row).collect();
        for (at, cells) in self.cells.iter_mut().enumerate() {
            let mut wrong = None;
            for (column, cell) in Column::ALL.into_iter().zip(cells.iter_mut()) {
                let bytes = self.text.get(range(*cell)).unwrap_or_default();
                let Ok(whole) = std::str::from_utf8(bytes) else {
                    wrong = wrong.or(Some(column));
                    *cell = Span::default();
                    continue;
                };
                let from = text.len();
                text.push_str(whole);
                *cell = span(from, text.len());
            }
            let row = self.first + at as u64;
            let Some(column) = wrong else { continue };
            let [_, others @ ..] = cells;
            others.fill(Span::default());
            if !faulty.contains(&row) {
                let line = self.lines.get(at).copied().unwrap_or(row + 1);
                self.faults.push(RowFault { row, line, fault: Fault::Encoding(column) });
            }
        }
        text
    }
}

/// A chunk's text is far below 4 GiB: pieces of CSV are bounded when they are cut, what is kept by [`CHUNK_TEXT`].
pub(super) fn span(at: usize, end: usize) -> Span {
    let narrow = |value| u32::try_from(value).unwrap_or(u32::MAX);
    Span { at: narrow(at), end: narrow(end) }
}
