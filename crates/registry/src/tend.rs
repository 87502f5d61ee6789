//! What keeps the people in memory right and their file young, a step at a time.
use crate::index::{Base, Gathering, Person, Snapshot};
use crate::store::{Rows, read};
use crate::{PersonKey, Registry, RegistryError};
use dancu_citizen::{Facts, PersonNumber};
use dancu_storage::{Store, Tx};
use dancu_verify_index::{Doubt, Heads, Index, Place, Standing, Unit};
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// People compared with the store in one step.
const COMPARED: usize = 200;
/// So many changes, or this share of the people if that is more, are not worth following up: in the layers they would take more
/// memory than everybody does.
const FAR: (i64, usize) = (10_000, 16);

/// So many people are merged in about a second: whoever wants everybody as of now gets them so.
const QUICK: usize = 1_000_000;
/// Of more people, whoever wants everybody takes a base that is no older: making one takes a minute of the whole machine.
const FRESH: Duration = Duration::from_mins(30);

/// What a step of tending did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tended {
    /// So many people were compared with the store, and nothing differed
    Compared(usize),
    /// Memory said something else than the store: an alarm. It answers nothing any more until it is built anew
    Differs,
    /// Pages of the file did not open, or memory differed: everybody was loaded from the store again
    Rebuilt,
    /// Who changed was merged into the rest
    Merged,
}

/// Where the comparison stands.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tending {
    page: usize,
    next: usize,
}

/// The saved people, if they are of this store. What is wrong with a file is told in the log: it is only written anew.
pub(crate) fn saved(store: &Store, rows: &Rows, file: &Path) -> Result<Option<Base>, RegistryError> {
    let base = match Base::open(file, rows) {
        Ok(base) => base,
        Err(dancu_verify_index::OpenError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => {
            tracing::warn!(%error, "the file of the people in memory is built anew");
            return Ok(None);
        }
    };
    let position = base.standing.position;
    let (head, mark) = store.read("registry.standing", |tx| {
        Ok::<_, RegistryError>((read::head(tx)?, read::mark(tx, rows, position)?))
    })?;
    let is_ours = position <= head && mark == base.standing.mark;
    if !is_ours {
        tracing::warn!(
            "the file of the people in memory is not of this store, or ahead of it: it is built anew"
        );
    }
    let is_young = !is_far(head - position, base.index().len());
    Ok(Some(base).filter(|base| is_ours && is_young && !base.is_damaged()))
}

/// Whether so many changes are better loaded with everybody.
pub(crate) fn is_far(changes: i64, people: usize) -> bool {
    changes > FAR.0.max(i64::try_from(people / FAR.1).unwrap_or(i64::MAX))
}

/// Loads everybody.
pub(crate) fn build(store: &Store, rows: &Rows) -> Result<Base, RegistryError> {
    // The head is read first: who changes during the load is read again by the next refresh.
    let standing = store.read("registry.head", |tx| {
        let position = read::head(tx)?;
        Ok::<_, RegistryError>(Standing { position, mark: read::mark(tx, rows, position)? })
    })?;
    let mut people = Gathering::new(rows);
    read::everybody(store, rows, |person| people.add(&person))?;
    people.done(standing)
}

/// Loads everybody and saves them.
pub(crate) fn build_and_save(store: &Store, rows: &Rows, file: &Path) -> Result<Base, RegistryError> {
    let base = build(store, rows)?;
    save(&base, rows, file);
    Ok(base)
}

/// A file that cannot be written is not worth a stop: the next start takes longer.
fn save(base: &Base, rows: &Rows, file: &Path) {
    if let Err(error) = base.save(file, rows) {
        tracing::warn!(%error, "the people in memory could not be saved");
    }
}

/// Whether memory may be trusted just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Pages of the file that did not open; each question that needs one goes to the store
    pub damaged_pages: u64,
    /// Memory differed from the store, and answers nothing until it is built anew
    pub is_distrusted: bool,
}

impl Registry {
    /// Whether the people in memory may be trusted just now.
    pub fn trust(&self) -> Trust {
        let snapshot = self.0.memory.now();
        let base = &snapshot.base;
        Trust { damaged_pages: base.index().doubts(), is_distrusted: base.trusted().is_err() }
    }

