//! The registry over its tables, on every engine.
mod index;
mod rotation;
mod saved;
mod tables;

use crate::{Change, Entry, NewPerson, Registry};
use dancu_citizen::{
    BirthDate, CivilDate, Claim, ClaimedName, FullName, IdCardNumber, LifeState, PersonalId, Record, Sex,
    Sourced,
};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;

pub(super) const NOW: i64 = 1_763_620_000_000_000;

pub(super) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

pub(super) fn open(store: &Store) -> Registry {
    Registry::open(store.clone(), ring()).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "the members of a record are optional")]
pub(super) fn sourced<T>(value: T) -> Option<Sourced<T>> {
    Some(Sourced { value, source: "ho-tich".into(), as_of: today() })
}

pub(super) fn today() -> CivilDate {
    CivilDate::new(2026, 11, 20).unwrap()
}

pub(super) fn id(number: u64) -> PersonalId {
    PersonalId::from_u64(number).unwrap()
}

pub(super) fn card(number: u32) -> IdCardNumber {
    IdCardNumber::from_u32(number).unwrap()
}

/// A person with this number, born on 1950-04-02.
pub(super) fn record(number: u64, name: &str) -> Record {
    Record {
        personal_id: sourced(id(number)),
        full_name: sourced(FullName::parse(name).unwrap()),
        birth_date: sourced(BirthDate::parse_iso("1950-04-02").unwrap()),
        sex: sourced(Sex::Male),
        nationality: sourced("VN".to_owned()),
        ..Record::default()
    }
}

pub(super) fn newcomer(record: Record) -> NewPerson {
    NewPerson::new(record, today(), "import")
}

pub(super) fn change(based_on: u32, record: Record) -> Change {
    Change { based_on, entry: Entry { record, valid_from: today(), reason: "correction".into() } }
}

pub(super) fn claim(number: u64, name: &str) -> Claim {
    Claim {
        personal_id: Some(id(number)),
        full_name: Some(ClaimedName::parse(name).unwrap()),
        ..Claim::default()
    }
}

pub(super) fn locked(mut record: Record) -> Record {
    record.state = LifeState::Locked;
    record
}

/// What tests ask, without the errors of the store.
pub(super) trait Asked {
    fn verified(&self, claim: &Claim, allowed: dancu_citizen::Allowed) -> crate::Finding;
    fn searched(&self, search: &crate::Search) -> Vec<crate::Hit>;
}

impl Asked for Registry {
    fn verified(&self, claim: &Claim, allowed: dancu_citizen::Allowed) -> crate::Finding {
        self.verify(claim, allowed).unwrap()
    }

    fn searched(&self, search: &crate::Search) -> Vec<crate::Hit> {
        self.search(search).unwrap().people
    }
}
