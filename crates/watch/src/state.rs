//! What the rules remember, kept from time to time, so that another server, or this one after a restart, goes on from there.
use crate::sealer::{Sealer, number};
use crate::{Engine, WatchError};
use dancu_policy::Calendar;
use dancu_storage::{Store, Tx, Value};

const TABLE: &str = "watch_state";
/// Bytes of a row.
const CHUNK: usize = 512 * 1024;

/// Keeps what an engine remembers after the entries below `position`, and forgets what was kept before.
pub(crate) fn keep(store: &Store, sealer: &Sealer, engine: &Engine, position: u64) -> Result<(), WatchError> {
    let bytes = engine.to_bytes().ok_or(WatchError::Internal("the state of the rules"))?;
    let chunks = bytes.len().div_ceil(CHUNK);
    let count = i64::try_from(chunks).map_err(|_| WatchError::Internal("a state too large"))?;
    let rows = (0..).zip(bytes.chunks(CHUNK)).map(|(chunk, bytes): (i64, &[u8])| {
        let sealed = sealer.seal(TABLE, &place(position, chunk), "sealed", bytes)?;
        Ok([Value::from(number(position)?), chunk.into(), count.into(), sealed.into()])
    });
    let rows = rows.collect::<Result<Vec<_>, WatchError>>()?;
    store.run_tx("watch.keep", |tx| {
        // A state of a later position, kept by whoever took over, stands.
        let later = "SELECT COUNT(*) FROM watch_state WHERE position >= $1";
        let later = tx.query_opt(later, &[number(position)?.into()])?;
        if later.map_or(Ok(0), |row| row.int(0))? > 0 {
            return Ok(());
        }
        tx.execute("DELETE FROM watch_state WHERE position < $1", &[number(position)?.into()])?;
        tx.execute_many(
            "INSERT INTO watch_state (position, chunk, chunks, sealed) VALUES ($1, $2, $3, $4)",
            &rows,
        )?;
        Ok(())
    })
}

/// The newest kept engine that is not beyond `position`, and its place; none when there is none, or it does not read.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    calendar: &Calendar,
    position: u64,
) -> Result<Option<(Engine, u64)>, WatchError> {
    let newest = "SELECT MAX(position) FROM watch_state WHERE position <= $1";
    let newest = tx.query_opt(newest, &[number(position)?.into()])?;
    let Some(at) = newest.map_or(Ok(None), |row| row.opt_number::<u64>(0))? else { return Ok(None) };
    let rows = tx.query(
        "SELECT chunk, chunks, sealed FROM watch_state WHERE position = $1 ORDER BY chunk",
        &[number(at)?.into()],
    )?;
    let mut bytes = Vec::new();
    for row in &rows {
        bytes.extend(sealer.open(TABLE, &place(at, row.int(0)?), "sealed", row.bytes(2)?)?);
    }
    let chunks = rows.first().map_or(Ok(0), |row| row.number::<usize>(1))?;
    let engine = (chunks == rows.len()).then(|| Engine::from_bytes(calendar.clone(), &bytes)).flatten();
    if engine.is_none() {
        tracing::warn!(position = at, "what the watch rules remembered does not read; they begin anew");
    }
    Ok(engine.map(|engine| (engine, at)))
}

fn place(position: u64, chunk: i64) -> String {
    format!("{position}/{chunk}")
}
