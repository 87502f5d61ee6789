//! Pages of households: the number of the head, then the places of those whose records name it.
use crate::bytes::{Damaged, Reader, Writer};
use crate::pages::{Page, Pages};
use crate::seek::{guess, seek};
use crate::{Doubt, Index, Place};
use dancu_citizen::{IdCardNumber, PersonNumber, PersonalId};
use std::hint::black_box;

/// Members in a page at most: about 50 KiB.
const IN_PAGE: usize = 8192;
/// From here on a number stands for an old card's.
const CARDS: u64 = 1_000_000_000_000;
/// No head is known.
pub(crate) const NO_HEAD: u64 = (1 << 40) - 1;
/// Questions in a group.
const GROUP: usize = 32;

/// A number of either kind in 40 bits.
pub(crate) fn code(number: PersonNumber) -> u64 {
    match number {
        PersonNumber::PersonalId(id) => id.as_u64(),
        PersonNumber::IdCard(card) => CARDS + u64::from(card.as_u32()),
    }
}

/// The number of a code.
pub(crate) fn number_of(code: u64) -> Option<PersonNumber> {
    match code.checked_sub(CARDS) {
        None => PersonalId::from_u64(code).map(PersonNumber::PersonalId),
        Some(card) => {
            let card = u32::try_from(card).ok().and_then(IdCardNumber::from_u32);
            card.map(PersonNumber::IdCard)
        }
    }
}

#[derive(Default)]
pub(crate) struct HomePage {
    first: u64,
    last: u32,
    /// Heads ascending, by their distance from the first one, and where the members of each begin
    heads: Box<[u32]>,
    starts: Box<[u16]>,
    members: Box<[u32]>,
}

impl HomePage {
    /// The members of a household, by position.
    fn group(&self, head: u64) -> Option<(usize, usize)> {
        let distance = u32::try_from(head.checked_sub(self.first)?).ok()?;
        let nth = seek(&self.heads, (0, self.last), distance);
        (self.heads.get(nth) == Some(&distance)).then_some(())?;
        let end = self.starts.get(nth + 1).map_or(self.members.len(), |end| usize::from(*end));
        Some((usize::from(*self.starts.get(nth)?), end))
    }

    fn members(&self, head: u64) -> &[u32] {
        self.group(head).and_then(|(start, end)| self.members.get(start..end)).unwrap_or_default()
    }

    /// Reads the head where a search will begin.
    fn touch(&self, head: u64) -> u32 {
        let distance = u32::try_from(head.saturating_sub(self.first)).unwrap_or(u32::MAX);
        let at = guess(self.heads.len(), (0, self.last), distance);
        self.heads.get(at).copied().unwrap_or_default()
    }

    /// Every head with its members.
    fn households(&self) -> impl Iterator<Item = (u64, &[u32])> {
        let heads = self.heads.iter().map(|distance| self.first + u64::from(*distance));
        heads.map(|head| (head, self.members(head)))
    }
}

impl Page for HomePage {
    const KIND: &'static str = "homes";

    fn write(&self, to: &mut Writer) {
        to.u64(self.first);
        to.count(self.heads.len());
        self.heads.iter().for_each(|head| to.u32(*head));
        self.starts.iter().for_each(|start| to.u16(*start));
        to.count(self.members.len());
        self.members.iter().for_each(|place| to.u32(*place));
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let first = from.u64()?;
        let count = from.count(6)?;
        let (heads, starts) = (from.u32s(count)?, from.u16s(count)?);
        let members = from.count(4)?;
        let members = from.u32s(members)?;
        from.end()?;
        Ok(Self { first, last: heads.last().copied().unwrap_or_default(), heads, starts, members })
    }

    fn bytes(&self) -> usize {
        self.heads.len() * 6 + self.members.len() * 4 + size_of::<Self>()
    }
}

/// Pages of sorted members, each with the code of the head before.
pub(crate) fn table(sorted: &[(u64, u32)]) -> Pages<HomePage> {
    let mut pages = Pages::default();
    let mut rest = sorted;
    while let Some((first, _)) = rest.first() {
        let distance = |head: u64| u32::try_from(head - first);
        let fits = rest.iter().take(IN_PAGE).take_while(|(head, _)| distance(*head).is_ok());
        let (page, after) = rest.split_at(fits.count());
        let (mut heads, mut starts) = (Vec::new(), Vec::new());
        for (at, (head, _)) in (0..).zip(page) {
            let distance = distance(*head).unwrap_or(u32::MAX);
            if heads.last() != Some(&distance) {
                heads.push(distance);
                starts.push(at);
            }
        }
        let last = heads.last().copied().unwrap_or_default();
        let members = page.iter().map(|(_, place)| *place).collect();
        pages.push(
            *first,
            HomePage { first: *first, last, heads: heads.into(), starts: starts.into(), members },
        );
        rest = after;
    }
    pages
}

impl Pages<HomePage> {
    /// Appends those whose records name a head.
    fn find(&self, head: u64, out: &mut Vec<Place>) -> Result<(), Doubt> {
        let mut number = self.firsts().partition_point(|first| *first < head).saturating_sub(1);
        while self.firsts().get(number).is_some_and(|first| *first <= head) {
            out.extend(self.get(number)?.members(head).iter().map(|place| Place(*place)));
            number += 1;
        }
        Ok(())
    }
}

