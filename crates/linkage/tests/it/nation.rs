//! Synthetic people as linkage takes them.
use dancu_linkage::{MemoryPeople, People as _, Written};
use dancu_registry::generate::{People, Sketch, Synthetic};
use dancu_verify_index::{Key, Person};

pub(crate) fn written(person: Synthetic) -> Written {
    Sketch::from(person).person(0).into()
}

/// As the verify index takes them.
pub(crate) fn indexed(person: &Synthetic) -> Person {
    Person { key: Key::OfNumber, ..Sketch::from(person.clone()).person(0) }
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
