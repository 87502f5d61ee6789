//! Entries as they are stored, wherever they are stored.
use crate::keeping::{ArchiveFiles, Archived, archived_between};
use crate::{Journal, JournalError, head, run};
use dancu_storage::blob::Blobs;
use dancu_storage::{Row, Store, Tx};
use dancu_tlog::tile::{Tile, TileKind, WIDTH};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Entries in a bundle.
pub(crate) const BUNDLE: u64 = WIDTH as u64;

/// Files of bundles kept in memory.
const FILES: usize = 64;

/// Where entries are: in groups while they are new, then in the files of bundles, with their sealed parts in a row, and
/// once their month is over in a file of the archive.
pub(crate) struct Shelves {
    store: Store,
    blobs: Blobs,
    /// Entries of bundles read last, the newest in front; they never change
    files: Mutex<VecDeque<(u64, Arc<Vec<u8>>)>>,
    archive: ArchiveFiles,
}

/// What a transaction sees of a range of entries.
#[derive(Default)]
pub(crate) struct Found {
    /// Files of the archive
    archived: Vec<Archived>,
    /// Bundles, and the sealed parts of each
    bundles: Vec<(u64, Vec<u8>)>,
    groups: Vec<Stored>,
}

impl Shelves {
    pub(crate) fn new(store: Store, blobs: Blobs, archive: Blobs) -> Self {
        Self { store, blobs, files: Mutex::default(), archive: ArchiveFiles::new(archive) }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    pub(crate) fn archive(&self) -> &Blobs {
        self.archive.blobs()
    }

    /// As [`Journal::read_stored`].
    pub(crate) fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
        let until = from.saturating_add(limit as u64);
        let found = self.store.read("journal.read", |tx| find(tx, from, until))?;
        self.complete(found, from, until)
    }

    /// As [`Shelves::read`], as a transaction sees it.
    pub(crate) fn read_in(
        &self,
        tx: &mut Tx<'_>,
        from: u64,
        until: u64,
    ) -> Result<Vec<Stored>, JournalError> {
        let found = find(tx, from, until)?;
        self.complete(found, from, until)
    }

    /// Adds from the files what has left the groups.
    fn complete(&self, found: Found, from: u64, until: u64) -> Result<Vec<Stored>, JournalError> {
        let mut all = Vec::new();
        for archived in found.archived {
            for bundle in archived.first.max(from / BUNDLE)..archived.end.min(until.div_ceil(BUNDLE)) {
                let (entries, sealed) = (self.file(bundle)?, self.archive.sealed(&archived, bundle)?);
                slice((bundle * BUNDLE, BUNDLE), (&entries, &sealed), (from, until), &mut all)?;
            }
        }
        for (bundle, sealed) in found.bundles {
            let entries = self.file(bundle)?;
            slice((bundle * BUNDLE, BUNDLE), (&entries, &sealed), (from, until), &mut all)?;
        }
        all.extend(found.groups);
        let gap = all.iter().zip(from..).find(|(stored, index)| stored.index != *index);
        match gap {
            Some((_, index)) => Err(JournalError::Corrupt { index, what: "the entry is missing" }),
            None => Ok(all),
        }
    }

    /// The entries of a full bundle, as its file has them.
    pub(crate) fn file(&self, bundle: u64) -> Result<Arc<Vec<u8>>, JournalError> {
        let files = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = files().iter().find(|(number, _)| *number == bundle) {
            return Ok(Arc::clone(known));
        }
        let file = Arc::new(self.fetch(bundle)?);
        let mut files = files();
        files.truncate(FILES - 1);
        files.push_front((bundle, Arc::clone(&file)));
        Ok(file)
    }

    /// As [`Shelves::file`], from where the log is published.
    pub(crate) fn fetch(&self, bundle: u64) -> Result<Vec<u8>, JournalError> {
        let missing =
            JournalError::Corrupt { index: bundle * BUNDLE, what: "the file of the bundle is missing" };
        let tile = Tile::new(TileKind::Entries, bundle, WIDTH).ok_or(JournalError::Internal("bundle"))?;
        self.blobs.get(&tile.to_string())?.ok_or(missing)
    }
}

/// Bundles below this number have left the groups.
pub(crate) fn settled(tx: &mut Tx<'_>) -> Result<u64, JournalError> {
    only(tx.query_opt("SELECT bundles FROM journal_settled WHERE log = 0", &[])?)
}

/// As [`settled`], and makes every other transaction that settles wait.
pub(crate) fn claim_settled(tx: &mut Tx<'_>) -> Result<u64, JournalError> {
    let claim = "UPDATE journal_settled SET bundles = bundles WHERE log = 0 RETURNING bundles";
    only(tx.query_opt(claim, &[])?)
}

fn only(row: Option<Row>) -> Result<u64, JournalError> {
    row.map_or(Err(JournalError::Internal("no row of what is settled")), |row| Ok(row.number(0)?))
}

fn find(tx: &mut Tx<'_>, from: u64, until: u64) -> Result<Found, JournalError> {
    // The store counts up to 2^63.
    let until = until.min(i64::MAX.unsigned_abs());
    if from >= until {
        return Ok(Found::default());
    }
    let settled = settled(tx)?;
    let mut found = Found::default();
    if from / BUNDLE < settled {
        let (first, end) = (from / BUNDLE, until.div_ceil(BUNDLE).min(settled));
        found.archived = archived_between(tx, first, end)?;
        let range = [head::number(first)?, head::number(end)?];
        for row in tx.query(
            "SELECT bundle, sealed FROM journal_bundle WHERE bundle >= $1 AND bundle < $2 ORDER BY bundle",
            &range,
        )? {
            found.bundles.push((row.number(0)?, row.bytes(1)?.to_vec()));
        }
    }
    let from = from.max(settled * BUNDLE);
    if from < until {
        each_group(tx, from, until, |row| {
            let held = (row.number(0)?, row.number(1)?);
            slice(held, (row.bytes(2)?, row.bytes(3)?), (from, until), &mut found.groups)
        })?;
    }
    Ok(found)
}

/// Shows the groups that hold entries from one number to before another, in order. Their rows are long, and none is copied.
fn each_group(
    tx: &mut Tx<'_>,
    from: u64,
    until: u64,
    mut each: impl FnMut(&Row) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let (from, until) = (head::number(from)?, head::number(until)?);
    tx.for_each(
        "SELECT first, count, entries, sealed FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1",
        std::slice::from_ref(&from),
        &mut each,
    )?;
    tx.for_each(
        "SELECT first, count, entries, sealed FROM journal_group WHERE first > $1 AND first < $2 ORDER BY first",
        &[from, until],
        &mut each,
    )
}

/// Cuts the wanted entries out of runs of entries and of sealed parts.
fn slice(
    (first, count): (u64, u64),
    (entries, sealed): (&[u8], &[u8]),
    (from, until): (u64, u64),
    to: &mut Vec<Stored>,
) -> Result<(), JournalError> {
    let corrupt = || JournalError::Corrupt { index: first, what: "the entries from here on do not read" };
    let entries = run::exactly(entries, count).ok_or_else(corrupt)?;
    let sealed = run::exactly(sealed, count).ok_or_else(corrupt)?;
    for (index, (entry, sealed)) in (first..).zip(entries.into_iter().zip(sealed)) {
        if (from..until).contains(&index) {
            to.push(Stored { index, entry: entry.to_vec(), sealed: sealed.to_vec() });
        }
    }
    Ok(())
}
