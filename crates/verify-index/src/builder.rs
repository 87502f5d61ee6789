//! Takes people in, in any order.
use crate::bytes::Writer;
use crate::extra::{Extra, Rest};
use crate::homes;
use crate::mix::Mix;
use crate::row::{FORMER, IN_ROW, LONG_NAME, OTHER_KEY, Row};
use crate::words::Words;
use crate::{BuildError, Index, Key, Person, Unit, finish};
use dancu_citizen::{FullName, IdCardNumber, PersonalId};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Takes people in, in any order, and makes an index of them. It keeps 28 bytes a person, and what few have beside that.
///
/// The same people give the same index in whatever order they come, as long as no more than 65,535 different syllables
/// occur; from there on it is the first ones that have numbers.
#[derive(Default)]
pub struct Builder {
    pub(crate) people: Vec<Raw>,
    /// What stands beside the rows, by number
    pub(crate) beside: Vec<(u64, Box<[u8]>)>,
    /// Those without a personal number
    pub(crate) numberless: Vec<(Raw, Extra)>,
    /// Displayed syllables with the numbers of their first coming
    pub(crate) syllables: HashMap<Box<str>, u16, BuildHasherDefault<Mix>>,
}

/// A person as collected; syllables are numbered as they came.
#[derive(Clone, Copy)]
pub(crate) struct Raw {
    /// The lower four bytes of the number and of the head's, then the fifth ones: 40 bits hold either
    low: [u32; 2],
    high: [u8; 2],
    pub(crate) row: Row,
}

impl Raw {
    pub(crate) fn new(number: u64, head: u64, row: Row) -> Self {
        let split = |number: u64| {
            let [a, b, c, d, high, ..] = number.to_le_bytes();
            (u32::from_le_bytes([a, b, c, d]), high)
        };
        let ((number, number_high), (head, head_high)) = (split(number), split(head));
        Self { low: [number, head], high: [number_high, head_high], row }
    }

    pub(crate) fn number(&self) -> u64 {
        let ([low, _], [high, _]) = (self.low, self.high);
        u64::from(high) << 32 | u64::from(low)
    }

    /// The head of the household, as `homes` codes numbers.
    pub(crate) fn head(&self) -> u64 {
        let ([_, low], [_, high]) = (self.low, self.high);
        u64::from(high) << 32 | u64::from(low)
    }
}

impl Builder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one with room for so many people.
    pub fn with_capacity(people: usize) -> Self {
        Self { people: Vec::with_capacity(people), ..Self::default() }
    }

    /// How many people it has taken.
    pub fn len(&self) -> usize {
        self.people.len() + self.numberless.len()
    }

    /// Whether it has taken nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a person in.
    pub fn add(&mut self, person: &Person) -> Result<(), BuildError> {
        let (name, rest) = self.number(person.name.as_ref());
        let mut bits = Row::pack(person.birth_date, person.sex, person.state).ok_or(BuildError::Date)?;
        let extra = Extra {
            name: rest,
            key: match person.key {
                Key::OfNumber => None,
                Key::Other(key) => Some(key),
            },
            former_ids: person.former_personal_ids.iter().map(|id| id.as_u64()).collect(),
            former_cards: person.former_id_cards.iter().map(|card| card.as_u32()).collect(),
            former_names: person.former_names.iter().map(|name| name.whole().to_owned()).collect(),
        };
        let marks = [
            (LONG_NAME, extra.name != Rest::Nothing),
            (FORMER, extra.has_former()),
            (OTHER_KEY, extra.key.is_some()),
        ];
        bits |= marks.iter().filter(|(_, set)| *set).map(|(mark, _)| mark).sum::<u32>();
        let row = Row {
            name,
            bits,
            card: person.id_card_number.map_or(0, |card| card.as_u32() + 1),
            unit: person.unit.map_or(0, Unit::as_u16),
        };
        let head = person.household_head.map_or(homes::NO_HEAD, homes::code);
        let Some(number) = person.personal_id.map(PersonalId::as_u64) else {
            self.numberless.push((Raw::new(0, head, row), extra));
            return Ok(());
        };
        self.people.push(Raw::new(number, head, row));
        if marks.iter().any(|(_, set)| *set) {
            let mut bytes = Writer::default();
            extra.write(&mut bytes);
            self.beside.push((number, bytes.done().into()));
        }
        Ok(())
    }

    /// The numbers of a name's syllables, as far as they fit into the row, and the rest.
    fn number(&mut self, name: Option<&FullName>) -> ([u16; IN_ROW], Rest) {
        let mut row = [0; IN_ROW];
        let Some(name) = name else { return (row, Rest::Nothing) };
        let mut rest = Vec::new();
        for (at, syllable) in name.whole().split(' ').enumerate() {
            let Some(id) = self.syllable(syllable) else {
                return ([0; IN_ROW], Rest::Text(name.whole().to_owned()));
            };
            match row.get_mut(at) {
                Some(to) => *to = id,
                None => rest.push(id),
            }
        }
        (row, if rest.is_empty() { Rest::Nothing } else { Rest::Syllables(rest) })
    }

    fn syllable(&mut self, syllable: &str) -> Option<u16> {
        if let Some(id) = self.syllables.get(syllable) {
            return Some(*id);
        }
        let id = u16::try_from(self.syllables.len() + 1).ok().filter(|id| usize::from(*id) <= Words::MOST)?;
        self.syllables.insert(syllable.into(), id);
        Some(id)
    }

    /// Makes the index, in memory.
    pub fn build(self) -> Result<Index, BuildError> {
        finish::finish(self)
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("people", &self.len()).finish_non_exhaustive()
    }
}

/// Reads former cards and numbers back as they were given.
pub(crate) fn cards(numbers: &[u32]) -> Vec<IdCardNumber> {
    numbers.iter().filter_map(|card| IdCardNumber::from_u32(*card)).collect()
}

pub(crate) fn ids(numbers: &[u64]) -> Vec<PersonalId> {
    numbers.iter().filter_map(|id| PersonalId::from_u64(*id)).collect()
}
