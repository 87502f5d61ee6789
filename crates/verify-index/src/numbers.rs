//! Pages of a table from numbers to places, in the order of the numbers: old cards, and former personal numbers.
use crate::bytes::{Damaged, Reader, Writer};
use crate::pages::{Page, Pages};
use crate::seek::{guess, seek};
use crate::{BuildError, Doubt, Place};

/// Numbers in a page at most: 64 KiB.
const IN_PAGE: usize = 8192;

#[derive(Default)]
pub(crate) struct NumberPage {
    first: u64,
    last: u32,
    numbers: Box<[u32]>,
    places: Box<[u32]>,
}

impl NumberPage {
    fn find(&self, number: u64) -> Option<Place> {
        let distance = u32::try_from(number.checked_sub(self.first)?).ok()?;
        let at = seek(&self.numbers, (0, self.last), distance);
        (self.numbers.get(at) == Some(&distance)).then(|| self.places.get(at).copied().map(Place))?
    }

    /// Reads the number where a search will begin.
    pub(crate) fn touch(&self, number: u64) -> u32 {
        let distance = u32::try_from(number.saturating_sub(self.first)).unwrap_or(u32::MAX);
        let at = guess(self.numbers.len(), (0, self.last), distance);
        self.numbers.get(at).copied().unwrap_or_default()
    }
}

impl Page for NumberPage {
    const KIND: &'static str = "numbers";

    fn write(&self, to: &mut Writer) {
        to.u64(self.first);
        to.count(self.numbers.len());
        self.numbers.iter().chain(&self.places).for_each(|number| to.u32(*number));
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let first = from.u64()?;
        let count = from.count(8)?;
        let (numbers, places) = (from.u32s(count)?, from.u32s(count)?);
        let page = Self { first, last: numbers.last().copied().unwrap_or_default(), numbers, places };
        from.end()?;
        Ok(page)
    }

    fn bytes(&self) -> usize {
        self.numbers.len() * 8 + size_of::<Self>()
    }
}

/// Pages of sorted numbers with their places. The same number for two people is refused.
pub(crate) fn table(sorted: impl Iterator<Item = (u64, u32)>) -> Result<Pages<NumberPage>, BuildError> {
    let mut pages = Pages::default();
    let mut filling = Filling::default();
    let mut before = None;
    for (number, place) in sorted {
        match before.replace((number, place)) {
            Some((last, of)) if last == number && of == place => continue,
            Some((last, _)) if last == number => return Err(BuildError::SameNumber),
            _ => {}
        }
        if !filling.push(number, place) {
            std::mem::take(&mut filling).done(&mut pages);
            filling.push(number, place);
        }
    }
    filling.done(&mut pages);
    Ok(pages)
}

#[derive(Default)]
struct Filling {
    first: u64,
    numbers: Vec<u32>,
    places: Vec<u32>,
}

impl Filling {
    /// False when the page is full, or the number too far off.
    fn push(&mut self, number: u64, place: u32) -> bool {
        if self.places.is_empty() {
            self.first = number;
        }
        let distance = u32::try_from(number.saturating_sub(self.first));
        let (Ok(distance), true) = (distance, self.places.len() < IN_PAGE) else { return false };
        self.numbers.push(distance);
        self.places.push(place);
        true
    }

    fn done(self, pages: &mut Pages<NumberPage>) {
        let Self { first, numbers, places } = self;
        if let Some(last) = numbers.last().copied() {
            pages.push(first, NumberPage { first, last, numbers: numbers.into(), places: places.into() });
        }
    }
}

impl Pages<NumberPage> {
    /// Who bears a number of this table.
    pub(crate) fn find(&self, number: u64) -> Result<Option<Place>, Doubt> {
        match self.page_of(number) {
            Some(page) => Ok(self.get(page)?.find(number)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn numbers_are_found(
            numbers in prop::collection::btree_set(prop_oneof![0..NUMBERS, 0_u64..50_000], 0..300), others: BTreeSet<u64>
        ) {
            let sorted: Vec<_> = numbers.iter().copied().zip(7..).collect();
            let pages = table(sorted.iter().copied()).unwrap();
            for (number, place) in &sorted {
                prop_assert_eq!(pages.find(*number), Ok(Some(Place(*place))));
            }
            for number in others.difference(&numbers) {
                prop_assert_eq!(pages.find(*number), Ok(None));
            }
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, number: u64) {
            let _ = NumberPage::read(&bytes).map(|page| page.find(number));
        }
    }

    const NUMBERS: u64 = 1_000_000_000_000;

    #[test]
    fn a_full_page_is_followed_by_another() {
        let sorted: Vec<_> = (0..20_000).map(|n| (n * 3, 1)).collect();
        let pages = table(sorted.iter().copied()).unwrap();
        assert_eq!(pages.len(), 3);
        assert!(
            sorted.iter().all(|(n, _)| pages.find(*n) == Ok(Some(Place(1))) && pages.find(n + 1) == Ok(None))
        );
    }
}
