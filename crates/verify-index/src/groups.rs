//! Pages of places in groups, by a key that each group shares: households by their heads, people by their birth dates.
use crate::bytes::{Damaged, Reader, Writer};
use crate::pages::{Page, Pages};
use crate::seek::{guess, seek};
use crate::{Doubt, Place};

/// Places in a page at most: about 50 KiB.
const IN_PAGE: usize = 8192;
/// Marks that are looked at together.
const AT_ONCE: usize = 256;

#[derive(Default)]
pub(crate) struct GroupPage {
    first: u64,
    last: u32,
    /// Keys ascending, by their distance from the first one, and where the places of each begin
    keys: Box<[u32]>,
    starts: Box<[u16]>,
    places: Box<[u32]>,
    /// Of each place, where the table has marks
    marks: Box<[u8]>,
}

impl GroupPage {
    /// Where a group stands.
    fn group(&self, key: u64) -> Option<(usize, usize)> {
        let distance = u32::try_from(key.checked_sub(self.first)?).ok()?;
        let nth = seek(&self.keys, (0, self.last), distance);
        (self.keys.get(nth) == Some(&distance)).then_some(())?;
        let end = self.starts.get(nth + 1).map_or(self.places.len(), |end| usize::from(*end));
        Some((usize::from(*self.starts.get(nth)?), end))
    }

    fn places(&self, key: u64) -> &[u32] {
        self.group(key).and_then(|(start, end)| self.places.get(start..end)).unwrap_or_default()
    }

    /// Reads the key where a search will begin.
    pub(crate) fn touch(&self, key: u64) -> u32 {
        let distance = u32::try_from(key.saturating_sub(self.first)).unwrap_or(u32::MAX);
        let at = guess(self.keys.len(), (0, self.last), distance);
        self.keys.get(at).copied().unwrap_or_default()
    }

    /// The places from one key to another, both included, by position.
    fn span(&self, low: u64, high: u64) -> (usize, usize) {
        let start_at = |below: &dyn Fn(u64) -> bool| {
            let nth = self.keys.partition_point(|distance| below(self.first + u64::from(*distance)));
            self.starts.get(nth).map_or(self.places.len(), |start| usize::from(*start))
        };
        (start_at(&|key| key < low), start_at(&|key| key <= high))
    }

    /// The places from one key to another, and their marks where the table has any.
    fn within(&self, (low, high): (u64, u64)) -> (&[u32], Option<&[u8]>) {
        let (start, end) = self.span(low, high);
        (self.places.get(start..end).unwrap_or_default(), self.marks.get(start..end))
    }

    /// How many places from one key to another have marks that share a bit with each of those asked for.
    fn count(&self, keys: (u64, u64), asked: &[u8]) -> usize {
        let (places, marks) = self.within(keys);
        let fit = |marks: &[u8]| -> usize {
            fitting(marks, asked).iter().take(marks.len()).map(|fits| usize::from(*fits)).sum()
        };
        marks.map_or(places.len(), |marks| marks.chunks(AT_ONCE).map(fit).sum())
    }

    /// Appends them.
    fn append(&self, keys: (u64, u64), asked: &[u8], out: &mut Vec<Place>) {
        let (places, marks) = self.within(keys);
        let Some(marks) = marks else {
            out.extend(places.iter().map(|place| Place(*place)));
            return;
        };
        for (places, marks) in places.chunks(AT_ONCE).zip(marks.chunks(AT_ONCE)) {
            // Each is written behind those that fit, and the next one over it where it does not: nobody can foresee which do.
            let (mut some, mut count) = ([Place(0); AT_ONCE], 0);
            for (place, fits) in places.iter().zip(fitting(marks, asked)) {
                some.iter_mut().skip(count).take(1).for_each(|to| *to = Place(*place));
                count += usize::from(fits);
            }
            out.extend(some.iter().take(count));
        }
    }

    /// Every key with its places.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (u64, &[u32])> {
        let keys = self.keys.iter().map(|distance| self.first + u64::from(*distance));
        keys.map(|key| (key, self.places(key)))
    }
}

