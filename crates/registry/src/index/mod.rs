//! Everybody in memory: who bears a number, what is said of them, whom a name may mean.
//!
//! Readers take a snapshot and never wait. A snapshot is a big layer that is built once and a small layer of those who
//! came or changed since; a writer builds a new small layer, or, when it has grown, a new big one, and swaps it in.
mod layer;
mod person;
mod search;

pub(crate) use person::Person;

use crate::{PersonKey, Search};
use arc_swap::ArcSwap;
use dancu_citizen::PersonNumber;
use layer::Layer;
use std::sync::Arc;

/// From how many on the small layer is merged into the big one.
const SMALL: usize = 4096;

/// The people in memory.
pub(crate) struct Index {
    snapshot: ArcSwap<Snapshot>,
}

/// The people as of one moment.
#[derive(Default)]
struct Snapshot {
    big: Arc<Layer>,
    /// Shadows the big layer: whoever is in here is not to be read there.
    small: Layer,
}

impl Index {
    pub(crate) fn build(people: Vec<Arc<Person>>) -> Self {
        let snapshot = Snapshot { big: Arc::new(Layer::build(people)), small: Layer::default() };
        Self { snapshot: ArcSwap::from_pointee(snapshot) }
    }

    /// How many people there are.
    pub(crate) fn len(&self) -> usize {
        let snapshot = self.snapshot.load();
        let newcomers = snapshot.small.people().iter().filter(|p| snapshot.big.by_key(p.key).is_none());
        snapshot.big.people().len() + newcomers.count()
    }

    /// Who bears this number, or bore it.
    pub(crate) fn by_number(&self, number: PersonNumber) -> Option<Arc<Person>> {
        let snapshot = self.snapshot.load();
        // A number is never taken from a person: one who is in the small layer has all of them there.
        snapshot.small.by_number(number).or_else(|| snapshot.big.by_number(number)).cloned()
    }

    /// The person of this key.
    pub(crate) fn by_key(&self, key: PersonKey) -> Option<Arc<Person>> {
        let snapshot = self.snapshot.load();
        snapshot.small.by_key(key).or_else(|| snapshot.big.by_key(key)).cloned()
    }

    /// Those whom a search means, the likeliest first.
    pub(crate) fn search(&self, search: &Search) -> Vec<crate::Hit> {
        let snapshot = self.snapshot.load();
        search::search(search, &snapshot.small, &snapshot.big)
    }

    /// Takes in people who came or changed; versions older than those known are ignored. One writer at a time.
    pub(crate) fn apply(&self, people: Vec<Arc<Person>>) {
        if people.is_empty() {
            return;
        }
        let old = self.snapshot.load_full();
        let known = |key| old.small.by_key(key).or_else(|| old.big.by_key(key)).map_or(0, |p| p.version);
        let news: Vec<_> = people.into_iter().filter(|p| p.version > known(p.key)).collect();
        let small = Layer::build(old.small.people().iter().cloned().chain(news).collect());
        let new = if small.people().len() < SMALL {
            Snapshot { big: Arc::clone(&old.big), small }
        } else {
            let people = old.big.people().iter().filter(|p| small.by_key(p.key).is_none());
            let people = people.chain(small.people()).cloned().collect();
            Snapshot { big: Arc::new(Layer::build(people)), small: Layer::default() }
        };
        self.snapshot.store(Arc::new(new));
    }
}
