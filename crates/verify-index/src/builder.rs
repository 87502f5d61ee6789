//! Takes people in, in any order.
use crate::bytes::Writer;
use crate::extra::{Extra, Rest};
use crate::homes;
use crate::mix::Mix;
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
    pub(crate) people: Vec<Raw>,
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
type Short = [u64; 2];

/// Puts the byte of a syllable into its place; false when it is too long.
fn put(short: &mut Short, at: usize, byte: u8) -> bool {
    let half = short.get_mut(at / 8);
    half.map(|half| *half |= u64::from(byte) << (at % 8 * 8)).is_some()
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

    /// Takes a person in whose name is this text, as [`FullName::parse`] reads it; a text that is no name counts as none.
    /// Quicker than [`add`](Self::add), for a text is parsed only where a word of it has not come before.
    pub fn add_named(&mut self, person: &Person, name: &str) -> Result<(), BuildError> {
        let known = self.known(name).map(|row| (row, Rest::Nothing));
        let (name, rest) = known.unwrap_or_else(|| self.number(FullName::parse(name).ok().as_ref()));
        self.take(person, name, rest)
    }

    /// The numbers of a text's words, where it is a name as it stands and fits into a row. Each word was a word of a name, and
    /// so is in its normal form; with spaces between them they are in it, too. A name has a letter, and is not too long.
    fn known(&self, text: &str) -> Option<[u16; IN_ROW]> {
        let mut row = [0; IN_ROW];
        let is_name = text.len() <= FullName::MAX && text.starts_with(char::is_alphabetic);
        let mut places = row.iter_mut();
        let (mut word, mut length) = (Short::default(), 0);
        for byte in text.bytes().chain([b' ']) {
            if byte == b' ' {
                *places.next()? = *self.short.get(&word)?;
                (word, length) = (Short::default(), 0);
            } else if byte > 0 && put(&mut word, length, byte) {
                length += 1;
            } else {
                return None;
            }
        }
        is_name.then_some(row)
    }

    fn take(&mut self, person: &Person, name: [u16; IN_ROW], rest: Rest) -> Result<(), BuildError> {
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
        let head = person.household_head.map_or(homes::NO_HEAD, PersonNumber::as_u64);
        let Some(number) = person.personal_id.map(PersonalId::as_u64) else {
            self.numberless.push((Raw::new(0, head, row), extra));
            return Ok(());
        };
        self.people.push(Raw::new(number, head, row));
        if bits & MARKS != 0 {
            self.put_beside(number, &extra);
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
        if syllable.bytes().enumerate().all(|(at, byte)| put(&mut short, at, byte)) {
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
        let mut beside = std::mem::take(&mut other.beside).into_iter();
        self.people.reserve(other.people.len());
        for raw in &other.people {
            let mut raw = *raw;
            // Written by a builder: it reads back.
            let bytes = if raw.row.has(MARKS) { beside.next() } else { None };
            let extra = bytes.and_then(|(_, bytes)| Extra::read(&bytes).ok());
            if let Some(extra) = renumber.take(&mut raw.row, extra) {
                self.put_beside(raw.number(), &extra);
            }
            self.people.push(raw);
        }
        for (mut raw, extra) in std::mem::take(&mut other.numberless) {
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