impl Page for GroupPage {
    const KIND: &'static str = "groups";

    fn write(&self, to: &mut Writer) {
        to.u64(self.first);
        to.count(self.keys.len());
        self.keys.iter().for_each(|key| to.u32(*key));
        self.starts.iter().for_each(|start| to.u16(*start));
        to.count(self.places.len());
        self.places.iter().for_each(|place| to.u32(*place));
        to.count(self.marks.len());
        to.bytes(&self.marks);
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let first = from.u64()?;
        let count = from.count(6)?;
        let (keys, starts) = (from.u32s(count)?, from.u16s(count)?);
        let places = from.count(4)?;
        let places = from.u32s(places)?;
        let marks = from.count(1)?;
        let marks = from.bytes(marks)?.into();
        from.end()?;
        Ok(Self { first, last: keys.last().copied().unwrap_or_default(), keys, starts, places, marks })
    }

    fn bytes(&self) -> usize {
        self.keys.len() * 6 + self.places.len() * 4 + self.marks.len() + size_of::<Self>()
    }
}

/// Pages of places, sorted, each with its key before.
pub(crate) fn table(sorted: impl Iterator<Item = (u64, u32)>) -> Pages<GroupPage> {
    filled(sorted.map(|(key, place)| (key, place, None)))
}

/// The same with marks.
pub(crate) fn marked(sorted: impl Iterator<Item = (u64, u32, u8)>) -> Pages<GroupPage> {
    filled(sorted.map(|(key, place, mark)| (key, place, Some(mark))))
}

fn filled(sorted: impl Iterator<Item = (u64, u32, Option<u8>)>) -> Pages<GroupPage> {
    let mut pages = Pages::default();
    let mut filling = Filling::default();
    for (key, place, mark) in sorted {
        if !filling.push(key, place, mark) {
            filling.done(&mut pages);
            filling = Filling::default();
            filling.push(key, place, mark);
        }
    }
    filling.done(&mut pages);
    pages
}

#[derive(Default)]
struct Filling {
    first: u64,
    keys: Vec<u32>,
    starts: Vec<u16>,
    places: Vec<u32>,
    marks: Vec<u8>,
}

impl Filling {
    /// False when the page is full, or the key too far off.
    fn push(&mut self, key: u64, place: u32, mark: Option<u8>) -> bool {
        if self.places.is_empty() {
            self.first = key;
        }
        let distance = u32::try_from(key.saturating_sub(self.first));
        let (Ok(distance), true) = (distance, self.places.len() < IN_PAGE) else { return false };
        if self.keys.last() != Some(&distance) {
            self.keys.push(distance);
            self.starts.push(u16::try_from(self.places.len()).unwrap_or(u16::MAX));
        }
        self.places.push(place);
        self.marks.extend(mark);
        true
    }

    fn done(self, pages: &mut Pages<GroupPage>) {
        let last = self.keys.last().copied().unwrap_or_default();
        let Self { first, keys, starts, places, marks } = self;
        if !places.is_empty() {
            let (keys, starts, places, marks) = (keys.into(), starts.into(), places.into(), marks.into());
            pages.push(first, GroupPage { first, last, keys, starts, places, marks });
        }
    }
}

impl Pages<GroupPage> {
    /// Appends the places of a key.
    pub(crate) fn find(&self, key: u64, out: &mut Vec<Place>) -> Result<(), Doubt> {
        let mut number = self.first_from(key).saturating_sub(1);
        while self.firsts().get(number).is_some_and(|first| *first <= key) {
            out.extend(self.get(number)?.places(key).iter().map(|place| Place(*place)));
            number += 1;
        }
        Ok(())
    }

    /// Appends the places of the keys from one to another, both included, whose marks share a bit with each of those asked for. Appends
    /// nothing, and gives false, where there are as many as the limit: they are counted first, which takes no time beside finding them.
    pub(crate) fn between(
        &self,
        keys: (u64, u64),
        asked: &[u8],
        limit: usize,
        out: &mut Vec<Place>,
    ) -> Result<bool, Doubt> {
        let mut count = 0;
        for page in self.pages_with(keys) {
            count += page?.count(keys, asked);
            if count >= limit {
                return Ok(false);
            }
        }
        out.reserve(count);
        self.pages_with(keys).try_for_each(|page| page.map(|page| page.append(keys, asked, out)))?;
        Ok(true)
    }

