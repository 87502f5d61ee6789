//! One key per month for the personal parts. Whoever destroys a month's key has erased all parts of that month at once.
use crate::{Journal, JournalError};
use dancu_keys::{KeyRing, PieceKey, Place, Secret};
use dancu_storage::{Row, Store, Tx};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

pub(crate) use crate::Month;

const TABLE: &str = "journal_month_key";

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
                &[month.number().into(), (&fresh).into()],
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
    /// Destroys the key of a month: all personal parts of its entries are gone for good, from
    /// this store at once, from a backup when the ring's key that wrapped it is gone too. Entries and proofs stay. Gives
    /// whether there was a key. Blocks. Another server that has the key in memory forgets it when it starts anew.
    pub fn destroy_month_key(&self, month: Month) -> Result<bool, JournalError> {
        let changed = self.store().run_tx("journal.destroy_month_key", |tx| {
            // The empty row stays: no new key may come in its place.
            tx.execute(
                "UPDATE journal_month_key SET wrapped = $1 WHERE month = $2 AND wrapped <> $1",
                &[Vec::new().into(), month.number().into()],
            )
            .map_err(JournalError::from)
        })?;
        self.keys().forget(month);
        Ok(changed > 0)
    }

    /// Months that have a key. Blocks.
    pub(crate) fn months_with_keys(&self) -> Result<Vec<Month>, JournalError> {
        self.store().read("journal.month_keys", |tx| {
            let none = Vec::new();
            let rows = tx.query(
                "SELECT month FROM journal_month_key WHERE wrapped <> $1 ORDER BY month",
                &[none.into()],
            )?;
            rows.iter().map(month_of).collect()
        })
    }

    /// Wraps the keys of all months under the ring's current key, after a rotation. Gives how many were wrapped anew.
    /// Blocks.
    pub fn rewrap_month_keys(&self) -> Result<u64, JournalError> {
        let ring = self.ring();
        self.store().run_tx("journal.rewrap", |tx| {
            let mut changed = 0;
            for found in tx.query("SELECT month, wrapped FROM journal_month_key", &[])? {
                let (month, wrapped) = (month_of(&found)?, found.bytes(1)?);
                if wrapped.is_empty() || ring.is_current(wrapped) {
                    continue;
                }
                let key = ring.open(place(&row(month)), wrapped)?;
                let anew = ring.seal(place(&row(month)), &key)?;
                let values = [anew.into(), month.number().into()];
                changed +=
                    tx.execute("UPDATE journal_month_key SET wrapped = $1 WHERE month = $2", &values)?;
            }
            Ok::<_, JournalError>(changed)
        })
    }
}

fn month_of(row: &Row) -> Result<Month, JournalError> {
    Month::from_number(row.int(0)?).ok_or(JournalError::Internal("a month that cannot be"))
}

fn read(tx: &mut Tx<'_>, month: Month) -> Result<Option<Vec<u8>>, JournalError> {
    let row =
        tx.query_opt("SELECT wrapped FROM journal_month_key WHERE month = $1", &[month.number().into()])?;
    row.map(|row| Ok(row.bytes(0)?.to_vec())).transpose()
}

fn row(month: Month) -> [u8; 8] {
    month.number().to_be_bytes()
}

fn place(row: &[u8; 8]) -> Place<'_> {
    Place { table: TABLE, row, field: "wrapped" }
}
