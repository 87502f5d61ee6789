//! Synthetic people as linkage takes them.
use dancu_linkage::{MemoryPeople, People as _, Written};
use dancu_registry::generate::{People, Synthetic};
use dancu_verify_index::{Key, Person, Unit};

pub(crate) fn written(person: Synthetic) -> Written {
    let record = person.record;
    let unit = record.permanent_residence.and_then(|address| address.value.commune?.parse().ok());
    Written {
        personal_id: record.personal_id.map(|id| id.value),
        id_card_number: record.id_card_number.map(|card| card.value),
        name: record.full_name.map(|name| name.value.whole().to_owned()).unwrap_or_default(),
        birth_date: record.birth_date.map(|date| date.value),
        sex: record.sex.map(|sex| sex.value).unwrap_or_default(),
        state: record.state,
        unit: unit.unwrap_or_default(),
        household_head: record.household.and_then(|household| household.value.head.number),
        former_names: person.former.names.iter().map(|name| name.whole().to_owned()).collect(),
        former_personal_ids: person.former.personal_ids,
        former_id_cards: person.former.id_cards,
    }
}

/// As the verify index takes them.
pub(crate) fn indexed(person: &Synthetic) -> Person {
    let record = &person.record;
    Person {
        key: Key::OfNumber,
        personal_id: record.personal_id.as_ref().map(|id| id.value),
        former_personal_ids: person.former.personal_ids.clone(),
        id_card_number: record.id_card_number.as_ref().map(|card| card.value),
        former_id_cards: person.former.id_cards.clone(),
        name: record.full_name.as_ref().map(|name| name.value.clone()),
        former_names: person.former.names.clone(),
        birth_date: record.birth_date.as_ref().map(|date| date.value),
        sex: record.sex.as_ref().map(|sex| sex.value).unwrap_or_default(),
        state: record.state,
        household_head: record.household.as_ref().and_then(|household| household.value.head.number),
        unit: record.permanent_residence.as_ref().and_then(|a| Unit::of_code(a.value.commune.as_deref()?)),
    }
}

pub(crate) fn people(seed: u64, count: u64) -> Vec<Written> {
    People::new(seed, count).map(written).collect()
}

#[test]
fn the_tables_find_everybody_by_every_key() {
    let written = people(5, 500);
    let people = MemoryPeople::new(written.iter().cloned());
    assert_eq!(people.count(), 500);
    let mut found = Vec::new();
    for (place, person) in (0..).zip(&written) {
        people.places_of(person.personal_id.as_slice(), &mut found);
        assert!(found.iter().all(|f| *f == Ok(Some(place))));
        people.places_of(&person.former_personal_ids, &mut found);
        assert!(found.iter().all(|f| *f == Ok(Some(place))));
    }
}
