//! Whom a row may mean: the keys by which people are looked up when numbers have not told.
use crate::model::NameWeights;
use crate::read::birth::{Birth, Parts};
use crate::read::name::{MOST_LETTERS, Name};
use crate::read::number::{card_neighbours, neighbours};
use crate::read::word::{letters_of, plain_of};
use crate::reading::Reading;
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId};
use std::collections::HashMap;

/// Years in which the people on record are born.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1880..=2099;
/// Years off that `birth::compare` calls near.
const NEAR: i16 = 10;

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

    /// Letters of the names as which this one may have been meant: a letter typed wrong, a word left out or too many, two in each other's
    /// place; each with what the slip costs.
    pub(crate) fn names(
        &self,
        name: &Name,
        weights: &NameWeights,
        is_worth: impl Fn(i32) -> bool,
        mut each: impl FnMut(&str, i32),
    ) {
        let words = name.words();
        let mut left = MOST_NAMES;
        let mut tell = |slip: i32, words: &mut dyn Iterator<Item = u64>| {
            if left > 0 {
                left -= 1;
                with_letters(words, |letters| each(letters, slip));
            }
        };
        let plain = || words.iter().map(|word| word.plain);
        let mut others = Vec::new();
        for (at, word) in words.iter().enumerate().filter(|_| is_worth(weights.typing)) {
            self.of(word.plain, &mut others);
            for other in &others {
                tell(
                    weights.typing,
                    &mut plain().enumerate().map(|(place, word)| if place == at { *other } else { word }),
                );
            }
        }
        let count = words.len();
        if count > 2 && is_worth(weights.missing) {
            for out in 0..count {
                tell(
                    weights.missing,
                    &mut plain().enumerate().filter(|(at, _)| *at != out).map(|(_, word)| word),
                );
            }
        }
        if count > 1 && is_worth(weights.order) {
            tell(weights.order, &mut plain().skip(count - 1).chain(plain().take(count - 1)));
            tell(weights.order, &mut plain().skip(1).chain(plain().take(1)));
        }
        for at in (1..count).filter(|_| is_worth(weights.missing)) {
            for more in &self.middle {
                tell(weights.missing, &mut plain().take(at).chain([*more]).chain(plain().skip(at)));
            }
        }
    }
}

/// The letters of words without marks, run together.
fn with_letters(words: &mut dyn Iterator<Item = u64>, mut each: impl FnMut(&str)) {
    let mut text = [0_u8; MOST_LETTERS];
    let mut length = 0;
    for word in words {
        let (letters, count) = letters_of(word);
        for letter in letters.iter().take(count) {
            if let Some(place) = text.get_mut(length) {
                *place = letter + b'a' - 1;
                length += 1;
            }
        }
    }
    each(text.get(..length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default());
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

/// Old card numbers that one edit makes of the row's.
pub(crate) fn cards(row: &Reading, out: &mut Vec<IdCardNumber>) {
    out.clear();
    let Some(card) = row.id_card_number() else { return };
    card_neighbours(card.as_u32(), |number| out.extend(IdCardNumber::from_u32(number)));
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

/// The day and month in years that are near, or of which a digit was typed wrong or two were swapped; none where no day is said.
pub(crate) fn years(parts: Parts, out: &mut Vec<BirthDate>) {
    out.clear();
    if parts.month == 0 || parts.day == 0 {
        return;
    }
    for year in parts.years() {
        let typed = [1, 10, 100].into_iter().flat_map(|place| {
            let digit = year / place % 10;
            let above = if place < 100 { year / place / 10 % 10 } else { digit };
            let replaced = (0..10).map(move |other| year + (other - digit) * place);
            // Swapped with the digit before it.
            replaced.chain([year + (above - digit) * place + (digit - above) * place * 10])
        });
        let others =
            typed.chain(year - NEAR..=year + NEAR).filter(|other| *other != year && YEARS.contains(other));
        out.extend(others.filter_map(|other| parts.in_year(other).date()));
    }
    out.sort_unstable();
    out.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Agreement;
    use crate::compare::birth;
    use crate::model::Model;

    #[test]
    fn every_year_that_would_be_near_is_asked_for_and_few_others() {
        let weights = Model::bundled().unwrap().weights.birth;
        for year in [1900, 1931, 1978, 1999, 2002, 2018] {
            let read = Parts { year, month: 4, day: 30, is_short: false };
            let mut asked = Vec::new();
            years(read, &mut asked);
            let near = YEARS.filter(|other| *other != year).filter_map(|other| read.in_year(other).date());
            let near = near.filter(|date| birth::compare(read, *date, &weights).1 > weights.different);
            assert!(near.clone().all(|date| asked.contains(&date)), "{year}");
            assert_eq!(near.count(), asked.len(), "{year}");
            let typed = |date: &&BirthDate| birth::compare(read, **date, &weights).0 == Agreement::Typing;
            assert!(asked.iter().filter(typed).count() >= 18, "{year}");
        }
    }
}
