//! People in plain tables: for tests, and as the example of what the trait means.
use super::{Doubt, MOST_SYLLABLES, People, Person};
use crate::read;
use dancu_citizen::{BirthDate, FullName, IdCardNumber, LifeState, PersonNumber, PersonalId, Sex};
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

/// A person written out in full. `Debug` shows no personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Old card number
    pub id_card_number: Option<IdCardNumber>,
    /// Name in force
    pub name: String,
    /// Birth date on record
    pub birth_date: Option<BirthDate>,
    /// Sex
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// Today's commune, its code as a number; 0 where it is not known
    pub unit: u32,
    /// Number by which the record names the head of the household
    pub household_head: Option<PersonNumber>,
    /// Names before
    pub former_names: Vec<String>,
    /// Personal numbers before
    pub former_personal_ids: Vec<PersonalId>,
    /// Card numbers before
    pub former_id_cards: Vec<IdCardNumber>,
}

impl From<dancu_verify_index::Person> for Written {
    fn from(person: dancu_verify_index::Person) -> Self {
        let text = |name: &FullName| name.whole().to_owned();
        Self {
            personal_id: person.personal_id,
            id_card_number: person.id_card_number,
            name: person.name.as_ref().map(text).unwrap_or_default(),
            birth_date: person.birth_date,
            sex: person.sex,
            state: person.state,
            unit: person.unit.map_or(0, |unit| unit.as_u16().into()),
            household_head: person.household_head,
            former_names: person.former_names.iter().map(text).collect(),
            former_personal_ids: person.former_personal_ids,
            former_id_cards: person.former_id_cards,
        }
    }
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("state", &self.state).finish_non_exhaustive()
    }
}

/// People in plain tables. A place is the position in which they were given.
#[derive(Default)]
pub struct MemoryPeople {
    people: Vec<(Person, Written)>,
    syllables: Vec<String>,
    numbers: HashMap<PersonalId, u32>,
    cards: HashMap<IdCardNumber, u32>,
    born: HashMap<(u64, BirthDate), Vec<u32>>,
    named: BTreeMap<(u64, i16), Vec<u32>>,
    /// Those who name a head, by that number
    led: HashMap<PersonNumber, Vec<u32>>,
}

impl MemoryPeople {
    /// Takes the people in.
    pub fn new(written: impl IntoIterator<Item = Written>) -> Self {
        let mut all = Self::default();
        let mut dictionary = HashMap::new();
        for person in written {
            all.add(person, &mut dictionary);
        }
        all
    }

    fn add(&mut self, written: Written, dictionary: &mut HashMap<String, u16>) {
        let place = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let mut name = [0; MOST_SYLLABLES];
        let mut left = written.name.split(' ');
        for (number, syllable) in name.iter_mut().zip(&mut left) {
            *number = *dictionary.entry(syllable.to_owned()).or_insert_with(|| {
                self.syllables.push(syllable.to_owned());
                u16::try_from(self.syllables.len()).unwrap_or(u16::MAX)
            });
        }
        let has_former = !written.former_names.is_empty()
            || !written.former_personal_ids.is_empty()
            || !written.former_id_cards.is_empty();
        let person = Person {
            personal_id: written.personal_id,
            id_card_number: written.id_card_number,
            name,
            is_whole: left.next().is_none(),
            birth_date: written.birth_date,
            sex: written.sex,
            state: written.state,
            has_former,
            unit: written.unit,
        };
        for id in written.personal_id.iter().chain(&written.former_personal_ids) {
            self.numbers.insert(*id, place);
        }
        for card in written.id_card_number.iter().chain(&written.former_id_cards) {
            self.cards.insert(*card, place);
        }
        for name in std::iter::once(&written.name).chain(&written.former_names) {
            let signature = self.signature(&read::letters(name));
            if let Some(date) = written.birth_date {
                self.born.entry((signature, date)).or_default().push(place);
                self.named.entry((signature, date.year())).or_default().push(place);
            }
        }
        if let Some(head) = written.household_head {
            self.led.entry(head).or_default().push(place);
        }
        self.people.push((person, written));
    }

    /// A person as given.
    pub fn written(&self, place: u32) -> Option<&Written> {
        self.people.get(place as usize).map(|(_, written)| written)
    }
}

impl People for MemoryPeople {
    type Signature = u64;

    fn count(&self) -> usize {
        self.people.len()
    }

    fn knows_units(&self) -> bool {
        true
    }

    fn syllable(&self, number: u16) -> Option<&str> {
        self.syllables.get(usize::from(number).checked_sub(1)?).map(String::as_str)
    }

    fn signature(&self, letters: &str) -> u64 {
        letters
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    fn places_of(&self, numbers: &[PersonalId], out: &mut Vec<Result<Option<u32>, Doubt>>) {
        out.clear();
        out.extend(numbers.iter().map(|number| Ok(self.numbers.get(number).copied())));
    }

    fn places_of_cards(&self, numbers: &[IdCardNumber], out: &mut Vec<Result<Option<u32>, Doubt>>) {
        out.clear();
        out.extend(numbers.iter().map(|number| Ok(self.cards.get(number).copied())));
    }

    fn born(&self, questions: &[(u64, BirthDate)], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
        out.clear();
        for (at, question) in (0..).zip(questions) {
            out.extend(self.born.get(question).into_iter().flatten().map(|place| (at, Ok(*place))));
        }
    }

    fn named(
        &self,
        name: u64,
        years: RangeInclusive<i16>,
        limit: usize,
        out: &mut Vec<u32>,
    ) -> Result<(), Doubt> {
        let found = self.named.range((name, *years.start())..=(name, *years.end()));
        out.extend(found.flat_map(|(_, places)| places).take(limit));
        Ok(())
    }

    fn households(&self, heads: &[u32], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
        out.clear();
        for (at, head) in (0..).zip(heads) {
            let Some(written) = self.written(*head) else { continue };
            let ids = written.personal_id.iter().chain(&written.former_personal_ids);
            let cards = written.id_card_number.iter().chain(&written.former_id_cards);
            let numbers = ids
                .map(|id| PersonNumber::PersonalId(*id))
                .chain(cards.map(|card| PersonNumber::IdCard(*card)));
            let led = numbers.filter_map(|number| self.led.get(&number)).flatten();
            let mut all: Vec<u32> = std::iter::once(head).chain(led).copied().collect();
            all.sort_unstable();
            all.dedup();
            out.extend(all.into_iter().map(|place| (at, Ok(place))));
        }
    }

    fn people(&self, places: &[u32], out: &mut Vec<Result<Option<Person>, Doubt>>) {
        out.clear();
        out.extend(
            places.iter().map(|place| Ok(self.people.get(*place as usize).map(|(person, _)| *person))),
        );
    }

    fn names(&self, place: u32) -> Result<Vec<String>, Doubt> {
        let names = self
            .written(place)
            .map(|written| std::iter::once(&written.name).chain(&written.former_names).cloned().collect());
        Ok(names.unwrap_or_default())
    }
}

impl std::fmt::Debug for MemoryPeople {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryPeople").field("people", &self.people.len()).finish_non_exhaustive()
    }
}
