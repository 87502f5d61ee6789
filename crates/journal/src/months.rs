//! One key per month for the personal parts. Whoever destroys a month's key has erased all parts of that month at once.
use crate::{Journal, JournalError};
use dancu_keys::{KeyRing, PieceKey, Place, Secret};
use dancu_storage::{Store, Tx};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

const TABLE: &str = "journal_month_key";
/// The months are those of Vietnam, which has had this time without a summer time since 1975.
const OFFSET_HOURS: i8 = 7;

/// A month, counted from the year 0: `year * 12 + month - 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Month(i32);

impl Month {
    /// The month of a moment, microseconds since 1970; moments beyond the years -9999 and 9999 count as those.
    pub(crate) fn of(at_us: i64) -> Self {
        let end = if at_us < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let moment = jiff::Timestamp::from_microsecond(at_us).unwrap_or(end);
        let date = jiff::tz::offset(OFFSET_HOURS).to_datetime(moment);
        Self::new(date.year(), date.month())
    }

    fn new(year: i16, month: i8) -> Self {
        Self(i32::from(year) * 12 + i32::from(month) - 1)
    }
}

/// The keys of the months, made when first needed, wrapped by the ring in the store, kept open in memory.
pub(crate) struct MonthKeys {
    store: Store,
    ring: Arc<KeyRing>,
    known: RwLock<HashMap<Month, Arc<PieceKey>>>,
}

impl MonthKeys {
    pub(crate) fn new(store: Store, ring: Arc<KeyRing>) -> Self {
        Self { store, ring, known: RwLock::default() }
    }

    /// The key of a month if it is in memory: never waits for the store.
    pub(crate) fn known(&self, month: Month) -> Option<Arc<PieceKey>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&month).cloned()
    }

    /// The key of a month, to open with; `None` when there is none or it was destroyed. Blocks.
    pub(crate) fn find(&self, month: Month) -> Result<Option<Arc<PieceKey>>, JournalError> {
        if let Some(key) = self.known(month) {
            return Ok(Some(key));
        }
        match self.store.read("journal.month_key", |tx| read(tx, month))? {
            Some(wrapped) if !wrapped.is_empty() => self.remember(month, &wrapped).map(Some),
            _ => Ok(None),
        }
    }

    /// The key of a month, to seal with, made if there is none. Blocks. It is durable before anything is sealed by it.
    pub(crate) fn make(&self, month: Month) -> Result<Arc<PieceKey>, JournalError> {
        if let Some(key) = self.known(month) {
            return Ok(key);
        }
        let key = PieceKey::draw().map_err(|_| JournalError::Internal("no randomness"))?;
        let fresh = self.ring.seal(place(&row(month)), key.expose())?;
        let wrapped = self.store.run_tx("journal.month_key", |tx| {
            tx.execute(
                "INSERT INTO journal_month_key (month, wrapped) VALUES ($1, $2) ON CONFLICT (month) DO NOTHING",
                &[month.0.into(), (&fresh).into()],
            )?;
            read(tx, month)?.ok_or(JournalError::Internal("no key of the month"))
        })?;
        if wrapped.is_empty() {
            return Err(JournalError::Internal("the key of this month was destroyed"));
        }
        self.remember(month, &wrapped)
    }

    fn remember(&self, month: Month, wrapped: &[u8]) -> Result<Arc<PieceKey>, JournalError> {
        let key = Secret::from(self.ring.open(place(&row(month)), wrapped)?);
        let key = PieceKey::new(&key).map_err(|_| JournalError::Internal("the key of a month is damaged"))?;
        let key = Arc::new(key);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(month, Arc::clone(&key));
        Ok(key)
    }

    fn forget(&self, month: Month) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&month);
    }
}

impl Journal {
    /// Destroys the key of a month (1 to 12, time of Vietnam): all personal parts of its entries are gone for good, from
    /// this store at once, from a backup when the ring's key that wrapped it is gone too. Entries and proofs stay. Gives
    /// whether there was a key. Blocks. Another server that has the key in memory forgets it when it starts anew.
    pub fn destroy_month_key(&self, year: i16, month: i8) -> Result<bool, JournalError> {
        let month = Month::new(year, month);
        let changed = self.store().run_tx("journal.destroy_month_key", |tx| {
            // The empty row stays: no new key may come in its place.
            tx.execute(
                "UPDATE journal_month_key SET wrapped = $1 WHERE month = $2 AND wrapped <> $1",
                &[Vec::new().into(), month.0.into()],
            )
            .map_err(JournalError::from)
        })?;
        self.keys().forget(month);
        Ok(changed > 0)
    }

    /// Wraps the keys of all months under the ring's current key, after a rotation. Gives how many were wrapped anew.
    /// Blocks.
    pub fn rewrap_month_keys(&self) -> Result<u64, JournalError> {
        let ring = self.ring();
        self.store().run_tx("journal.rewrap", |tx| {
            let mut changed = 0;
            for found in tx.query("SELECT month, wrapped FROM journal_month_key", &[])? {
                let (month, wrapped) = (Month(found.number(0)?), found.bytes(1)?);
                if wrapped.is_empty() || ring.is_current(wrapped) {
                    continue;
                }
                let key = ring.open(place(&row(month)), wrapped)?;
                let anew = ring.seal(place(&row(month)), &key)?;
                let values = [anew.into(), month.0.into()];
                changed +=
                    tx.execute("UPDATE journal_month_key SET wrapped = $1 WHERE month = $2", &values)?;
            }
            Ok::<_, JournalError>(changed)
        })
    }
}

fn read(tx: &mut Tx<'_>, month: Month) -> Result<Option<Vec<u8>>, JournalError> {
    let row = tx.query_opt("SELECT wrapped FROM journal_month_key WHERE month = $1", &[month.0.into()])?;
    row.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}

fn row(month: Month) -> [u8; 4] {
    month.0.to_be_bytes()
}

fn place(row: &[u8; 4]) -> Place<'_> {
    Place { table: TABLE, row, field: "wrapped" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_in_vietnam() {
        // 2026-11-30T17:00:00Z
        let december = 1_796_058_000_000_000;
        assert_eq!(Month::of(december), Month::new(2026, 12));
        assert_eq!(Month::of(december - 1), Month::new(2026, 11));
        assert_eq!(Month::of(0), Month::new(1970, 1));
        assert_eq!(Month::of(i64::MAX), Month::of(i64::MAX - 1));
        assert_eq!(Month::of(i64::MIN), Month::of(i64::MIN + 1));
    }
}
