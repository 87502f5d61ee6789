//! Whom a row may mean: the keys by which people are looked up when numbers have not told.
use crate::read::birth::{Birth, Parts};
use crate::read::name::Name;
use crate::read::number::neighbours;
use crate::read::word::{Word, letters_of, plain_of};
use crate::reading::Reading;
use dancu_citizen::{BirthDate, PersonalId};
use std::collections::HashMap;

/// Names with a typing error that are tried for one row.
const MOST_NAMES: usize = 160;

/// Words near each other: each word under what remains of it when one letter is left out.
#[derive(Default)]
pub(crate) struct Near {
    by_rest: HashMap<u64, Vec<u64>>,
    /// Words that stand in the middle of names most often
    middle: Vec<u64>,
}

impl Near {
    /// Of the words that occur, without marks; and the commonest middle names, which are the ones left out.
    pub(crate) fn new(words: impl Iterator<Item = u64>, middle: Vec<u64>) -> Self {
        let mut near = Self { by_rest: HashMap::new(), middle };
        for word in words {
            rests(word, |rest| {
                let words = near.by_rest.entry(rest).or_default();
                if !words.contains(&word) {
                    words.push(word);
                }
            });
        }
        near.by_rest.values_mut().for_each(|words| words.sort_unstable());
        near
    }

    /// Words that one edit makes of a word.
    fn of(&self, word: u64, out: &mut Vec<u64>) {
        out.clear();
        rests(word, |rest| out.extend(self.by_rest.get(&rest).into_iter().flatten().filter(|w| **w != word)));
        let (letters, count) = letters_of(word);
        let own = letters.get(..count).unwrap_or_default();
        out.retain(|other| {
            let (letters, count) = letters_of(*other);
            crate::compare::edit::is_one(own, letters.get(..count).unwrap_or_default())
        });
        out.sort_unstable();
        out.dedup();
    }

    /// Names as which this one may have been meant: a letter typed wrong, a word left out or too many, two in each other's place.
    pub(crate) fn names(&self, name: &Name, out: &mut Vec<Name>) {
        out.clear();
        let mut words = Vec::new();
        let count = name.words().len();
        for (at, word) in name.words().iter().enumerate() {
            self.of(word.plain, &mut words);
            out.extend(words.iter().map(|other| name.with(at, bare(*other))));
        }
        if count > 2 {
            out.extend((0..count).map(|at| name.without(at)));
        }
        if count > 1
            && let Some((last, head)) = name.words().split_last()
        {
            let mut turned = Name::default();
            std::iter::once(last).chain(head).for_each(|word| turned.add(*word));
            out.push(turned);
            if let Some((first, rest)) = name.words().split_first() {
                let mut turned = Name::default();
                rest.iter().chain([first]).for_each(|word| turned.add(*word));
                out.push(turned);
            }
            for at in 1..count {
                out.extend(self.middle.iter().map(|word| name.with_more(at, bare(*word))));
            }
        }
        out.truncate(MOST_NAMES);
    }
}

fn bare(plain: u64) -> Word {
    Word { plain, marked: 0 }
}

/// The word, and what remains of it when one letter is left out.
fn rests(word: u64, mut each: impl FnMut(u64)) {
    each(word);
    let (letters, count) = letters_of(word);
    for out in 0..count {
        each(plain_of(letters.iter().take(count).enumerate().filter(|(at, _)| *at != out).map(|(_, l)| *l)));
    }
}

/// Numbers that one edit makes of the row's, of those that fit its birth year and sex: a slip in both at once is another person.
pub(crate) fn numbers(row: &Reading, out: &mut Vec<PersonalId>) {
    out.clear();
    let fits = |id: &PersonalId| match row.birth {
        Birth::Read(parts) => parts.years().any(|year| id.birth_year().abs_diff(year) <= 1),
        _ => true,
    };
    for digits in row.digits().iter().flatten() {
        neighbours(digits.as_slice(), |number| out.extend(PersonalId::from_u64(number).filter(fits)));
    }
    out.sort_unstable();
    out.dedup();
}

/// Dates of which a digit was typed wrong, the year aside.
pub(crate) fn dates(row: &Reading, out: &mut Vec<BirthDate>) {
    out.clear();
    let Birth::Read(parts) = row.birth else { return };
    if parts.month == 0 || parts.day == 0 {
        return;
    }
    for year in parts.years() {
        let parts = parts.in_year(year);
        let days =
            (1..=31).filter(|day| *day != parts.day).map(|day| crate::read::birth::Parts { day, ..parts });
        let months = (1..=12)
            .filter(|month| *month != parts.month)
            .map(|month| crate::read::birth::Parts { month, ..parts });
        out.extend(days.chain(months).filter_map(Parts::date));
    }
}
