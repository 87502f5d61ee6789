//! Takes people in, in any order.
use crate::bytes::Writer;
use crate::extra::{Extra, Rest};
use crate::homes;
use crate::mix::Mix;
use crate::provinces::Provinces;
use crate::row::{FORMER, IN_ROW, LONG_NAME, MARKS, OTHER_KEY, Row};
use crate::words::Words;
use crate::{BuildError, Index, Key, Person, Unit, finish};
use dancu_citizen::{FullName, IdCardNumber, PersonNumber, PersonalId};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Takes people in, in any order, and makes an index of them. It keeps 28 bytes a person, and what few have beside that.
///
/// The same people give the same index in whatever order they come, as long as no more than 65,535 different syllables
/// occur; from there on it is the first ones that have numbers.
#[derive(Default)]
pub struct Builder {
    pub(crate) people: Provinces,
    /// What stands beside the rows, by number
    pub(crate) beside: Vec<(u64, Box<[u8]>)>,
    /// Those without a personal number
    pub(crate) numberless: Vec<(Raw, Extra)>,
    /// Displayed syllables with the numbers of their first coming
    pub(crate) syllables: HashMap<Box<str>, u16, BuildHasherDefault<Mix>>,
    /// The same of those that are short enough, by their bytes
    short: HashMap<Short, u16, BuildHasherDefault<Mix>>,
    /// Tables that linkage never asks are left out
    pub(crate) is_for_linkage: bool,
}

/// A syllable of up to sixteen bytes, filled up with noughts, which no name has. The longest ones of Vietnamese have ten.
type Short = u128;

