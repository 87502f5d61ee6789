//! Pages of a permutation of the people, in the order of the signature of the name, then of the birth date.
use crate::bytes::{Damaged, Reader, Writer};
use crate::pages::{Page, Pages};
use crate::row::Row;
use crate::seek::{ends, guess, seek};
use crate::{Doubt, Place};
use dancu_citizen::Sex;

/// People in a page at most: about 64 KiB.
const IN_PAGE: usize = 8192;
/// Bits of a sex, and of a date with a sex, in a key.
const SEX: u32 = 2;
const DATED: u32 = 22;
const LAST_DATE: u32 = (1 << (DATED - SEX)) - 1;

/// Key of a name with a birth date, as an entry of the sex with the lowest number has it.
pub(crate) fn key(signature: u32, date: u32) -> u64 {
    u64::from(signature) << DATED | u64::from(date) << SEX
}

/// Key of a name of somebody: signature, then date, then sex, in the order of the table.
pub(crate) fn key_of(signature: u32, row: &Row) -> u64 {
    key(signature, row.date()) | u64::from(row.sex().code())
}

pub(crate) fn signature_of(key: u64) -> u32 {
    u32::try_from(key >> DATED).unwrap_or(u32::MAX)
}

/// Date and sex.
fn dated_of(key: u64) -> u32 {
    u32::try_from(key & ((1 << DATED) - 1)).unwrap_or_default()
}

