//! Pages of people, in the order of their numbers.
use crate::Doubt;
use crate::bytes::{Damaged, Reader, Writer};
use crate::extra::Extra;
use crate::pages::Page;
use crate::row::{IN_ROW, MARKS, Row};
use crate::seek::{guess, seek};
use dancu_citizen::PersonalId;
use std::hint::black_box;

/// People in a page at most: the place of a person is page × this + position in the page.
pub(crate) const IN_PAGE: usize = 1 << IN_PAGE_BITS;
pub(crate) const IN_PAGE_BITS: u32 = 12;

/// From here on numbers are no personal numbers: they only give those without one an order.
pub(crate) const NUMBERLESS: u64 = 1_000_000_000_000;

/// Some thousand people. What every search needs takes 56 bytes, and with its slot in the table as many as a cache line.
#[derive(Default)]
pub(crate) struct PeoplePage {
    first: u64,
    /// Distance of the last number, kept here so that a search touches no page for it
    last: u32,
    /// Distance of each number from the first one
    numbers: Box<[u32]>,
    rows: Box<[Row]>,
    beside: Box<Beside>,
}

/// What stands beside the rows of a page.
#[derive(Default)]
struct Beside {
    /// Positions of those who have any, ascending; where theirs ends in `bytes`
    marked: Box<[u16]>,
    ends: Box<[u32]>,
    bytes: Box<[u8]>,
}

impl PeoplePage {
    /// Where a number stands.
    pub(crate) fn find(&self, number: u64) -> Option<usize> {
        let distance = u32::try_from(number.checked_sub(self.first)?).ok()?;
        let at = seek(&self.numbers, (0, self.last), distance);
        (self.numbers.get(at) == Some(&distance)).then_some(at)
    }

    /// The same for somebody whose row is wanted next: that is read where it is guessed to stand, for nothing but that the processor
    /// finds out where the rows lie in memory while the number is looked for. Either takes about as long.
    pub(crate) fn find_for_row(&self, number: u64) -> Option<usize> {
        black_box(self.rows.get(self.guess(number)).map(|row| row.bits));
        self.find(number)
    }

    fn guess(&self, number: u64) -> usize {
        let distance = u32::try_from(number.saturating_sub(self.first)).unwrap_or(u32::MAX);
        guess(self.numbers.len(), (0, self.last), distance)
    }

