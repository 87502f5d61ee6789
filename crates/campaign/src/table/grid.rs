//! Cells in rows, and the row that names the columns.
use super::{Column, Limits, TableError, Words, decode, delimited, workbook};
use std::collections::BTreeMap;
use std::fmt;

/// A cell as it stands in the file, outer spaces cut. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text
    pub text: String,
    /// The workbook holds it as a number, so that leading zeros are lost
    pub is_number: bool,
}

impl Cell {
    /// A cell of text.
    pub fn text(text: &str) -> Self {
        let text: String = text.trim().chars().take(Limits::CELL_CHARS + 1).collect();
        Self { text, is_number: false }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(…)")
    }
}

/// A row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridRow {
    /// Line of the file or row of the sheet, from 1
    pub line: u32,
    /// Its cells
    pub cells: Vec<Cell>,
}

impl GridRow {
    /// The text of a cell, empty where there is none.
    pub fn get(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell.text.as_str())
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.is_empty())
    }

    /// Numbers of the columns, (1) (2) (3), as forms have them under the headings.
    fn only_counts(&self) -> bool {
        let said: Vec<&str> = self.cells.iter().map(|c| c.text.as_str()).filter(|t| !t.is_empty()).collect();
        let count = |text: &&str| {
            let bare = text.trim_matches(|c| "()[]".contains(c));
            matches!(bare.len(), 1..=2) && bare.bytes().all(|b| b.is_ascii_digit())
        };
        said.len() > 2 && said.iter().all(count)
    }
}

/// One sheet of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Rows that say something
    pub rows: Vec<GridRow>,
}

/// What a user needs to say which column is which: the first rows of the file. `Debug` shows nothing of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// The first rows
    pub rows: Vec<GridRow>,
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample").field("rows", &self.rows.len()).finish()
    }
}

/// Which column stands where, when the headings do not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Line after which the accounts begin; 0 when there are no headings
    pub heading_line: u32,
    /// Place of each column, the first being 0
    pub columns: Vec<(Column, usize)>,
}

/// A table whose columns are known.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Place of each column
    pub columns: BTreeMap<Column, usize>,
    /// The headings as they stand, for writing rows back
    pub headings: Vec<Cell>,
    /// Rows under the headings that say something
    pub rows: Vec<GridRow>,
}

impl Table {
    /// Reads delimited text or XLSX. Of several sheets it is the first with the headings.
    pub fn read(
        bytes: &[u8],
        mapping: Option<&Mapping>,
        words: &Words,
        limits: Limits,
    ) -> Result<Self, TableError> {
        let grids = Grid::read(bytes, limits, &|cells| heads(cells, words).len())?;
        if let Some(mapping) = mapping {
            return Self::mapped(grids.into_iter().next().unwrap_or_default(), mapping, limits);
        }
        let mut missing: Option<(Vec<Column>, Sample)> = None;
        for grid in grids {
            match Self::headed(grid, words, limits) {
                Err(TableError::NoHeadings(columns, sample)) => {
                    let better = missing.as_ref().is_none_or(|(before, _)| columns.len() < before.len());
                    missing = if better { Some((columns, sample)) } else { missing };
                }
                other => return other,
            }
        }
        let (columns, sample) = missing.unwrap_or_default();
        Err(TableError::NoHeadings(columns, sample))
    }

    fn headed(grid: Grid, words: &Words, limits: Limits) -> Result<Self, TableError> {
        let titles = grid.rows.iter().take(Limits::TITLE_ROWS);
        let candidates = titles.enumerate().map(|(at, row)| (at, heads(&row.cells, words)));
        // The first of those with the most headings: repeated headings of later pages lie below it.
        let best = candidates.reduce(|best, next| if next.1.len() > best.1.len() { next } else { best });
        let (at, columns) = best.unwrap_or_default();
        let missing = missing(&columns);
        if !missing.is_empty() {
            let rows = grid.rows.into_iter().take(Limits::TITLE_ROWS).collect();
            return Err(TableError::NoHeadings(missing, Sample { rows }));
        }
        let mut rows = grid.rows.into_iter().skip(at);
        let headings = rows.next().map(|row| row.cells).unwrap_or_default();
        Self { columns, headings, rows: Vec::new() }.with_rows(rows, words, limits)
    }

