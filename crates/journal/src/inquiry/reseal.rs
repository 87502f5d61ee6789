//! Sealing anew under the current key, after a rotation, while the service runs.
use super::{Inquiries, TABLE};
use crate::JournalError;
use dancu_keys::Place;
use dancu_storage::Tx;

/// Sealed columns, and what replaces each, if it is still what was read.
const COLUMNS: [(&str, &str); 4] = [
    ("person", "UPDATE journal_inquiry SET person = $2 WHERE id = $1 AND person = $3"),
    ("question", "UPDATE journal_inquiry SET question = $2 WHERE id = $1 AND question = $3"),
    ("answer", "UPDATE journal_inquiry SET answer = $2 WHERE id = $1 AND answer = $3"),
    ("answered_by", "UPDATE journal_inquiry SET answered_by = $2 WHERE id = $1 AND answered_by = $3"),
];

impl Inquiries {
    /// Seals every value anew that stands under an older key, `batch` rows in a transaction. Gives the number of values.
    /// Blocks.
    pub fn reseal(&self, batch: u32) -> Result<u64, JournalError> {
        let rows = |tx: &mut Tx<'_>, from: &String| self.reseal_rows(tx, from, batch.max(1));
        self.store.in_batches("inquiry.reseal", String::new(), rows)
    }

    /// One batch: how many values, and the last key, if there may be more.
    fn reseal_rows(
        &self,
        tx: &mut Tx<'_>,
        from: &str,
        batch: u32,
    ) -> Result<(u64, Option<String>), JournalError> {
        let rows = tx.query(
            "SELECT id, person, question, answer, answered_by FROM journal_inquiry WHERE id > $1 ORDER BY id LIMIT $2",
            &[from.into(), batch.into()],
        )?;
        let mut values = 0;
        for row in &rows {
            let id = row.text(0)?;
            for (at, (field, update)) in COLUMNS.iter().enumerate() {
                let Some(old) = row.opt_bytes(at + 1)?.filter(|old| !self.ring.is_current(old)) else {
                    continue;
                };
                let place = Place { table: TABLE, row: id.as_bytes(), field };
                let new = self.ring.seal(place, &self.ring.open(place, old)?)?;
                values += tx.execute(update, &[id.into(), new.into(), old.into()])?;
            }
        }
        let full = rows.len() >= usize::try_from(batch).unwrap_or(usize::MAX);
        let last = rows.last().map(|row| row.text(0).map(str::to_owned)).transpose()?;
        Ok((values, last.filter(|_| full)))
    }
}