    /// Reads the number where a search will begin, so that it is there when the search comes.
    pub(crate) fn touch(&self, number: u64) -> u32 {
        self.numbers.get(self.guess(number)).copied().unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn number(&self, at: usize) -> Option<u64> {
        self.numbers.get(at).map(|distance| self.first + u64::from(*distance))
    }

    pub(crate) fn personal_id(&self, at: usize) -> Option<PersonalId> {
        PersonalId::from_u64(self.number(at)?)
    }

    pub(crate) fn row(&self, at: usize) -> Option<&Row> {
        self.rows.get(at)
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What stands beside a row that is marked so.
    pub(crate) fn extra(&self, at: usize) -> Result<Extra, Doubt> {
        let position = u16::try_from(at).map_err(|_| Doubt)?;
        let Beside { marked, ends, bytes } = &*self.beside;
        let nth = marked.binary_search(&position).map_err(|_| Doubt)?;
        let start = match nth.checked_sub(1) {
            Some(before) => *ends.get(before).ok_or(Doubt)?,
            None => 0,
        };
        let end = *ends.get(nth).ok_or(Doubt)?;
        let bytes = bytes.get(start as usize..end as usize).ok_or(Doubt)?;
        Extra::read(bytes).map_err(|Damaged| Doubt)
    }
}

impl Page for PeoplePage {
    const KIND: &'static str = "people";

    fn write(&self, to: &mut Writer) {
        to.u64(self.first);
        to.count(self.rows.len());
        self.numbers.iter().for_each(|distance| to.u32(*distance));
        for row in &self.rows {
            row.name.iter().for_each(|id| to.u16(*id));
            to.u32(row.bits);
            to.u32(row.card);
            to.u16(row.unit);
        }
        let Beside { marked, ends, bytes } = &*self.beside;
        to.count(marked.len());
        marked.iter().for_each(|at| to.u16(*at));
        ends.iter().for_each(|end| to.u32(*end));
        to.bytes(bytes);
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let first = from.u64()?;
        let count = from.count(4 + size_of::<Row>())?;
        if count > IN_PAGE {
            return Err(Damaged);
        }
        let numbers = from.u32s(count)?;
        let rows = from.bytes(count * size_of::<Row>())?.as_chunks().0.iter().map(row).collect();
        let marked = from.count(6)?;
        let (marked, ends) = (from.u16s(marked)?, from.u32s(marked)?);
        let bytes = from.bytes(ends.last().copied().unwrap_or_default() as usize)?.into();
        from.end()?;
        let last = numbers.last().copied().unwrap_or_default();
        Ok(Self { first, last, numbers, rows, beside: Box::new(Beside { marked, ends, bytes }) })
    }

    fn bytes(&self) -> usize {
        self.rows.len() * (4 + size_of::<Row>())
            + self.beside.marked.len() * 6
            + self.beside.bytes.len()
            + size_of::<Beside>()
            + size_of::<Self>()
    }
}

/// The form of a row: four syllables, bits, card, unit.
fn row(bytes: &[u8; size_of::<Row>()]) -> Row {
    let (words, rest) = bytes.split_at(IN_ROW * 2);
    let mut row = Row::default();
    for (to, from) in row.name.iter_mut().zip(words.as_chunks().0) {
        *to = u16::from_le_bytes(*from);
    }
    if let ([bits, card], unit) = rest.as_chunks() {
        (row.bits, row.card) = (u32::from_le_bytes(*bits), u32::from_le_bytes(*card));
        row.unit = unit.as_array().map_or(0, |unit| u16::from_le_bytes(*unit));
    }
    row
}

/// A page that is being filled.
#[derive(Default)]
pub(crate) struct Filling {
    first: u64,
    numbers: Vec<u32>,
    rows: Vec<Row>,
    marked: Vec<u16>,
    ends: Vec<u32>,
    beside: Writer,
}

impl Filling {
    /// An empty one with room for so many people.
    pub(crate) fn with_capacity(people: usize) -> Self {
        Self { numbers: Vec::with_capacity(people), rows: Vec::with_capacity(people), ..Self::default() }
    }

    /// Adds a person with a higher number than the last one. False when the page is full, or the number too far off.
    pub(crate) fn push(&mut self, number: u64, row: Row, extra: Option<&Extra>) -> bool {
        if self.rows.is_empty() {
            self.first = number;
        }
        let distance = number.checked_sub(self.first).and_then(|d| u32::try_from(d).ok());
        let (Some(distance), true) = (distance, self.rows.len() < IN_PAGE) else { return false };
        if row.has(MARKS) {
            self.marked.push(u16::try_from(self.rows.len()).unwrap_or(u16::MAX));
            extra.cloned().unwrap_or_default().write(&mut self.beside);
            self.ends.push(u32::try_from(self.beside.len()).unwrap_or(u32::MAX));
        }
        self.numbers.push(distance);
        self.rows.push(row);
        true
    }

    /// The page, and the first number in it. None when it is empty.
    pub(crate) fn done(self) -> Option<(u64, PeoplePage)> {
        let page = PeoplePage {
            first: self.first,
            last: self.numbers.last().copied().unwrap_or_default(),
            numbers: self.numbers.into(),
            rows: self.rows.into(),
            beside: Box::new(Beside {
                marked: self.marked.into(),
                ends: self.ends.into(),
                bytes: self.beside.done().into(),
            }),
        };
        (page.len() > 0).then_some((self.first, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::FORMER;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn people_are_found_in_a_page_that_was_written_and_read(numbers in prop::collection::btree_set(0_u64..5_000, 1..200)) {
            let mut filling = Filling::default();
            for number in &numbers {
                let extra = Extra { former_ids: vec![*number], ..Extra::default() };
                let bits = if number % 3 == 0 { FORMER } else { 0 };
                let card = u32::try_from(*number).unwrap();
                let row = Row { bits, card, name: [1, 2, 3, 4], unit: u16::try_from(*number).unwrap() };
                let pushed = filling.push(*number, row, Some(&extra));
                prop_assert!(pushed);
            }
            let (first, page) = filling.done().unwrap();
            prop_assert_eq!(Some(&first), numbers.first());
            let mut bytes = Writer::default();
            page.write(&mut bytes);
            let bytes = bytes.done();
            let page = PeoplePage::read(&bytes).unwrap();
            for number in 0..5_000 {
                let found = page.find(number);
                prop_assert_eq!(found.is_some(), numbers.contains(&number));
                let Some(at) = found else { continue };
                prop_assert_eq!(page.number(at), Some(number));
                let row = page.row(at).unwrap();
                prop_assert_eq!((u64::from(row.card), row.name, row.unit), (number, [1, 2, 3, 4], u16::try_from(number).unwrap()));
                let extra = page.extra(at).map(|extra| extra.former_ids);
                prop_assert_eq!(extra, if number % 3 == 0 { Ok(vec![number]) } else { Err(Doubt) });
            }
            prop_assert!(PeoplePage::read(&bytes[..bytes.len() - 1]).is_err());
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, numbers: BTreeSet<u64>) {
            if let Ok(page) = PeoplePage::read(&bytes) {
                for number in numbers {
                    let _ = page.find(number).map(|at| page.extra(at));
                }
            }
        }
    }

    #[test]
    fn a_page_ends_where_a_number_does_not_fit() {
        let mut filling = Filling::default();
        assert!(filling.push(7, Row::default(), None));
        assert!(!filling.push(8 + u64::from(u32::MAX), Row::default(), None));
        assert!((1..IN_PAGE as u64).all(|n| filling.push(7 + n, Row::default(), None)));
        assert!(!filling.push(7 + IN_PAGE as u64, Row::default(), None));
    }

    #[test]
    fn a_page_has_one_cache_line_in_its_table() {
        assert_eq!(size_of::<std::sync::OnceLock<Result<PeoplePage, Doubt>>>(), 64);
    }
}