    /// The pages in which the keys from one to another stand, if they are there.
    fn pages_with(&self, (low, high): (u64, u64)) -> impl Iterator<Item = Result<&GroupPage, Doubt>> {
        let from = self.first_from(low).saturating_sub(1);
        let firsts = self.firsts().iter().enumerate().skip(from);
        firsts.take_while(move |(_, first)| **first <= high).map(|(number, _)| self.get(number))
    }
}

/// Of marks, at most as many as are looked at together, which share a bit with each of those asked for: 1 or 0 for each. One bit asked
/// for after the other and without a branch, so that a processor looks at many marks in a step.
fn fitting(marks: &[u8], asked: &[u8]) -> [u8; AT_ONCE] {
    let mut all = [1; AT_ONCE];
    for asked in asked {
        all.iter_mut().zip(marks).for_each(|(fits, mark)| *fits &= u8::from(asked & mark != 0));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_found(places in prop::collection::vec((prop_oneof![0_u64..40, 0..1_u64 << 40], 0_u32..999), 0..300)) {
            let mut sorted = places.clone();
            sorted.sort_unstable();
            let pages = table(sorted.iter().copied());
            for (key, _) in places.iter().chain(&[(7, 0), (1 << 40, 0)]) {
                let mut found = Vec::new();
                pages.find(*key, &mut found).unwrap();
                let of_key = sorted.iter().filter(|(k, _)| k == key).map(|(_, place)| Place(*place));
                prop_assert_eq!(found, of_key.collect::<Vec<_>>());
                let mut found = Vec::new();
                pages.between((*key, *key + 9), &[1], usize::MAX, &mut found).unwrap();
                let near = sorted.iter().filter(|(k, _)| (*key..=*key + 9).contains(k)).map(|(_, place)| Place(*place));
                prop_assert_eq!(found, near.collect::<Vec<_>>());
                let mark = |place: u32| u8::try_from(place % 256).unwrap();
                let pages = marked(sorted.iter().map(|(key, place)| (*key, *place, mark(*place))));
                let mut found = Vec::new();
                pages.between((*key, *key + 9), &[3, 12], usize::MAX, &mut found).unwrap();
                let near = sorted.iter().filter(|(k, _)| (*key..=*key + 9).contains(k)).map(|(_, place)| *place);
                let marked = near.filter(|place| mark(*place) & 0b11 != 0 && mark(*place) & 0b1100 != 0).map(Place);
                prop_assert_eq!(found, marked.collect::<Vec<_>>());
            }
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, key: u64) {
            if let Ok(page) = GroupPage::read(&bytes) {
                let _ = (page.places(key).len(), page.groups().count(), page.span(key, u64::MAX));
            }
        }
    }

    #[test]
    fn as_many_as_the_limit_are_counted_and_not_collected() {
        let mark = |place: u32| u8::try_from(place % 7).unwrap();
        let pages = marked((0..20_000).map(|place| (9, place, mark(place))));
        let marked: Vec<_> = (0..20_000).filter(|place| mark(*place) & 2 != 0).map(Place).collect();
        let mut found = Vec::new();
        assert!(!pages.between((9, 9), &[2], marked.len(), &mut found).unwrap() && found.is_empty());
        assert!(pages.between((9, 9), &[2], marked.len() + 1, &mut found).unwrap());
        assert_eq!(found, marked);
    }

    #[test]
    fn a_group_may_go_on_in_the_next_page() {
        let mut sorted: Vec<_> = (0..20_000).map(|place| (9, place)).collect();
        sorted.push((10, 1));
        let pages = table(sorted.iter().copied());
        let count = |key| {
            let mut found = Vec::new();
            pages.find(key, &mut found).unwrap();
            found.len()
        };
        assert_eq!((pages.len(), count(9), count(10), count(8)), (3, 20_000, 1, 0));
    }
}
