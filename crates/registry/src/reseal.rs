//! Key rotation: rows are sealed again under the current key while the registry serves.
use crate::store::{Rows, VersionRow, read};
use crate::{PersonKey, RegistryError};
use dancu_storage::{Store, Tx, Value};

/// People in one transaction: short enough that nobody notices.
const AT_A_TIME: usize = 50;

const RESEAL_VERSION: &str = "UPDATE person_version SET full_name = $3, other_names = $4, personal_id = $5,
    birth_date = $6, sex = $7, birth_place = $8, birth_registration = $9, home_town = $10, ethnic_group = $11,
    religion = $12, nationality = $13, blood_group = $14, id_card_number = $15, card = $16, father = $17, mother = $18,
    spouses = $19, children = $20, representative = $21, represented = $22, permanent_residence = $23,
    temporary_residence = $24, current_residence = $25, temporary_absence = $26, residence_file = $27,
    marital_status = $28, relation_to_head = $29, household = $30, death = $31, contact = $32, state = $33
    WHERE person_key = $1 AND version = $2";

/// Seals the rows of up to `limit` people again; gives of how many. 0 when all are under the current key.
pub(crate) fn reseal(store: &Store, rows: &Rows, limit: usize) -> Result<usize, RegistryError> {
    let mut done = 0;
    while done < limit {
        let batch = AT_A_TIME.min(limit - done);
        let count = store.run_tx("registry.reseal", |tx| reseal_batch(tx, rows, batch))?;
        done += count;
        if count < batch {
            break;
        }
    }
    Ok(done)
}

/// Four statements whatever the size of the batch.
fn reseal_batch(tx: &mut Tx<'_>, rows: &Rows, batch: usize) -> Result<usize, RegistryError> {
    let current = rows.ring.current();
    let page: [Value; 2] = [current.into(), i64::try_from(batch).unwrap_or(i64::MAX).into()];
    let mut versions: Vec<Vec<Value>> = Vec::new();
    tx.for_each(read::STALE_VERSIONS, &page, |row| {
        let (person, version) = (PersonKey(row.array(0)?), row.number::<u32>(1)?);
        let mut values = vec![person.0.into(), version.into()];
        values.extend(rows.reseal_fields(person, version, row, VersionRow::PLAIN)?);
        versions.push(values);
        Ok::<_, RegistryError>(())
    })?;
    let mut people: Vec<[Value; 3]> = Vec::new();
    tx.for_each(read::STALE_PEOPLE, &page, |row| {
        let (person, version) = (PersonKey(row.array(0)?), row.number(1)?);
        let block = rows.open_block(person, version, row.bytes(2)?)?;
        people.push([person.0.into(), current.into(), rows.seal_block(person, version, &block)?.into()]);
        Ok::<_, RegistryError>(())
    })?;
    tx.execute_many(RESEAL_VERSION, &versions)?;
    tx.execute_many("UPDATE person SET key_number = $2, verify_block = $3 WHERE person_key = $1", &people)?;
    Ok(people.len())
}
