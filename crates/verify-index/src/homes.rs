//! Households: the places of those who name a head, by the head's number.
use crate::{Doubt, Index, Place};
use dancu_citizen::PersonNumber;
use std::hint::black_box;

/// No head is known.
pub(crate) const NO_HEAD: u64 = (1 << 40) - 1;
/// Questions in a group.
const GROUP: usize = 32;

/// Who is the head of each person's household, for a walk along everybody.
pub struct Heads(Vec<[u8; 5]>);

impl Heads {
    /// The number of the head of somebody's household. None where it is not known, or is the person.
    pub fn of(&self, place: Place) -> Option<PersonNumber> {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(self.0.get(place.0 as usize)?).for_each(|(to, from)| *to = *from);
        PersonNumber::from_u64(u64::from_le_bytes(bytes))
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
        Ok(id.or_else(|| row.card().map(PersonNumber::IdCard)).map(PersonNumber::as_u64))
    }

    /// The code of a head as a record names one: by the number in force when the head is here, else as it is written. None for
    /// those who name themselves.
    pub(crate) fn head_of(&self, named: u64, member: Place) -> Result<Option<u64>, Doubt> {
        let place = match PersonNumber::from_u64(named) {
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
            for (head, members) in self.homes.get(number)?.groups() {
                for place in members {
                    *heads.get_mut(*place as usize).ok_or(Doubt)? = five(head);
                }
            }
        }
        Ok(Heads(heads))
    }
}
