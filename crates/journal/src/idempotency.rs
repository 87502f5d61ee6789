//! Idempotency keys: a unit is written once, its answer kept and given again.
use crate::encode::definite;
use crate::{Idempotency, Idempotent, JournalError, Receipt};
use dancu_catalogue::Code;
use dancu_keys::{KeyRing, Place};
use dancu_storage::{Tx, Value};
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error};
use std::convert::Infallible;

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
        "SELECT body_hash, answer FROM journal_idempotency \
         WHERE system_id = $1 AND key = $2 AND expires_us > $3",
        &[system.into(), key.into(), now_us.into()],
    )?;
    let Some(row) = found else { return Ok(Idempotent::None) };
    if row.bytes(0)? != body_hash {
        return Ok(Idempotent::Reused);
    }
    let kept = ring.open(place(&row_key(system, key)), row.bytes(1)?)?;
    read_kept(&kept).map_err(|_| JournalError::Internal("a kept answer does not read"))
}

/// Whether a unit of this key was written and has not expired.
pub(crate) fn is_taken(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    idempotency: &Idempotency,
    now_us: i64,
) -> Result<bool, JournalError> {
    let found = tx.query_opt(
        "SELECT expires_us FROM journal_idempotency WHERE system_id = $1 AND key = $2 AND expires_us > $3",
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
    let answer = kept(receipts, &(idempotency.answer)(receipts))?;
    let sealed = ring.seal(place(&row_key(&idempotency.system, key)), &answer)?;
    let values: [Value; 5] = [
        idempotency.system.as_str().into(),
        key.into(),
        idempotency.body_hash.into(),
        sealed.into(),
        idempotency.expires_us.into(),
    ];
    // A row that is in the way has expired.
    tx.execute(
        "INSERT INTO journal_idempotency (system_id, key, body_hash, answer, expires_us) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (system_id, key) DO UPDATE SET \
         body_hash = excluded.body_hash, answer = excluded.answer, expires_us = excluded.expires_us",
        &values,
    )?;
    Ok(())
}

/// CBOR `[[[number, leaf hash, time, outcome], …], answer]`, the outcome null or the name of a refusal.
fn kept(receipts: &[Receipt], answer: &[u8]) -> Result<Vec<u8>, JournalError> {
    let mut out = Encoder::new(Vec::with_capacity(answer.len() + receipts.len() * 64 + 16));
    let mut write = || {
        out.array(2)?.array(receipts.len() as u64)?;
        for Receipt { index, leaf_hash, at_us, ruling } in receipts {
            out.array(4)?.u64(*index)?.bytes(leaf_hash)?.i64(*at_us)?;
            match ruling {
                Ok(()) => out.null()?,
                Err(code) => out.str(code.name())?,
            };
        }
        out.bytes(answer).map(drop)
    };
    let written: Result<(), Error<Infallible>> = write();
    written.map_err(|_| JournalError::Internal("answer not encoded"))?;
    Ok(out.into_writer())
}

fn read_kept(bytes: &[u8]) -> Result<Idempotent, DecodeError> {
    let wrong = DecodeError::message;
    let mut from = Decoder::new(bytes);
    from.array()?;
    let mut receipts = Vec::new();
    for _ in 0..definite(from.array()?)? {
        from.array()?;
        let index = from.u64()?;
        let leaf_hash = from.bytes()?.try_into().map_err(|_| wrong("not a hash"))?;
        let at_us = from.i64()?;
        let ruling = if from.datatype()? == Type::Null {
            from.null()?;
            Ok(())
        } else {
            Err(Code::from_name(from.str()?).ok_or_else(|| wrong("unknown refusal"))?)
        };
        receipts.push(Receipt { index, leaf_hash, at_us, ruling });
    }
    Ok(Idempotent::Replay(from.bytes()?.to_vec(), receipts))
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
