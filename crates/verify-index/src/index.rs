//! The index, and what it is asked.
use crate::born::BornPage;
use crate::builder::{cards, ids};
use crate::extra::{Extra, Rest};
use crate::file::Source;
use crate::groups::GroupPage;
use crate::names::NamePage;
use crate::numbers::NumberPage;
use crate::pages::Pages;
use crate::people::{IN_PAGE, IN_PAGE_BITS, NUMBERLESS, PeoplePage};
use crate::row::{FORMER, LONG_NAME, MARKS, OTHER_KEY, Row, date_code, year_code};
use crate::words::Words;
use crate::{Doubt, Entry, Key, Name, Person, Place, Signature, Syllables, Unit};
use dancu_citizen::{BirthDate, Facts, FullName, IdCardNumber, NameForms, PersonalId};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Everybody, as of one moment. Reading takes no lock; pages of a file are read when they are first asked for.
#[derive(Default)]
pub struct Index {
    pub(crate) count: usize,
    /// How many of them have a commune of residence
    pub(crate) housed: usize,
    pub(crate) syllables: Syllables,
    pub(crate) people: Pages<PeoplePage>,
    pub(crate) cards: Pages<NumberPage>,
    pub(crate) formers: Pages<NumberPage>,
    pub(crate) born: Pages<BornPage>,
    /// Members of households, by the codes of their heads
    pub(crate) homes: Pages<GroupPage>,
    /// People by their birth dates, as `row` codes dates
    pub(crate) dated: Pages<GroupPage>,
    pub(crate) names: Pages<NamePage>,
    /// The words of names, unaccented
    pub(crate) words: Words,
    /// The word of each unaccented syllable, from 0 on; `names::ANY` for one that is several words
    pub(crate) word_of: Box<[u16]>,
    /// Nothing was made for parts of a name
    pub(crate) is_for_linkage: bool,
    pub(crate) source: Option<Arc<Source>>,
}

impl Index {
    /// How many people there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether it is known of anybody where they live.
    pub fn knows_units(&self) -> bool {
        self.housed > 0
    }

    /// The dictionary of syllables.
    pub fn syllables(&self) -> &Syllables {
        &self.syllables
    }

    /// Who bears a personal number, or bore it.
    pub fn place_of(&self, id: PersonalId) -> Result<Option<Place>, Doubt> {
        match self.in_force(id.as_u64(), PeoplePage::find_for_row)? {
            Some(place) => Ok(Some(place)),
            None => self.formers.find(id.as_u64()),
        }
    }

    /// The same where it is not known whether the row will be wanted.
    pub(crate) fn place_alone(&self, id: PersonalId) -> Result<Option<Place>, Doubt> {
        match self.place_in_force(id.as_u64())? {
            Some(place) => Ok(Some(place)),
            None => self.formers.find(id.as_u64()),
        }
    }

    pub(crate) fn place_in_force(&self, number: u64) -> Result<Option<Place>, Doubt> {
        self.in_force(number, PeoplePage::find)
    }

    fn in_force(
        &self,
        number: u64,
        find: impl Fn(&PeoplePage, u64) -> Option<usize>,
    ) -> Result<Option<Place>, Doubt> {
        let Some(number_of_page) = self.people.page_of(number) else { return Ok(None) };
        let at = find(self.people.get(number_of_page)?, number);
        Ok(at.and_then(|at| place(number_of_page, at)))
    }

    /// Who bears an old card number, or bore it.
    pub fn place_of_card(&self, card: IdCardNumber) -> Result<Option<Place>, Doubt> {
        self.cards.find(card.as_u32().into())
    }

    /// Appends those with a name of this signature, in force or former, and exactly this birth date on record, its precision
    /// included: a year finds those recorded with the year only. Compare the names: signatures are short.
    pub fn born(&self, name: Signature, date: BirthDate, out: &mut Vec<Place>) -> Result<(), Doubt> {
        let Some(date) = date_code(date) else { return Ok(()) };
        self.born.find(name.as_u32(), (date, date), usize::MAX, out)
    }

    /// As [`born`](Self::born) for every date in these years, of any precision, in the order of the dates, until `out` holds
    /// `limit` places.
    pub fn named(
        &self,
        name: Signature,
        years: RangeInclusive<i16>,
        limit: usize,
        out: &mut Vec<Place>,
    ) -> Result<(), Doubt> {
        let (Some(low), Some(high)) =
            (year_code((*years.start()).max(1800)), year_code((*years.end()).min(2999)))
        else {
            return Ok(());
        };
        self.born.find(name.as_u32(), (low, high | 0x1ff), limit, out)
    }

