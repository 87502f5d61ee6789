//! The people of the sandbox: synthetic, few, always the same. They live in memory alone: there is no store behind them in
//! which anybody real could be found.
use crate::block::Block;
use crate::generate::{People, samples};
use crate::index::{Memory, Person};
use crate::{Finding, PersonKey, verify};
use dancu_citizen::{Allowed, Claim, FieldSet, Record};
use std::collections::HashMap;
use std::sync::Arc;

/// Applicants are told of these people by number and name: another seed makes others of them.
const SEED: u64 = 20_260_502;
/// How many; enough for families, deceased people and dates that are not whole.
const COUNT: u64 = 60;

/// The citizens of the sandbox. Cheap to clone; every method answers from memory.
#[derive(Clone)]
pub struct TestPeople(Arc<Shared>);

struct Shared {
    index: Memory,
    records: HashMap<PersonKey, Record>,
}

impl TestPeople {
    /// Draws them. The samples that every synthetic nation has are not among them: a demonstration's registry holds those.
    pub fn draw() -> Self {
        let known = samples().len();
        let drawn = People::new(SEED, COUNT + known as u64).skip(known);
        let records: HashMap<PersonKey, Record> =
            (0_u128..).zip(drawn).map(|(at, person)| (PersonKey(at.to_be_bytes()), person.record)).collect();
        let people = records.iter().map(|(key, record)| Arc::new(Person::new(*key, 1, Block::of(record))));
        Self(Arc::new(Shared { index: Memory::of(people.collect()), records }))
    }

    /// As `Registry::verify`.
    pub fn verify(&self, claim: &Claim, allowed: Allowed) -> Finding {
        // They are in a layer, which is never in doubt.
        verify::verify(|number| self.0.index.by_number(number), claim, allowed).unwrap_or(Finding::NOT_FOUND)
    }

    /// The asked fields of a record.
    pub fn record(&self, person: PersonKey, fields: FieldSet) -> Option<Record> {
        self.0.records.get(&person).map(|record| record.clone().only(fields))
    }

    /// All of them, in no order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.0.records.values()
    }
}

impl std::fmt::Debug for TestPeople {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestPeople").field("count", &self.0.records.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_citizen::{ClaimedName, Field, PersonalId};

    #[test]
    fn they_are_always_the_same_and_nobody_of_the_samples() {
        let (people, again) = (TestPeople::draw(), TestPeople::draw());
        assert_eq!(people.records().count() as u64, COUNT);
        for (key, record) in &people.0.records {
            assert_eq!(again.0.records.get(key), Some(record));
        }
        let numbers = |record: &Record| record.personal_id.as_ref().map(|s| s.value);
        for sample in samples() {
            assert!(people.records().all(|record| numbers(record) != numbers(&sample.record)));
        }
    }

    #[test]
    fn they_are_verified_and_shown_by_field() {
        let people = TestPeople::draw();
        let record = people.records().find(|r| r.personal_id.is_some() && r.death.is_none()).unwrap();
        let name = record.full_name.as_ref().unwrap().value.whole();
        let claim = Claim {
            personal_id: record.personal_id.as_ref().map(|s| s.value),
            full_name: ClaimedName::parse(name).ok(),
            ..Claim::default()
        };
        let fields = FieldSet::EMPTY.with(Field::PersonalId).with(Field::FullName);
        let finding = people.verify(&claim, Allowed { fields, near: false });
        assert!(finding.usable() && finding.comparison.unwrap().agrees(fields.without(Field::PersonalId)));
        let shown = people.record(finding.person.unwrap(), FieldSet::EMPTY.with(Field::FullName)).unwrap();
        assert!(shown.full_name.is_some() && shown.personal_id.is_none());
        let nobody = Claim { personal_id: PersonalId::parse("001185000017").ok(), ..Claim::default() };
        assert_eq!(people.verify(&nobody, Allowed { fields, near: false }), Finding::NOT_FOUND);
    }
}
