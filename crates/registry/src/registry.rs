//! The registry: the tables and the people in memory, kept alike by the change feed.
use crate::index::Index;
use crate::store::{MIGRATIONS, OWNER, Rows, read, write};
use crate::{Change, Finding, Hit, NewPerson, PersonKey, RegistryError, Search, Version, reseal, verify};
use dancu_citizen::{Allowed, Claim, FieldSet, Record};
use dancu_keys::KeyRing;
use dancu_storage::Store;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Changes read from the feed in one transaction.
const PAGE: usize = 2_000;

/// The citizens. Cheap to clone; clones share the people in memory. Every method blocks but those that answer from
/// memory: [`verify`](Self::verify), [`search`](Self::search), [`count`](Self::count).
#[derive(Clone)]
pub struct Registry(Arc<Shared>);

struct Shared {
    store: Store,
    rows: Rows,
    index: Index,
    /// Last number of the change feed that the index knows; held while it is brought up to date.
    seen: Mutex<i64>,
}

impl Registry {
    /// Streams the versions in force out of the store, whole, until told to stop. Nothing is kept in memory.
    pub fn export(&self, each: impl FnMut(Record) -> ControlFlow<()>) -> Result<(), RegistryError> {
        read::in_force(&self.0.store, &self.0.rows, each)
    }

    /// Brings the tables up to date and loads everybody.
    pub fn open(store: Store, ring: KeyRing) -> Result<Self, RegistryError> {
        store.migrate(OWNER, MIGRATIONS)?;
        let rows = Rows { ring };
        // The head is read first: who changes during the load is read again by the first refresh.
        let seen = store.read("registry.head", read::head)?;
        let people = read::everybody(&store, &rows)?;
        let index = Index::build(people);
        Ok(Self(Arc::new(Shared { store, rows, index, seen: Mutex::new(seen) })))
    }

    /// How many people there are.
    pub fn count(&self) -> usize {
        self.0.index.len()
    }

    /// Compares a claim with the record of the person whom its numbers name: the personal number, else the old card
    /// number, in force or former. Answers from memory.
    pub fn verify(&self, claim: &Claim, allowed: Allowed) -> Finding {
        verify::verify(&self.0.index, claim, allowed)
    }

    /// The asked fields of the record whom the claim's numbers name, from the store. Compares nothing: call
    /// [`verify`](Self::verify) first.
    pub fn look_up(
        &self,
        claim: &Claim,
        allowed: Allowed,
    ) -> Result<Option<(PersonKey, Record)>, RegistryError> {
        let Some((person, _)) = verify::find(&self.0.index, claim) else { return Ok(None) };
        Ok(self.record(person.key, allowed.fields)?.map(|record| (person.key, record)))
    }

    /// The asked fields of the version in force, from the store; no other field is opened.
    pub fn record(&self, person: PersonKey, fields: FieldSet) -> Result<Option<Record>, RegistryError> {
        self.0.store.read("registry.record", |tx| read::current(tx, &self.0.rows, person, fields))
    }

    /// All versions of a person, the first one first; empty when there is no such person.
    pub fn history(&self, person: PersonKey) -> Result<Vec<Version>, RegistryError> {
        self.0.store.read("registry.history", |tx| read::history(tx, &self.0.rows, person))
    }

    /// Those whom a search means, the likeliest first. Answers from memory.
    pub fn search(&self, search: &Search) -> Vec<Hit> {
        self.0.index.search(search)
    }

    /// A person as a search shows them, by key.
    pub fn hit(&self, person: PersonKey) -> Option<Hit> {
        self.0.index.by_key(person).map(|p| p.hit(false))
    }

    /// Inserts people, all or none, in one transaction: give it a few thousand at a time. They are found after the
    /// next [`refresh`](Self::refresh).
    pub fn insert_many(&self, people: &[NewPerson], now_us: i64) -> Result<Vec<PersonKey>, RegistryError> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let sealed = self.seal_all(people, now_us)?;
        self.0.store.run_tx("registry.insert", |tx| write::insert(tx, &sealed))?;
        Ok(sealed.iter().map(|person| person.key).collect())
    }

    /// Sealing is most of the work: it is shared out over the processors.
    fn seal_all(&self, people: &[NewPerson], now_us: i64) -> Result<Vec<write::Sealed>, RegistryError> {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let share = people.len().div_ceil(workers).max(64);
        let rows = &self.0.rows;
        let seal = |people: &[NewPerson]| -> Result<Vec<_>, RegistryError> {
            people.iter().map(|person| write::seal_new(rows, person, now_us)).collect()
        };
        let shares = thread::scope(|scope| {
            let workers: Vec<_> =
                people.chunks(share).map(|share| scope.spawn(move || seal(share))).collect();
            workers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
        });
        let mut all = Vec::with_capacity(people.len());
        for share in shares {
            match share {
                Ok(sealed) => all.extend(sealed?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    }

    /// Records a change as a new version and gives its number. This registry knows it on return, others after their
    /// next [`refresh`](Self::refresh).
    pub fn change(&self, person: PersonKey, change: &Change, now_us: i64) -> Result<u32, RegistryError> {
        let rows = &self.0.rows;
        let version =
            self.0.store.run_tx("registry.change", |tx| write::change(tx, rows, person, change, now_us))?;
        self.refresh()?;
        Ok(version)
    }

    /// Reads the change feed since the last time; gives how many changes it read. To be called several times a second.
    pub fn refresh(&self) -> Result<usize, RegistryError> {
        let shared = &self.0;
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut last, mut total, mut news) = (*seen, 0, Vec::new());
        loop {
            let page =
                shared.store.read("registry.refresh", |tx| read::changes(tx, &shared.rows, last, PAGE))?;
            news.extend(page.people);
            (last, total) = (page.last, total + page.read);
            if page.read < PAGE {
                break;
            }
        }
        shared.index.apply(news);
        *seen = last;
        Ok(total)
    }

    /// Seals the rows of up to `limit` people again under the current key, in small transactions; gives of how many.
    /// 0 when all are done. Serving goes on meanwhile.
    pub fn reseal(&self, limit: usize) -> Result<usize, RegistryError> {
        reseal::reseal(&self.0.store, &self.0.rows, limit)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("count", &self.count()).finish_non_exhaustive()
    }
}
