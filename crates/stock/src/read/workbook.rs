//! XLSX. What the file unpacks to is measured before anything reads it, and cells are taken one by one: neither a bomb nor a
//! cell in the last corner of a sheet fills the memory. The texts of the columns that count are kept. No sheet is left out
//! without a word.
use super::chunk::{Builder, Chunk};
use super::heading::{Layout, MOST_COLUMNS, Map, TITLE_ROWS};
use super::{CHUNK_BYTES, CHUNK_ROWS, Limits, ReadError, TEXT_BYTES};
use calamine::{DataRef, Reader as _, SheetVisible, Xlsx, XlsxError};
use dancu_linkage::Column;
use std::collections::HashSet;
use std::io::{self, Cursor, Read as _};
use std::sync::Arc;
use zip::ZipArchive;

/// Parts of a workbook, and sheets that are looked at.
const MOST_PARTS: usize = 1000;
const MOST_SHEETS: usize = 500;
/// Characters of one cell that are taken: what has more has too many bytes as well, and its row is a fault.
const CELL_CHARS: usize = TEXT_BYTES + 1;

/// What was read into memory.
pub(super) struct Kept {
    pub(super) columns: Vec<Column>,
    pub(super) chunks: Vec<Arc<Chunk>>,
    pub(super) skipped: Vec<Skipped>,
}

/// A sheet of a workbook that names no people: an explanation, a list of codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name
    pub sheet: String,
    /// Rows in which something stands, as far as they were counted: up to 41
    pub rows: u64,
}

pub(super) fn read(bytes: &[u8], map: &Map, limits: Limits) -> Result<Kept, ReadError> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        // The name of the stream under a password, in UTF-16 (MS-OFFCRYPTO 2.3.4.4).
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = memchr::memmem::find(bytes, &name).is_some();
        return Err(if is_encrypted { ReadError::Encrypted } else { ReadError::OldWorkbook });
    }
    measure(bytes, limits)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Workbook)?;
    let sheets = book.sheets_metadata();
    if sheets.len() > MOST_SHEETS {
        return Err(ReadError::TooManySheets(MOST_SHEETS));
    }
    // Sheets are read by their names.
    if sheets.iter().map(|sheet| &sheet.name).collect::<HashSet<_>>().len() < sheets.len() {
        return Err(ReadError::Workbook);
    }
    let sheets: Vec<(String, bool)> =
        sheets.iter().map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    let mut keeper = Keeper::new(limits);
    let (mut columns, mut strange) = (Vec::new(), Vec::new());
    for (name, is_visible) in sheets {
        match sheet(&mut book, &name, map, &mut keeper)? {
            Sheet::Read(layout) => {
                columns
                    .extend(layout.columns().filter(|column| !columns.contains(column)).collect::<Vec<_>>());
            }
            Sheet::Strange { why, rows, is_meant } => strange.push((name, why, rows, is_visible, is_meant)),
        }
    }
    if columns.is_empty() {
        return Err(strange.into_iter().next().map_or(ReadError::Empty, |(_, why, ..)| why));
    }
    let mut skipped = Vec::new();
    for (sheet, why, rows, is_visible, is_meant) in strange {
        // Lists of codes for the cells of others are often long, and then hidden.
        if is_meant || (is_visible && rows > TITLE_ROWS as u64) {
            return Err(ReadError::Sheet { sheet, why: Box::new(why) });
        }
        if rows > 0 {
            skipped.push(Skipped { sheet, rows });
        }
    }
    columns.sort();
    Ok(Kept { columns, chunks: keeper.finish()?, skipped })
}

/// Unpacks everything into nothing, as long as it stays within the limit. What the archive says of sizes is not believed.
fn measure(bytes: &[u8], limits: Limits) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Workbook)?;
    if archive.len() > MOST_PARTS {
        return Err(ReadError::TooBig(limits.kept_bytes));
    }
    let mut left = limits.kept_bytes;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| ReadError::Workbook)?;
        let read = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|_| ReadError::Workbook)?;
        left = left.checked_sub(read).ok_or(ReadError::TooBig(limits.kept_bytes))?;
    }
    Ok(())
}

