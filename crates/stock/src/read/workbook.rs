//! XLSX. What the file unpacks to is measured before anything reads it, and cells are taken one by one: neither a bomb nor a
//! cell in the last corner of a sheet fills the memory. The texts of the columns that count are kept.
use super::chunk::{Builder, Chunk};
use super::heading::{Layout, MOST_COLUMNS, Map, TITLE_ROWS};
use super::{CHUNK_ROWS, Limits, ReadError};
use calamine::{DataRef, Reader as _, Xlsx};
use dancu_linkage::Column;
use std::io::{self, Cursor, Read as _};
use std::sync::Arc;
use zip::ZipArchive;

/// Parts of a workbook, and sheets that are looked at.
const MOST_PARTS: usize = 1000;
const MOST_SHEETS: usize = 50;
/// Characters of one cell that are taken.
const CELL_CHARS: usize = 1000;

/// What was read into memory.
pub(super) struct Kept {
    pub(super) columns: Vec<Column>,
    pub(super) chunks: Vec<Arc<Chunk>>,
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
    let names: Vec<String> = book.sheet_names().into_iter().take(MOST_SHEETS).collect();
    let mut keeper = Keeper::new(limits);
    let (mut columns, mut wrong) = (Vec::new(), None);
    for name in names {
        match sheet(&mut book, &name, map, &mut keeper) {
            Ok(layout) => {
                columns
                    .extend(layout.columns().filter(|column| !columns.contains(column)).collect::<Vec<_>>());
            }
            // A sheet without people: an explanation, a list of codes.
            Err(error @ (ReadError::NoHeadings | ReadError::NoColumn(_) | ReadError::Repeated(_))) => {
                wrong = wrong.or(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
    if columns.is_empty() {
        return Err(wrong.unwrap_or(ReadError::Empty));
    }
    columns.sort();
    Ok(Kept { columns, chunks: keeper.finish() })
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

fn sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    map: &Map,
    keeper: &mut Keeper,
) -> Result<Layout, ReadError> {
    // A chart sheet has no cells.
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Err(ReadError::NoHeadings) };
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
            if layout.is_none() && (first.len() >= TITLE_ROWS || at.is_none()) {
                layout = Some(begin(std::mem::take(&mut first), map, keeper)?);
            }
        }
        let Some(cell) = next else { return layout.ok_or(ReadError::NoHeadings) };
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
fn begin(first: Vec<(u64, Vec<Cell>)>, map: &Map, keeper: &mut Keeper) -> Result<Layout, ReadError> {
    let mut best: Option<(usize, usize, Layout)> = None;
    let mut missing = None;
    for (at, (_, cells)) in first.iter().enumerate() {
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
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
    let (_, at, layout) = best.ok_or(missing.unwrap_or(ReadError::NoHeadings))?;
    for (line, cells) in first.into_iter().skip(at + 1) {
        keeper.row(line, &cells, &layout)?;
    }
    Ok(layout)
}

/// Collects rows into chunks.
pub(super) struct Keeper {
    limits: Limits,
    chunks: Vec<Arc<Chunk>>,
    open: Option<Builder>,
    rows: u64,
    bytes: u64,
}

impl Keeper {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, chunks: Vec::new(), open: None, rows: 0, bytes: 0 }
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
        if self.open.as_ref().is_some_and(|open| open.len() >= CHUNK_ROWS) {
            self.close();
        }
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
        self.chunks.extend(self.open.take().map(|open| Arc::new(open.finish())));
    }

    pub(super) fn finish(mut self) -> Vec<Arc<Chunk>> {
        self.close();
        self.chunks
    }
}

/// Numbers of people lose the noughts before them where a program takes them for amounts.
pub(super) fn padded(digits: String, column: Column) -> String {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    match (column, digits.len()) {
        (Column::PersonalId, 10 | 11) if is_number => format!("{digits:0>12}"),
        (Column::IdCardNumber, 6..=8) if is_number => format!("{digits:0>9}"),
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
