//! The head row: how far the log is judged, and under which version of the rules.
use crate::WatchError;
use crate::sealer::number;
use dancu_storage::{Row, Tx};

/// The head row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) position: u64,
    pub(crate) version: u64,
    pub(crate) brakes: u64,
}

/// Makes the row when there is none, so that judging begins at this entry.
pub(crate) fn begin(tx: &mut Tx<'_>, position: u64) -> Result<(), WatchError> {
    tx.execute(
        "INSERT INTO watch_head (id, position, version, alerts, brakes) VALUES (0, $1, 0, 1, 0) \
         ON CONFLICT (id) DO NOTHING",
        &[number(position)?.into()],
    )?;
    tx.execute("INSERT INTO watch_guess_head (id, next) VALUES (0, 1) ON CONFLICT (id) DO NOTHING", &[])?;
    Ok(())
}

pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Head, WatchError> {
    let row = tx.query_opt("SELECT position, version, brakes FROM watch_head WHERE id = 0", &[])?;
    let row = row.ok_or(WatchError::Internal("no head row"))?;
    Ok(Head { position: row.number(0)?, version: row.number(1)?, brakes: row.number(2)? })
}

/// Counts up the version of the rules; gives the first entry that is judged by what changes with it.
pub(crate) fn changed(tx: &mut Tx<'_>) -> Result<u64, WatchError> {
    let sql = "UPDATE watch_head SET version = version + 1 WHERE id = 0 RETURNING position";
    only(tx.query_opt(sql, &[])?)
}

/// Counts up the version of the brakes.
pub(crate) fn brakes_changed(tx: &mut Tx<'_>) -> Result<(), WatchError> {
    tx.execute("UPDATE watch_head SET brakes = brakes + 1 WHERE id = 0", &[])?;
    Ok(())
}

/// Moves on, if nobody else has, and no rule has changed; gives the number of the first of so many new alerts.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    from: Head,
    to: u64,
    alerts: usize,
) -> Result<Option<u64>, WatchError> {
    let alerts = i64::try_from(alerts).map_err(|_| WatchError::Internal("too many alerts"))?;
    let row = tx.query_opt(
        "UPDATE watch_head SET position = $1, alerts = alerts + $2 \
         WHERE id = 0 AND position = $3 AND version = $4 RETURNING alerts - $2",
        &[number(to)?.into(), alerts.into(), number(from.position)?.into(), number(from.version)?.into()],
    )?;
    row.map(|row| Ok(row.number(0)?)).transpose()
}

fn only(row: Option<Row>) -> Result<u64, WatchError> {
    row.map_or(Err(WatchError::Internal("no head row")), |row| Ok(row.number(0)?))
}