/// A text, and whether it was a number.
#[derive(Clone, Default)]
struct Cell {
    text: String,
    is_number: bool,
}

/// What a sheet is.
enum Sheet {
    /// One of people
    Read(Layout),
    /// No people were found in it: why, among how many rows (at most one more than are looked at), and whether it looks as
    /// though it had some, under other headings than the mapping says
    Strange { why: ReadError, rows: u64, is_meant: bool },
}

impl Sheet {
    fn empty() -> Self {
        Self::Strange { why: ReadError::NoHeadings, rows: 0, is_meant: false }
    }
}

fn sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    map: &Map,
    keeper: &mut Keeper,
) -> Result<Sheet, ReadError> {
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A chart sheet has no cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Sheet::empty()),
        Err(_) => return Err(ReadError::Workbook),
    };
    let mut first: Vec<(u64, Vec<Cell>)> = Vec::new();
    let mut layout: Option<Layout> = None;
    let (mut line, mut cells): (u64, Vec<Cell>) = (0, Vec::new());
    loop {
        let next = reader.next_cell().map_err(|_| ReadError::Workbook)?;
        let at = next.as_ref().map(|cell| u64::from(cell.get_position().0) + 1);
        if at != Some(line) {
            if cells.iter().any(|cell| !cell.text.is_empty()) {
                match &layout {
                    Some(layout) => keeper.row(line, &cells, layout)?,
                    None => first.push((line, std::mem::take(&mut cells))),
                }
            }
            cells.clear();
            line = at.unwrap_or_default();
            if layout.is_none() && (first.len() > TITLE_ROWS || at.is_none()) {
                match begin(std::mem::take(&mut first), map, keeper)? {
                    Sheet::Read(found) => layout = Some(found),
                    strange @ Sheet::Strange { .. } => return Ok(strange),
                }
            }
        }
        let Some(cell) = next else { return Ok(layout.map_or_else(Sheet::empty, Sheet::Read)) };
        let column = usize::try_from(cell.get_position().1).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            continue;
        }
        if cells.len() <= column {
            cells.resize(column + 1, Cell::default());
        }
        if let Some(place) = cells.get_mut(column) {
            *place = text(cell.get_value());
        }
    }
}

/// Finds the headings among the first rows; what stands below them are rows.
fn begin(first: Vec<(u64, Vec<Cell>)>, map: &Map, keeper: &mut Keeper) -> Result<Sheet, ReadError> {
    let mut best: Option<(usize, usize, Layout)> = None;
    let (mut missing, mut is_meant) = (None, false);
    let unmapped = Map::default();
    for (at, (_, cells)) in first.iter().enumerate().take(TITLE_ROWS) {
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        is_meant |=
            map.names_any(&texts) || Layout::of(&texts, &unmapped).is_ok_and(|layout| layout.names_people());
        match Layout::of(&texts, map) {
            Ok(layout) if layout.names_people() => {
                let count = layout.columns().count();
                if best.as_ref().is_none_or(|(most, ..)| count > *most) {
                    best = Some((count, at, layout));
                }
            }
            Ok(_) => {}
            Err(error) => missing = missing.or(Some(error)),
        }
    }
    let Some((_, at, layout)) = best else {
        let why = missing.unwrap_or(ReadError::NoHeadings);
        return Ok(Sheet::Strange { why, rows: first.len() as u64, is_meant });
    };
    for (line, cells) in first.into_iter().skip(at + 1) {
        keeper.row(line, &cells, &layout)?;
    }
    Ok(Sheet::Read(layout))
}

/// Collects rows into chunks.
pub(super) struct Keeper {
    limits: Limits,
    chunks: Vec<Builder>,
    /// Whether a sheet names its rows: then numbers of rows could be names of others
    names_rows: bool,
    open: Option<Builder>,
    rows: u64,
    bytes: u64,
}

