//! Everybody in memory: who bears a number, what is said of them, whom a name may mean.
//!
//! Readers take a snapshot and never wait. A snapshot is a base, the verify index as of one position of the change feed, and two
//! layers of those who came or changed since: a middle one, and a small one that each change builds anew. When the small one has
//! grown it goes into the middle one; when that has grown, a new base is made of all in the background and swapped in.
mod base;
mod layer;
mod person;
mod search;

pub(crate) use base::{Base, Gathering, numbers};
pub(crate) use person::{Bearer, Person};
pub(crate) use search::{Searched, scan};

use crate::{PersonKey, Search};
use arc_swap::ArcSwap;
use dancu_citizen::PersonNumber;
use dancu_verify_index::{Doubt, Place};
use layer::Layer;
use std::sync::Arc;

/// From how many on the small layer goes into the middle one.
const SMALL: usize = 4096;
/// The middle layer is merged into a new base from this share of the people on, within these limits: making one takes the longer
/// the more people there are, and somebody in a layer takes ten times the memory.
const SHARE: usize = 64;
const MIDDLE: (usize, usize) = (SMALL, 100_000);

/// The people in memory.
pub(crate) struct Memory {
    snapshot: ArcSwap<Snapshot>,
}

/// The people as of one moment.
pub(crate) struct Snapshot {
    pub(crate) base: Arc<Base>,
    /// Shadows the base: whoever is in here is not to be read there
    middle: Arc<Layer>,
    /// Shadows both
    small: Layer,
}

impl Snapshot {
    fn new(base: Arc<Base>, people: Vec<Arc<Person>>) -> Self {
        let small = Layer::build(newcomers(&base, people));
        Self { base, middle: Arc::default(), small }
    }

    /// Who bears this number, or bore it.
    pub(crate) fn by_number(&self, number: PersonNumber) -> Result<Option<Bearer>, Doubt> {
        // A number is never taken from a person: one who is in a layer has all of them there.
        if let Some(person) = self.changed_with(number) {
            return Ok(Some(Bearer::Changed(Arc::clone(person))));
        }
        Ok(self.base.by_number(number)?.map(|(key, facts)| Bearer::Kept(key, facts)))
    }

    /// The same among those who came or changed since the base.
    pub(crate) fn changed_with(&self, number: PersonNumber) -> Option<&Arc<Person>> {
        self.small.by_number(number).or_else(|| self.middle.by_number(number))
    }

    /// The person of this key among those who came or changed since the base.
    pub(crate) fn changed(&self, key: PersonKey) -> Option<&Arc<Person>> {
        self.small.by_key(key).or_else(|| self.middle.by_key(key))
    }

    /// Whether somebody in the base has changed since.
    pub(crate) fn is_shadowed(&self, place: Place) -> Result<bool, Doubt> {
        let entry = self.base.trusted()?.entry(place)?;
        let card = || entry.id_card_number.map(PersonNumber::IdCard);
        match entry.personal_id.map(PersonNumber::PersonalId).or_else(card) {
            Some(number) => Ok(self.changed_with(number).is_some()),
            None => Ok(self.changed(self.base.key(place, None)?).is_some()),
        }
    }

    /// Everybody in the layers, each once.
    pub(crate) fn all_changed(&self) -> impl Iterator<Item = &Arc<Person>> {
        let middle = self.middle.people().iter().filter(|person| self.small.by_key(person.key).is_none());
        self.small.people().iter().chain(middle)
    }

    fn len(&self) -> usize {
        let is_new = |person: &&Arc<Person>| person.is_new;
        self.base.index().len() + self.all_changed().filter(is_new).count()
    }
}

impl Memory {
    pub(crate) fn new(base: Base) -> Self {
        Self { snapshot: ArcSwap::from_pointee(Snapshot::new(Arc::new(base), Vec::new())) }
    }

