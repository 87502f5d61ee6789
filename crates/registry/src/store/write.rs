//! What is written to the tables.
use super::{KEY, Rows};
use crate::block::Block;
use crate::{Change, Entry, NewPerson, PersonKey, RegistryError};
use dancu_citizen::PersonNumber;
use dancu_storage::{Tx, Value};
use std::collections::HashMap;

const INSERT_VERSION: &str = "INSERT INTO person_version (person_key, version, valid_from, recorded_at, reason,
    full_name, other_names, personal_id, birth_date, sex, birth_place, birth_registration, home_town, ethnic_group,
    religion, nationality, blood_group, id_card_number, card, father, mother, spouses, children, representative,
    represented, permanent_residence, temporary_residence, current_residence, temporary_absence, residence_file,
    marital_status, relation_to_head, household, death, contact, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
    $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)";

const INSERT_NUMBER: &str = "INSERT INTO person_number (number_hash, person_key, kind, in_force)
    VALUES ($1, $2, $3, $4) ON CONFLICT (number_hash) DO NOTHING";

/// The rows of a person who is to be inserted, sealed.
pub(crate) struct Sealed {
    pub(crate) key: PersonKey,
    person: Vec<Value>,
    versions: Vec<Vec<Value>>,
    numbers: Vec<Vec<Value>>,
    change: (PersonKey, u32),
}

/// Seals the rows of a new person.
pub(crate) fn seal_new(rows: &Rows, new: &NewPerson, now_us: i64) -> Result<Sealed, RegistryError> {
    let entries = || new.earlier.iter().chain([&new.current]);
    entries().try_for_each(check)?;
    let blocks = entries().map(|entry| Block::of(&entry.record));
    let block = blocks.reduce(|earlier, later| later.after(earlier)).unwrap_or_default();
    let key = new_key(rows, &block);
    let last = u32::try_from(new.earlier.len()).unwrap_or(u32::MAX).saturating_add(1);

    let seal = |(version, entry)| rows.seal_version(key, version, entry, now_us);
    let versions = (1..).zip(entries()).map(seal).collect::<Result<_, _>>()?;
    let sealed_block = rows.seal_block(key, last, &block)?;
    let person = vec![key.0.into(), last.into(), rows.ring.current().into(), sealed_block.into()];
    let number = |(number, in_force)| number_row(rows, key, number, in_force);
    let numbers = block.numbers().map(number).collect();
    Ok(Sealed { key, person, versions, numbers, change: (key, last) })
}

/// Derived from the first number, so that who is imported twice is noticed; from the name and birth date without one.
fn new_key(rows: &Rows, block: &Block) -> PersonKey {
    if let Some((number, _)) = block.numbers().next() {
        return rows.key_of_number(number);
    }
    let name = block.name.as_ref().map_or("", |n| n.whole());
    let name = format!("{name}\n{}", block.birth_date.map(dancu_citizen::BirthDate::iso).unwrap_or_default());
    PersonKey(rows.ring.keyed_hash(KEY, name.as_bytes()))
}

fn number_row(rows: &Rows, key: PersonKey, number: PersonNumber, in_force: bool) -> Vec<Value> {
    let kind = match number {
        PersonNumber::PersonalId(_) => 12,
        PersonNumber::IdCard(_) => 9,
    };
    vec![rows.number_hash(number).into(), key.0.into(), kind.into(), in_force.into()]
}

/// Inserts people, all or none.
pub(crate) fn insert(tx: &mut Tx<'_>, people: &[Sealed]) -> Result<(), RegistryError> {
    let persons: Vec<&[Value]> = people.iter().map(|p| &*p.person).collect();
    let inserted = tx.execute_many(
        "INSERT INTO person (person_key, version, key_number, verify_block) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_key) DO NOTHING",
        &persons,
    )?;
    if inserted != people.len() as u64 {
        return Err(RegistryError::Exists { position: existing(tx, people)? });
    }
    let numbers: Vec<&[Value]> = people.iter().flat_map(|p| &p.numbers).map(Vec::as_slice).collect();
    if tx.execute_many(INSERT_NUMBER, &numbers)? != numbers.len() as u64 {
        return Err(RegistryError::NumberTaken { position: taken(tx, people)? });
    }
    let versions: Vec<&[Value]> = people.iter().flat_map(|p| &p.versions).map(Vec::as_slice).collect();
    tx.execute_many(INSERT_VERSION, &versions)?;
    feed(tx, &people.iter().map(|p| p.change).collect::<Vec<_>>())
}

