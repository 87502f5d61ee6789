//! Counting entries.
use crate::keeping::archived_between;
use crate::stored::{BUNDLE, Shelves, settled};
use crate::{JournalError, Month, encode, head, run};
use dancu_storage::Tx;

impl Shelves {
    /// All entries: archived ones, bundle by bundle, group by group. A group may begin with entries of a bundle.
    pub(crate) fn count(&self) -> Result<u64, JournalError> {
        self.store().read("journal.count", |tx| {
            let row = tx.query_opt("SELECT COUNT(*) FROM journal_bundle", &[])?;
            let mut bundles: u64 = row.map_or(Ok(0), |row| row.number(0))?;
            tx.for_each("SELECT first_bundle, end_bundle FROM journal_archive", &[], |row| {
                bundles += row.number::<u64>(1)?.saturating_sub(row.number(0)?);
                Ok::<_, JournalError>(())
            })?;
            let mut counted = bundles * BUNDLE;
            tx.for_each("SELECT first, count FROM journal_group ORDER BY first", &[], |row| {
                let (first, count): (u64, u64) = (row.number(0)?, row.number(1)?);
                counted += (first + count).saturating_sub(first.max(counted));
                Ok::<_, JournalError>(())
            })?;
            Ok(counted)
        })
    }

    /// Entries at or after a moment.
    pub(crate) fn count_since(&self, at_us: i64) -> Result<u64, JournalError> {
        let (size, mut index) = self.store().read("journal.count_since", |tx| {
            let (size, settled) = (head::size(tx)?, settled(tx)?);
            let (mut before, mut since) = (0, size);
            while before < since {
                let middle = before + (since - before) / 2;
                if self.latest_around(tx, settled, middle, at_us)? < at_us {
                    before = middle + 1;
                } else {
                    since = middle;
                }
            }
            Ok::<_, JournalError>((size, before))
        })?;
        // Now at the beginning of the first row that reaches that moment; its first entries may lie before it.
        while index < size {
            let stored = self.read(index, 256)?;
            let early = stored
                .iter()
                .take_while(|stored| encode::time_of(&stored.entry).is_none_or(|entry_us| entry_us < at_us));
            let early = early.count();
            index += early as u64;
            if early == 0 || early < stored.len() {
                break;
            }
        }
        Ok(size - index)
    }

    /// Latest time in the row that holds an entry; of archived ones perhaps an earlier one, if all are before `at_us`.
    fn latest_around(
        &self,
        tx: &mut Tx<'_>,
        settled: u64,
        index: u64,
        at_us: i64,
    ) -> Result<i64, JournalError> {
        let missing = JournalError::Corrupt { index, what: "the entry is missing" };
        let bundle = index / BUNDLE;
        if bundle >= settled {
            let row = tx.query_opt(
                "SELECT at_last FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1",
                &[head::number(index)?],
            )?;
            return row.map_or(Err(missing), |row| Ok(row.int(0)?));
        }
        let hot = "SELECT at_last FROM journal_bundle WHERE bundle = $1";
        if let Some(row) = tx.query_opt(hot, &[head::number(bundle)?])? {
            return Ok(row.int(0)?);
        }
        let archived = archived_between(tx, bundle, bundle + 1)?.pop().ok_or(missing)?;
        if archived.month < Month::of(at_us) {
            return Ok(i64::MIN);
        }
        // Contexts have no time: a bundle of nothing else has that of what follows.
        for bundle in bundle..settled {
            let file = self.file(bundle)?;
            if let Some(latest) = run::pieces(&file).flatten().filter_map(encode::time_of).max() {
                return Ok(latest);
            }
        }
        Ok(i64::MAX)
    }
}
