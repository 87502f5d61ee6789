//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::ExchangeError;
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

const TABLES: [Sealed; 4] = [
    Sealed {
        table: "credential",
        select: "SELECT username, password, secret FROM credential WHERE username > $1 ORDER BY username LIMIT $2",
        columns: &[
            Column {
                name: "password",
                update: "UPDATE credential SET password = $2 WHERE username = $1 AND password = $3",
            },
            Column {
                name: "secret",
                update: "UPDATE credential SET secret = $2 WHERE username = $1 AND secret = $3",
            },
        ],
    },
    Sealed {
        table: "credential_former",
        select: "SELECT username, password, secret FROM credential_former
            WHERE username > $1 ORDER BY username LIMIT $2",
        columns: &[
            Column {
                name: "password",
                update: "UPDATE credential_former SET password = $2 WHERE username = $1 AND password = $3",
            },
            Column {
                name: "secret",
                update: "UPDATE credential_former SET secret = $2 WHERE username = $1 AND secret = $3",
            },
        ],
    },
    Sealed {
        table: "workstation",
        select: "SELECT id, name FROM workstation WHERE id > $1 ORDER BY id LIMIT $2",
        columns: &[Column {
            name: "name",
            update: "UPDATE workstation SET name = $2 WHERE id = $1 AND name = $3",
        }],
    },
    Sealed {
        table: "account",
        select: "SELECT id, login, officer_number, officer_name, phone, password
            FROM account WHERE id > $1 ORDER BY id LIMIT $2",
        columns: &[
            Column { name: "login", update: "UPDATE account SET login = $2 WHERE id = $1 AND login = $3" },
            Column {
                name: "officer_number",
                update: "UPDATE account SET officer_number = $2 WHERE id = $1 AND officer_number = $3",
            },
            Column {
                name: "officer_name",
                update: "UPDATE account SET officer_name = $2 WHERE id = $1 AND officer_name = $3",
            },
            Column { name: "phone", update: "UPDATE account SET phone = $2 WHERE id = $1 AND phone = $3" },
            Column {
                name: "password",
                update: "UPDATE account SET password = $2 WHERE id = $1 AND password = $3",
            },
        ],
    },
];

/// Goes over all rows, `batch` in a transaction; gives the number of values sealed anew.
pub(crate) fn all(store: &Store, sealer: &Sealer, batch: u32) -> Result<u64, ExchangeError> {
    let mut sealed = 0;
    for table in &TABLES {
        let rows = |tx: &mut Tx<'_>, from: &String| rows(tx, sealer, table, from, batch.max(1));
        sealed += store.in_batches("exchange.reseal", String::new(), rows)?;
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
) -> Result<(u64, Option<String>), ExchangeError> {
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
