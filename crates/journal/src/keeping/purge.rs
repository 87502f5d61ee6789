//! What has been kept long enough goes: values and salts of personal parts. Entries, hashes and proofs stay.
use super::archive::{self, Archived};
use super::hold::{self, Held, Hold};
use super::part::ArchivedRow;
use super::{KeepingError, Retention};
use crate::open::PURGED;
use crate::{Answered, Call, Journal, Month, Outcome, Record};
use dancu_storage::Tx;
use std::collections::BTreeSet;

/// What a purge did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Entries whose personal parts went
    pub entries: u64,
    /// Entries whose time is over and that an order keeps
    pub held: u64,
    /// Months whose key was destroyed
    pub months: Vec<Month>,
}

impl Journal {
    /// Erases the personal parts of archived entries whose time is over at `now_us`, but for what a hold keeps, and
    /// destroys the keys of months that have none left. `dry` only counts. Each file purged is an entry of the journal.
    pub async fn purge(&self, retention: &Retention, now_us: i64, dry: bool) -> Result<Purged, KeepingError> {
        let mut purged = Purged::default();
        let files = self.store().read_async("journal.purge_files", archive::with_parts).await?;
        for file in files {
            let (journal, retention, of) = (self.clone(), retention.clone(), file.clone());
            let looked = tokio::task::spawn_blocking(move || journal.look_through(&of, &retention, now_us));
            let looked = looked.await.map_err(|_| KeepingError::Interrupted)??;
            purged.entries += looked.gone.len() as u64;
            purged.held += looked.held;
            if !dry && !looked.gone.is_empty() {
                self.put_back(&file, looked, now_us).await?;
            }
        }
        if !dry {
            let journal = self.clone();
            let keys = tokio::task::spawn_blocking(move || journal.destroy_spent_keys(Month::of(now_us)));
            purged.months = keys.await.map_err(|_| KeepingError::Interrupted)??;
        }
        Ok(purged)
    }

    /// Reads a file and takes the parts off those rows that may go.
    fn look_through(
        &self,
        file: &Archived,
        retention: &Retention,
        now_us: i64,
    ) -> Result<Looked, KeepingError> {
        let holds = self.store().read("journal.holds", hold::all)?;
        let holds: Vec<Hold> = holds.into_iter().filter(|hold| hold.released_us.is_none()).collect();
        let mut looked =
            Looked { rows: self.read_archive(file)?, gone: BTreeSet::new(), rules: BTreeSet::new(), held: 0 };
        let now = Month::of(now_us);
        for row in looked.rows.iter_mut().filter(|row| row.has_parts()) {
            let class = retention.class(row.service());
            if !retention.is_over(class, Month::of(row.at_us), now) {
                continue;
            }
            if self.is_held(row, &holds)? {
                looked.held += 1;
            } else {
                row.sealed = Some(PURGED.to_vec());
                looked.gone.insert(row.index);
                looked.rules.insert(retention.kept(class).source.clone());
            }
        }
        Ok(looked)
    }

    fn is_held(&self, row: &ArchivedRow, holds: &[Hold]) -> Result<bool, KeepingError> {
        let text = |at: usize| row.texts.get(at).and_then(Option::as_deref);
        let held = Held { index: row.index, at_us: row.at_us, organisation: text(2), system: text(3) };
        for hold in holds.iter().filter(|hold| hold.scope.covers(&held)) {
            let Some(subject) = hold.scope.subject else { return Ok(true) };
            if self.subject_of_entry(row.index)? == Some(subject) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keyed hash of the person whom an entry is about.
    fn subject_of_entry(&self, index: u64) -> Result<Option<[u8; 16]>, KeepingError> {
        let stored = self.read_stored(index, 1)?.pop();
        let entry = stored.map(|stored| self.open_stored(stored)).transpose()?;
        Ok(entry.and_then(|entry| entry.call.subject))
    }

    /// Writes the file anew without what went, and says so in the journal.
    async fn put_back(&self, file: &Archived, looked: Looked, now_us: i64) -> Result<(), KeepingError> {
        let (first, last) = (looked.gone.first().copied(), looked.gone.last().copied());
        let rule = looked.rules.iter().cloned().collect::<Vec<_>>().join("; ");
        let (journal, old) = (self.clone(), file.clone());
        let replaced = tokio::task::spawn_blocking(move || journal.rewrite_archive(&old, &looked.rows));
        if !replaced.await.map_err(|_| KeepingError::Interrupted)?? {
            return Err(KeepingError::Moved);
        }
        let call = Call {
            at_us: now_us,
            form: "command".to_owned(),
            service: "journal.purge".to_owned(),
            outcome: Outcome::Answered(Answered::Served),
            ..Call::default()
        };
        let (first, after) = (first.unwrap_or(0), last.map_or(0, |last| last + 1));
        self.append_record(Record::Act { call: Box::new(call), first, after, rule }).await?;
        Ok(())
    }

    /// Destroys the key of every month before the oldest one that still has parts.
    fn destroy_spent_keys(&self, now: Month) -> Result<Vec<Month>, KeepingError> {
        let oldest = self.store().read("journal.oldest_parts", oldest_month)?.unwrap_or(now);
        let mut destroyed = Vec::new();
        for month in self.months_with_keys()? {
            if month < oldest && month < now && self.destroy_month_key(month)? {
                destroyed.push(month);
            }
        }
        Ok(destroyed)
    }
}

struct Looked {
    rows: Vec<ArchivedRow>,
    gone: BTreeSet<u64>,
    /// By which rules they went
    rules: BTreeSet<String>,
    held: u64,
}

/// The month of the oldest entry that has personal parts: in the store, or in the archive. A file's entries may be as
/// old as the end of the file before it.
fn oldest_month(tx: &mut Tx<'_>) -> Result<Option<Month>, KeepingError> {
    let mut oldest: Option<Month> = None;
    for sql in [
        "SELECT at_first FROM journal_group ORDER BY first LIMIT 1",
        "SELECT at_first FROM journal_bundle ORDER BY bundle LIMIT 1",
    ] {
        if let Some(row) = tx.query_opt(sql, &[])? {
            let month = Month::of(row.int(0)?);
            oldest = Some(oldest.map_or(month, |held| held.min(month)));
        }
    }
    if let Some(file) = archive::with_parts(tx)?.first() {
        let row = tx.query_opt(
            "SELECT month FROM journal_archive WHERE first_bundle < $1 ORDER BY first_bundle DESC LIMIT 1",
            &[file.first.cast_signed().into()],
        )?;
        let before = row.and_then(|row| row.int(0).ok()).and_then(Month::from_number).unwrap_or(Month::FIRST);
        oldest = Some(oldest.map_or(before, |held| held.min(before)));
    }
    Ok(oldest)
}
