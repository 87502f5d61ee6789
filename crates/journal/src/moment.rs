//! What a copy of the journal's tables needs of the files beside them.
use crate::stored::{BUNDLE, settled};
use crate::{JournalError, head};
use dancu_storage::Tx;
use dancu_tlog::Hash;
use dancu_tlog::tile::{changed_bundles, changed_tiles};

/// The journal at the moment that a transaction sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Entries
    pub size: u64,
    /// Root of the tree over them
    pub root: Hash,
    /// Entries that have left the tables for the files of the published log
    pub settled: u64,
    /// Files of the archive that hold sealed parts
    pub archived: Vec<String>,
}

impl Moment {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// The store's, and [`JournalError::Corrupt`].
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, JournalError> {
        let head = head::read(tx)?;
        let settled = settled(tx)? * BUNDLE;
        let rows = tx.query("SELECT path FROM journal_archive ORDER BY first_bundle", &[])?;
        let archived = rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?;
        Ok(Self { size: head.size, root: head.frontier.root(), settled, archived })
    }

    /// Paths of the published files that no table holds and that the tables do not lead to: full bundles and tiles below what
    /// is settled. They never change.
    pub fn files(&self) -> impl Iterator<Item = String> {
        let tiles = changed_tiles(0, self.settled).chain(changed_bundles(0, self.settled));
        tiles.filter(|tile| !tile.is_partial()).map(|tile| tile.to_string())
    }
}