fn number([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

#[derive(Default)]
pub(crate) struct BornPage {
    /// First and last signature
    ends: (u32, u32),
    /// Different signatures, ascending, and where each begins
    signatures: Box<[u32]>,
    starts: Box<[u16]>,
    /// Dates with sexes, ascending within a signature, three bytes each
    dates: Box<[[u8; 3]]>,
    places: Box<[u32]>,
}

impl BornPage {
    /// Of entries in the order of the table.
    fn of(entries: &[(u64, u32)]) -> Self {
        let (mut signatures, mut starts) = (Vec::new(), Vec::new());
        for (at, (key, _)) in (0..).zip(entries) {
            if signatures.last() != Some(&signature_of(*key)) {
                signatures.push(signature_of(*key));
                starts.push(at);
            }
        }
        let date = |(key, _): &(u64, u32)| {
            let [a, b, c, _] = dated_of(*key).to_le_bytes();
            [a, b, c]
        };
        Self {
            ends: ends(&signatures),
            signatures: signatures.into(),
            starts: starts.into(),
            dates: entries.iter().map(date).collect(),
            places: entries.iter().map(|(_, place)| *place).collect(),
        }
    }

    /// The entries of a signature, by position.
    pub(crate) fn group(&self, signature: u32) -> Option<(usize, usize)> {
        let nth = seek(&self.signatures, self.ends, signature);
        (self.signatures.get(nth) == Some(&signature)).then_some(())?;
        let end = self.starts.get(nth + 1).map_or(self.places.len(), |end| usize::from(*end));
        Some((usize::from(*self.starts.get(nth)?), end))
    }

    /// Reads the signature where a search will begin.
    pub(crate) fn touch(&self, signature: u32) -> u32 {
        self.signatures.get(guess(self.signatures.len(), self.ends, signature)).copied().unwrap_or_default()
    }

    /// Reads the first date of a group, and its place.
    pub(crate) fn touch_group(&self, group: (usize, usize)) -> u32 {
        let date = self.dates.get(group.0).map_or(0, |[first, ..]| u32::from(*first));
        self.places.get(group.0).map_or(0, |place| place ^ date)
    }

    /// Every signature with the date of each of its entries, in their order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let ends = self.starts.iter().skip(1).map(|start| usize::from(*start)).chain([self.dates.len()]);
        let groups =
            self.signatures.iter().zip(self.starts.iter().map(|start| usize::from(*start)).zip(ends));
        groups.flat_map(|(signature, (start, end))| {
            let dates = self.dates.get(start..end).unwrap_or_default();
            dates.iter().map(|dated| (*signature, number(*dated) >> SEX))
        })
    }

    /// Appends the places of a group from one date to another, both included, of one sex or of any.
    pub(crate) fn between(
        &self,
        group: (usize, usize),
        dates: (u32, u32),
        sex: Option<Sex>,
        limit: usize,
        out: &mut Vec<Place>,
    ) {
        let (Some(all), Some(places)) = (self.dates.get(group.0..group.1), self.places.get(group.0..group.1))
        else {
            return;
        };
        let start = all.partition_point(|dated| number(*dated) >> SEX < dates.0);
        let fitting =
            all.iter().zip(places).skip(start).take_while(|(dated, _)| number(**dated) >> SEX <= dates.1);
        let is_sex = |dated: &[u8; 3]| {
            sex.is_none_or(|sex| number(*dated) & ((1 << SEX) - 1) == u32::from(sex.code()))
        };
        out.extend(fitting.filter(|(dated, _)| is_sex(dated)).take(limit).map(|(_, place)| Place(*place)));
    }
}

impl Page for BornPage {
    const KIND: &'static str = "born";

    fn write(&self, to: &mut Writer) {
        to.count(self.signatures.len());
        self.signatures.iter().for_each(|signature| to.u32(*signature));
        self.starts.iter().for_each(|start| to.u16(*start));
        to.count(self.places.len());
        self.dates.iter().for_each(|date| to.bytes(date));
        self.places.iter().for_each(|place| to.u32(*place));
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let names = from.count(6)?;
        let (signatures, starts) = (from.u32s(names)?, from.u16s(names)?);
        let count = from.count(7)?;
        let dates = from.bytes(count * 3)?.as_chunks().0.into();
        let page = Self { ends: ends(&signatures), signatures, starts, dates, places: from.u32s(count)? };
        from.end()?;
        Ok(page)
    }

    fn bytes(&self) -> usize {
        self.signatures.len() * 6 + self.places.len() * 7 + size_of::<Self>()
    }
}

impl Pages<BornPage> {
    /// Adds entries in the order of the table, behind those that are there.
    pub(crate) fn extend(&mut self, entries: &[(u64, u32)]) {
        for page in entries.chunks(IN_PAGE) {
            if let Some((first, _)) = page.first() {
                self.push(*first, BornPage::of(page));
            }
        }
    }

    /// The first page in which a key may stand. One that begins with the key may have the same in the page before.
    pub(crate) fn start(&self, key: u64) -> usize {
        self.first_from(key).saturating_sub(1)
    }

    /// Appends the places of a signature from one date to another, both included; stops at `limit` in all.
    pub(crate) fn find(
        &self,
        signature: u32,
        dates: (u32, u32),
        limit: usize,
        out: &mut Vec<Place>,
    ) -> Result<(), Doubt> {
        self.find_sex(signature, dates, None, limit, out)
    }

    /// The same of one sex.
    pub(crate) fn find_sex(
        &self,
        signature: u32,
        dates: (u32, u32),
        sex: Option<Sex>,
        limit: usize,
        out: &mut Vec<Place>,
    ) -> Result<(), Doubt> {
        // A date of any size is told by its last sex.
        let last = key(signature, dates.1.min(LAST_DATE)) | ((1 << SEX) - 1);
        let mut number = self.start(key(signature, dates.0));
        while self.firsts().get(number).is_some_and(|first| *first <= last) && out.len() < limit {
            let page = self.get(number)?;
            if let Some(group) = page.group(signature) {
                page.between(group, dates, sex, limit - out.len(), out);
            }
            number += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pages(entries: &mut [(u64, u32)]) -> Pages<BornPage> {
        entries.sort_unstable();
        let mut pages = Pages::default();
        pages.extend(entries);
        pages
    }

    proptest! {
        #[test]
        fn finds_what_a_scan_finds(
            people in prop::collection::vec((0_u32..9, 0_u32..30), 0..400), low in 0_u32..30, wide in 0_u32..9
        ) {
            let mut entries: Vec<_> = people.iter().map(|(s, d)| key(*s, *d)).zip(0..).collect();
            let pages = pages(&mut entries);
            for signature in 0..9 {
                let mut found = Vec::new();
                pages.find(signature, (low, low + wide), usize::MAX, &mut found).unwrap();
                let fits = |k: u64| signature_of(k) == signature && (low..=low + wide).contains(&(dated_of(k) >> SEX));
                let scanned = entries.iter().filter(|(k, _)| fits(*k)).map(|(_, place)| Place(*place));
                prop_assert_eq!(found, scanned.collect::<Vec<_>>());
            }
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, signature: u32) {
            if let Ok(page) = BornPage::read(&bytes)
                && let Some(group) = page.group(signature)
            {
                page.between(group, (0, u32::MAX), None, 9, &mut Vec::new());
            }
        }
    }

    #[test]
    fn a_name_that_fills_pages_is_found_whole() {
        let mut entries: Vec<_> = (0..30_000).map(|n| (key(5, n / 20_000), n)).collect();
        entries.extend([(key(4, 9), 40_000), (key(6, 0), 40_001)]);
        let pages = pages(&mut entries);
        let count = |signature, dates, limit| {
            let mut found = Vec::new();
            pages.find(signature, dates, limit, &mut found).unwrap();
            found.len()
        };
        assert_eq!(pages.len(), 4);
        assert_eq!((count(5, (0, 0), usize::MAX), count(5, (1, 1), usize::MAX)), (20_000, 10_000));
        assert_eq!((count(5, (0, 9), 25_000), count(4, (9, 9), 9), count(6, (0, 9), 9)), (25_000, 1, 1));
        let mut bytes = Writer::default();
        pages.get(0).unwrap().write(&mut bytes);
        let read = BornPage::read(&bytes.done()).unwrap();
        assert_eq!((read.group(4), read.group(5), read.group(7)), (Some((0, 1)), Some((1, IN_PAGE)), None));
    }
}
