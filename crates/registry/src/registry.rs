//! The registry: the tables and the people in memory, kept alike by the change feed.
use crate::index::{Base, Bearer, Memory, Searched, scan};
use crate::store::{MIGRATIONS, OWNER, Rows, read, write};
use crate::tend::{self, Tending};
use crate::{
    Change, Finding, Hit, Hits, NewPerson, PersonKey, RegistryError, Search, Version, reseal, verify,
};
use dancu_citizen::{Allowed, Claim, FieldSet, FullName, PersonNumber, Record};
use dancu_keys::KeyRing;
use dancu_storage::{Store, Tx};
use dancu_verify_index::{Doubt, Standing};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Changes read from the feed in one transaction.
const PAGE: usize = 2_000;

/// The citizens. Cheap to clone; clones share the people in memory. Every method blocks but those that answer from
/// memory: [`verify_now`](Self::verify_now), [`name_now`](Self::name_now), [`count`](Self::count).
#[derive(Clone)]
pub struct Registry(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) rows: Rows,
    pub(crate) memory: Memory,
    /// How far memory has followed the change feed; held while it is brought up to date
    pub(crate) seen: Mutex<Standing>,
    /// Where the people in memory are saved, if they are
    pub(crate) file: Option<PathBuf>,
    /// What tending comes to next; held by the one who tends
    pub(crate) tending: Mutex<Tending>,
}

impl Registry {
    /// Streams the versions in force out of the store, whole, until told to stop. Nothing is kept in memory.
    pub fn export(&self, each: impl FnMut(Record) -> ControlFlow<()>) -> Result<(), RegistryError> {
        read::in_force(&self.0.store, &self.0.rows, each)
    }

    /// Brings the tables up to date and loads everybody into memory.
    pub fn open(store: Store, ring: KeyRing) -> Result<Self, RegistryError> {
        store.migrate(OWNER, MIGRATIONS)?;
        let rows = Rows { ring };
        let base = tend::build(&store, &rows)?;
        Ok(Self::with(store, rows, base, None))
    }

    /// The same, with the people in memory saved in a file: a start opens it, and reads the changes since from the store. When
    /// there is none, or it is not this store's, everybody is loaded, and it is written.
    pub fn open_saved(store: Store, ring: KeyRing, file: &Path) -> Result<Self, RegistryError> {
        store.migrate(OWNER, MIGRATIONS)?;
        let rows = Rows { ring };
        let base = match tend::saved(&store, &rows, file)? {
            Some(base) => base,
            None => tend::build_and_save(&store, &rows, file)?,
        };
        let registry = Self::with(store, rows, base, Some(file.to_owned()));
        registry.refresh()?;
        Ok(registry)
    }

    fn with(store: Store, rows: Rows, base: Base, file: Option<PathBuf>) -> Self {
        let seen = Mutex::new(base.standing);
        let memory = Memory::new(base);
        Self(Arc::new(Shared { store, rows, memory, seen, file, tending: Mutex::default() }))
    }

    /// How many people there are.
    pub fn count(&self) -> usize {
        self.0.memory.len()
    }

