//! Reading the journal.
use crate::{Call, Idempotent, Journal, JournalError, Part, Scope, encode, idempotency, quota, seal, unit};
use dancu_keys::KeyRing;
use dancu_storage::{Row, Tx, Value};
use dancu_tlog::{Hash, leaf_hash};

/// An entry, opened: checked against its leaf hash, and its personal parts against their commitments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number
    pub index: u64,
    /// What it says
    pub call: Call,
    /// Personal parts that the entry had and that were erased
    pub erased: Vec<Part>,
    /// The public entry as it stands, the bytes under the leaf hash
    pub encoded: Vec<u8>,
    /// RFC 6962 leaf hash
    pub leaf_hash: Hash,
}

/// Which entries [`Journal::latest`] gives.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these systems only (the systems of an organisation, for instance); none: of all, and of no system too
    pub systems: Option<Vec<String>>,
    /// Below this number only: the next page
    pub before: Option<u64>,
}

impl Journal {
    /// The entry of this number.
    pub async fn entry(&self, index: u64) -> Result<Option<Entry>, JournalError> {
        let Ok(index) = unit::number(index) else { return Ok(None) };
        let entries = self.entries("journal.entry", move |tx| {
            tx.query(
                "SELECT idx, entry, sealed, leaf FROM journal_entry WHERE idx = $1",
                std::slice::from_ref(&index),
            )
        });
        Ok(entries.await?.pop())
    }

    /// The entries of one call, oldest first; a batch has many.
    pub async fn by_correlation(&self, correlation: &[u8; 16]) -> Result<Vec<Entry>, JournalError> {
        let correlation = Value::from(correlation);
        let entries = self.entries("journal.by_correlation", move |tx| {
            tx.query(
                "SELECT idx, entry, sealed, leaf FROM journal_entry WHERE correlation = $1 ORDER BY idx",
                std::slice::from_ref(&correlation),
            )
        });
        entries.await
    }

    /// The newest entries, newest first.
    pub async fn latest(&self, filter: Filter, limit: u32) -> Result<Vec<Entry>, JournalError> {
        let Filter { systems, before } = filter;
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let entries = self.entries("journal.latest", move |tx| {
            let Some(systems) = &systems else {
                return tx.query(
                    "SELECT idx, entry, sealed, leaf FROM journal_entry WHERE idx < $1 ORDER BY idx DESC LIMIT $2",
                    &[before.into(), limit.into()],
                );
            };
            latest_of_systems(tx, systems, before, limit)
        });
        entries.await
    }

    /// How many entries there are, by the head row: the number of the next one.
    pub async fn len(&self) -> Result<u64, JournalError> {
        self.store().read_async("journal.len", unit::size).await
    }

    /// How many entries came at or after a moment. Entries are numbered as they are committed, so their times run with
    /// their numbers but for the width of a group; the count is exact to that width, and costs some twenty point reads.
    pub async fn count_since(&self, at_us: i64) -> Result<u64, JournalError> {
        self.store()
            .read_async("journal.count_since", move |tx| {
                let size = unit::size(tx)?;
                let (mut before, mut since) = (0, size);
                while before < since {
                    let middle = before + (since - before) / 2;
                    let row = tx.query_opt(
                        "SELECT at_us FROM journal_entry WHERE idx = $1",
                        &[unit::number(middle)?],
                    )?;
                    let early = row.map(|row| row.int(0)).transpose()?.is_some_and(|at| at < at_us);
                    if early { before = middle + 1 } else { since = middle }
                }
                Ok::<_, JournalError>(size - before)
            })
            .await
    }

    /// Whether there is no entry.
    pub async fn is_empty(&self) -> Result<bool, JournalError> {
        Ok(self.len().await? == 0)
    }

    /// How many entries there are, counted one by one: equals [`Journal::len`] in a sound journal.
    pub async fn count(&self) -> Result<u64, JournalError> {
        let count = self.store().read_async("journal.count", |tx| {
            let row = tx.query_opt("SELECT COUNT(*) FROM journal_entry", &[])?;
            row.map_or(Ok(0), |row| Ok::<_, JournalError>(row.number(0)?))
        });
        count.await
    }

    /// Calls counted against a quota on a day.
    pub async fn quota_used(&self, scope: Scope, id: &str, day: i64) -> Result<u64, JournalError> {
        let id = id.to_owned();
        self.store().read_async("journal.quota_used", move |tx| quota::used(tx, scope, &id, day)).await
    }

    /// What is known of an idempotency key.
    pub async fn find_idempotent(
        &self,
        system: &str,
        key: &str,
        body_hash: &[u8; 32],
        now_us: i64,
    ) -> Result<Idempotent, JournalError> {
        let (ring, system, key, body_hash) = (self.ring(), system.to_owned(), key.to_owned(), *body_hash);
        let found = self.store().read_async("journal.find_idempotent", move |tx| {
            idempotency::find(tx, &ring, (&system, &key), &body_hash, now_us)
        });
        found.await
    }

    async fn entries(
        &self,
        name: &'static str,
        mut rows: impl FnMut(&mut Tx<'_>) -> Result<Vec<Row>, dancu_storage::StoreError> + Send + 'static,
    ) -> Result<Vec<Entry>, JournalError> {
        let ring = self.ring();
        let entries = self.store().read_async(name, move |tx| {
            let rows = rows(tx)?;
            rows.iter().map(|row| open(&ring, row)).collect::<Result<Vec<Entry>, JournalError>>()
        });
        entries.await
    }
}

/// One short walk along the index per system, merged.
fn latest_of_systems(
    tx: &mut Tx<'_>,
    systems: &[String],
    before: i64,
    limit: u32,
) -> Result<Vec<Row>, dancu_storage::StoreError> {
    let mut found = Vec::new();
    for system in systems {
        let rows = tx.query(
            "SELECT idx, entry, sealed, leaf FROM journal_entry WHERE system_id = $1 AND idx < $2 \
             ORDER BY idx DESC LIMIT $3",
            &[system.into(), before.into(), limit.into()],
        )?;
        for row in rows {
            found.push((row.int(0)?, row));
        }
    }
    found.sort_by_key(|(index, _)| std::cmp::Reverse(*index));
    found.dedup_by_key(|(index, _)| *index);
    found.truncate(limit as usize);
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

fn open(ring: &KeyRing, row: &Row) -> Result<Entry, JournalError> {
    let index = row.number(0)?;
    let corrupt = |what| JournalError::Corrupt { index, what };
    let (encoded, leaf) = (row.bytes(1)?.to_vec(), row.array(3)?);
    if leaf_hash(&encoded) != leaf {
        return Err(corrupt("the entry is not what its leaf hash says"));
    }
    let decoded = encode::decode(&encoded).map_err(|_| corrupt("the entry does not read"))?;
    if decoded.index != index {
        return Err(corrupt("the entry stands at another's number"));
    }
    let (personal, erased) = seal::open(ring, index, row.bytes(2)?, &decoded.commitments)?;
    Ok(Entry { index, call: Call { personal, ..decoded.call }, erased, encoded, leaf_hash: leaf })
}
