//! What is read from the tables.
use super::sealed::day_of;
use super::{Rows, VersionRow};
use crate::block::Block;
use crate::index::Person;
use crate::{PersonKey, RegistryError, Version};
use dancu_citizen::{FieldSet, PersonNumber, Record};
use dancu_storage::{Row, Store, Tx};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

/// Rows handed from the thread that reads to one that opens.
const CHUNK: usize = 1_024;

/// Columns of `person_version`, fields in the order of `Field::ALL`.
macro_rules! version_columns {
    () => {
        "v.person_key, v.version, v.valid_from, v.recorded_at, v.reason,
         v.full_name, v.other_names, v.personal_id, v.birth_date, v.sex, v.birth_place, v.birth_registration,
         v.home_town, v.ethnic_group, v.religion, v.nationality, v.blood_group, v.id_card_number, v.card, v.father,
         v.mother, v.spouses, v.children, v.representative, v.represented, v.permanent_residence,
         v.temporary_residence, v.current_residence, v.temporary_absence, v.residence_file, v.marital_status,
         v.relation_to_head, v.household, v.death, v.contact, v.state"
    };
}

/// All versions of a person.
const VERSIONS: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM person_version v WHERE v.person_key = $1 ORDER BY v.version"
);

/// A page of those whose rows may be sealed under an older key than the given one.
pub(crate) const STALE_PEOPLE: &str =
    "SELECT person_key, version, verify_block FROM person WHERE key_number < $1
    ORDER BY key_number, person_key LIMIT $2";

/// All versions of the same page of people.
pub(crate) const STALE_VERSIONS: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM (SELECT person_key FROM person WHERE key_number < $1 ORDER BY key_number, person_key LIMIT $2) p
      JOIN person_version v ON v.person_key = p.person_key"
);

/// The version in force of a person.
pub(crate) const CURRENT: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM person p JOIN person_version v ON v.person_key = p.person_key AND v.version = p.version
      WHERE p.person_key = $1"
);

/// The versions in force, for an export.
const IN_FORCE: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM person p JOIN person_version v ON v.person_key = p.person_key AND v.version = p.version"
);

/// Streams the versions in force, whole.
pub(crate) fn in_force(
    store: &Store,
    rows: &Rows,
    mut each: impl FnMut(Record) -> ControlFlow<()>,
) -> Result<(), RegistryError> {
    store.scan("registry.export", IN_FORCE, &[], |row| {
        let (key, version) = (PersonKey(row.array(0)?), row.number(1)?);
        let record = rows.open_fields(key, version, row, VersionRow::PLAIN, FieldSet::from_bits(u64::MAX))?;
        Ok::<_, RegistryError>(each(record))
    })
}

/// Everything, for tests.
#[cfg(test)]
pub(crate) const ALL_VERSIONS: &str = concat!("SELECT ", version_columns!(), " FROM person_version v");

/// The asked fields of the version in force.
pub(crate) fn current(
    tx: &mut Tx<'_>,
    rows: &Rows,
    person: PersonKey,
    fields: FieldSet,
) -> Result<Option<Record>, RegistryError> {
    let row = tx.query_opt(CURRENT, &[person.0.into()])?;
    row.map(|row| rows.open_fields(person, row.number(1)?, &row, VersionRow::PLAIN, fields)).transpose()
}

/// All versions of a person, the first one first.
pub(crate) fn history(
    tx: &mut Tx<'_>,
    rows: &Rows,
    person: PersonKey,
) -> Result<Vec<Version>, RegistryError> {
    let mut versions = Vec::new();
    tx.for_each(VERSIONS, &[person.0.into()], |row| {
        let version = row.number(1)?;
        versions.push(Version {
            version,
            valid_from: day_of(row.int(2)?)?,
            recorded_at_us: row.int(3)?,
            reason: row.text(4)?.to_owned(),
            record: rows.open_fields(
                person,
                version,
                row,
                VersionRow::PLAIN,
                FieldSet::from_bits(u64::MAX),
            )?,
        });
        Ok::<_, RegistryError>(())
    })?;
    Ok(versions)
}

/// Last number of the change feed.
pub(crate) fn head(tx: &mut Tx<'_>) -> Result<i64, RegistryError> {
    let row = tx.query_opt("SELECT seq FROM person_head WHERE id = 1", &[])?;
    Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or_default())
}

/// A page of the change feed.
pub(crate) struct Page {
    /// Those who came or changed, as they are now
    pub(crate) people: Vec<Arc<Person>>,
    /// Number of the last change read
    pub(crate) last: i64,
    /// How many changes were read
    pub(crate) read: usize,
}