    fn mapped(grid: Grid, mapping: &Mapping, limits: Limits) -> Result<Self, TableError> {
        let columns: BTreeMap<Column, usize> = mapping.columns.iter().copied().collect();
        let twice = columns.len() != mapping.columns.len();
        if twice || !missing(&columns).is_empty() || columns.values().any(|at| *at >= Limits::COLUMNS) {
            return Err(TableError::Mapping);
        }
        let heading = grid.rows.iter().find(|row| row.line == mapping.heading_line);
        let headings = heading.map(|row| row.cells.clone()).unwrap_or_default();
        let rows: Vec<GridRow> =
            grid.rows.into_iter().filter(|row| row.line > mapping.heading_line).collect();
        let words = Words::built_in().map_err(|_| TableError::Mapping)?;
        Self { columns, headings, rows: Vec::new() }.with_rows(rows.into_iter(), &words, limits)
    }

    /// Leaves out rows of column numbers and headings that are repeated on later pages.
    fn with_rows(
        mut self,
        rows: impl Iterator<Item = GridRow>,
        words: &Words,
        limits: Limits,
    ) -> Result<Self, TableError> {
        let repeated = |row: &GridRow| row.only_counts() || missing(&heads(&row.cells, words)).is_empty();
        self.rows = rows.filter(|row| !repeated(row)).collect();
        if self.rows.len() > limits.rows { Err(TableError::TooManyRows(limits.rows)) } else { Ok(self) }
    }

    /// A cell of a row by its column; none where the table has no such column.
    pub fn cell<'a>(&self, row: &'a GridRow, column: Column) -> Option<&'a Cell> {
        row.cells.get(*self.columns.get(&column)?)
    }
}

impl Grid {
    /// All sheets of a file; delimited text is one. `score` says how many headings cells have, which tells how text is
    /// to be decoded and divided.
    pub(crate) fn read(
        bytes: &[u8],
        limits: Limits,
        score: &dyn Fn(&[Cell]) -> usize,
    ) -> Result<Vec<Self>, TableError> {
        if bytes.len() > limits.bytes {
            return Err(TableError::TooBig(limits.bytes));
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return workbook::read(bytes, limits);
        }
        // The magic number of compound files: XLS, and XLSX under a password.
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(TableError::OldWorkbook);
        }
        let best = |grids: Vec<Self>| {
            let rated = grids.into_iter().map(|grid| (grid.rating(score), grid));
            rated.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, grid)| grid)
        };
        let mut grids = Vec::new();
        for text in decode::decodings(bytes) {
            grids.extend(delimited::read(&text, limits)?);
        }
        Ok(best(grids).into_iter().collect())
    }

    /// Headings found, and where that tells nothing, cells.
    fn rating(&self, score: &dyn Fn(&[Cell]) -> usize) -> (usize, usize) {
        let first = || self.rows.iter().take(Limits::TITLE_ROWS);
        (first().map(|row| score(&row.cells)).max().unwrap_or(0), first().map(|row| row.cells.len()).sum())
    }
}

/// The columns that a row of headings names; of two with one meaning the first.
fn heads(cells: &[Cell], words: &Words) -> BTreeMap<Column, usize> {
    let mut columns = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate().take(Limits::COLUMNS) {
        if let Some(column) = words.column(&cell.text) {
            columns.entry(column).or_insert(at);
        }
    }
    columns
}

fn missing(columns: &BTreeMap<Column, usize>) -> Vec<Column> {
    let mut missing: Vec<Column> = Column::NEEDED.into_iter().filter(|c| !columns.contains_key(c)).collect();
    let factors = [Column::CasesADay, Column::QueriesACase].iter().all(|c| columns.contains_key(c));
    if !factors && !columns.contains_key(&Column::DailyQuota) {
        missing.push(Column::DailyQuota);
    }
    missing
}
