//! Idempotency keys: a unit is written once, its answer kept and given again.
use crate::{Idempotency, Idempotent, JournalError, Outcome, Receipt};
use dancu_keys::{KeyRing, Place};
use dancu_storage::{Tx, Value};

const TABLE: &str = "journal_idempotency";

/// Finds what is known of a key.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    (system, key): (&str, &str),
    body_hash: &[u8; 32],
    now_us: i64,
) -> Result<Idempotent, JournalError> {
    let key = hashed(ring, key);
    let found = tx.query_opt(
        "SELECT body_hash, first_idx, entries, answer FROM journal_idempotency \
         WHERE system_id = $1 AND key = $2 AND expires_us > $3",
        &[system.into(), key.into(), now_us.into()],
    )?;
    let Some(row) = found else { return Ok(Idempotent::None) };
    if row.bytes(0)? != body_hash {
        return Ok(Idempotent::Reused);
    }
    let answer = ring.open(place(&row_key(system, key)), row.bytes(3)?)?.to_vec();
    Ok(Idempotent::Replay(answer, receipts(tx, row.int(1)?, row.int(2)?)?))
}

/// Whether a unit of this key was written and has not expired.
pub(crate) fn is_taken(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    idempotency: &Idempotency,
    now_us: i64,
) -> Result<bool, JournalError> {
    let found = tx.query_opt(
        "SELECT first_idx FROM journal_idempotency WHERE system_id = $1 AND key = $2 AND expires_us > $3",
        &[idempotency.system.as_str().into(), hashed(ring, &idempotency.key).into(), now_us.into()],
    )?;
    Ok(found.is_some())
}

/// Keeps the answer of a unit.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    idempotency: &Idempotency,
    receipts: &[Receipt],
) -> Result<(), JournalError> {
    // A refusal is not pinned: what stood in the way may be gone when the caller tries again.
    if receipts.iter().all(|receipt| receipt.ruling.is_err()) {
        return Ok(());
    }
    let key = hashed(ring, &idempotency.key);
    let answer = (idempotency.answer)(receipts);
    let sealed = ring.seal(place(&row_key(&idempotency.system, key)), &answer)?;
    let first = receipts.first().map_or(0, |receipt| receipt.index);
    let out_of_range = |_| JournalError::Internal("entry number");
    let values: [Value; 7] = [
        idempotency.system.as_str().into(),
        key.into(),
        idempotency.body_hash.into(),
        i64::try_from(first).map_err(out_of_range)?.into(),
        i64::try_from(receipts.len()).map_err(out_of_range)?.into(),
        sealed.into(),
        idempotency.expires_us.into(),
    ];
    // A row that is in the way has expired.
    tx.execute(
        "INSERT INTO journal_idempotency (system_id, key, body_hash, first_idx, entries, answer, expires_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (system_id, key) DO UPDATE SET \
         body_hash = excluded.body_hash, first_idx = excluded.first_idx, entries = excluded.entries, \
         answer = excluded.answer, expires_us = excluded.expires_us",
        &values,
    )?;
    Ok(())
}

/// The receipts of entries that lie one after the other.
fn receipts(tx: &mut Tx<'_>, first: i64, count: i64) -> Result<Vec<Receipt>, JournalError> {
    let rows = tx.query(
        "SELECT idx, leaf, at_us, outcome FROM journal_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
        &[first.into(), first.saturating_add(count).into()],
    )?;
    let receipt = |row: &dancu_storage::Row| {
        let index = row.number(0)?;
        let outcome = Outcome::from_name(row.text(3)?);
        let outcome = outcome.ok_or(JournalError::Corrupt { index, what: "unknown outcome" })?;
        Ok(Receipt { index, leaf_hash: row.array(1)?, at_us: row.int(2)?, ruling: outcome.ruling() })
    };
    if usize::try_from(count) != Ok(rows.len()) {
        let index = u64::try_from(first).unwrap_or_default();
        return Err(JournalError::Corrupt { index, what: "entries of a unit are missing" });
    }
    rows.iter().map(receipt).collect()
}

/// What a client chose as a key is nobody's business.
fn hashed(ring: &KeyRing, key: &str) -> [u8; 16] {
    ring.keyed_hash(TABLE, key.as_bytes())
}

/// The key has a fixed length and comes first, so no two rows read alike.
fn row_key(system: &str, key: [u8; 16]) -> Vec<u8> {
    [&key, system.as_bytes()].concat()
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: TABLE, row, field: "answer" }
}