    /// Few people without a store.
    pub(crate) fn of(people: Vec<Arc<Person>>) -> Self {
        Self { snapshot: ArcSwap::from_pointee(Snapshot::new(Arc::new(Base::empty()), people)) }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The people as of now, for one answer.
    pub(crate) fn now(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// How many people there are.
    pub(crate) fn len(&self) -> usize {
        self.snapshot.load().len()
    }

    /// Who bears this number, or bore it.
    pub(crate) fn by_number(&self, number: PersonNumber) -> Result<Option<Bearer>, Doubt> {
        self.snapshot.load().by_number(number)
    }

    /// Those whom a search means, the likeliest first.
    pub(crate) fn search(&self, search: &Search) -> Result<Searched, Doubt> {
        search::search(search, &self.snapshot.load())
    }

    /// Takes in people who came or changed; versions older than those known are ignored. One writer at a time.
    pub(crate) fn apply(&self, people: Vec<Arc<Person>>) {
        if people.is_empty() {
            return;
        }
        let old = self.snapshot.load_full();
        let known = |key| old.changed(key).map_or(0, |p| p.version);
        let mut news: Vec<_> = people.into_iter().filter(|p| p.version > known(p.key)).collect();
        for person in &mut news {
            let is_new = old.changed(person.key).map(|before| before.is_new);
            let is_new = is_new.unwrap_or_else(|| is_new_to(&old.base, person));
            *person = Arc::clone(person).marked(is_new);
        }
        let small = Layer::build(old.small.people().iter().cloned().chain(news).collect());
        let base = Arc::clone(&old.base);
        let new = if small.people().len() < SMALL {
            Snapshot { base, middle: Arc::clone(&old.middle), small }
        } else {
            let all = Snapshot { base: Arc::clone(&base), middle: Arc::clone(&old.middle), small };
            let middle = Layer::build(all.all_changed().cloned().collect());
            Snapshot { base, middle: Arc::new(middle), small: Layer::default() }
        };
        self.snapshot.store(Arc::new(new));
    }

    /// Whether so many have changed that a new base is to be made.
    pub(crate) fn has_grown(&self) -> bool {
        let snapshot = self.snapshot.load();
        let most = (snapshot.base.index().len() / SHARE).clamp(MIDDLE.0, MIDDLE.1);
        snapshot.middle.people().len() >= most
    }

    /// Swaps a new base in that has all changes that the layers have.
    pub(crate) fn replace(&self, base: Base) {
        self.snapshot.store(Arc::new(Snapshot::new(Arc::new(base), Vec::new())));
    }

    /// Answers nothing any more: what it followed is not the store's history.
    pub(crate) fn forget(&self) {
        let base = Arc::clone(&self.snapshot.load().base);
        base.distrust();
        self.snapshot.store(Arc::new(Snapshot::new(base, Vec::new())));
    }

    /// Swaps a new base in; who changed since `made_of`, from which it was made, stays in the layers. With no writer beside it.
    pub(crate) fn rebase(&self, base: Base, made_of: Option<&Snapshot>) {
        let now = self.snapshot.load_full();
        let is_in = |person: &Arc<Person>| {
            made_of.and_then(|old| old.changed(person.key)).is_some_and(|old| old.version >= person.version)
        };
        let kept = now.all_changed().filter(|person| !is_in(person)).cloned().collect();
        self.snapshot.store(Arc::new(Snapshot::new(Arc::new(base), kept)));
    }
}

/// Marks those whom the base does not have.
fn newcomers(base: &Base, people: Vec<Arc<Person>>) -> Vec<Arc<Person>> {
    let mark = |person: Arc<Person>| {
        let is_new = is_new_to(base, &person);
        person.marked(is_new)
    };
    people.into_iter().map(mark).collect()
}

/// In doubt somebody counts as known: only the number of all people depends on it.
fn is_new_to(base: &Base, person: &Person) -> bool {
    base.place_of(person).is_ok_and(|place| place.is_none())
}
