//! A person as given to the index, and as it shows one.
use crate::row::IN_ROW;
use dancu_citizen::{BirthDate, FullName, IdCardNumber, LifeState, PersonNumber, PersonalId, Sex};
use std::fmt;
use std::num::NonZeroU16;

/// Position of a person. Positions have gaps: walk along them with `Index::places`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(pub(crate) u32);

impl Place {
    /// As a number.
    pub fn as_u32(self) -> u32 {
        self.0
    }

    /// From a number that `as_u32` gave.
    pub fn from_u32(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({})", self.0)
    }
}

/// A commune, by its code of five digits: 00001 to 65535, of any edition. The codes that are in use end at 32,248; another one is as
/// if it were not on record. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(NonZeroU16);

impl Unit {
    /// From a code of five digits. None for anything else.
    pub fn of_code(code: &str) -> Option<Self> {
        let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
        code.parse().ok().filter(|_| is_code).map(Self)
    }

    /// The code as a number.
    pub fn as_u16(self) -> u16 {
        self.0.get()
    }

    pub(crate) fn from_u16(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unit(…)")
    }
}

/// The key of a person in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Key {
    /// The one that the store derives from the personal number in force
    #[default]
    OfNumber,
    /// Another one
    Other([u8; 16]),
}

/// A person, whole: all that a verdict needs. `Debug` shows the state only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Key in the store
    pub key: Key,
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Numbers that the one in force replaced
    pub former_personal_ids: Vec<PersonalId>,
    /// Old card number on record
    pub id_card_number: Option<IdCardNumber>,
    /// Card numbers before that one
    pub former_id_cards: Vec<IdCardNumber>,
    /// Name in force
    pub name: Option<FullName>,
    /// Names before that one
    pub former_names: Vec<FullName>,
    /// Birth date, as precise as the record knows it
    pub birth_date: Option<BirthDate>,
    /// Sex; `Unknown` when not on record
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// The number by which the record names the head of the household. An index does not give it back here: see
    /// `Index::household_of_head` and `Index::heads`
    pub household_head: Option<PersonNumber>,
    /// Commune of the permanent residence; none when it is not on record
    pub unit: Option<Unit>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("state", &self.state).finish_non_exhaustive()
    }
}

/// A name as numbers of displayed syllables.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Name {
    pub(crate) ids: [u16; Name::MOST],
    pub(crate) length: u8,
    pub(crate) whole: bool,
}

impl Name {
    /// Syllables at most.
    pub const MOST: usize = IN_ROW * 2;

    /// The syllables in their order; empty when there is no name, or when it is not whole.
    pub fn ids(&self) -> &[u16] {
        self.ids.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// False for the few names that are longer, or have a syllable without a number: ask `names` or `facts`.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    pub(crate) fn of(ids: &[u16], rest: &[u16]) -> Self {
        let mut name = Self { whole: true, ..Self::default() };
        if ids.len() + rest.len() > Self::MOST {
            return Self::default();
        }
        for (to, from) in name.ids.iter_mut().zip(ids.iter().chain(rest)) {
            *to = *from;
            name.length += 1;
        }
        name
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(…)")
    }
}

/// A person at a glance. `Debug` shows the state only.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Old card number on record
    pub id_card_number: Option<IdCardNumber>,
    /// Name in force
    pub name: Name,
    /// Birth date, as precise as the record knows it
    pub birth_date: Option<BirthDate>,
    /// Sex; `Unknown` when not on record
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// Whether there are former numbers or names
    pub has_former: bool,
    /// Commune of the permanent residence; none when it is not on record
    pub unit: Option<Unit>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("state", &self.state).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_citizen::Units;

    #[test]
    fn every_commune_of_either_edition_has_a_number() {
        let units = Units::bundled();
        for commune in units.three_level().communes().iter().chain(units.two_level().communes()) {
            let unit = Unit::of_code(commune.code).unwrap();
            assert_eq!(format!("{:05}", unit.as_u16()), commune.code);
            assert_eq!(Unit::from_u16(unit.as_u16()), Some(unit));
        }
        for code in ["", "1", "0001", "00000", "+0001", "99999", "000001", "Đ0001", "001"] {
            assert_eq!(Unit::of_code(code), None, "{code}");
        }
        assert!(!format!("{:?}", Unit::of_code("00004")).contains('4'));
    }
}