/// Which of the people was there before, or stands in the list twice.
fn existing(tx: &mut Tx<'_>, people: &[Sealed]) -> Result<usize, RegistryError> {
    let mut seen = HashMap::new();
    for (position, person) in people.iter().enumerate() {
        // Those of this very list were just inserted: one of another origin has another block.
        let row =
            tx.query_opt("SELECT verify_block FROM person WHERE person_key = $1", &[person.key.0.into()])?;
        let ours = row.is_some_and(|row| person.person.get(3) == row.bytes(0).ok().map(Value::from).as_ref());
        if !ours || seen.insert(person.key, position).is_some() {
            return Ok(position);
        }
    }
    Ok(0)
}

/// Whose number belongs to somebody else.
fn taken(tx: &mut Tx<'_>, people: &[Sealed]) -> Result<usize, RegistryError> {
    for (position, person) in people.iter().enumerate() {
        for number in &person.numbers {
            let Some(hash) = number.first() else { continue };
            let owner = tx.query_opt(
                "SELECT person_key FROM person_number WHERE number_hash = $1",
                std::slice::from_ref(hash),
            )?;
            if owner.is_some_and(|row| row.bytes(0) != Ok(&person.key.0)) {
                return Ok(position);
            }
        }
    }
    Ok(0)
}

/// Records a change; gives the version it made.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    rows: &Rows,
    person: PersonKey,
    change: &Change,
    now_us: i64,
) -> Result<u32, RegistryError> {
    check(&change.entry)?;
    let row = tx.query_opt(
        "SELECT version, key_number, verify_block FROM person WHERE person_key = $1",
        &[person.0.into()],
    )?;
    let row = row.ok_or(RegistryError::NoSuchPerson)?;
    let (current, key_number): (u32, u16) = (row.number(0)?, row.number(1)?);
    if current != change.based_on {
        return Err(RegistryError::Stale { current });
    }
    let version = current.checked_add(1).ok_or(RegistryError::Stale { current })?;
    let block = Block::of(&change.entry.record).after(rows.open_block(person, current, row.bytes(2)?)?);

    tx.execute(INSERT_VERSION, &rows.seal_version(person, version, &change.entry, now_us)?)?;
    let sealed = rows.seal_block(person, version, &block)?;
    tx.execute(
        "UPDATE person SET version = $2, key_number = $3, verify_block = $4 WHERE person_key = $1",
        &[person.0.into(), version.into(), key_number.min(rows.ring.current()).into(), sealed.into()],
    )?;
    numbers(tx, rows, person, &block)?;
    feed(tx, &[(person, version)])?;
    Ok(version)
}

/// Adds the numbers that are new, and marks which are in force.
fn numbers(tx: &mut Tx<'_>, rows: &Rows, person: PersonKey, block: &Block) -> Result<(), RegistryError> {
    for (number, in_force) in block.numbers() {
        let row = number_row(rows, person, number, in_force);
        tx.execute(INSERT_NUMBER, &row)?;
        let ours = tx.execute(
            "UPDATE person_number SET kind = $3, in_force = $4 WHERE number_hash = $1 AND person_key = $2",
            &row,
        )?;
        if ours == 0 {
            return Err(RegistryError::NumberTaken { position: 0 });
        }
    }
    Ok(())
}

/// Adds to the change feed. The head row is written first: whoever feeds next waits for this commit or collides with
/// it, so the numbers have no gaps and appear in the order of the commits.
fn feed(tx: &mut Tx<'_>, changes: &[(PersonKey, u32)]) -> Result<(), RegistryError> {
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    tx.execute("UPDATE person_head SET seq = seq + $1 WHERE id = 1", &[count.into()])?;
    let first = super::read::head(tx)? - count + 1;
    let row = |(seq, (key, version)): (i64, &(PersonKey, u32))| [seq.into(), key.0.into(), (*version).into()];
    let rows: Vec<[Value; 3]> = (first..).zip(changes).map(row).collect();
    tx.execute_many("INSERT INTO person_change (seq, person_key, version) VALUES ($1, $2, $3)", &rows)?;
    Ok(())
}

fn check(entry: &Entry) -> Result<(), RegistryError> {
    let code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let good = (1..=40).contains(&entry.reason.len()) && entry.reason.bytes().all(code);
    if good { Ok(()) } else { Err(RegistryError::Reason) }
}
