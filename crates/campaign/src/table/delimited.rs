//! Delimited text (RFC 4180, and as spreadsheets write it): comma, semicolon or tab.
use super::decode::unicode;
use super::{Cell, Grid, GridRow, Limits, TableError};
use csv::{ReaderBuilder, StringRecord};

/// The text divided in each way; the one with the most headings is taken.
pub(super) fn read(text: &str, limits: Limits) -> Result<Vec<Grid>, TableError> {
    // One kind of line end: the reader counts a line only when it has seen its line feed, one record late after a return.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // Excel's own way to say which delimiter a file has.
    let (said, body) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((said, body)) => (said.bytes().next(), body),
        None => (None, text.as_str()),
    };
    let lines_before = u32::from(body.len() != text.len());
    let delimiters = said.map_or_else(|| b",;\t".to_vec(), |one| vec![one]);
    let mut failed = None;
    let mut grids = Vec::new();
    for delimiter in delimiters {
        match divide(body, delimiter, lines_before, limits) {
            Ok(grid) => grids.push(grid),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if grids.is_empty() => Err(error),
        _ => Ok(grids),
    }
}

fn divide(text: &str, delimiter: u8, lines_before: u32, limits: Limits) -> Result<Grid, TableError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut grid = Grid::default();
    let mut record = StringRecord::new();
    let most = Limits::CELL_CHARS * Limits::COLUMNS;
    // Unequal lengths are allowed and the text is UTF-8: nothing else is left to fail.
    while reader.read_record(&mut record).map_err(|_| TableError::RowTooLong(0))? {
        let line = record.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(lines_before);
        if record.as_slice().len() > most || record.len() > 4 * Limits::COLUMNS {
            return Err(TableError::RowTooLong(line));
        }
        let cells =
            record.iter().take(Limits::COLUMNS).map(|text| Cell::text(&unicode(guarded(text)))).collect();
        let row = GridRow { line, cells };
        if !row.is_blank() {
            grid.rows.push(row);
        }
        if grid.rows.len() > limits.rows + Limits::TITLE_ROWS {
            return Err(TableError::TooManyRows(limits.rows));
        }
    }
    Ok(grid)
}

/// Without the apostrophe that our own files put before what a spreadsheet would run as a formula.
fn guarded(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}
