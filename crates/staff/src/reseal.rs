//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::StaffError;
use crate::sealed::Sealer;
use dancu_storage::{Store, Tx};

/// A table with sealed columns.
struct Sealed {
    table: &'static str,
    /// Key, then the sealed columns, of the rows after `$1`, at most `$2` of them
    select: &'static str,
    columns: &'static [Column],
}

/// A sealed column and the statement that replaces it, if it is still what was read.
struct Column {
    name: &'static str,
    update: &'static str,
}

macro_rules! sealed {
    ($table:literal, $key:literal, $first:literal $(, $column:literal)*) => {
        Sealed {
            table: $table,
            select: concat!(
                "SELECT ", $key, ", ", $first $(, ", ", $column)*, " FROM ", $table,
                " WHERE ", $key, " > $1 ORDER BY ", $key, " LIMIT $2"
            ),
            columns: &[sealed!(@ $table, $key, $first) $(, sealed!(@ $table, $key, $column))*],
        }
    };
    (@ $table:literal, $key:literal, $column:literal) => {
        Column {
            name: $column,
            update: concat!(
                "UPDATE ", $table, " SET ", $column, " = $2 WHERE ", $key, " = $1 AND ", $column, " = $3"
            ),
        }
    };
}

const TABLES: [Sealed; 8] = [
    sealed!("staff_account", "id", "login", "name", "phone", "email", "person", "department"),
    sealed!("staff_password", "id", "phc"),
    sealed!("staff_totp", "account", "secret"),
    sealed!("staff_passkey", "id", "name", "passkey"),
    sealed!("staff_ceremony", "id", "state"),
    sealed!("staff_device", "id", "name"),
    sealed!("staff_event", "id", "reason"),
    sealed!("staff_emergency", "id", "reason", "approval"),
];

/// Goes over all rows, `batch` in a transaction; gives the number of values sealed anew.
pub(crate) fn all(store: &Store, sealer: &Sealer, batch: u32) -> Result<u64, StaffError> {
    let mut sealed = 0;
    for table in &TABLES {
        let rows = |tx: &mut Tx<'_>, from: &String| rows(tx, sealer, table, from, batch.max(1));
        sealed += store.in_batches("staff.reseal", String::new(), rows)?;
    }
    Ok(sealed)
}

/// One batch: how many values, and the last key, if there may be more.
fn rows(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    of: &Sealed,
    from: &str,
    batch: u32,
) -> Result<(u64, Option<String>), StaffError> {
    let rows = tx.query(of.select, &[from.into(), batch.into()])?;
    let mut values = 0;
    for row in &rows {
        let key = row.text(0)?;
        for (at, column) in of.columns.iter().enumerate() {
            let Some(old) = row.opt_bytes(at + 1)?.filter(|old| !sealer.is_current(old)) else { continue };
            let plain = sealer.open(of.table, key, column.name, old)?;
            let new = sealer.seal(of.table, key, column.name, plain.expose())?;
            values += tx.execute(column.update, &[key.into(), new.into(), old.into()])?;
        }
    }
    let full = rows.len() >= usize::try_from(batch).unwrap_or(usize::MAX);
    let last = rows.last().map(|row| row.text(0).map(str::to_owned)).transpose()?;
    Ok((values, last.filter(|_| full)))
}
