//! Reading many rows by their keys in few statements.
use super::batch::RowKey;
use super::bucket;
use super::offsets::BLOCK;
use super::term::Term;
use super::times::Times;
use crate::JournalError;
use dancu_storage::{Tx, Value};
use dancu_tlog::Hash;
use dancu_tlog::chain::Chain;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

/// Keys in one statement. The last statement repeats its last key.
const KEYS: usize = 32;

const POSTINGS: &str = "SELECT bucket, terms FROM index_posting WHERE kind = $1 AND block = $2 AND bucket IN \
    ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
    $27, $28, $29, $30, $31, $32, $33, $34)";

const PERSONS: &str = "SELECT subject, vrf, count, link FROM index_person WHERE subject IN \
    ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
    $25, $26, $27, $28, $29, $30, $31, $32)";

const WITHHELD: &str = "SELECT idx, until_us FROM index_withheld WHERE idx IN \
    ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
    $25, $26, $27, $28, $29, $30, $31, $32)";

/// A person's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Her place in the map
    pub(super) vrf: Hash,
    /// Entries about her
    pub(super) count: u64,
    /// Head of her chain
    pub(super) link: Hash,
}

impl Head {
    pub(super) fn chain(&self) -> Chain {
        Chain::resume(self.count, self.link)
    }
}

/// Rows of postings, those that are there.
pub(super) fn postings<'k>(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &'k RowKey>,
) -> Result<HashMap<RowKey, Vec<u8>>, JournalError> {
    let mut found = HashMap::new();
    let mut buckets: BTreeMap<_, Vec<u16>> = BTreeMap::new();
    for (kind, bucket, block) in keys {
        buckets.entry((*kind, *block)).or_default().push(*bucket);
    }
    for ((kind, block), buckets) in buckets {
        for some in buckets.chunks(KEYS) {
            let fixed = [Value::from(kind as u8), number(block)?];
            let params = padded(fixed.to_vec(), some.iter().map(|bucket| Value::from(*bucket)));
            tx.for_each(POSTINGS, &params, |row| {
                found.insert((kind, row.number(0)?, block), row.bytes(1)?.to_vec());
                Ok::<_, JournalError>(())
            })?;
        }
    }
    Ok(found)
}

/// Chains of persons, those that are there.
pub(super) fn persons<'k>(
    tx: &mut Tx<'_>,
    subjects: impl Iterator<Item = &'k [u8; 16]>,
) -> Result<HashMap<[u8; 16], Head>, JournalError> {
    let mut found = HashMap::new();
    let subjects: Vec<_> = subjects.collect();
    for some in subjects.chunks(KEYS) {
        let params = padded(Vec::new(), some.iter().map(|subject| Value::from(*subject)));
        tx.for_each(PERSONS, &params, |row| {
            let head = Head { vrf: row.array(1)?, count: row.number(2)?, link: row.array(3)? };
            found.insert(row.array(0)?, head);
            Ok::<_, JournalError>(())
        })?;
    }
    Ok(found)
}

/// Times of a block.
pub(super) fn times(tx: &mut Tx<'_>, block: u64) -> Result<Option<Times>, JournalError> {
    let row = tx.query_opt("SELECT times FROM index_block WHERE block = $1", &[number(block)?])?;
    row.map(|row| Times::from_bytes(row.bytes(0)?)).transpose()
}

/// Places of entries, by block; the places of a block ascend, and none is without any.
pub(super) type Places = BTreeMap<u64, Vec<u16>>;

