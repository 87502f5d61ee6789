//! Closed months leave the store: the sealed parts of their bundles move into Parquet files on the blob store.
use super::KeepingError;
use super::part::{self, ArchivedRow};
use crate::{Entry, Journal, JournalError, Month, Stored, head};
use aws_lc_rs::digest;
use dancu_storage::{Row, Tx};

/// Bundles of 256 entries in one file at most, and every file ends where a number of bundles that this divides ends.
pub(crate) const BUNDLES: u64 = 256;
const ENTRIES: u64 = crate::stored::BUNDLE;

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archived {
    /// First bundle in it, and the first after it
    pub(crate) first: u64,
    pub(crate) end: u64,
    /// Month of its last entry
    pub(crate) month: Month,
    pub(crate) path: String,
    /// Rows that still have personal parts
    pub(crate) sealed: u64,
}

impl Journal {
    /// Moves what is settled of months that are over at `now_us` into the archive. Gives how many files were written.
    /// Blocks; to be called now and then, by one server or by several: who comes second finds the work done.
    pub fn archive(&self, now_us: i64) -> Result<u64, KeepingError> {
        let mut files = 0;
        while let Some(range) = self.store().read("journal.archive_next", |tx| next(tx, Month::of(now_us)))? {
            self.archive_range(&range)?;
            files += 1;
        }
        Ok(files)
    }

    fn archive_range(&self, range: &Archived) -> Result<(), KeepingError> {
        let rows = self.rows_of(range)?;
        let range = Archived { sealed: count(&rows), path: self.put_archive(range, &rows)?, ..range.clone() };
        self.store().run_tx("journal.archive", |tx| {
            if end_of_archive(tx)? != range.first {
                return Ok(());
            }
            insert(tx, &range)?;
            tx.execute(
                "DELETE FROM journal_bundle WHERE bundle >= $1 AND bundle < $2",
                &[range.first.cast_signed().into(), range.end.cast_signed().into()],
            )?;
            Ok::<_, KeepingError>(())
        })
    }

    /// Writes a file that is not named in the store yet. What leaves the store must be durable elsewhere first.
    fn put_archive(&self, range: &Archived, rows: &[ArchivedRow]) -> Result<String, KeepingError> {
        let file = part::write(rows)?;
        let path = path(range.month, range.first, &file);
        self.archive_blobs().put_all(&[(path.clone(), file)])?;
        self.archive_blobs().sync()?;
        Ok(path)
    }

    /// Puts a new piece in the place of the one that was read, if the archive holds it.
    pub(crate) fn replace_archived(&self, stored: &Stored, piece: &[u8]) -> Result<bool, JournalError> {
        let bundle = stored.index / ENTRIES;
        let files = self.store().read("journal.archived", |tx| archived_between(tx, bundle, bundle + 1))?;
        let Some(file) = files.into_iter().next() else { return Ok(false) };
        let rows = self.read_archive(&file).and_then(|mut rows| {
            let row = rows.iter_mut().find(|row| row.index == stored.index);
            let Some(row) = row.filter(|row| row.sealed.as_ref() == Some(&stored.sealed)) else {
                return Ok(false);
            };
            row.sealed = Some(piece.to_vec());
            self.rewrite_archive(&file, &rows)
        });
        rows.map_err(|error| match error {
            KeepingError::Journal(error) => error,
            _ => JournalError::Unavailable,
        })
    }

    /// All rows of a file.
    pub(crate) fn read_archive(&self, file: &Archived) -> Result<Vec<ArchivedRow>, KeepingError> {
        let bytes = self.archive_blobs().get(&file.path)?.ok_or(KeepingError::Missing(file.path.clone()))?;
        Ok(part::read(bytes.into())?)
    }

    /// Writes a new edition of a file; not if another was written meanwhile.
    pub(crate) fn rewrite_archive(
        &self,
        file: &Archived,
        rows: &[ArchivedRow],
    ) -> Result<bool, KeepingError> {
        let path = self.put_archive(file, rows)?;
        let replaced = self.store().run_tx("journal.rewrite_archive", |tx| {
            let done = tx.execute(
                "UPDATE journal_archive SET path = $1, sealed_rows = $2 WHERE first_bundle = $3 AND path = $4",
                &[
                    path.as_str().into(),
                    head::number(count(rows))?,
                    head::number(file.first)?,
                    file.path.as_str().into(),
                ],
            )?;
            Ok::<_, KeepingError>(done == 1)
        })?;
        // Who was quicker may have written the very same.
        if replaced && path != file.path {
            self.archive_blobs().delete(&file.path)?;
        }
        Ok(replaced)
    }

