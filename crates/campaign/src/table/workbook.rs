//! XLSX. What the file unpacks to is measured before anything reads it, and cells are taken one by one: neither a bomb nor
//! a cell in the last corner of a sheet fills the memory.
use super::decode::unicode;
use super::{Cell, Grid, GridRow, Limits, TableError};
use calamine::{DataRef, Reader as _, Xlsx};
use std::io::{self, Cursor, Read as _};
use zip::ZipArchive;

/// Parts of a workbook, and sheets that are looked at.
const MOST_PARTS: usize = 1000;
const MOST_SHEETS: usize = 10;

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Grid>, TableError> {
    measure(bytes, limits)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| TableError::Workbook)?;
    let names: Vec<String> = book.sheet_names().into_iter().take(MOST_SHEETS).collect();
    names.iter().map(|name| sheet(&mut book, name, limits)).collect()
}

/// Unpacks everything into nothing, as long as it stays within the limit. What the archive says of sizes is not believed.
fn measure(bytes: &[u8], limits: Limits) -> Result<(), TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| TableError::Workbook)?;
    if archive.len() > MOST_PARTS {
        return Err(TableError::TooBig(limits.bytes));
    }
    let mut left = limits.unpacked();
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| TableError::Workbook)?;
        let read = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|_| TableError::Workbook)?;
        left = left.checked_sub(read).ok_or(TableError::TooBig(limits.bytes))?;
    }
    Ok(())
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: Limits) -> Result<Grid, TableError> {
    // A chart sheet has no cells.
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Ok(Grid::default()) };
    let mut grid = Grid::default();
    let mut chars = 0_usize;
    while let Some(cell) = reader.next_cell().map_err(|_| TableError::Workbook)? {
        let (row, column) = cell.get_position();
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        let text = text(cell.get_value());
        if text.text.is_empty() || at >= Limits::COLUMNS {
            continue;
        }
        chars += text.text.len();
        if u64::try_from(chars).unwrap_or(u64::MAX) > limits.unpacked() {
            return Err(TableError::TooBig(limits.bytes));
        }
        let line = row.saturating_add(1);
        if grid.rows.last().is_none_or(|last| last.line != line) {
            if grid.rows.len() > limits.rows + Limits::TITLE_ROWS {
                return Err(TableError::TooManyRows(limits.rows));
            }
            grid.rows.push(GridRow { line, cells: Vec::new() });
        }
        let Some(last) = grid.rows.last_mut() else { continue };
        if last.cells.len() <= at {
            last.cells.resize(at + 1, Cell::default());
        }
        if let Some(place) = last.cells.get_mut(at) {
            *place = text;
        }
    }
    // Rows may stand in any order in the file; people see them in theirs.
    grid.rows.sort_by_key(|row| row.line);
    Ok(grid)
}

fn text(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cell::text(&unicode(text))
        }
        DataRef::SharedString(text) => Cell::text(&unicode(text)),
        DataRef::Int(number) => Cell { text: number.to_string(), is_number: true },
        DataRef::Float(number) => Cell { text: plain(*number), is_number: true },
        DataRef::DateTime(date) => Cell { text: plain(date.as_f64()), is_number: true },
        DataRef::Bool(flag) => Cell { text: flag.to_string(), is_number: false },
        DataRef::Error(_) => Cell { text: "#".to_owned(), is_number: false },
        DataRef::Empty => Cell::default(),
    }
}

/// A whole number without exponent or decimals.
fn plain(number: f64) -> String {
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    if whole { format!("{number:.0}") } else { number.to_string() }
}
