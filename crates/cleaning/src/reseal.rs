//! Sealing anew under the current key, after a rotation, while jobs are worked on.
use crate::cleaning::folder;
use crate::{Cleaning, CleaningError, fill, job, review, work};
use dancu_keys::Place;
use dancu_storage::{Row, Value};

impl Cleaning {
    /// After a rotation of the sealing key: seals every value and file anew that stands under an older one, `batch` rows in a
    /// transaction. Gives their number.
    pub fn reseal(&self, batch: u32) -> Result<u64, CleaningError> {
        Ok(self.reseal_jobs(batch.max(1))?
            + self.reseal_reviews(batch.max(1))?
            + self.reseal_notes(batch.max(1))?)
    }

    fn reseal_jobs(&self, batch: u32) -> Result<u64, CleaningError> {
        let (mut count, mut after) = (0, String::new());
        loop {
            const PAGE: &str = "SELECT id, asked FROM cleaning_job WHERE id > $1 ORDER BY id LIMIT $2";
            let parameters: [Value; 2] = [after.as_str().into(), batch.into()];
            let rows = self.rows(PAGE, &parameters)?;
            let Some(last) = rows.last() else { return Ok(count) };
            for row in &rows {
                const NEW: &str = "UPDATE cleaning_job SET asked = $2 WHERE id = $1 AND asked = $3";
                let id = row.text(0)?;
                count += self.swap(NEW, &[id.into()], job::place(id, "asked"), row.bytes(1)?)?;
                count += self.reseal_files(id)?;
            }
            last.text(0)?.clone_into(&mut after);
        }
    }

    /// Files of a job: read, sealed anew, and put only over what was read.
    fn reseal_files(&self, id: &str) -> Result<u64, CleaningError> {
        let mut count = 0;
        for path in self.blobs.list(&folder(id))? {
            let Some(old) = self.blobs.get(&path)? else { continue };
            let name = path.rsplit('/').next().unwrap_or_default();
            let chunk = name.split('-').next().and_then(|number| number.parse().ok());
            let row = fill::row(id, chunk.ok_or(CleaningError::Damaged("a file of another name"))?);
            let place = if name.contains('-') { work::answers_place(&row) } else { fill::rows_place(&row) };
            if let Some(new) = self.sealer.reseal(place, &old)? {
                count += u64::from(self.blobs.swap(&path, Some(&old), &new)?);
            }
        }
        Ok(count)
    }

    fn reseal_reviews(&self, batch: u32) -> Result<u64, CleaningError> {
        let (mut count, mut after) = (0, (String::new(), 0_i64));
        loop {
            const PAGE: &str = "SELECT job, number, content FROM cleaning_review
                 WHERE job > $1 OR (job = $1 AND number > $2) ORDER BY job, number LIMIT $3";
            let parameters: [Value; 3] = [after.0.as_str().into(), after.1.into(), batch.into()];
            let rows = self.rows(PAGE, &parameters)?;
            let Some(last) = rows.last() else { return Ok(count) };
            for row in &rows {
                const NEW: &str =
                    "UPDATE cleaning_review SET content = $3 WHERE job = $1 AND number = $2 AND content = $4";
                let place = fill::row(row.text(0)?, row.number(1)?);
                let key = [row.text(0)?.into(), row.int(1)?.into()];
                count += self.swap(NEW, &key, review::place(&place), row.bytes(2)?)?;
            }
            after = (last.text(0)?.to_owned(), last.int(1)?);
        }
    }

    fn reseal_notes(&self, batch: u32) -> Result<u64, CleaningError> {
        let (mut count, mut after) = (0, (String::new(), 0_i64, i64::MIN, String::new()));
        loop {
            const PAGE: &str = "SELECT job, number, at_us, id, note FROM cleaning_decision
                 WHERE job > $1 OR (job = $1 AND (number > $2 OR (number = $2 AND (at_us > $3 OR (at_us = $3 AND id > $4)))))
                 ORDER BY job, number, at_us, id LIMIT $5";
            let parameters: [Value; 5] = [
                after.0.as_str().into(),
                after.1.into(),
                after.2.into(),
                after.3.as_str().into(),
                batch.into(),
            ];
            let rows = self.rows(PAGE, &parameters)?;
            let Some(last) = rows.last() else { return Ok(count) };
            for row in &rows {
                const NEW: &str = "UPDATE cleaning_decision SET note = $5
                     WHERE job = $1 AND number = $2 AND at_us = $3 AND id = $4 AND note = $6";
                let key = [row.text(0)?.into(), row.int(1)?.into(), row.int(2)?.into(), row.text(3)?.into()];
                count += self.swap(NEW, &key, review::note_place(row.text(3)?), row.bytes(4)?)?;
            }
            after = (last.text(0)?.to_owned(), last.int(1)?, last.int(2)?, last.text(3)?.to_owned());
        }
    }

    fn rows(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, CleaningError> {
        self.store.read("cleaning.sealed", |tx| Ok(tx.query(sql, parameters)?))
    }

    /// Replaces a sealed value if it is still what was read: key, new value, old value.
    fn swap(
        &self,
        sql: &'static str,
        key: &[Value],
        place: Place<'_>,
        old: &[u8],
    ) -> Result<u64, CleaningError> {
        let Some(new) = self.sealer.reseal(place, old)? else { return Ok(0) };
        let parameters = [key, &[new.into(), old.into()]].concat();
        self.store.run_tx("cleaning.reseal", |tx| Ok(tx.execute(sql, &parameters)?))
    }
}