/// Appends a byte to a syllable; false when it is too long. The byte is none but of a name.
fn put(short: &mut Short, byte: u8) -> bool {
    let has_room = short.leading_zeros() >= u8::BITS;
    *short = *short << u8::BITS | Short::from(byte);
    has_room
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

    /// How many people it has taken.
    pub fn len(&self) -> usize {
        self.people.people() + self.numberless.len()
    }

    /// Whether it has taken nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For linkage alone: what only a search by parts of a name needs is not made. [`Index::seek`] doubts then, and
    /// the index cannot be saved.
    #[must_use]
    pub fn for_linkage(self) -> Self {
        Self { is_for_linkage: true, ..self }
    }

    /// Takes a person in.
    pub fn add(&mut self, person: &Person) -> Result<(), BuildError> {
        let (name, rest) = self.number(person.name.as_ref());
        self.take(person, name, rest)
    }

    /// Takes a person in whose name is this text, as [`FullName::parse`] reads it; a text that is no name counts as none, and so do
    /// bytes that are no text. Quicker than [`add`](Self::add), for a text is looked at and parsed only where a word of it has not
    /// come before.
    pub fn add_named(&mut self, person: &Person, name: &[u8]) -> Result<(), BuildError> {
        let (name, rest) = if let Some(row) = self.known(name) {
            (row, Rest::Nothing)
        } else {
            let name = std::str::from_utf8(name).ok().and_then(|name| FullName::parse(name).ok());
            self.number(name.as_ref())
        };
        self.take(person, name, rest)
    }

    /// The numbers of a text's words, where it is a name as it stands and fits into a row. Each word was a word of a name, and
    /// so is in its normal form; with spaces between them they are in it, too. A name has a letter, and is not too long.
    fn known(&self, text: &[u8]) -> Option<[u16; IN_ROW]> {
        let mut row = [0; IN_ROW];
        let mut places = row.iter_mut();
        let mut word = Short::default();
        for byte in text.iter().chain(b" ") {
            if *byte == b' ' {
                *places.next()? = *self.short.get(&word)?;
                word = Short::default();
            } else if *byte == 0 || !put(&mut word, *byte) {
                return None;
            }
        }
        let is_letter = match text.first()? {
            first if first.is_ascii() => first.is_ascii_alphabetic(),
            _ => std::str::from_utf8(text).ok()?.starts_with(char::is_alphabetic),
        };
        (is_letter && text.len() <= FullName::MAX).then_some(row)
    }

    fn take(&mut self, person: &Person, name: [u16; IN_ROW], rest: Rest) -> Result<(), BuildError> {
        let bits = Row::pack(person.birth_date, person.sex, person.state).ok_or(BuildError::Date)?;
        let has_former = !person.former_personal_ids.is_empty()
            || !person.former_id_cards.is_empty()
            || !person.former_names.is_empty();
        let marks = [
            (LONG_NAME, rest != Rest::Nothing),
            (FORMER, has_former),
            (OTHER_KEY, person.key != Key::OfNumber),
        ];
        let marks = marks.iter().filter(|(_, set)| *set).map(|(mark, _)| mark).sum::<u32>();
        let row = Row {
            name,
            bits: bits | marks,
            card: person.id_card_number.map_or(0, |card| card.as_u32() + 1),
            unit: person.unit.map_or(0, Unit::as_u16),
        };
        let head = person.household_head.map_or(homes::NO_HEAD, PersonNumber::as_u64);
        match person.personal_id.map(PersonalId::as_u64) {
            Some(number) => {
                self.people.push(Raw::new(number, head, row));
                if marks != 0 {
                    self.put_beside(number, &extra(person, rest));
                }
            }
            None => self.numberless.push((Raw::new(0, head, row), extra(person, rest))),
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
        let mut short = Short::default();
        if syllable.bytes().all(|byte| put(&mut short, byte)) {
            self.short.insert(short, id);
        }
        self.syllables.insert(syllable.into(), id);
        Some(id)
    }

    /// Takes in those whom another one has taken, as if they had been added here.
    pub fn append(&mut self, mut other: Self) {
        if self.is_empty() && self.syllables.is_empty() {
            *self = Self { is_for_linkage: self.is_for_linkage, ..other };
            return;
        }
        let mut texts: Vec<(&str, u16)> = other.syllables.iter().map(|(text, id)| (&**text, *id)).collect();
        texts.sort_unstable_by_key(|(_, id)| *id);
        let ids = texts.iter().map(|(text, _)| self.syllable(text).unwrap_or_default());
        let ids = std::iter::once(0).chain(ids).collect();
        let renumber = Renumber { texts: texts.into_iter().map(|(text, _)| text).collect(), ids };
        other.beside.sort_unstable_by_key(|(number, _)| *number);
        for raw in other.people.all_mut() {
            let extra = if raw.row.has(MARKS) { beside(&other.beside, raw.number()) } else { None };
            if let Some(extra) = renumber.take(&mut raw.row, extra) {
                self.put_beside(raw.number(), &extra);
            }
        }
        self.people.append(other.people);
        for (mut raw, extra) in other.numberless {
            let extra = renumber.take(&mut raw.row, Some(extra));
            self.numberless.push((raw, extra.unwrap_or_default()));
        }
    }

    fn put_beside(&mut self, number: u64, extra: &Extra) {
        let mut bytes = Writer::default();
        extra.write(&mut bytes);
        self.beside.push((number, bytes.done().into()));
    }

    /// Makes the index, in memory.
    pub fn build(self) -> Result<Index, BuildError> {
        finish::finish(self)
    }
}

/// What stands beside a person's row.
fn extra(person: &Person, name: Rest) -> Extra {
    Extra {
        name,
        key: match person.key {
            Key::OfNumber => None,
            Key::Other(key) => Some(key),
        },
        former_ids: person.former_personal_ids.iter().map(|id| id.as_u64()).collect(),
        former_cards: person.former_id_cards.iter().map(|card| card.as_u32()).collect(),
        former_names: person.former_names.iter().map(|name| name.whole().to_owned()).collect(),
    }
}

/// What stands beside the row of a number, in a list in the order of the numbers.
pub(crate) fn beside(sorted: &[(u64, Box<[u8]>)], number: u64) -> Option<Extra> {
    let at = sorted.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    // Written by a builder: it reads back.
    Extra::read(&sorted.get(at)?.1).ok()
}

/// From the numbers that syllables have in one builder to those in another one.
struct Renumber<'a> {
    /// By number, from 1 on
    texts: Vec<&'a str>,
    /// New numbers, from that of 0 on; 0 where there was none left
    ids: Vec<u16>,
}

impl Renumber<'_> {
    /// Gives a row, and what stands beside it, the new numbers. A name with a syllable without one becomes text.
    fn take(&self, row: &mut Row, extra: Option<Extra>) -> Option<Extra> {
        let new = |id: u16| self.ids.get(usize::from(id)).copied().unwrap_or_default();
        let old = row.name;
        let rest = match &extra {
            Some(Extra { name: Rest::Syllables(ids), .. }) => ids.as_slice(),
            _ => &[],
        };
        if old.iter().chain(rest).any(|id| *id > 0 && new(*id) == 0) {
            let ids = old.iter().chain(rest).filter_map(|id| usize::from(*id).checked_sub(1));
            let words: Vec<&str> = ids.filter_map(|at| self.texts.get(at).copied()).collect();
            row.name = [0; IN_ROW];
            row.bits |= LONG_NAME;
            return Some(Extra { name: Rest::Text(words.join(" ")), ..extra.unwrap_or_default() });
        }
        row.name = old.map(new);
        extra.map(|mut extra| {
            if let Rest::Syllables(ids) = &mut extra.name {
                for id in ids {
                    *id = new(*id);
                }
            }
            extra
        })
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
