//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::document::path;
use crate::governance::{Done, Governance};
use crate::sealed::{self, Spot};
use crate::{GovernanceError, rows};
use dancu_storage::{Tx, Value};

/// A table with a sealed column. Its key is two columns or expressions, the second text.
struct Sealed {
    /// Both parts of the key and the column, of the rows after `$1, $2`, at most `$3` of them
    select: &'static str,
    /// Replaces the column, if it is still what was read
    update: &'static str,
    spot: fn(&str) -> Spot<'_>,
}

const TABLES: [Sealed; 4] = [
    Sealed {
        select: "SELECT matter, CAST(number AS TEXT), why FROM governance_step
            WHERE matter > $1 OR (matter = $1 AND CAST(number AS TEXT) > $2)
            ORDER BY matter, CAST(number AS TEXT) LIMIT $3",
        update: "UPDATE governance_step SET why = $3
            WHERE matter = $1 AND CAST(number AS TEXT) = $2 AND why = $4",
        spot: sealed::step_why,
    },
    Sealed {
        select: "SELECT matter, CAST(version AS TEXT), body FROM governance_content
            WHERE matter > $1 OR (matter = $1 AND CAST(version AS TEXT) > $2)
            ORDER BY matter, CAST(version AS TEXT) LIMIT $3",
        update: "UPDATE governance_content SET body = $3
            WHERE matter = $1 AND CAST(version AS TEXT) = $2 AND body = $4",
        spot: sealed::content_body,
    },
    Sealed {
        select: "SELECT matter, sha256 || '/' || kind, name FROM governance_document
            WHERE matter > $1 OR (matter = $1 AND sha256 || '/' || kind > $2)
            ORDER BY matter, sha256 || '/' || kind LIMIT $3",
        update: "UPDATE governance_document SET name = $3
            WHERE matter = $1 AND sha256 || '/' || kind = $2 AND name = $4",
        spot: sealed::document_name,
    },
    Sealed {
        select: "SELECT system, name || '/' || CAST(number AS TEXT), how FROM governance_measure
            WHERE system > $1 OR (system = $1 AND name || '/' || CAST(number AS TEXT) > $2)
            ORDER BY system, name || '/' || CAST(number AS TEXT) LIMIT $3",
        update: "UPDATE governance_measure SET how = $3
            WHERE system = $1 AND name || '/' || CAST(number AS TEXT) = $2 AND how = $4",
        spot: sealed::measure_how,
    },
];

impl Governance {
    /// Seals every value anew that stands under an older key, `batch` rows in a transaction, then the attached files one
    /// by one. Gives the number of values and files.
    pub fn reseal(&self, batch: u32) -> Result<u64, GovernanceError> {
        let mut count = 0;
        for table in &TABLES {
            let rows =
                |tx: &mut Tx<'_>, from: &(String, String)| self.reseal_rows(tx, table, from, batch.max(1));
            count += self.store.in_batches("governance.reseal", Default::default(), rows)?;
        }
        Ok(count + self.reseal_files(batch.max(1))?)
    }

    fn reseal_rows(
        &self,
        tx: &mut Tx<'_>,
        of: &Sealed,
        from: &(String, String),
        batch: u32,
    ) -> Done<(u64, Option<(String, String)>)> {
        let rows = tx.query(of.select, &[rows::text(&from.0), rows::text(&from.1), batch.into()])?;
        let mut count = 0;
        for row in &rows {
            let (first, second, old) = (row.text(0)?, row.text(1)?, row.bytes(2)?);
            if self.ring.is_current(old) {
                continue;
            }
            let key = format!("{first}/{second}");
            let plain = sealed::open(&self.ring, (of.spot)(&key), old)?;
            let new = sealed::seal(&self.ring, (of.spot)(&key), &plain)?;
            let parameters: [Value; 4] = [first.into(), second.into(), new.into(), old.into()];
            count += tx.execute(of.update, &parameters)?;
        }
        let full = rows.len() >= usize::try_from(batch).unwrap_or(usize::MAX);
        let last = rows
            .last()
            .map(|row| Ok::<_, GovernanceError>((row.text(0)?.to_owned(), row.text(1)?.to_owned())));
        Ok((count, last.transpose()?.filter(|_| full)))
    }

    /// A file is replaced by compare-and-swap: nobody writes another content under its name.
    fn reseal_files(&self, batch: u32) -> Done<u64> {
        let (mut count, mut after) = (0, String::new());
        loop {
            let sql =
                "SELECT DISTINCT sha256 FROM governance_document WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
            let rows = self.store.read("governance.files", |tx| {
                Ok::<_, GovernanceError>(tx.query(sql, &[rows::text(&after), batch.into()])?)
            })?;
            let Some(last) = rows.last() else { return Ok(count) };
            for row in &rows {
                let sha256 = row.text(0)?;
                let Some(old) = self.blobs.get(&path(sha256))? else { continue };
                if self.ring.is_current(&old) {
                    continue;
                }
                let spot = sealed::document_bytes(sha256);
                let plain = sealed::open(&self.ring, spot, &old)?;
                let new = sealed::seal(&self.ring, spot, &plain)?;
                count += u64::from(self.blobs.swap(&path(sha256), Some(&old), &new)?);
            }
            last.text(0)?.clone_into(&mut after);
        }
    }
}
