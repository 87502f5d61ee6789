//! People and homes while a family is being drawn, before they become records.
use super::names::Parts;
use super::places::{House, Place};
use super::rng::Rng;
use super::tables::{Region, Tables};
use dancu_citizen::{CivilDate, IdCardNumber, LifeState, PersonalId, Sex};

/// A parent of a drawn person.
#[derive(Clone, Debug)]
pub(crate) enum Parent {
    /// Not on record
    Unknown,
    /// Known by name; died before there were records
    Named(Parts),
    /// A member of the same clan
    Here(usize),
}

impl Parent {
    /// The parent's place in the clan.
    pub(crate) fn here(&self) -> Option<usize> {
        match self {
            Self::Here(index) => Some(*index),
            _ => None,
        }
    }
}

/// A drawn person.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) sex: Sex,
    pub(crate) born: CivilDate,
    pub(crate) died: Option<CivilDate>,
    /// Whether the person has a record; who died before records began has none
    pub(crate) on_record: bool,
    pub(crate) state: LifeState,
    pub(crate) name: Option<Parts>,
    pub(crate) surname: &'static str,
    pub(crate) group: u8,
    /// Empty for none
    pub(crate) religion: &'static str,
    pub(crate) region: Region,
    pub(crate) birth_place: &'static Place,
    pub(crate) home_town: &'static Place,
    pub(crate) father: Parent,
    pub(crate) mother: Parent,
    pub(crate) spouse: Option<usize>,
    pub(crate) divorced: bool,
    pub(crate) children: Vec<usize>,
    pub(crate) home: usize,
    pub(crate) id: Option<PersonalId>,
    pub(crate) card_number: Option<IdCardNumber>,
}

impl Draft {
    /// Whether the person was alive in all of a year after the one of birth.
    pub(crate) fn lives_through(&self, year: i16) -> bool {
        self.died.is_none_or(|died| died.year() > year)
    }

    /// Whether the person belongs to a household today.
    pub(crate) fn is_at_home(&self) -> bool {
        self.on_record && matches!(self.state, LifeState::Alive | LifeState::Locked)
    }

    /// Full years lived by a day.
    pub(crate) fn age_on(&self, day: CivilDate) -> i16 {
        let before_birthday = (day.month(), day.day()) < (self.born.month(), self.born.day());
        day.year() - self.born.year() - i16::from(before_birthday)
    }
}

/// A household.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) place: &'static Place,
    pub(crate) house: House,
    /// Whether a married child already stayed in it
    pub(crate) has_heir: bool,
    pub(crate) head: Option<usize>,
    pub(crate) members: Vec<usize>,
    /// The day on which its data were collected
    pub(crate) collected: CivilDate,
    pub(crate) file: u32,
}

impl Home {
    /// A new household in a place.
    pub(crate) fn new(tables: &Tables, rng: &mut Rng, place: &'static Place) -> Self {
        Self {
            place,
            house: place.house(rng),
            has_heir: false,
            head: None,
            members: Vec::new(),
            collected: day_in(tables, rng, 2017, 2021),
            file: rng.below(1_000_000),
        }
    }
}

/// A family over generations, and its homes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clan {
    pub(crate) people: Vec<Draft>,
    pub(crate) homes: Vec<Home>,
}

/// The day of the calendar, the 28th where the month has no such day.
pub(crate) fn civil(tables: &Tables, year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).or_else(|_| CivilDate::new(year, month, 28)).unwrap_or(tables.reference)
}

/// Any day of the years from the first to the last.
pub(crate) fn day_in(tables: &Tables, rng: &mut Rng, first: i16, last: i16) -> CivilDate {
    let year = rng.between(first, last);
    let month = u8::try_from(rng.between(1, 12)).unwrap_or(1);
    let day = u8::try_from(rng.between(1, 31)).unwrap_or(1);
    civil(tables, year, month, day)
}
