//! People with the ways to find them; built once, then only read.
use super::Person;
use crate::PersonKey;
use dancu_citizen::{IdCardNumber, PersonNumber, PersonalId};
use std::collections::HashMap;
use std::sync::Arc;

/// A set of people. Places in `people` are 32 bits wide: one registry holds fewer than 4 billion.
#[derive(Default)]
pub(super) struct Layer {
    people: Vec<Arc<Person>>,
    ids: HashMap<PersonalId, u32>,
    cards: HashMap<IdCardNumber, u32>,
    keys: HashMap<PersonKey, u32>,
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
        for (place, person) in (0_u32..).zip(&self.people) {
            let facts = &person.facts;
            self.ids.extend(facts.personal_id.iter().chain(&facts.former_personal_ids).map(|n| (*n, place)));
            self.cards.extend(facts.id_card_number.iter().chain(&facts.former_id_cards).map(|n| (*n, place)));
        }
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

    fn at(&self, place: u32) -> Option<&Arc<Person>> {
        self.people.get(place as usize)
    }
}
