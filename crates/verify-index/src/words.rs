//! A list of different words with a number each, from 1 on, found by text or number.
use crate::bytes::{Damaged, Reader, Writer};
use std::ops::RangeInclusive;

/// Where the parts of the alphabet begin, but for the first: by them eight bits tell most Vietnamese names from those that are looked
/// for, and words that begin alike stand in one part.
const BOUNDS: [&str; 7] = ["d", "h", "k", "n", "p", "th", "ti"];

/// Sorted by their bytes, so that those with one beginning stand together. A word has no space in it.
#[derive(Default)]
pub(crate) struct Words {
    text: String,
    /// Where each ends in `text`
    ends: Vec<u32>,
    /// Open addressing by hash; 0 is free
    table: Vec<u16>,
}

impl Words {
    /// The most words that have numbers.
    pub(crate) const MOST: usize = u16::MAX as usize;

    /// From sorted words without doubles; what comes after the most there can be is left out.
    pub(crate) fn from_sorted<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut list = Self::default();
        for word in words.take(Self::MOST) {
            list.text.push_str(word);
            list.ends.push(u32::try_from(list.text.len()).unwrap_or(u32::MAX));
        }
        list.fill();
        list
    }

    fn fill(&mut self) {
        let size = (self.ends.len() * 2 + 1).next_power_of_two();
        let mut table = vec![0_u16; size];
        for id in 1..=self.last() {
            let mut at = hash(self.get(id).unwrap_or_default()) & (size - 1);
            while table.get(at).is_some_and(|taken| *taken != 0) {
                at = (at + 1) & (size - 1);
            }
            if let Some(free) = table.get_mut(at) {
                *free = id;
            }
        }
        self.table = table;
    }

    /// The highest number; 0 when there is no word.
    pub(crate) fn last(&self) -> u16 {
        u16::try_from(self.ends.len()).unwrap_or(u16::MAX)
    }

    pub(crate) fn get(&self, id: u16) -> Option<&str> {
        let at = usize::from(id).checked_sub(1)?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start as usize..*self.ends.get(at)? as usize)
    }

    pub(crate) fn find(&self, word: &str) -> Option<u16> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = hash(word) & mask;
        loop {
            match *self.table.get(at)? {
                0 => return None,
                id if self.get(id) == Some(word) => return Some(id),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// A bit for where in the alphabet each word of a text stands.
    pub(crate) fn mark(text: &str) -> u8 {
        let bit = |word: &str| 1 << BOUNDS.partition_point(|bound| *bound <= word);
        text.split(' ').filter(|word| !word.is_empty()).map(bit).fold(0, |mark: u8, bit: u8| mark | bit)
    }

    /// The same of words that stand together.
    pub(crate) fn marks(&self, words: &RangeInclusive<u16>) -> u8 {
        let part =
            |id: &u16| BOUNDS.partition_point(|bound| self.get(*id).is_some_and(|word| *bound <= word));
        (part(words.start())..=part(words.end())).fold(0, |marks, part| marks | 1 << part)
    }

    /// Numbers of the words that begin so.
    pub(crate) fn beginning(&self, beginning: &str) -> impl Iterator<Item = u16> + '_ + use<'_> {
        let (mut low, mut high) = (1, u32::from(self.last()) + 1);
        while low < high {
            let middle = u16::try_from(low.midpoint(high)).unwrap_or(u16::MAX);
            if self.get(middle).unwrap_or_default() < beginning {
                low = u32::from(middle) + 1;
            } else {
                high = u32::from(middle);
            }
        }
        let first = u16::try_from(low).unwrap_or(u16::MAX);
        let beginning = beginning.to_owned();
        (first..=self.last())
            .take_while(move |id| self.get(*id).is_some_and(|word| word.starts_with(&*beginning)))
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.u16(self.last());
        (1..=self.last()).for_each(|id| to.text(self.get(id).unwrap_or_default()));
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let mut list = Self::default();
        for _ in 0..from.u16()? {
            list.text.push_str(from.text()?);
            list.ends.push(u32::try_from(list.text.len()).map_err(|_| Damaged)?);
        }
        list.fill();
        Ok(list)
    }
}

/// FNV-1a: short words, no adversary who gains by collisions.
fn hash(word: &str) -> usize {
    let folded = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    usize::try_from(folded ^ folded >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_found_by_text_number_and_beginning(
            words in btree_set("[a-c]{1,4}|[^ ]{1,12}", 0..100), other: String, beginning in "[a-c]{0,2}"
        ) {
            let list = Words::from_sorted(words.iter().map(String::as_str));
            let mut bytes = Writer::default();
            list.write(&mut bytes);
            let read = Words::read(&mut Reader::new(&bytes.done())).unwrap();
            for list in [&list, &read] {
                for (id, word) in (1..).zip(&words) {
                    prop_assert_eq!(list.get(id), Some(word.as_str()));
                    prop_assert_eq!(list.find(word), Some(id));
                }
                prop_assert_eq!(list.find(&other).is_some(), words.contains(&other));
                prop_assert_eq!(list.get(0), None);
                let begun = words.iter().filter(|word| word.starts_with(&beginning)).count();
                prop_assert_eq!(list.beginning(&beginning).count(), begun);
                if let Some(all) = crate::names::meant(list, &beginning, true) {
                    let marks = all.clone().fold(0, |marks, id| marks | Words::mark(list.get(id).unwrap()));
                    prop_assert_eq!(list.marks(&all) & marks, marks);
                }
            }
        }
    }
}