    fn rows_of(&self, range: &Archived) -> Result<Vec<ArchivedRow>, KeepingError> {
        let mut rows = Vec::new();
        for bundle in range.first..range.end {
            for stored in self.read_stored(bundle * ENTRIES, 256)? {
                let sealed = (!stored.sealed.is_empty()).then(|| stored.sealed.clone());
                rows.push(row(&self.open_stored(stored)?, sealed));
            }
        }
        if rows.len() as u64 == (range.end - range.first) * ENTRIES {
            Ok(rows)
        } else {
            Err(KeepingError::Moved)
        }
    }
}

fn row(entry: &Entry, sealed: Option<Vec<u8>>) -> ArchivedRow {
    let call = &entry.call;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ArchivedRow {
        index: entry.index,
        at_us: call.at_us,
        texts: [
            text(entry.kind.name()),
            text(&call.service),
            call.organisation.clone(),
            call.system_id.clone(),
            call.account_id.clone(),
            text(call.outcome.name()),
        ],
        sealed,
    }
}

/// Rows that have personal parts.
pub(crate) fn count(rows: &[ArchivedRow]) -> u64 {
    rows.iter().filter(|row| row.has_parts()).count() as u64
}

/// What may be archived next: settled bundles of one month that is over.
fn next(tx: &mut Tx<'_>, now: Month) -> Result<Option<Archived>, KeepingError> {
    let first = end_of_archive(tx)?;
    let border = (first / BUNDLES + 1) * BUNDLES;
    let rows = tx.query(
        "SELECT bundle, at_last FROM journal_bundle WHERE bundle >= $1 AND bundle < $2 ORDER BY bundle",
        &[first.cast_signed().into(), border.cast_signed().into()],
    )?;
    let mut found: Option<(Month, u64)> = None;
    for row in &rows {
        let (bundle, month) = (row.number::<u64>(0)?, Month::of(row.int(1)?));
        let fits =
            bundle == found.map_or(first, |(_, end)| end) && found.is_none_or(|(held, _)| held == month);
        if month >= now || !fits {
            break;
        }
        found = Some((month, bundle + 1));
    }
    Ok(found.map(|(month, end)| Archived { first, end, month, path: String::new(), sealed: 0 }))
}

/// Where a file lies: `2026-11/00000000256.1f2e3d4c5b6a7988.parquet`, by month, first bundle and content, so that two
/// servers that write different editions never write over each other.
fn path(month: Month, first: u64, file: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, file);
    let content = hash.as_ref().first_chunk().copied().map_or(0, u64::from_be_bytes);
    format!("{month}/{first:011}.{content:016x}.parquet")
}

fn end_of_archive(tx: &mut Tx<'_>) -> Result<u64, KeepingError> {
    let row =
        tx.query_opt("SELECT end_bundle FROM journal_archive ORDER BY first_bundle DESC LIMIT 1", &[])?;
    Ok(row.map_or(Ok(0), |row| row.number(0))?)
}

fn insert(tx: &mut Tx<'_>, archived: &Archived) -> Result<(), KeepingError> {
    tx.execute(
        "INSERT INTO journal_archive (first_bundle, end_bundle, month, path, sealed_rows) VALUES ($1, $2, $3, $4, $5)",
        &[
            archived.first.cast_signed().into(),
            archived.end.cast_signed().into(),
            archived.month.number().into(),
            archived.path.as_str().into(),
            archived.sealed.cast_signed().into(),
        ],
    )?;
    Ok(())
}

/// Files that hold bundles of a range.
pub(crate) fn archived_between(tx: &mut Tx<'_>, first: u64, end: u64) -> Result<Vec<Archived>, JournalError> {
    let range = [head::number(first)?, head::number(end)?];
    let rows = tx.query(
        "SELECT first_bundle, end_bundle, month, path, sealed_rows FROM journal_archive \
         WHERE first_bundle < $2 AND end_bundle > $1 AND first_bundle > $1 - 256 ORDER BY first_bundle",
        &range,
    )?;
    rows.iter().map(read).collect()
}

/// Files that still hold personal parts, oldest first.
pub(crate) fn with_parts(tx: &mut Tx<'_>) -> Result<Vec<Archived>, JournalError> {
    let rows = tx.query(
        "SELECT first_bundle, end_bundle, month, path, sealed_rows FROM journal_archive \
         WHERE sealed_rows > 0 ORDER BY first_bundle",
        &[],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Archived, JournalError> {
    Ok(Archived {
        first: row.number(0)?,
        end: row.number(1)?,
        month: Month::from_number(row.int(2)?).ok_or(JournalError::Internal("a month that cannot be"))?,
        path: row.text(3)?.to_owned(),
        sealed: row.number(4)?,
    })
}
