//! The crate's own data files: lines of cells between commas, no quotes, the first line names the columns.

/// The rows of a data file that have `N` cells.
pub(crate) fn rows<const N: usize>(text: &str) -> impl Iterator<Item = [&str; N]> {
    text.lines().skip(1).filter_map(row)
}

fn row<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut cells = line.split(',');
    let mut row = [""; N];
    for cell in &mut row {
        *cell = cells.next()?;
    }
    cells.next().is_none().then_some(row)
}