/// Where the term stands in these blocks.
pub(super) fn places(
    tx: &mut Tx<'_>,
    term: &Term,
    blocks: RangeInclusive<u64>,
) -> Result<Places, JournalError> {
    let mut found = Places::new();
    each_row(tx, term, blocks, |block, row| {
        let places = bucket::find(row, term.suffix())?;
        if !places.is_empty() {
            found.insert(block, places);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Of these places, those where the term stands, too.
pub(super) fn keep_common(tx: &mut Tx<'_>, term: &Term, mut places: Places) -> Result<Places, JournalError> {
    let mut kept = Places::new();
    let ends = places.first_key_value().zip(places.last_key_value());
    let Some(blocks) = ends.map(|((first, _), (last, _))| *first..=*last) else { return Ok(kept) };
    each_row(tx, term, blocks, |block, row| {
        if let Some(mut places) = places.remove(&block) {
            bucket::keep_common(row, term.suffix(), &mut places)?;
            if !places.is_empty() {
                kept.insert(block, places);
            }
        }
        Ok(())
    })?;
    Ok(kept)
}

/// The rows in which the term may stand, in the order of the blocks.
fn each_row(
    tx: &mut Tx<'_>,
    term: &Term,
    blocks: RangeInclusive<u64>,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let (first, last) = (number(*blocks.start())?, number(*blocks.end())?);
    let sql = "SELECT block, terms FROM index_posting \
               WHERE kind = $1 AND bucket = $2 AND block >= $3 AND block <= $4 ORDER BY block";
    let params = [Value::from(term.kind as u8), Value::from(term.bucket()), first, last];
    tx.for_each(sql, &params, |row| each(row.number(0)?, row.bytes(1)?))
}

/// All entries with this term, ascending.
pub(super) fn entries_with(tx: &mut Tx<'_>, term: &Term) -> Result<Vec<u64>, JournalError> {
    let last = i64::MAX.cast_unsigned() / BLOCK;
    let of_block = |(block, places): (u64, Vec<u16>)| {
        places.into_iter().map(move |place| block * BLOCK + u64::from(place))
    };
    Ok(places(tx, term, 0..=last)?.into_iter().flat_map(of_block).collect())
}

/// Of these entries, those that are or were withheld, and until when.
pub(super) fn withheld(tx: &mut Tx<'_>, entries: &[u64]) -> Result<HashMap<u64, i64>, JournalError> {
    let mut found = HashMap::new();
    for some in entries.chunks(KEYS) {
        let keys = some.iter().map(|index| number(*index)).collect::<Result<Vec<_>, _>>()?;
        tx.for_each(WITHHELD, &padded(Vec::new(), keys.into_iter()), |row| {
            found.insert(row.number(0)?, row.int(1)?);
            Ok::<_, JournalError>(())
        })?;
    }
    Ok(found)
}

/// Leaves out the entries (ascending by number) that lie outside the period; gives those of the rest that must be opened
/// to know.
pub(super) fn retain_period(
    tx: &mut Tx<'_>,
    places: &mut Vec<(u64, u64)>,
    period: &RangeInclusive<i64>,
) -> Result<Vec<u64>, JournalError> {
    let (mut kept, mut unsure) = (Vec::new(), Vec::new());
    for block in places.chunk_by(|(_, a), (_, b)| a / BLOCK == b / BLOCK) {
        let Some((_, first)) = block.first() else { continue };
        let times = times(tx, first / BLOCK)?.unwrap_or_default();
        let inside = || block.iter().filter(|(_, index)| times.may_hold(*index, period));
        kept.extend(inside());
        unsure.extend(inside().map(|(_, index)| *index).filter(|index| !times.all_in(*index, period)));
    }
    *places = kept;
    Ok(unsure)
}

/// A number of an entry or a block as the store has it.
pub(super) fn number(index: u64) -> Result<Value, JournalError> {
    i64::try_from(index)
        .map(Value::Int)
        .map_err(|_| JournalError::Internal("index: a number is out of range"))
}

fn padded(mut params: Vec<Value>, keys: impl Iterator<Item = Value>) -> Vec<Value> {
    let full = params.len() + KEYS;
    params.extend(keys);
    if let Some(last) = params.last().cloned() {
        params.resize(full, last);
    }
    params
}
