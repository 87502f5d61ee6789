//! Settling: what stands in durable files leaves the tables.
use crate::stored::{BUNDLE, claim_settled, settled};
use crate::{Journal, JournalError, encode, head, run};
use dancu_storage::{Tx, Value};

/// Bundles settled in one transaction: short enough that the writer hardly waits.
const AT_ONCE: u64 = 16;

impl Journal {
    /// Settles all bundles below this number: their entries leave the store, which keeps their sealed parts, one row for
    /// 256. The caller has made sure that their files are durable; each is compared once more before its entries go.
    /// Several servers may settle at once. Blocks.
    pub fn settle(&self, bundles: u64) -> Result<(), JournalError> {
        loop {
            let from = self.settled()?;
            if from >= bundles {
                return Ok(());
            }
            let until = bundles.min(from + AT_ONCE);
            let files = (from..until).map(|bundle| self.shelves().fetch(bundle));
            let files = files.collect::<Result<Vec<_>, _>>()?;
            self.store().run_tx("journal.settle", |tx| {
                // Another server may have been quicker.
                if claim_settled(tx)? == from { self.move_out(tx, from, &files) } else { Ok(()) }
            })?;
        }
    }

    /// Bundles settled so far. Blocks.
    pub fn settled(&self) -> Result<u64, JournalError> {
        self.store().read("journal.settled", settled)
    }

    fn move_out(&self, tx: &mut Tx<'_>, from: u64, files: &[Vec<u8>]) -> Result<(), JournalError> {
        let mut rows = Vec::with_capacity(files.len());
        let until = from + files.len() as u64;
        let mut stored = self.shelves().read_in(tx, from * BUNDLE, until * BUNDLE)?.into_iter();
        for (bundle, file) in (from..).zip(files) {
            let index = bundle * BUNDLE;
            let (mut entries, mut sealed) = (Vec::with_capacity(file.len()), Vec::with_capacity(file.len()));
            let mut at: Option<(i64, i64)> = None;
            for stored in stored.by_ref().take(BUNDLE.try_into().unwrap_or(usize::MAX)) {
                run::push(&mut entries, &stored.entry)?;
                run::push(&mut sealed, &stored.sealed)?;
                if let Some(at_us) = encode::time_of(&stored.entry) {
                    let (first, last) = at.unwrap_or((at_us, at_us));
                    at = Some((first.min(at_us), last.max(at_us)));
                }
            }
            if entries != *file {
                return Err(JournalError::Corrupt {
                    index,
                    what: "the file of the bundle holds other entries",
                });
            }
            // Contexts have no time: a bundle of nothing else takes that of the calls that they are for.
            let (first, last) = at.map_or_else(|| times_around(tx, index + BUNDLE - 1), Ok)?;
            let row: [Value; 4] = [head::number(bundle)?, first.into(), last.into(), sealed.into()];
            rows.push(row);
        }
        tx.execute_many(
            "INSERT INTO journal_bundle (bundle, at_first, at_last, sealed) VALUES ($1, $2, $3, $4)",
            &rows,
        )?;
        tx.execute("UPDATE journal_settled SET bundles = $1 WHERE log = 0", &[head::number(until)?])?;
        // A group that reaches beyond stays until all of it is settled.
        tx.execute(
            "DELETE FROM journal_group WHERE first < $1 AND first + count <= $1",
            &[head::number(until * BUNDLE)?],
        )?;
        Ok(())
    }
}

/// Earliest and latest time in the group that holds an entry.
fn times_around(tx: &mut Tx<'_>, index: u64) -> Result<(i64, i64), JournalError> {
    let row = tx.query_opt(
        "SELECT at_first, at_last FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1",
        &[head::number(index)?],
    )?;
    let missing = JournalError::Corrupt { index, what: "the entry is missing" };
    row.map_or(Err(missing), |row| Ok((row.int(0)?, row.int(1)?)))
}