    /// Compares a claim with the record of the person whom its numbers name: the personal number, else the old card
    /// number, in force or former. Answers from memory; in doubt it asks the store, and blocks.
    pub fn verify(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, RegistryError> {
        match self.verify_now(claim, allowed) {
            Ok(finding) => Ok(finding),
            Err(Doubt) => verify::verify(|number| self.stored(number), claim, allowed),
        }
    }

    /// The same from memory alone, without blocking.
    ///
    /// # Errors
    ///
    /// In doubt: then [`verify`](Self::verify) is to be asked, where one may block.
    pub fn verify_now(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, Doubt> {
        let snapshot = self.0.memory.now();
        verify::verify(|number| snapshot.by_number(number), claim, allowed)
    }

    /// Who bears a number, by the store.
    fn stored(&self, number: PersonNumber) -> Result<Option<Bearer>, RegistryError> {
        let shared = &self.0;
        let read = shared.store.read("registry.number", |tx| read::by_number(tx, &shared.rows, number));
        Ok(read?.map(|person| Bearer::Changed(Arc::new(person))))
    }

    /// The asked fields of the record whom the claim's numbers name, from the store. Compares nothing: call
    /// [`verify`](Self::verify) first.
    pub fn look_up(
        &self,
        claim: &Claim,
        allowed: Allowed,
    ) -> Result<Option<(PersonKey, Record)>, RegistryError> {
        let found = match verify::find(|number| self.0.memory.by_number(number), claim) {
            Ok(found) => found,
            Err(Doubt) => verify::find(|number| self.stored(number), claim)?,
        };
        let Some((person, _)) = found else { return Ok(None) };
        Ok(self.record(person.key(), allowed.fields)?.map(|record| (person.key(), record)))
    }

    /// The name in force of whoever bears a number, from memory alone, without blocking.
    ///
    /// # Errors
    ///
    /// In doubt: then a search by the number is to be asked, where one may block.
    pub fn name_now(&self, number: PersonNumber) -> Result<Option<FullName>, Doubt> {
        let snapshot = self.0.memory.now();
        if let Some(person) = snapshot.changed_with(number) {
            return Ok(person.name.clone());
        }
        let Some(place) = snapshot.base.place(number)? else { return Ok(None) };
        let name = snapshot.base.trusted()?.names(place)?.into_iter().next().filter(|name| !name.is_empty());
        name.map(|name| FullName::parse(&name).map_err(|_| Doubt)).transpose()
    }

    /// The asked fields of the version in force, from the store; no other field is opened.
    pub fn record(&self, person: PersonKey, fields: FieldSet) -> Result<Option<Record>, RegistryError> {
        self.0.store.read("registry.record", |tx| read::current(tx, &self.0.rows, person, fields))
    }

    /// All versions of a person, the first one first; empty when there is no such person.
    pub fn history(&self, person: PersonKey) -> Result<Vec<Version>, RegistryError> {
        self.0.store.read("registry.history", |tx| read::history(tx, &self.0.rows, person))
    }

    /// Those whom a search means, the likeliest first. Finds them in memory and shows them by the store.
    pub fn search(&self, search: &Search) -> Result<Hits, RegistryError> {
        let shared = &self.0;
        let found = match shared.memory.search(search) {
            Ok(found) => found,
            Err(Doubt) => self.scan(search)?,
        };
        let shown = shared.store.read("registry.hits", |tx| {
            let hit = |(key, former): &(PersonKey, bool)| {
                Ok::<_, RegistryError>(
                    read::by_key(tx, &shared.rows, *key)?.map(|person| person.hit(*former)),
                )
            };
            found.hits.iter().map(hit).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Hits { people: shown.into_iter().flatten().collect(), more: found.more })
    }

    /// The same by walking along the store: what is done in doubt.
    fn scan(&self, search: &Search) -> Result<Searched, RegistryError> {
        let mut found = scan(search);
        read::everybody(&self.0.store, &self.0.rows, |person| {
            found.changed(&person);
            Ok(())
        })?;
        Ok(found.done())
    }

    /// A person as a search shows them, by key, from the store.
    pub fn hit(&self, person: PersonKey) -> Result<Option<Hit>, RegistryError> {
        let shared = &self.0;
        let read = shared.store.read("registry.hit", |tx| read::by_key(tx, &shared.rows, person))?;
        Ok(read.map(|person| person.hit(false)))
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

    /// Reads the change feed since the last time; gives how many changes it read. To be called several times a second. When very
    /// many came, as by an import, everybody is loaded again instead. When the feed is no longer the one that memory followed, as
    /// when a replica took over that lacked the newest changes, memory answers nothing any more until it is built anew.
    pub fn refresh(&self) -> Result<usize, RegistryError> {
        let shared = &self.0;
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Followed { head, is_ours } =
            shared.store.read("registry.head", |tx| followed(tx, &shared.rows, *seen))?;
        if !is_ours {
            *seen = head;
            shared.memory.forget();
            tracing::error!(
                "the store's history is not the one that the people in memory followed; they are built anew"
            );
            return Ok(0);
        }
        let before = seen.position;
        if tend::is_far(head.position - before, shared.memory.now().base.index().len()) {
            let base = tend::build(&shared.store, &shared.rows)?;
            *seen = base.standing;
            shared.memory.replace(base);
            self.save();
            return Ok(usize::try_from(seen.position - before).unwrap_or_default());
        }
        if head.position == before {
            return Ok(0);
        }
        let (mut last, mut total, mut news) = (before, 0, Vec::new());
        loop {
            let page =
                shared.store.read("registry.refresh", |tx| read::changes(tx, &shared.rows, last, PAGE))?;
            news.extend(page.people);
            (last, total) = (page.last, total + page.read);
            if page.read < PAGE {
                break;
            }
        }
        // Who changed is known first. Should the mark not be read, the same changes are read again, and are no news then.
        shared.memory.apply(news);
        let mark = shared.store.read("registry.mark", |tx| read::mark(tx, &shared.rows, last))?;
        *seen = Standing { position: last, mark };
        Ok(total)
    }

    /// Seals the rows of up to `limit` people again under the current key, in small transactions; gives of how many.
    /// 0 when all are done. Serving goes on meanwhile.
    pub fn reseal(&self, limit: usize) -> Result<usize, RegistryError> {
        reseal::reseal(&self.0.store, &self.0.rows, limit)
    }
}

/// What the change feed says to who has followed it.
struct Followed {
    head: Standing,
    /// It leads from where they are to its head
    is_ours: bool,
}

/// A feed of another history is as good as sure to differ in its last changes, which the mark covers. Where nothing is new it is
/// not asked: the next change shows it.
fn followed(tx: &mut Tx<'_>, rows: &Rows, seen: Standing) -> Result<Followed, RegistryError> {
    let position = read::head(tx)?;
    if position == seen.position {
        return Ok(Followed { head: seen, is_ours: true });
    }
    let is_ours = position > seen.position && read::mark(tx, rows, seen.position)? == seen.mark;
    Ok(Followed { head: Standing { position, mark: read::mark(tx, rows, position)? }, is_ours })
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("count", &self.count()).finish_non_exhaustive()
    }
}
