//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::sealed::{Spot, open, seal};
use crate::{Secrets, SecretsError};
use dancu_storage::{Row, Tx, Value};

/// A sealed column of the rows after a key, `$2` of them at most, and the statement that replaces it, if it is still what
/// was read.
struct Column {
    select: &'static str,
    update: &'static str,
    spot: fn(&[u8]) -> Spot<'_>,
    /// The key is bytes; otherwise it is text
    bytes: bool,
}

const COLUMNS: [Column; 4] = [
    Column {
        select: "SELECT fingerprint, certificate FROM secret_recipient
            WHERE fingerprint > $1 ORDER BY fingerprint LIMIT $2",
        update: "UPDATE secret_recipient SET certificate = $2 WHERE fingerprint = $1 AND certificate = $3",
        spot: |key| Spot::recipient(key, "certificate"),
        bytes: true,
    },
    Column {
        select: "SELECT fingerprint, subject FROM secret_recipient
            WHERE fingerprint > $1 ORDER BY fingerprint LIMIT $2",
        update: "UPDATE secret_recipient SET subject = $2 WHERE fingerprint = $1 AND subject = $3",
        spot: |key| Spot::recipient(key, "subject"),
        bytes: true,
    },
    Column {
        select: "SELECT id, subject FROM secret_delivery WHERE id > $1 ORDER BY id LIMIT $2",
        update: "UPDATE secret_delivery SET subject = $2 WHERE id = $1 AND subject = $3",
        spot: |key| Spot { table: "secret_delivery", row: key, field: "subject" },
        bytes: false,
    },
    Column {
        select: "SELECT id, envelope FROM secret_delivery WHERE id > $1 AND envelope IS NOT NULL
            ORDER BY id LIMIT $2",
        update: "UPDATE secret_delivery SET envelope = $2 WHERE id = $1 AND envelope = $3",
        spot: |key| Spot { table: "secret_delivery", row: key, field: "envelope" },
        bytes: false,
    },
];

impl Secrets {
    /// Seals every value anew that stands under an older key, `batch` rows in a transaction. Gives the number of values.
    pub fn reseal(&self, batch: u32) -> Result<u64, SecretsError> {
        let mut count = 0;
        for column in &COLUMNS {
            let rows = |tx: &mut Tx<'_>, from: &Vec<u8>| self.reseal_rows(tx, column, from, batch.max(1));
            count += self.store().in_batches("secrets.reseal", Vec::new(), rows)?;
        }
        Ok(count)
    }

    /// One batch: how many values, and the last key, if there may be more.
    fn reseal_rows(
        &self,
        tx: &mut Tx<'_>,
        column: &Column,
        from: &[u8],
        batch: u32,
    ) -> Result<(u64, Option<Vec<u8>>), SecretsError> {
        let rows = tx.query(column.select, &[column.key(from), batch.into()])?;
        let (mut count, mut last) = (0, None);
        for row in &rows {
            let (key, old) = (column.key_of(row)?, row.bytes(1)?);
            if !self.ring.is_current(old) {
                let spot = (column.spot)(&key);
                let new = seal(&self.ring, spot, &open(&self.ring, spot, old)?)?;
                count += tx.execute(column.update, &[column.key(&key), new.into(), old.into()])?;
            }
            last = Some(key);
        }
        let full = rows.len() >= usize::try_from(batch).unwrap_or(usize::MAX);
        Ok((count, last.filter(|_| full)))
    }
}

impl Column {
    fn key(&self, key: &[u8]) -> Value {
        if self.bytes { key.into() } else { String::from_utf8_lossy(key).into_owned().into() }
    }

    fn key_of(&self, row: &Row) -> Result<Vec<u8>, SecretsError> {
        Ok(if self.bytes { row.bytes(0)?.to_vec() } else { row.text(0)?.as_bytes().to_vec() })
    }
}
