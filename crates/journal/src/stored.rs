//! Entries as they are stored, wherever they are stored.
use crate::{Journal, JournalError, head, run};
use dancu_storage::blob::Blobs;
use dancu_storage::{Row, Store, Tx};
use std::fmt;

/// An entry as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// Number
    pub index: u64,
    /// The public entry
    pub entry: Vec<u8>,
    /// The personal parts, sealed; empty when it has none
    pub sealed: Vec<u8>,
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Journal {
    /// Entries from this number on, in order, at most so many; fewer only at the end of the log. Blocks.
    pub fn read_stored(&self, from: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
        self.shelves().read(from, limit)
    }
}

/// Where entries are.
pub(crate) struct Shelves {
    store: Store,
    blobs: Blobs,
}

impl Shelves {
    pub(crate) fn new(store: Store, blobs: Blobs) -> Self {
        Self { store, blobs }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// As [`Journal::read_stored`].
    pub(crate) fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
        let until = from.saturating_add(limit as u64);
        self.store.read("journal.read", |tx| Self::read_in(tx, from, until))
    }

    /// The entries from one number to before another, as a transaction sees them.
    pub(crate) fn read_in(tx: &mut Tx<'_>, from: u64, until: u64) -> Result<Vec<Stored>, JournalError> {
        let mut found = Vec::new();
        for row in groups(tx, from, until)? {
            slice(&row, from, until, &mut found)?;
        }
        let gap = found.iter().zip(from..).find(|(stored, index)| stored.index != *index);
        match gap {
            Some((_, index)) => Err(JournalError::Corrupt { index, what: "the entry is missing" }),
            None => Ok(found),
        }
    }
}

/// The groups that hold entries from one number to before another.
fn groups(tx: &mut Tx<'_>, from: u64, until: u64) -> Result<Vec<Row>, JournalError> {
    let (Ok(from), Ok(until)) = (head::number(from), head::number(until.min(i64::MAX.unsigned_abs()))) else {
        return Ok(Vec::new());
    };
    let mut rows = tx.query(
        "SELECT first, count, entries, sealed FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1",
        std::slice::from_ref(&from),
    )?;
    rows.extend(tx.query(
        "SELECT first, count, entries, sealed FROM journal_group WHERE first > $1 AND first < $2 ORDER BY first",
        &[from, until],
    )?);
    Ok(rows)
}

/// Cuts the wanted entries out of a group.
fn slice(row: &Row, from: u64, until: u64, to: &mut Vec<Stored>) -> Result<(), JournalError> {
    let (first, count): (u64, u64) = (row.number(0)?, row.number(1)?);
    let corrupt = || JournalError::Corrupt { index: first, what: "the group does not read" };
    let entries = run::exactly(row.bytes(2)?, count).ok_or_else(corrupt)?;
    let sealed = run::exactly(row.bytes(3)?, count).ok_or_else(corrupt)?;
    for (index, (entry, sealed)) in (first..).zip(entries.into_iter().zip(sealed)) {
        if (from..until).contains(&index) {
            to.push(Stored { index, entry: entry.to_vec(), sealed: sealed.to_vec() });
        }
    }
    Ok(())
}
