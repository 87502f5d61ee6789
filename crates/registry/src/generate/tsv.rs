//! The tables in `data/`: tab-separated, `#` begins a comment line.

/// The rows of a table, each split into its columns.
pub(crate) fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// A column as text.
pub(crate) fn text(row: &[&'static str], at: usize) -> Result<&'static str, String> {
    row.get(at).copied().ok_or_else(|| format!("column {at} missing in {row:?}"))
}

/// A column as a number.
pub(crate) fn number<N: std::str::FromStr>(row: &[&'static str], at: usize) -> Result<N, String> {
    text(row, at)?.parse().map_err(|_| format!("column {at} is no number in {row:?}"))
}

/// `key:weight` pairs, separated by commas.
pub(crate) fn pairs(list: &'static str) -> Result<Vec<(u32, &'static str)>, String> {
    list.split(',')
        .map(|pair| {
            let (key, weight) = pair.split_once(':').ok_or_else(|| format!("no weight in {pair}"))?;
            Ok((weight.parse().map_err(|_| format!("no weight in {pair}"))?, key))
        })
        .collect()
}