/// The changes after a number.
pub(crate) fn changes(tx: &mut Tx<'_>, rows: &Rows, after: i64, limit: usize) -> Result<Page, RegistryError> {
    let (mut last, mut read) = (after, 0);
    let mut people = HashMap::new();
    tx.for_each(
        "SELECT p.person_key, p.version, p.verify_block, c.seq FROM person_change c
         JOIN person p ON p.person_key = c.person_key WHERE c.seq > $1 ORDER BY c.seq LIMIT $2",
        &[after.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()],
        |row| {
            last = row.int(3)?;
            read += 1;
            let key = PersonKey(row.array(0)?);
            if let Entry::Vacant(place) = people.entry(key) {
                place.insert(Arc::new(person(rows, row)?));
            }
            Ok::<_, RegistryError>(())
        },
    )?;
    Ok(Page { people: people.into_values().collect(), last, read })
}

/// Whoever bears a number, or bore it.
pub(crate) fn by_number(
    tx: &mut Tx<'_>,
    rows: &Rows,
    number: PersonNumber,
) -> Result<Option<Person>, RegistryError> {
    let row = tx.query_opt(
        "SELECT p.person_key, p.version, p.verify_block FROM person_number n
         JOIN person p ON p.person_key = n.person_key WHERE n.number_hash = $1",
        &[rows.number_hash(number).into()],
    )?;
    row.map(|row| person(rows, &row)).transpose()
}

/// The person of a key.
pub(crate) fn by_key(tx: &mut Tx<'_>, rows: &Rows, key: PersonKey) -> Result<Option<Person>, RegistryError> {
    let row = tx.query_opt(
        "SELECT person_key, version, verify_block FROM person WHERE person_key = $1",
        &[key.0.into()],
    )?;
    row.map(|row| person(rows, &row)).transpose()
}

/// Changes that a mark of the feed covers.
const MARKED: i64 = 64;

/// Tells this feed, up to a number, from another one that has come as far.
pub(crate) fn mark(tx: &mut Tx<'_>, rows: &Rows, position: i64) -> Result<[u8; 16], RegistryError> {
    let mut last = Vec::new();
    tx.for_each(
        "SELECT seq, person_key, version FROM person_change WHERE seq > $1 AND seq <= $2 ORDER BY seq",
        &[(position - MARKED).into(), position.into()],
        |row| {
            last.extend(row.int(0)?.to_be_bytes());
            last.extend(row.array::<16>(1)?);
            last.extend(row.number::<u32>(2)?.to_be_bytes());
            Ok::<_, RegistryError>(())
        },
    )?;
    Ok(rows.ring.keyed_hash("registry.feed", &last))
}

/// Streams everybody, in no order. One thread reads, the others open what it read; `each` is called on this one.
pub(crate) fn everybody(
    store: &Store,
    rows: &Rows,
    mut each: impl FnMut(Person) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (to_workers, chunks) = mpsc::sync_channel::<Vec<Row>>(workers * 2);
    let (opened, people) = mpsc::sync_channel(workers * 2);
    // Owned by the workers alone: when none is left, sending fails and does not wait for ever.
    let chunks = Arc::new(Mutex::new(chunks));
    thread::scope(|scope| {
        for (chunks, opened) in std::iter::repeat_n((chunks, opened), workers) {
            scope.spawn(move || open_chunks(rows, &chunks, &opened));
        }
        let reader = scope.spawn(move || scan_in_chunks(store, &to_workers));
        let mut taken = Ok(());
        for chunk in people {
            taken = chunk.and_then(|chunk: Vec<Person>| chunk.into_iter().try_for_each(&mut each));
            if taken.is_err() {
                break;
            }
        }
        let scanned = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and(scanned)
    })
}

fn scan_in_chunks(store: &Store, to_workers: &mpsc::SyncSender<Vec<Row>>) -> Result<(), RegistryError> {
    let mut chunk = Vec::with_capacity(CHUNK);
    store.scan("registry.load", "SELECT person_key, version, verify_block FROM person", &[], |row| {
        chunk.push(row.clone());
        if chunk.len() == CHUNK {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            if to_workers.send(full).is_err() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok::<_, RegistryError>(ControlFlow::Continue(()))
    })?;
    // Nobody takes it only when every worker has failed, and then its error is told.
    let _ = to_workers.send(chunk);
    Ok(())
}

/// Ends when no more rows come, at an error, or when nobody takes what was opened.
fn open_chunks(
    rows: &Rows,
    chunks: &Mutex<mpsc::Receiver<Vec<Row>>>,
    opened: &mpsc::SyncSender<Result<Vec<Person>, RegistryError>>,
) {
    let next = || chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(chunk) = next() {
        let people = chunk.iter().map(|row| person(rows, row)).collect::<Result<_, _>>();
        let failed = people.is_err();
        if opened.send(people).is_err() || failed {
            return;
        }
    }
}

/// From columns key, version, block.
fn person(rows: &Rows, row: &Row) -> Result<Person, RegistryError> {
    let (key, version) = (PersonKey(row.array(0)?), row.number(1)?);
    let block: Block = rows.open_block(key, version, row.bytes(2)?)?;
    Ok(Person::new(key, version, block))
}
