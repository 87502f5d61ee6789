//! Daily quotas: counters of a group are read once, counted in memory in the order of the drafts, written once.
use crate::{Charge, Draft, JournalError, Scope};
use dancu_catalogue::Code;
use dancu_storage::{Tx, Value};
use std::collections::{BTreeMap, BTreeSet};

/// As many ids as one question asks for; a shorter list repeats its last.
const ASKED_AT_ONCE: usize = 16;
const READ: &str = "SELECT id, used FROM quota_use WHERE scope = $1 AND day = $2 AND id IN \
     ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
const WRITE: &str = "INSERT INTO quota_use (scope, id, day, used) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (scope, id, day) DO UPDATE SET used = excluded.used";

/// The counters that a group touches, as this transaction sees them.
pub(crate) struct Counters<'d>(BTreeMap<(Scope, i64), BTreeMap<&'d str, Count>>);

#[derive(Default)]
struct Count {
    used: u64,
    changed: bool,
}

impl<'d> Counters<'d> {
    /// Reads the counters of all drafts that may yet be permitted.
    pub(crate) fn load(
        tx: &mut Tx<'_>,
        drafts: impl Iterator<Item = &'d Draft>,
    ) -> Result<Self, JournalError> {
        let mut counters: BTreeMap<_, BTreeMap<_, Count>> = BTreeMap::new();
        let permitted = drafts.filter(|draft| draft.call.outcome.ruling().is_ok());
        for charge in permitted.flat_map(|draft| &draft.charges) {
            counters.entry((charge.scope, charge.day)).or_default().entry(charge.id.as_str()).or_default();
        }
        for ((scope, day), counts) in &mut counters {
            let ids: Vec<&str> = counts.keys().copied().collect();
            for ids in ids.chunks(ASKED_AT_ONCE) {
                for row in tx.query(READ, &padded([scope.name().into(), (*day).into()], ids))? {
                    if let Some(count) = counts.get_mut(row.text(0)?) {
                        count.used = row.number(1)?;
                    }
                }
            }
        }
        Ok(Self(counters))
    }

    /// Counts the calls of a draft against all its charges, or against none and names the one that is used up.
    pub(crate) fn charge(&mut self, charges: &[Charge]) -> Result<(), Code> {
        for (done, charge) in charges.iter().enumerate() {
            let Some(count) = self.count(charge) else { return Err(Code::Internal) };
            let Some(used) = count.used.checked_add(charge.calls).filter(|used| *used <= charge.limit) else {
                for undo in charges.iter().take(done) {
                    if let Some(count) = self.count(undo) {
                        count.used -= undo.calls;
                    }
                }
                return Err(charge.scope.refusal());
            };
            count.used = used;
            count.changed = true;
        }
        Ok(())
    }

    fn count(&mut self, charge: &Charge) -> Option<&mut Count> {
        self.0.get_mut(&(charge.scope, charge.day))?.get_mut(charge.id.as_str())
    }

    /// Writes what was counted.
    pub(crate) fn store(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let mut rows = Vec::new();
        for ((scope, day), counts) in &self.0 {
            for (id, count) in counts.iter().filter(|(_, count)| count.changed) {
                let used = i64::try_from(count.used).map_err(|_| JournalError::Internal("quota counter"))?;
                rows.push([scope.name().into(), (*id).into(), (*day).into(), used.into()]);
            }
        }
        tx.execute_many(WRITE, &rows)?;
        Ok(())
    }
}

/// Calls counted so far.
pub(crate) fn used(tx: &mut Tx<'_>, scope: Scope, id: &str, day: i64) -> Result<u64, JournalError> {
    const ONE: &str = "SELECT used FROM quota_use WHERE scope = $1 AND id = $2 AND day = $3";
    let row = tx.query_opt(ONE, &[scope.name().into(), id.into(), day.into()])?;
    row.map_or(Ok(0), |row| Ok(row.number(0)?))
}

/// Parameters of a question with a list of fixed length: the head, then the list, its last value repeated.
pub(crate) fn padded<const N: usize, T: Copy + Into<Value>>(head: [Value; N], list: &[T]) -> Vec<Value> {
    let last = list.last().copied().into_iter();
    let list = list.iter().copied().chain(last.flat_map(std::iter::repeat));
    head.into_iter().chain(list.map(Into::into).take(ASKED_AT_ONCE)).collect()
}

/// Splits a sorted set into the lists of such questions.
pub(crate) fn questions<T: Copy + Ord>(set: &BTreeSet<T>) -> Vec<Vec<T>> {
    let all: Vec<T> = set.iter().copied().collect();
    all.chunks(ASKED_AT_ONCE).map(<[T]>::to_vec).collect()
}