    /// Does the next step: builds what is damaged anew, merges what has grown, else compares some people with the store. To be
    /// called about once a second, by one thread; it blocks.
    pub fn tend(&self) -> Result<Tended, RegistryError> {
        let shared = &self.0;
        let mut tending = shared.tending.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = shared.memory.snapshot();
        if snapshot.base.is_damaged() {
            self.rebuild()?;
            *tending = Tending::default();
            return Ok(Tended::Rebuilt);
        }
        if shared.memory.has_grown() {
            if self.merge()? {
                *tending = Tending::default();
                return Ok(Tended::Merged);
            }
            self.rebuild()?;
            *tending = Tending::default();
            return Ok(Tended::Rebuilt);
        }
        self.compare(&snapshot, &mut tending)
    }

    /// Everybody in the compact form, and the position of the change feed that it stands for: for work on very many at once, which
    /// does not follow changes while it runs. Who changed since the base was made is merged into it first, unless there are more
    /// than a million people and the base was made within half an hour; it blocks.
    pub fn people_now(&self) -> Result<(Arc<Index>, i64), RegistryError> {
        self.refresh()?;
        let mut tending = self.0.tending.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.0.memory.snapshot();
        let base = &snapshot.base;
        let is_fresh = base.index().len() > QUICK && base.made.is_some_and(|made| made.elapsed() < FRESH);
        let is_whole = !base.is_damaged() && (is_fresh || snapshot.all_changed().next().is_none());
        if !is_whole {
            if snapshot.base.is_damaged() || !self.merge()? {
                self.rebuild()?;
            }
            *tending = Tending::default();
        }
        let base = Arc::clone(&self.0.memory.snapshot().base);
        Ok((Arc::clone(base.index()), base.standing.position))
    }

    /// Reads what of the file was not read yet, as long as it is told to go on.
    pub fn read_ahead(&self, go_on: impl Fn() -> bool + Sync) {
        self.0.memory.snapshot().base.index().read_all(go_on);
    }

    fn rebuild(&self) -> Result<(), RegistryError> {
        let shared = &self.0;
        let base = build(&shared.store, &shared.rows)?;
        self.swap(base, None);
        Ok(())
    }

    /// Swaps a new base in and saves it. Changes that it has not are kept, or read again.
    fn swap(&self, base: Base, made_of: Option<&Snapshot>) {
        let shared = &self.0;
        {
            let _seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            shared.memory.rebase(base, made_of);
        }
        self.save();
    }

    /// Saves the base, if it has a file.
    pub(crate) fn save(&self) {
        if let Some(file) = &self.0.file {
            save(&self.0.memory.snapshot().base, &self.0.rows, file);
        }
    }

    /// False in doubt.
    fn merge(&self) -> Result<bool, RegistryError> {
        let shared = &self.0;
        let (snapshot, standing) = {
            let seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            (shared.memory.snapshot(), *seen)
        };
        let mut people = Gathering::new(&shared.rows);
        let Ok(heads) = snapshot.base.index().heads() else { return Ok(false) };
        for page in 0..snapshot.base.index().pages() {
            if keep_page(&snapshot, page, &heads, &mut people)?.is_err() {
                return Ok(false);
            }
        }
        snapshot.all_changed().try_for_each(|person| people.add(person))?;
        self.swap(people.done(standing)?, Some(&snapshot));
        Ok(true)
    }

    /// Compares the next people with the store.
    fn compare(&self, snapshot: &Snapshot, tending: &mut Tending) -> Result<Tended, RegistryError> {
        let index = snapshot.base.index();
        if tending.page >= index.pages() {
            *tending = Tending::default();
        }
        let before = *tending;
        let Ok(places) = index.places_in(tending.page) else { return Ok(Tended::Compared(0)) };
        let some: Vec<Place> = places.iter().copied().skip(tending.next).take(COMPARED).collect();
        tending.next += some.len();
        if tending.next >= places.len() {
            (tending.page, tending.next) = (tending.page + 1, 0);
        }
        if self.all_agree(snapshot, &some)?.0 {
            return Ok(Tended::Compared(some.len()));
        }
        // Somebody may have changed just now: whoever did is in the layers after this.
        self.refresh()?;
        let (now, position) = {
            let seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
            (self.0.memory.snapshot(), seen.position)
        };
        if !Arc::ptr_eq(&now.base, &snapshot.base) {
            return Ok(Tended::Compared(0));
        }
        let (agree, head) = self.all_agree(&now, &some)?;
        if agree {
            return Ok(Tended::Compared(some.len()));
        }
        if head != position {
            // And again, between both: the next step looks at the same people.
            *tending = before;
            return Ok(Tended::Compared(0));
        }
        snapshot.base.distrust();
        tracing::error!("the people in memory differ from the store; they are built anew");
        Ok(Tended::Differs)
    }