    /// As [`named`](Self::named) for any date or none.
    pub fn all_named(&self, name: Signature, limit: usize, out: &mut Vec<Place>) -> Result<(), Doubt> {
        self.born.find(name.as_u32(), (0, u32::MAX), limit, out)
    }

    /// A person at a glance.
    pub fn entry(&self, place: Place) -> Result<Entry, Doubt> {
        let (page, at) = self.at(place)?;
        let row = page.row(at).ok_or(Doubt)?;
        let name = if row.has(LONG_NAME) {
            match page.extra(at)?.name {
                Rest::Syllables(rest) => Name::of(row.syllables(), &rest),
                _ => Name::default(),
            }
        } else {
            Name::of(row.syllables(), &[])
        };
        Ok(Entry {
            personal_id: page.personal_id(at),
            id_card_number: row.card(),
            name,
            birth_date: row.birth(),
            sex: row.sex(),
            state: row.state(),
            has_former: row.has(FORMER),
            unit: Unit::from_u16(row.unit),
        })
    }

    /// The names as displayed: the one in force first, then the former ones. Nothing when there is no name in force and was
    /// none; an empty text stands for a name in force that is missing.
    pub fn names(&self, place: Place) -> Result<Vec<String>, Doubt> {
        let (page, at) = self.at(place)?;
        let row = page.row(at).ok_or(Doubt)?;
        let extra = extra(page, at, row)?;
        let current = self.display(row, &extra.name)?.unwrap_or_default();
        if current.is_empty() && extra.former_names.is_empty() {
            return Ok(Vec::new());
        }
        Ok(std::iter::once(current).chain(extra.former_names).collect())
    }

    /// What a verdict needs.
    pub fn facts(&self, place: Place) -> Result<Facts, Doubt> {
        let (page, at) = self.at(place)?;
        self.facts_at(page, at)
    }

    pub(crate) fn facts_at(&self, page: &PeoplePage, at: usize) -> Result<Facts, Doubt> {
        let row = page.row(at).ok_or(Doubt)?;
        let facts = Facts {
            personal_id: page.personal_id(at),
            id_card_number: row.card(),
            birth_date: row.birth(),
            sex: row.sex(),
            state: row.state(),
            ..Facts::default()
        };
        if !row.has(MARKS) {
            let ids = row.syllables();
            let name = if ids.is_empty() { None } else { Some(self.syllables.name_forms(ids).ok_or(Doubt)?) };
            return Ok(Facts { name, ..facts });
        }
        let extra = page.extra(at)?;
        let name = match &extra.name {
            Rest::Text(text) => Some(forms(text)?),
            Rest::Nothing if row.syllables().is_empty() => None,
            Rest::Nothing => Some(self.syllables.name_forms(row.syllables()).ok_or(Doubt)?),
            Rest::Syllables(rest) => {
                Some(self.syllables.name_forms(&[row.syllables(), rest].concat()).ok_or(Doubt)?)
            }
        };
        let former_names = extra.former_names.iter().map(|name| forms(name)).collect::<Result<_, _>>()?;
        Ok(Facts {
            name,
            former_names,
            former_personal_ids: ids(&extra.former_ids),
            former_id_cards: cards(&extra.former_cards),
            ..facts
        })
    }

    /// A person whole, as given to the builder, but for the household.
    pub fn person(&self, place: Place) -> Result<Person, Doubt> {
        let (page, at) = self.at(place)?;
        let row = page.row(at).ok_or(Doubt)?;
        let extra = extra(page, at, row)?;
        let name = self.display(row, &extra.name)?.map(|name| FullName::parse(&name)).transpose();
        let former = extra.former_names.iter().map(|name| FullName::parse(name)).collect::<Result<_, _>>();
        Ok(Person {
            key: extra.key.map_or(Key::OfNumber, Key::Other),
            personal_id: page.personal_id(at),
            former_personal_ids: ids(&extra.former_ids),
            id_card_number: row.card(),
            former_id_cards: cards(&extra.former_cards),
            name: name.map_err(|_| Doubt)?,
            former_names: former.map_err(|_| Doubt)?,
            birth_date: row.birth(),
            sex: row.sex(),
            state: row.state(),
            household_head: None,
            unit: Unit::from_u16(row.unit),
        })
    }

