//! Many questions at once. Memory is slow to answer and can answer many at a time: each step is done for a group of questions
//! before the next one, and begins by touching what the next one needs.
use crate::born;
use crate::people::PeoplePage;
use crate::row::date_code;
use crate::{Doubt, Entry, Index, Place, Signature};
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId};
use std::hint::black_box;

/// Questions in a group: more than a processor has outstanding reads, and few enough to stay in its nearest memory.
const GROUP: usize = 32;

impl Index {
    /// As [`place_of`](Self::place_of) for each number: `out` is cleared and gets an answer for each, in their order.
    pub fn places_of(&self, ids: &[PersonalId], out: &mut Vec<Result<Option<Place>, Doubt>>) {
        out.clear();
        for group in ids.chunks(GROUP) {
            let mut touched = 0;
            for id in group {
                touched ^= self.page_of(*id).map_or(0, |page| page.touch(id.as_u64()));
            }
            black_box(touched);
            out.extend(group.iter().map(|id| self.place_alone(*id)));
        }
    }

    fn page_of(&self, id: PersonalId) -> Option<&PeoplePage> {
        self.people.get(self.people.page_of(id.as_u64())?).ok()
    }

    /// As [`place_of_card`](Self::place_of_card) for each number, in the same way.
    pub fn places_of_cards(&self, cards: &[IdCardNumber], out: &mut Vec<Result<Option<Place>, Doubt>>) {
        out.clear();
        for group in cards.chunks(GROUP) {
            let mut touched = 0;
            for card in group {
                let number = u64::from(card.as_u32());
                let page = self.cards.page_of(number).and_then(|page| self.cards.get(page).ok());
                touched ^= page.map_or(0, |page| page.touch(number));
            }
            black_box(touched);
            out.extend(group.iter().map(|card| self.place_of_card(*card)));
        }
    }

    /// As [`born`](Self::born) for each name and date: `out` is cleared and gets the position of the question with each place,
    /// in the order of the questions.
    pub fn born_many(
        &self,
        questions: &[(Signature, BirthDate)],
        out: &mut Vec<(u32, Result<Place, Doubt>)>,
    ) {
        out.clear();
        let mut found = Vec::new();
        let mut position = 0;
        for group in questions.chunks(GROUP) {
            let may_be = self.touch_born(
                group
                    .iter()
                    .map(|(signature, date)| (signature.as_u32(), date_code(*date).unwrap_or_default())),
            );
            for ((signature, date), may_be) in group.iter().zip(may_be) {
                found.clear();
                if !may_be {
                    position += 1;
                    continue;
                }
                match self.born(*signature, *date, &mut found) {
                    Ok(()) => out.extend(found.iter().map(|place| (position, Ok(*place)))),
                    Err(doubt) => out.push((position, Err(doubt))),
                }
                position += 1;
            }
        }
    }

    /// Touches what a group of questions to the table by name and date needs: signatures with dates. False where nobody has the
    /// name: most names that are tried are nobody's.
    pub(crate) fn touch_born(&self, group: impl Iterator<Item = (u32, u32)> + Clone) -> [bool; GROUP] {
        let mut pages = [None; GROUP];
        let mut may_be = [true; GROUP];
        let mut touched = 0;
        for ((page, may_be), (signature, date)) in pages.iter_mut().zip(&mut may_be).zip(group.clone()) {
            let key = born::key(signature, date);
            let number = self.born.start(key);
            *page = self.born.get(number).ok();
            touched ^= page.map_or(0, |page| page.touch(signature));
            // A page that does not open says so, and the next one may have the name, too.
            *may_be = page.is_none() || self.born.firsts().get(number + 1).is_some_and(|first| *first <= key);
        }
        for ((page, may_be), (signature, _)) in pages.iter().zip(&mut may_be).zip(group) {
            let group = page.and_then(|page| Some((page, page.group(signature)?)));
            *may_be |= group.is_some();
            touched ^= group.map_or(0, |(page, group)| page.touch_group(group));
        }
        black_box(touched);
        may_be
    }

    /// As [`entry`](Self::entry) for each place: `out` is cleared and gets an entry for each, in their order.
    pub fn entries(&self, places: &[Place], out: &mut Vec<Result<Entry, Doubt>>) {
        out.clear();
        for group in places.chunks(GROUP) {
            let mut touched = 0;
            for place in group {
                let row = self.at(*place).ok().and_then(|(page, at)| page.row(at));
                touched ^= row.map_or(0, |row| row.bits);
            }
            black_box(touched);
            out.extend(group.iter().map(|place| self.entry(*place)));
        }
    }
}
