//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::sealer::Sealer;
use crate::{Watch, WatchError};
use dancu_storage::Tx;

/// A table with sealed columns. Its rows are gone through by a text key.
struct Sealed {
    table: &'static str,
    /// Key to page by, the row's name in the seal, then the sealed columns, of the rows after `$1`, at most `$2`
    select: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const TABLES: [Sealed; 4] = [
    Sealed {
        table: "watch_rule",
        select: "SELECT id, setting, who, why FROM watch_rule WHERE id > $1 ORDER BY id LIMIT $2",
        columns: &[
            ("setting", "UPDATE watch_rule SET setting = $2 WHERE id = $1 AND setting = $3"),
            ("who", "UPDATE watch_rule SET who = $2 WHERE id = $1 AND who = $3"),
            ("why", "UPDATE watch_rule SET why = $2 WHERE id = $1 AND why = $3"),
        ],
    },
    Sealed {
        table: "watch_listed",
        select: "SELECT id, number, note, who FROM watch_listed WHERE id > $1 ORDER BY id LIMIT $2",
        columns: &[
            ("number", "UPDATE watch_listed SET number = $2 WHERE id = $1 AND number = $3"),
            ("note", "UPDATE watch_listed SET note = $2 WHERE id = $1 AND note = $3"),
            ("who", "UPDATE watch_listed SET who = $2 WHERE id = $1 AND who = $3"),
        ],
    },
    Sealed {
        table: "watch_proposal",
        select: "SELECT id, setting, who, why, decided_by, decided_why FROM watch_proposal WHERE id > $1 \
                 ORDER BY id LIMIT $2",
        columns: &[
            ("setting", "UPDATE watch_proposal SET setting = $2 WHERE id = $1 AND setting = $3"),
            ("who", "UPDATE watch_proposal SET who = $2 WHERE id = $1 AND who = $3"),
            ("why", "UPDATE watch_proposal SET why = $2 WHERE id = $1 AND why = $3"),
            ("decided_by", "UPDATE watch_proposal SET decided_by = $2 WHERE id = $1 AND decided_by = $3"),
            ("decided_why", "UPDATE watch_proposal SET decided_why = $2 WHERE id = $1 AND decided_why = $3"),
        ],
    },
    Sealed {
        table: "watch_alert",
        select: "SELECT id, about FROM watch_alert WHERE id > $1 ORDER BY id LIMIT $2",
        columns: &[("about", "UPDATE watch_alert SET about = $2 WHERE id = $1 AND about = $3")],
    },
];

/// Tables whose key is a number, and a second one in that of steps.
const NUMBERED: [Sealed; 4] = [
    Sealed {
        table: "watch_brake",
        select: "SELECT alert, 0, who, why FROM watch_brake WHERE alert > $1 ORDER BY alert LIMIT $2",
        columns: &[
            ("who", "UPDATE watch_brake SET who = $3 WHERE alert = $1 AND $2 = 0 AND who = $4"),
            ("why", "UPDATE watch_brake SET why = $3 WHERE alert = $1 AND $2 = 0 AND why = $4"),
        ],
    },
    Sealed {
        table: "watch_guess",
        select: "SELECT number, 0, who, why FROM watch_guess WHERE number > $1 ORDER BY number LIMIT $2",
        columns: &[
            ("who", "UPDATE watch_guess SET who = $3 WHERE number = $1 AND $2 = 0 AND who = $4"),
            ("why", "UPDATE watch_guess SET why = $3 WHERE number = $1 AND $2 = 0 AND why = $4"),
        ],
    },
    Sealed {
        table: "watch_alert_note",
        // All notes of an alert at once: there are few.
        select: "SELECT alert, note, who, words FROM watch_alert_note WHERE alert IN \
                 (SELECT number FROM watch_alert WHERE number > $1 ORDER BY number LIMIT $2) ORDER BY alert, note",
        columns: &[
            ("who", "UPDATE watch_alert_note SET who = $3 WHERE alert = $1 AND note = $2 AND who = $4"),
            ("words", "UPDATE watch_alert_note SET words = $3 WHERE alert = $1 AND note = $2 AND words = $4"),
        ],
    },
    Sealed {
        table: "watch_alert_step",
        // All steps of an alert at once: there are few.
        select: "SELECT alert, step, who, note FROM watch_alert_step WHERE alert IN \
                 (SELECT number FROM watch_alert WHERE number > $1 ORDER BY number LIMIT $2) ORDER BY alert, step",
        columns: &[
            ("who", "UPDATE watch_alert_step SET who = $3 WHERE alert = $1 AND step = $2 AND who = $4"),
            ("note", "UPDATE watch_alert_step SET note = $3 WHERE alert = $1 AND step = $2 AND note = $4"),
        ],
    },
];

impl Watch {
    /// After a rotation of the sealing key: seals every text anew that stands under an older one, `batch` rows in a transaction, while
    /// the service runs. Gives the number of values. What the rules remember is kept anew by itself; until then the old key is
    /// needed for it. Blocks.
    pub fn reseal(&self, batch: u32) -> Result<u64, WatchError> {
        let (store, sealer, batch) = (&self.inner.store, &self.inner.sealer, batch.max(1));
        let mut sealed = 0;
        for table in &TABLES {
            let rows = |tx: &mut Tx<'_>, from: &String| rows(tx, sealer, table, from, batch);
            sealed += store.in_batches("watch.reseal", String::new(), rows)?;
        }
        for table in &NUMBERED {
            let rows = |tx: &mut Tx<'_>, from: &i64| numbered(tx, sealer, table, *from, batch);
            sealed += store.in_batches("watch.reseal", -1, rows)?;
        }
        Ok(sealed)
    }
}

/// One batch: how many values, and the last key, if there may be more.
fn rows(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    of: &Sealed,
    from: &str,
    batch: u32,
) -> Result<(u64, Option<String>), WatchError> {
    let rows = tx.query(of.select, &[from.into(), batch.into()])?;
    let mut values = 0;
    for row in &rows {
        let key = row.text(0)?;
        for (at, (field, update)) in of.columns.iter().enumerate() {
            let Some(old) = row.opt_bytes(at + 1)?.filter(|old| !sealer.0.is_current(old)) else { continue };
            let plain = sealer.open(of.table, key, field, old)?;
            let new = sealer.seal(of.table, key, field, &plain)?;
            values += tx.execute(update, &[key.into(), new.into(), old.into()])?;
        }
    }
    Ok((values, rows.last().map(|row| row.text(0).map(str::to_owned)).transpose()?))
}

fn numbered(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    of: &Sealed,
    from: i64,
    batch: u32,
) -> Result<(u64, Option<i64>), WatchError> {
    let rows = tx.query(of.select, &[from.into(), batch.into()])?;
    let mut values = 0;
    for row in &rows {
        let (key, second) = (row.int(0)?, row.int(1)?);
        let place = if second == 0 { key.to_string() } else { format!("{key}/{second}") };
        for (at, (field, update)) in of.columns.iter().enumerate() {
            let Some(old) = row.opt_bytes(at + 2)?.filter(|old| !sealer.0.is_current(old)) else { continue };
            let plain = sealer.open(of.table, &place, field, old)?;
            let new = sealer.seal(of.table, &place, field, &plain)?;
            values += tx.execute(update, &[key.into(), second.into(), new.into(), old.into()])?;
        }
    }
    Ok((values, rows.last().map(|row| row.int(0)).transpose()?))
}