    /// The key of a person in the store.
    pub fn key(&self, place: Place) -> Result<Key, Doubt> {
        let (page, at) = self.at(place)?;
        if !page.row(at).ok_or(Doubt)?.has(OTHER_KEY) {
            return Ok(Key::OfNumber);
        }
        Ok(page.extra(at)?.key.map_or(Key::OfNumber, Key::Other))
    }

    /// The personal number in force.
    pub fn personal_id(&self, place: Place) -> Result<Option<PersonalId>, Doubt> {
        let (page, at) = self.at(place)?;
        page.number(at).ok_or(Doubt)?;
        Ok(page.personal_id(at))
    }

    /// All places, in the order of the numbers; those of pages that do not open are left out.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        (0..self.people.len()).flat_map(|number| self.places_in(number).unwrap_or_default())
    }

    /// How many pages of people there are.
    pub fn pages(&self) -> usize {
        self.people.len()
    }

    /// How many people are in a page.
    pub fn page_len(&self, page: usize) -> Result<usize, Doubt> {
        Ok(self.people.get(page)?.len())
    }

    /// The place of somebody by page and position in it. None where no index has places.
    pub fn place_in(&self, page: usize, at: usize) -> Option<Place> {
        place(page, at)
    }

    /// How many different names there are, without their marks.
    pub fn different_names(&self) -> usize {
        let pages = (0..self.names.len()).filter_map(|page| self.names.get(page).ok());
        pages.map(NamePage::len).sum()
    }

    /// The places in a page of people.
    pub fn places_in(&self, page: usize) -> Result<Vec<Place>, Doubt> {
        let count = self.people.get(page)?.len();
        Ok((0..count).filter_map(|at| place(page, at)).collect())
    }

    /// Whether there are people without a personal number; they stand behind all others.
    pub fn numberless(&self) -> impl Iterator<Item = Result<Place, Doubt>> + '_ {
        let first = self.people.page_of(NUMBERLESS).unwrap_or_default();
        (first..self.people.len()).flat_map(move |number| match self.people.get(number) {
            Err(doubt) => vec![Err(doubt)],
            Ok(page) => {
                let is_numberless = |at: &usize| page.number(*at).is_some_and(|number| number >= NUMBERLESS);
                let places = (0..page.len()).filter(is_numberless).filter_map(|at| place(number, at));
                places.map(Ok).collect()
            }
        })
    }

    /// Bytes in memory, but for what the allocator adds.
    pub fn bytes(&self) -> usize {
        let tables = self.people.bytes() + self.cards.bytes() + self.formers.bytes() + self.born.bytes();
        let words = usize::from(self.words.last()) * 40;
        tables + self.homes.bytes() + self.dated.bytes() + self.names.bytes() + self.syllables.bytes() + words
    }

    /// How many pages did not open until now.
    pub fn doubts(&self) -> u64 {
        self.source.as_ref().map_or(0, |source| source.doubts())
    }

    pub(crate) fn at(&self, place: Place) -> Result<(&PeoplePage, usize), Doubt> {
        let (page, at) = (place.0 >> IN_PAGE_BITS, place.0 as usize & (IN_PAGE - 1));
        Ok((self.people.get(page as usize)?, at))
    }

    /// The name in force as displayed.
    fn display(&self, row: &Row, rest: &Rest) -> Result<Option<String>, Doubt> {
        let rest = match rest {
            Rest::Text(text) => return Ok(Some(text.clone())),
            Rest::Syllables(rest) => rest.as_slice(),
            Rest::Nothing => &[],
        };
        let mut name = String::new();
        for id in row.syllables().iter().chain(rest) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(self.syllables.display(*id).ok_or(Doubt)?);
        }
        Ok(Some(name).filter(|name| !name.is_empty()))
    }
}

fn extra(page: &PeoplePage, at: usize, row: &Row) -> Result<Extra, Doubt> {
    if row.has(MARKS) { page.extra(at) } else { Ok(Extra::default()) }
}

fn forms(name: &str) -> Result<NameForms, Doubt> {
    FullName::parse(name).map(|name| NameForms::of(&name)).map_err(|_| Doubt)
}

pub(crate) fn place(page: usize, at: usize) -> Option<Place> {
    u32::try_from(page << IN_PAGE_BITS | at).ok().map(Place)
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("people", &self.count).finish_non_exhaustive()
    }
}
