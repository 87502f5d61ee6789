//! For each word of a page, the positions of the names that have it: a sorted list, or a bit for each position where they are many.
use crate::bytes::{Damaged, Reader, Writer};
use std::ops::{Range, RangeInclusive};

/// Positions in a page.
pub(crate) const POSITIONS: usize = 1 << 15;
/// Bits in a word of a bit map, and the words of one.
const WORD: usize = 16;
const WORDS: usize = POSITIONS / WORD;
/// From here on a list is a bit map. It takes more room than a list of so many, and saves the time of running through the list.
const MANY: usize = WORDS / 3;

/// The names that have a word.
#[derive(Clone, Copy)]
enum List<'a> {
    Sorted(&'a [u16]),
    Bits(&'a [u16]),
}

impl<'a> List<'a> {
    /// The length tells which it is.
    fn of(numbers: &'a [u16]) -> Self {
        if numbers.len() == WORDS { Self::Bits(numbers) } else { Self::Sorted(numbers) }
    }

    /// How many names there are, about.
    fn len(&self) -> usize {
        match self {
            Self::Sorted(list) => list.len(),
            Self::Bits(bits) => bits.len(),
        }
    }

    fn has(&self, at: u16) -> bool {
        match self {
            Self::Sorted(list) => list.binary_search(&at).is_ok(),
            Self::Bits(bits) => has_bit(bits, at),
        }
    }

    fn append(&self, out: &mut Vec<u16>) {
        match self {
            Self::Sorted(list) => out.extend_from_slice(list),
            Self::Bits(bits) => positions(bits, out),
        }
    }
}

fn has_bit(bits: &[u16], at: u16) -> bool {
    bits.get(usize::from(at) / WORD).is_some_and(|word| word >> (usize::from(at) % WORD) & 1 == 1)
}

/// Appends the positions whose bits are set.
fn positions(bits: &[u16], out: &mut Vec<u16>) {
    for (first, word) in (0_u16..).step_by(WORD).zip(bits) {
        let mut left = *word;
        while left != 0 {
            out.push(first + u16::try_from(left.trailing_zeros()).unwrap_or_default());
            left &= left - 1;
        }
    }
}

/// The lists of a page.
#[derive(Default)]
pub(crate) struct Lists {
    /// The words that occur, ascending, and where the list of each ends
    known: Box<[u16]>,
    ends: Box<[u32]>,
    list: Box<[u16]>,
}

impl Lists {
    /// From words with positions below `POSITIONS`, sorted, without doubles.
    pub(crate) fn of(having: &[(u16, u16)]) -> Self {
        let (mut known, mut ends, mut list) = (Vec::new(), Vec::new(), Vec::new());
        for names in having.chunk_by(|(one, _), (other, _)| one == other) {
            known.extend(names.first().map(|(word, _)| *word));
            if names.len() < MANY {
                list.extend(names.iter().map(|(_, at)| *at));
            } else {
                let mut bits = [0_u16; WORDS];
                for (_, at) in names {
                    if let Some(word) = bits.get_mut(usize::from(*at) / WORD) {
                        *word |= 1 << (usize::from(*at) % WORD);
                    }
                }
                list.extend_from_slice(&bits);
            }
            ends.push(u32::try_from(list.len()).unwrap_or(u32::MAX));
        }
        Self { known: known.into(), ends: ends.into(), list: list.into() }
    }

    /// Which lists are of these words.
    fn nth(&self, words: &RangeInclusive<u16>) -> Range<usize> {
        let first = self.known.partition_point(|word| word < words.start());
        let after =
            first + self.known.get(first..).unwrap_or_default().partition_point(|word| word <= words.end());
        first..after
    }

    fn list(&self, nth: usize) -> List<'_> {
        let start = nth.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(nth).copied().unwrap_or_default();
        List::of(self.list.get(start as usize..end as usize).unwrap_or_default())
    }

    /// How many names the lists have together, about.
    fn count(&self, lists: Range<usize>) -> usize {
        lists.map(|nth| self.list(nth).len()).sum()
    }

    /// Appends the names that have one of these words; one that has two of them comes twice.
    pub(crate) fn having(&self, words: &RangeInclusive<u16>, out: &mut Vec<u16>) {
        self.nth(words).for_each(|nth| self.list(nth).append(out));
    }

    /// Puts into `out` the names that may have a word of each of these ranges, and perhaps some more; one may come twice. Gives how
    /// many steps it took.
    pub(crate) fn narrow(&self, asked: &[RangeInclusive<u16>], out: &mut Vec<u16>) -> usize {
        out.clear();
        let (mut single, mut wide): (Vec<List<'_>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
        for words in asked {
            let lists = self.nth(words);
            match lists.len() {
                0 => return asked.len(),
                1 => single.push(self.list(lists.start)),
                _ => wide.push(lists),
            }
        }
        single.sort_by_key(List::len);
        let least_wide = wide.into_iter().map(|lists| (self.count(lists.clone()), lists)).min_by_key(|w| w.0);
        match (single.first().map(List::len), least_wide) {
            (least, Some((count, lists))) if least.is_none_or(|least| count < least) => {
                lists.for_each(|nth| self.list(nth).append(out));
                let steps = out.len();
                out.retain(|at| single.iter().all(|list| list.has(*at)));
                steps
            }
            _ => both(&single, out),
        }
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.count(self.known.len());
        self.known.iter().for_each(|word| to.u16(*word));
        self.ends.iter().for_each(|end| to.u32(*end));
        to.count(self.list.len());
        self.list.iter().for_each(|at| to.u16(*at));
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let known = from.count(6)?;
        let (known, ends) = (from.u16s(known)?, from.u32s(known)?);
        let list = from.count(2)?;
        Ok(Self { known, ends, list: from.u16s(list)? })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.known.len() * 6 + self.list.len() * 2
    }
}

/// Appends what is in every list, the shortest first; gives how many steps it took.
fn both(lists: &[List<'_>], out: &mut Vec<u16>) -> usize {
    match lists.split_first() {
        None => 0,
        Some((List::Sorted(shortest), others)) => {
            out.extend_from_slice(shortest);
            let mut steps = shortest.len();
            for other in others {
                match other {
                    List::Bits(bits) => out.retain(|at| has_bit(bits, *at)),
                    List::Sorted(list) => {
                        let mut rest = list.iter().peekable();
                        steps += list.len();
                        out.retain(|at| {
                            while rest.next_if(|next| *next < at).is_some() {}
                            rest.peek() == Some(&at)
                        });
                    }
                }
            }
            steps
        }
        // The others are no shorter: bit maps all.
        Some((List::Bits(bits), others)) => {
            let mut all = [0; WORDS];
            all.iter_mut().zip(*bits).for_each(|(to, from)| *to = *from);
            for other in others {
                if let List::Bits(bits) = other {
                    all.iter_mut().zip(*bits).for_each(|(to, from)| *to &= *from);
                }
            }
            positions(&all, out);
            WORDS / 4 + out.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn lists_narrow_to_whoever_has_every_word(
            every in prop::collection::vec(1_u16..200, 1..6), asked in prop::collection::vec((0_u16..7, 0_u16..3), 1..4)
        ) {
            // Word n + 1 at every n-th position.
            let mut having = Vec::new();
            for (word, every) in (1_u16..).zip(&every) {
                having.extend((0..POSITIONS).step_by((*every).into()).map(|at| (word, u16::try_from(at).unwrap())));
            }
            let mut bytes = Writer::default();
            Lists::of(&having).write(&mut bytes);
            let lists = Lists::read(&mut Reader::new(&bytes.done())).unwrap();
            let asked: Vec<_> = asked.into_iter().map(|(low, wide)| low..=low + wide).collect();
            let mut found = Vec::new();
            lists.narrow(&asked, &mut found);
            let fits = |at: u16, words: &RangeInclusive<u16>| {
                (1_u16..).zip(&every).any(|(word, every)| words.contains(&word) && at.is_multiple_of(*every))
            };
            let is_single = |words: &RangeInclusive<u16>| (1..).zip(&every).filter(|(word, _)| words.contains(word)).count() == 1;
            let all_single = asked.iter().all(is_single);
            for at in (0..POSITIONS).map(|at| u16::try_from(at).unwrap()) {
                let is_found = found.contains(&at);
                let is_meant = asked.iter().all(|words| fits(at, words));
                prop_assert!(is_found || !is_meant);
                prop_assert!(!all_single || is_found == is_meant);
            }
            let mut having = Vec::new();
            lists.having(&(1..=1), &mut having);
            prop_assert!(having.iter().all(|at| at % every[0] == 0) && having.len() == POSITIONS.div_ceil(every[0].into()));
        }
    }
}
