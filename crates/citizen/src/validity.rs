//! The days on which an edition of a code list was or is in force.
use crate::{CivilDate, table};

/// From a day, and to a day where it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First day in force
    pub from: CivilDate,
    /// Last day in force
    pub until: Option<CivilDate>,
}

impl Validity {
    /// Whether the day lies within.
    pub fn contains(self, on: CivilDate) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }
}

/// Validity and source of every edition, with the mark of how sure the source is.
const EDITIONS: &str = include_str!("../data/lists/editions.csv");

/// The validity and the source of an edition in `editions.csv`.
pub(crate) fn of_edition(list: &str, edition: &str) -> Option<(Validity, &'static str)> {
    let row = table::rows::<6>(EDITIONS).find(|row| row.starts_with(&[list, edition]))?;
    let [_, _, from, until, _, source] = row;
    let until = if until.is_empty() { None } else { Some(CivilDate::parse_iso(until).ok()?) };
    Some((Validity { from: CivilDate::parse_iso(from).ok()?, until }, source))
}