/// Who is the head of each person's household, for a walk along everybody.
pub struct Heads(Vec<[u8; 5]>);

impl Heads {
    /// The number of the head of somebody's household. None where it is not known, or is the person.
    pub fn of(&self, place: Place) -> Option<PersonNumber> {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(self.0.get(place.0 as usize)?).for_each(|(to, from)| *to = *from);
        number_of(u64::from_le_bytes(bytes))
    }
}

impl std::fmt::Debug for Heads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heads").field("places", &self.0.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// Appends a head of household and those whose records name them as such, by any of their numbers; the head alone when nobody
    /// does.
    pub fn household_of_head(&self, head: Place, out: &mut Vec<Place>) -> Result<(), Doubt> {
        out.push(head);
        match self.head_code(head)? {
            Some(code) => self.homes.find(code, out),
            None => Ok(()),
        }
    }

    /// As [`household_of_head`](Self::household_of_head) for each place: `out` is cleared and gets the position of the question with
    /// each place, in the order of the questions.
    pub fn households_of_heads(&self, heads: &[Place], out: &mut Vec<(u32, Result<Place, Doubt>)>) {
        out.clear();
        let mut found = Vec::new();
        let mut position = 0;
        for group in heads.chunks(GROUP) {
            self.touch_homes(group);
            for head in group {
                found.clear();
                match self.household_of_head(*head, &mut found) {
                    Ok(()) => out.extend(found.iter().map(|place| (position, Ok(*place)))),
                    Err(doubt) => out.push((position, Err(doubt))),
                }
                position += 1;
            }
        }
    }

    fn touch_homes(&self, heads: &[Place]) {
        let mut codes = [None; GROUP];
        for (code, head) in codes.iter_mut().zip(heads) {
            *code = self.at(*head).ok().and_then(|(page, at)| page.number(at));
        }
        let mut touched = 0;
        for code in codes.into_iter().flatten() {
            let page = self.homes.page_of(code).and_then(|page| self.homes.get(page).ok());
            touched ^= page.map_or(0, |page| page.touch(code));
        }
        black_box(touched);
    }

    /// The code by which the table knows somebody: the number in force, else the card's.
    fn head_code(&self, place: Place) -> Result<Option<u64>, Doubt> {
        let (page, at) = self.at(place)?;
        let row = page.row(at).ok_or(Doubt)?;
        let id = page.personal_id(at).map(PersonNumber::PersonalId);
        Ok(id.or_else(|| row.card().map(PersonNumber::IdCard)).map(code))
    }

    /// The code of a head as a record names one: by the number in force when the head is here, else as it is written. None for
    /// those who name themselves.
    pub(crate) fn head_of(&self, named: u64, member: Place) -> Result<Option<u64>, Doubt> {
        let place = match number_of(named) {
            None => return Ok(None),
            // Nearly all are named by the number in force: the table of former ones is small, and asked first.
            Some(PersonNumber::PersonalId(id)) => match self.formers.find(id.as_u64())? {
                None => return Ok((self.head_code(member)? != Some(named)).then_some(named)),
                Some(_) => self.place_of(id)?,
            },
            Some(PersonNumber::IdCard(card)) => self.place_of_card(card)?,
        };
        match place {
            Some(place) if place == member => Ok(None),
            Some(place) => self.head_code(place),
            None => Ok(Some(named)),
        }
    }

    /// The head of everybody's household: five bytes a person while it is kept.
    pub fn heads(&self) -> Result<Heads, Doubt> {
        let five = |code: u64| code.to_le_bytes().first_chunk::<5>().copied().unwrap_or_default();
        let mut heads = vec![five(NO_HEAD); self.pages() << crate::people::IN_PAGE_BITS];
        for number in 0..self.homes.len() {
            for (head, members) in self.homes.get(number)?.households() {
                for place in members {
                    *heads.get_mut(*place as usize).ok_or(Doubt)? = five(head);
                }
            }
        }
        Ok(Heads(heads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn members_are_found(members in prop::collection::vec((prop_oneof![0_u64..40, 0..NO_HEAD], 0_u32..999), 0..300)) {
            let mut sorted = members.clone();
            sorted.sort_unstable();
            let pages = table(&sorted);
            for (head, _) in members.iter().chain(&[(7, 0), (NO_HEAD, 0)]) {
                let mut found = Vec::new();
                pages.find(*head, &mut found).unwrap();
                let of_head = sorted.iter().filter(|(h, _)| h == head).map(|(_, place)| Place(*place));
                prop_assert_eq!(found, of_head.collect::<Vec<_>>());
            }
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, head: u64) {
            if let Ok(page) = HomePage::read(&bytes) {
                let _ = (page.members(head).len(), page.households().count());
            }
        }
    }

    #[test]
    fn a_household_may_go_on_in_the_next_page() {
        let mut sorted: Vec<_> = (0..20_000).map(|place| (9, place)).collect();
        sorted.push((10, 1));
        let pages = table(&sorted);
        let count = |head| {
            let mut found = Vec::new();
            pages.find(head, &mut found).unwrap();
            found.len()
        };
        assert_eq!((pages.len(), count(9), count(10), count(8)), (3, 20_000, 1, 0));
    }
}