    /// Whether these people are in the store as they are in memory, and the head of the store's feed at that moment.
    fn all_agree(&self, snapshot: &Snapshot, places: &[Place]) -> Result<(bool, i64), RegistryError> {
        let rows = &self.0.rows;
        self.0.store.read("registry.compare", |tx| {
            let head = read::head(tx)?;
            for place in places {
                if !agrees(tx, rows, snapshot, *place)? {
                    return Ok((false, head));
                }
            }
            Ok((true, head))
        })
    }
}

/// Whether somebody, and the household whose head they are, stand in the store as in memory.
fn agrees(tx: &mut Tx<'_>, rows: &Rows, snapshot: &Snapshot, place: Place) -> Result<bool, RegistryError> {
    let Ok((key, said)) = said(snapshot, place) else { return Ok(false) };
    let Some((facts, unit)) = said else { return Ok(true) };
    let is_said = |stored: Person| {
        stored.facts == facts
            && stored.unit == unit
            && is_member(snapshot, place, stored.household_head) == Ok(true)
    };
    if !read::by_key(tx, rows, key)?.is_some_and(is_said) {
        return Ok(false);
    }
    let Ok(members) = members(snapshot, place) else { return Ok(false) };
    for member in members {
        let names = |stored: Person| {
            let named = stored.household_head.map(|head| snapshot.base.place(head));
            named == Some(Ok(Some(place)))
        };
        if !read::by_key(tx, rows, member)?.is_some_and(names) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those whom memory has in the household of this head, but for who changed since the base.
fn members(snapshot: &Snapshot, head: Place) -> Result<Vec<PersonKey>, Doubt> {
    let mut household = Vec::new();
    snapshot.base.trusted()?.household_of_head(head, &mut household)?;
    let mut keys = Vec::new();
    for member in household {
        if member != head && !snapshot.is_shadowed(member)? {
            keys.push(snapshot.base.key(member, None)?);
        }
    }
    Ok(keys)
}

/// Facts of somebody, and where they live.
type Said = (Facts, Option<Unit>);

/// What memory says of somebody, by the ways that questions take, and where they live; nothing when they have changed since the base.
fn said(snapshot: &Snapshot, place: Place) -> Result<(PersonKey, Option<Said>), Doubt> {
    let index = snapshot.base.trusted()?;
    let facts = index.facts(place)?;
    let key = snapshot.base.key(place, Some(&facts))?;
    if snapshot.is_shadowed(place)? {
        return Ok((key, None));
    }
    let is_found = |number| snapshot.base.place(number).map(|found| found == Some(place));
    for number in crate::index::numbers(&facts) {
        if !is_found(number)? {
            return Err(Doubt);
        }
    }
    let unit = index.entry(place)?.unit;
    Ok((key, Some((facts, unit))))
}

/// Whether somebody stands in the household that the store names by its head. A head whom the base does not have has no household
/// there.
fn is_member(snapshot: &Snapshot, place: Place, head: Option<PersonNumber>) -> Result<bool, Doubt> {
    let Some(head) = head else { return Ok(true) };
    let Some(head) = snapshot.base.place(head)? else { return Ok(true) };
    let mut household = Vec::new();
    snapshot.base.trusted()?.household_of_head(head, &mut household)?;
    Ok(household.contains(&place))
}

/// Takes over those of a page who did not change since.
fn keep_page(
    snapshot: &Snapshot,
    page: usize,
    heads: &Heads,
    people: &mut Gathering<'_>,
) -> Result<Result<(), Doubt>, RegistryError> {
    let Ok(places) = snapshot.base.trusted().and_then(|index| index.places_in(page)) else {
        return Ok(Err(Doubt));
    };
    for place in places {
        match snapshot.is_shadowed(place) {
            Ok(true) => {}
            Ok(false) => {
                if let Err(doubt) = people.keep(&snapshot.base, place, heads)? {
                    return Ok(Err(doubt));
                }
            }
            Err(doubt) => return Ok(Err(doubt)),
        }
    }
    Ok(Ok(()))
}
