//! Dirty files with the truth beside them, drawn from a seed with integers only: the same seed and people give the same rows everywhere.
mod encode;
mod rng;
mod spoil;

use crate::people::Written;
use crate::{Column, Row};
use dancu_citizen::Units;
use rng::Rng;
use std::collections::HashMap;

/// What was done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dirt {
    /// Nothing
    Clean,
    /// No number at all
    NoNumber,
    /// The old card number in the column of the personal number
    OldNumber,
    /// A number that the person had before
    FormerNumber,
    /// A digit of the number typed wrong, or two swapped, one dropped or doubled
    NumberTyped,
    /// Zeros at the number's head lost
    ZerosLost,
    /// Another person's number
    OtherNumber,
    /// A letter of the name typed wrong
    NameTyped,
    /// A word of the name missing
    WordMissing,
    /// The name without marks
    NoMarks,
    /// The name decomposed
    Decomposed,
    /// The name in an encoding of before Unicode, or UTF-8 taken for one
    Legacy,
    /// A name that the person had before
    FormerName,
    /// A digit of the date typed wrong
    DateTyped,
    /// Day and month in each other's place
    DateSwapped,
    /// 1 January, or the year alone
    YearOnly,
    /// Another sex
    OtherSex,
    /// A unit of before 2025-07-01
    MovedUnit,
    /// A digit of the old card number typed wrong
    CardTyped,
    /// The number of the head of the household beside it
    Household,
    /// A second row of one person
    Double,
    /// Somebody who is not among the people, though much like one of them
    Stranger,
}

/// A dirty row, and whom it means. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct DirtyRow {
    texts: [String; Column::ALL.len()],
    /// Position of the person among those given; none for a stranger
    pub truth: Option<usize>,
    /// What was done to it
    pub dirt: Vec<Dirt>,
}

impl DirtyRow {
    /// The row as linkage takes it.
    pub fn row(&self) -> Row<'_> {
        let texts = Column::ALL.into_iter().zip(&self.texts);
        texts.fold(Row::default(), |row, (column, text)| row.with(column, text))
    }

    fn set(&mut self, column: Column, text: String) {
        if let Some(place) = self.texts.get_mut(column as usize) {
            *place = text;
        }
    }
}

impl std::fmt::Debug for DirtyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirtyRow").field("dirt", &self.dirt).finish_non_exhaustive()
    }
}

/// Draws dirty rows of people.
pub struct Soiler<'a> {
    people: &'a [Written],
    /// Numbers that somebody has: a stranger has none of them
    numbers: std::collections::HashSet<u64>,
    /// Codes of before 2025-07-01, by what they became
    before: HashMap<u32, Vec<&'static str>>,
    rng: Rng,
    drawn: u64,
    last: Option<usize>,
}

impl<'a> Soiler<'a> {
    /// A stream of rows of these people.
    pub fn new(seed: u64, people: &'a [Written]) -> Self {
        let units = Units::bundled();
        let mut before: HashMap<u32, Vec<&'static str>> = HashMap::new();
        for old in units.three_level().communes() {
            if let [only] = units.successors(old.code) {
                before.entry(only.parse().unwrap_or_default()).or_default().push(old.code);
            }
        }
        let numbers =
            people.iter().flat_map(|person| person.personal_id.iter().chain(&person.former_personal_ids));
        let numbers = numbers.map(|id| id.as_u64()).collect();
        Self { people, numbers, before, rng: Rng::new(seed), drawn: 0, last: None }
    }

    fn draw(&mut self) -> Option<DirtyRow> {
        let is_double = self.last.is_some() && self.rng.permille(10);
        let index = match self.last {
            Some(last) if is_double => last,
            _ => self.rng.below(self.people.len()),
        };
        let person = self.people.get(index)?;
        self.last = Some(index);
        let mut row = DirtyRow { texts: Default::default(), truth: Some(index), dirt: Vec::new() };
        if is_double {
            row.dirt.push(Dirt::Double);
        }
        self.drawn += 1;
        row.set(Column::RowId, self.drawn.to_string());
        if self.rng.permille(20) {
            self.stranger(&mut row, person);
        } else {
            self.fill(&mut row, person);
        }
        if row.dirt.is_empty() {
            row.dirt.push(Dirt::Clean);
        }
        Some(row)
    }
}

impl Iterator for Soiler<'_> {
    type Item = DirtyRow;

    fn next(&mut self) -> Option<DirtyRow> {
        self.draw()
    }
}

impl std::fmt::Debug for Soiler<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Soiler").field("drawn", &self.drawn).finish_non_exhaustive()
    }
}
