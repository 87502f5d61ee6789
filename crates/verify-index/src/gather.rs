//! The tables for parts of a name, from the pages of people.
use crate::mix::Mix;
use crate::names::{self, ANY, NamePage, Wording};
use crate::pages::Pages;
use crate::people::{IN_PAGE_BITS, PeoplePage};
use crate::row::{FORMER, IN_ROW, LONG_NAME, Row};
use crate::threads::{in_threads, workers};
use crate::words::Words;
use crate::{Signature, Syllables};
use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasherDefault;

/// Birth dates have so many numbers.
const DATES: usize = 1 << 20;
/// Every mark.
const ALL: u8 = u8::MAX;

/// Unaccented syllables of a name that fits into its row.
type Short = [u16; IN_ROW];

/// The places of everybody who has a birth date, in the order of the dates, with the marks of the words of the name.
pub(crate) fn dated(people: &Pages<PeoplePage>, syllables: &Syllables) -> Vec<(u32, u32, u8)> {
    let marks: Vec<u8> =
        (0..=syllables.unaccented_len()).map(|id| syllables.unaccented(id).map_or(0, Words::mark)).collect();
    // Whoever has names that are not in the row may have any word.
    let mark = |row: &Row| {
        let of = |id: &u16| marks.get(usize::from(syllables.unaccented_of(*id))).copied().unwrap_or(ALL);
        if row.has(LONG_NAME | FORMER) {
            ALL
        } else {
            row.syllables().iter().map(of).fold(0, |all, of| all | of)
        }
    };
    let mut starts = vec![0_u32; DATES + 1];
    for (_, row) in dates(people) {
        starts.iter_mut().skip(row.date() as usize + 1).take(1).for_each(|count| *count += 1);
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut sorted = vec![(0, 0, 0); sum as usize];
    for (place, row) in dates(people) {
        let Some(next) = starts.get_mut(row.date() as usize) else { continue };
        let entry = (row.date(), place, mark(row));
        sorted.iter_mut().skip(*next as usize).take(1).for_each(|to| *to = entry);
        *next += 1;
    }
    sorted
}

fn dates(people: &Pages<PeoplePage>) -> impl Iterator<Item = (u32, &Row)> + '_ {
    pages(people).flat_map(|(first, page)| {
        let rows = (0_usize..page.len()).filter_map(|at| Some((at, page.row(at)?)));
        let dated = rows.filter(|(_, row)| row.date() > 0);
        dated.map(move |(at, row)| (first + u32::try_from(at).unwrap_or_default(), row))
    })
}

/// Each page with the place of its first person.
fn pages(people: &Pages<PeoplePage>) -> impl Iterator<Item = (u32, &PeoplePage)> {
    let pages = (0_usize..people.len()).filter_map(|number| Some((number, people.get(number).ok()?)));
    pages.map(|(number, page)| (u32::try_from(number << IN_PAGE_BITS).unwrap_or(u32::MAX), page))
}

/// The words of all names, and the names by them. `texts` are the unaccented forms of those that do not stand in rows.
pub(crate) fn names(
    people: &Pages<PeoplePage>,
    syllables: &Syllables,
    texts: &HashSet<String>,
) -> (Words, Pages<NamePage>) {
    let forms = (1..=syllables.unaccented_len()).filter_map(|id| syllables.unaccented(id));
    let words: BTreeSet<&str> =
        forms.chain(texts.iter().map(String::as_str)).flat_map(|text| text.split(' ')).collect();
    let words = Words::from_sorted(words.into_iter().filter(|word| !word.is_empty()));
    let expanded: Vec<Vec<u16>> = (0..=syllables.unaccented_len())
        .map(|id| syllables.unaccented(id).map_or_else(Vec::new, |text| numbers(text, &words)))
        .collect();
    let of_row = |name: &Short| {
        let all = name.iter().filter_map(|id| expanded.get(usize::from(*id))).flatten();
        Wording::new(&all.copied().collect::<Vec<_>>(), syllables.unaccented_signature(name))
    };
    let of_text = |text: &String| Wording::new(&numbers(text, &words), Signature::of(text));
    let short = short_names(people, syllables);
    let mut all: Vec<Wording> = short.iter().map(of_row).chain(texts.iter().map(of_text)).collect();
    drop(short);
    all.sort_unstable();
    all.dedup();
    (words, names::table(&all))
}

fn numbers(text: &str, words: &Words) -> Vec<u16> {
    text.split(' ').filter(|word| !word.is_empty()).map(|word| words.find(word).unwrap_or(ANY)).collect()
}

/// The word of each unaccented syllable, from 0 on.
pub(crate) fn word_of(syllables: &Syllables, words: &Words) -> Box<[u16]> {
    let word = |id| syllables.unaccented(id).and_then(|text| words.find(text)).unwrap_or(ANY);
    (0..=syllables.unaccented_len()).map(word).collect()
}

/// The different names that stand in rows.
fn short_names(people: &Pages<PeoplePage>, syllables: &Syllables) -> Different {
    let numbers: Vec<usize> = (0..people.len()).collect();
    let share = numbers.len().div_ceil(workers()).max(1);
    let found = in_threads(numbers.chunks(share), |numbers| {
        let mut names = Different::default();
        for page in numbers.iter().filter_map(|number| people.get(*number).ok()) {
            let rows = (0..page.len()).filter_map(|at| page.row(at)).filter(|row| !row.has(LONG_NAME));
            names.extend(rows.map(|row| row.name.map(|id| syllables.unaccented_of(id))));
        }
        names
    });
    let mut all = found.into_iter();
    let mut first = all.next().unwrap_or_default();
    all.for_each(|names| first.extend(names));
    first.remove(&Short::default());
    first
}

type Different = HashSet<Short, BuildHasherDefault<Mix>>;
