//! People with the ways to find them; built once, then only read.
use super::Person;
use crate::PersonKey;
use dancu_citizen::{Facts, IdCardNumber, NameForms, PersonNumber, PersonalId};
use std::collections::HashMap;
use std::sync::Arc;

/// A set of people. Places in `people` are 32 bits wide: one registry holds fewer than 4 billion.
#[derive(Default)]
pub(super) struct Layer {
    people: Vec<Arc<Person>>,
    ids: HashMap<PersonalId, u32>,
    cards: HashMap<IdCardNumber, u32>,
    keys: HashMap<PersonKey, u32>,
    /// Unaccented words of names and former names, sorted, with the places of those who bear them, ascending.
    words: Vec<(Box<str>, Vec<u32>)>,
}

impl Layer {
    /// Of several versions of a person the last one counts.
    pub(super) fn build(people: Vec<Arc<Person>>) -> Self {
        let mut layer = Self {
            ids: HashMap::with_capacity(people.len()),
            keys: HashMap::with_capacity(people.len()),
            people: Vec::with_capacity(people.len()),
            ..Self::default()
        };
        for person in people {
            let next = u32::try_from(layer.people.len()).unwrap_or(u32::MAX);
            let place = *layer.keys.entry(person.key).or_insert(next);
            match layer.people.get_mut(place as usize) {
                Some(before) if before.version <= person.version => *before = person,
                Some(_) => {}
                None => layer.people.push(person),
            }
        }
        layer.index();
        layer
    }

    fn index(&mut self) {
        let mut words: HashMap<&str, Vec<u32>> = HashMap::new();
        for (place, person) in (0_u32..).zip(&self.people) {
            let facts = &person.facts;
            self.ids.extend(facts.personal_id.iter().chain(&facts.former_personal_ids).map(|n| (*n, place)));
            self.cards.extend(facts.id_card_number.iter().chain(&facts.former_id_cards).map(|n| (*n, place)));
            for word in names(facts).flat_map(|name| name.unaccented().split(' ')) {
                let places = words.entry(word).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        let mut words: Vec<_> = words
            .into_iter()
            .map(|(word, mut places)| {
                places.shrink_to_fit();
                (Box::from(word), places)
            })
            .collect();
        words.sort_unstable();
        self.words = words;
    }

    pub(super) fn people(&self) -> &[Arc<Person>] {
        &self.people
    }

    pub(super) fn by_key(&self, key: PersonKey) -> Option<&Arc<Person>> {
        self.at(*self.keys.get(&key)?)
    }

    pub(super) fn by_number(&self, number: PersonNumber) -> Option<&Arc<Person>> {
        self.at(*match number {
            PersonNumber::PersonalId(id) => self.ids.get(&id)?,
            PersonNumber::IdCard(card) => self.cards.get(&card)?,
        })
    }

    pub(super) fn at(&self, place: u32) -> Option<&Arc<Person>> {
        self.people.get(place as usize)
    }

    /// The lists of those with this very word in a name.
    pub(super) fn with_word(&self, word: &str) -> &[(Box<str>, Vec<u32>)] {
        let start = self.words.partition_point(|(w, _)| **w < *word);
        let end = self.words.partition_point(|(w, _)| **w <= *word);
        self.words.get(start..end).unwrap_or_default()
    }

    /// The lists of those with a word in a name that begins so.
    pub(super) fn with_beginning(&self, beginning: &str) -> &[(Box<str>, Vec<u32>)] {
        let start = self.words.partition_point(|(w, _)| **w < *beginning);
        let rest = self.words.get(start..).unwrap_or_default();
        let end = rest.partition_point(|(w, _)| w.starts_with(beginning));
        rest.get(..end).unwrap_or_default()
    }
}

/// The name in force, then the former ones.
pub(super) fn names(facts: &Facts) -> impl Iterator<Item = &NameForms> {
    facts.name.iter().chain(&facts.former_names)
}
