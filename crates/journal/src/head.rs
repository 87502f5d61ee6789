//! The head row: size of the log, and the right edge of its tree.
use crate::{Journal, JournalError};
use dancu_storage::{Row, Tx, Value};
use dancu_tlog::Frontier;

/// The log as its last commit left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries
    pub size: u64,
    /// Right edge of the tree over all of them
    pub frontier: Frontier,
}

impl Journal {
    /// The head of the log. Blocks.
    pub fn read_head(&self) -> Result<Head, JournalError> {
        self.store().read("journal.head", read)
    }
}

/// The head, as a transaction sees it.
pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Head, JournalError> {
    let row = tx.query_opt("SELECT size, frontier FROM journal_head WHERE log = 0", &[])?;
    let frontier = frontier(row.as_ref())?;
    Ok(Head { size: frontier.size(), frontier })
}

/// Reads the head, and makes every other transaction that writes entries wait.
pub(crate) fn claim(tx: &mut Tx<'_>) -> Result<Frontier, JournalError> {
    let row =
        tx.query_opt("UPDATE journal_head SET size = size WHERE log = 0 RETURNING size, frontier", &[])?;
    frontier(row.as_ref())
}

/// Writes the head that was claimed.
pub(crate) fn store(tx: &mut Tx<'_>, frontier: &Frontier) -> Result<(), JournalError> {
    let values = [number(frontier.size())?, frontier.to_bytes().into()];
    tx.execute("UPDATE journal_head SET size = $1, frontier = $2 WHERE log = 0", &values)?;
    Ok(())
}

/// Number of the next entry.
pub(crate) fn size(tx: &mut Tx<'_>) -> Result<u64, JournalError> {
    let row = tx.query_opt("SELECT size FROM journal_head WHERE log = 0", &[])?;
    row.map_or(Err(NO_HEAD), |row| Ok(row.number(0)?))
}

/// An entry's number as the store has it.
pub(crate) fn number(index: u64) -> Result<Value, JournalError> {
    i64::try_from(index).map(Value::Int).map_err(|_| JournalError::Internal("entry number"))
}

fn frontier(row: Option<&Row>) -> Result<Frontier, JournalError> {
    let row = row.ok_or(NO_HEAD)?;
    let size = row.number(0)?;
    let damaged =
        JournalError::Corrupt { index: size, what: "the head has not the hashes that its size needs" };
    Frontier::from_bytes(size, row.bytes(1)?).ok_or(damaged)
}

const NO_HEAD: JournalError = JournalError::Internal("no head row");