impl Keeper {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, chunks: Vec::new(), names_rows: false, open: None, rows: 0, bytes: 0 }
    }

    fn row(&mut self, line: u64, cells: &[Cell], layout: &Layout) -> Result<(), ReadError> {
        let text = |column: Column| {
            let parts = layout.places(column).iter().filter_map(|at| cells.get(*at));
            let texts: Vec<String> = parts
                .filter(|cell| !cell.text.is_empty())
                .map(
                    |cell| {
                        if cell.is_number { padded(cell.text.clone(), column) } else { cell.text.clone() }
                    },
                )
                .collect();
            texts.join(" ")
        };
        self.texts(line, layout.has(Column::RowId), text)
    }

    /// A row by what stands in each column.
    pub(super) fn texts(
        &mut self,
        line: u64,
        names_rows: bool,
        text: impl Fn(Column) -> String,
    ) -> Result<(), ReadError> {
        if self.rows >= self.limits.rows {
            return Err(ReadError::TooManyRows(self.limits.rows));
        }
        let is_full = |open: &Builder| open.len() >= CHUNK_ROWS || open.bytes() as u64 > CHUNK_BYTES;
        if self.open.as_ref().is_some_and(is_full) {
            self.close();
        }
        self.names_rows |= names_rows;
        let number = self.chunks.len() as u64;
        let first = self.rows;
        let open = self.open.get_or_insert_with(|| Builder::new(number, first, Vec::new(), names_rows));
        open.row(line);
        self.rows += 1;
        let row = open.len() - 1;
        for column in Column::ALL {
            let text = text(column);
            if !text.is_empty() {
                self.bytes += text.len() as u64;
                let text = open.keep(text.as_bytes());
                open.set(row, column, text);
            }
        }
        if self.bytes > self.limits.kept_bytes {
            return Err(ReadError::TooBig(self.limits.kept_bytes));
        }
        Ok(())
    }

    /// The last row cannot be read.
    pub(super) fn fault(&mut self, fault: super::Fault) {
        if let Some(open) = &mut self.open {
            open.fault(fault);
        }
    }

    fn close(&mut self) {
        self.chunks.extend(self.open.take());
    }

    pub(super) fn finish(mut self) -> Result<Vec<Arc<Chunk>>, ReadError> {
        self.close();
        let finished = self.chunks.into_iter().map(|mut chunk| {
            chunk.names_rows(self.names_rows);
            chunk.finish().map(Arc::new)
        });
        finished.collect()
    }
}

/// Numbers of people lose the noughts before them where a program takes them for amounts; either kind may stand in either
/// column. What was text (CSV) stays as it is: that digits are missing there is for who compares to judge.
pub(super) fn padded(digits: String, column: Column) -> String {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !matches!(column, Column::PersonalId | Column::IdCardNumber) {
        return digits;
    }
    match digits.len() {
        10 | 11 => format!("{digits:0>12}"),
        6..=8 => format!("{digits:0>9}"),
        _ => digits,
    }
}

fn text(value: &DataRef<'_>) -> Cell {
    let plain = |text: &str| Cell { text: trimmed(text), is_number: false };
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Int(number) => Cell { text: number.to_string(), is_number: true },
        DataRef::Float(number) => Cell { text: written(*number), is_number: true },
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            plain(&format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTime(date) => Cell { text: written(date.as_f64()), is_number: true },
        DataRef::Bool(flag) => plain(if *flag { "1" } else { "0" }),
        DataRef::Error(_) => plain("#"),
        DataRef::Empty => Cell::default(),
    }
}

fn trimmed(text: &str) -> String {
    text.trim().chars().take(CELL_CHARS).collect()
}

/// A whole number without exponent or decimals.
fn written(number: f64) -> String {
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    if whole { format!("{number:.0}") } else { number.to_string() }
}
