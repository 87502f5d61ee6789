//! Pages that are read when they are first asked for, and stay.
use crate::Doubt;
use crate::bytes::{Damaged, Writer};
use crate::file::Source;
use std::sync::{Arc, OnceLock};

/// Part of a table.
pub(crate) trait Page: Sized + Send + Sync {
    /// Names the table; a page of another one does not open in its place.
    const KIND: &'static str;
    fn write(&self, to: &mut Writer);
    fn read(bytes: &[u8]) -> Result<Self, Damaged>;
    /// Bytes in memory.
    fn bytes(&self) -> usize;
}

/// Where a sealed page lies in the file.
#[derive(Clone, Copy, Default)]
pub(crate) struct Spot {
    pub(crate) offset: u64,
    pub(crate) length: u32,
}

/// How many pages stand between two signs of the directory: two cache lines of first keys.
const SIGN: usize = 16;

/// A table in pages, with the first key of each.
pub(crate) struct Pages<P> {
    firsts: Vec<u64>,
    /// Every sixteenth of them: few enough to stay in a processor's nearest memory, which the others do not
    signs: Vec<u64>,
    slots: Vec<OnceLock<Result<P, Doubt>>>,
    /// Of those that come from a file
    spots: Vec<Spot>,
    source: Option<Arc<Source>>,
    /// Which of the file's tables this is
    table: u8,
}

impl<P> Default for Pages<P> {
    fn default() -> Self {
        Self {
            firsts: Vec::new(),
            signs: Vec::new(),
            slots: Vec::new(),
            spots: Vec::new(),
            source: None,
            table: 0,
        }
    }
}

impl<P: Page> Pages<P> {
    /// Pages of a file, none of them read.
    pub(crate) fn of_file(table: u8, firsts: Vec<u64>, spots: Vec<Spot>, source: Arc<Source>) -> Self {
        let slots = firsts.iter().map(|_| OnceLock::new()).collect();
        let signs = firsts.iter().step_by(SIGN).copied().collect();
        Self { firsts, signs, slots, spots, source: Some(source), table }
    }

    /// Adds a page behind the others.
    pub(crate) fn push(&mut self, first: u64, page: P) {
        if self.firsts.len().is_multiple_of(SIGN) {
            self.signs.push(first);
        }
        self.firsts.push(first);
        self.slots.push(OnceLock::from(Ok(page)));
    }

    /// Adds pages that are in memory behind the others.
    pub(crate) fn append(&mut self, others: Self) {
        self.firsts.extend(others.firsts);
        self.signs = self.firsts.iter().step_by(SIGN).copied().collect();
        self.slots.extend(others.slots);
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn firsts(&self) -> &[u64] {
        &self.firsts
    }

    /// The page in which a key stands, if it is there.
    pub(crate) fn page_of(&self, key: u64) -> Option<usize> {
        let near = self.signs.partition_point(|first| *first <= key).checked_sub(1)? * SIGN;
        let rest = self.firsts.get(near..).unwrap_or_default();
        let some = rest.get(..SIGN).unwrap_or(rest);
        Some(near + some.partition_point(|first| *first <= key).saturating_sub(1))
    }

    /// The first page whose first key is not below a key.
    pub(crate) fn first_from(&self, key: u64) -> usize {
        let near = self.signs.partition_point(|first| *first < key).saturating_sub(1) * SIGN;
        let rest = self.firsts.get(near..).unwrap_or_default();
        let some = rest.get(..SIGN).unwrap_or(rest);
        near + some.partition_point(|first| *first < key)
    }

    /// A page, read and opened if it was not before. Doubt is for good: who damages a page may damage it again.
    pub(crate) fn get(&self, number: usize) -> Result<&P, Doubt> {
        let slot = self.slots.get(number).ok_or(Doubt)?;
        let page = match slot.get() {
            Some(page) => page,
            None => slot.get_or_init(|| self.load(number)),
        };
        page.as_ref().map_err(|doubt| *doubt)
    }

    fn load(&self, number: usize) -> Result<P, Doubt> {
        let (source, spot) = (self.source.as_ref().ok_or(Doubt)?, self.spots.get(number).ok_or(Doubt)?);
        let read = source.read(P::KIND, self.table, number, *spot);
        let page = read.and_then(|bytes| P::read(&bytes));
        page.map_err(|Damaged| source.doubt())
    }

    /// The pages that are there, to be completed while an index is built.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut P> {
        self.slots.iter_mut().filter_map(|slot| slot.get_mut()?.as_mut().ok())
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let pages =
            self.slots.iter().filter_map(|slot| slot.get()?.as_ref().ok()).map(P::bytes).sum::<usize>();
        pages + self.firsts.len() * (size_of::<u64>() + size_of::<Spot>()) + size_of_val(&*self.signs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::NumberPage;
    use proptest::prelude::*;

    fn pages(firsts: &[u64]) -> Pages<NumberPage> {
        let mut pages = Pages::default();
        for first in firsts {
            pages.push(*first, NumberPage::default());
        }
        pages
    }

    proptest! {
        #[test]
        fn signs_lead_where_a_plain_search_leads(
            mut firsts in prop::collection::vec(0_u64..300, 0..100), split: prop::sample::Index
        ) {
            firsts.sort_unstable();
            let mut joined = pages(&firsts[..split.index(firsts.len() + 1)]);
            joined.append(pages(&firsts[joined.len()..]));
            for pages in [pages(&firsts), joined] {
                for key in 0..301 {
                    let page = firsts.partition_point(|first| *first <= key).checked_sub(1);
                    prop_assert_eq!(pages.page_of(key), page);
                    prop_assert_eq!(pages.first_from(key), firsts.partition_point(|first| *first < key));
                }
            }
        }
    }
}
