//! What the witness remembers: the latest checkpoint of each log, and what looked like a fork.
use crate::WitnessError;
use dancu_storage::{Store, StoreError, Tx};
use dancu_tlog::checkpoint::{SignedCheckpoint, TreeHead};
use dancu_tlog::witness::AddCheckpoint;

/// Refused requests of one kind that are kept for each log. One for each tree that the log signed: a stranger who
/// repeats its public checkpoints adds no more than there are.
const KEPT: i64 = 64;

/// The latest checkpoint of a log that was cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// the checkpoint with the log's signatures
    pub checkpoint: SignedCheckpoint,
    /// when it was accepted, in microseconds since 1970: the time of the cosignature
    pub updated_us: i64,
}

impl Latest {
    /// Size and root of a log, also of one that was never cosigned.
    pub(crate) fn head(latest: Option<&Self>) -> TreeHead {
        latest.map_or_else(TreeHead::empty, |latest| latest.checkpoint.checkpoint().head())
    }
}

/// A refused request that shows, or may show, that a log signed two histories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// size of the refused checkpoint
    pub size: u64,
    /// whether it alone convicts the log: another root at the size of the witness's latest
    pub is_fork: bool,
    /// the body of the request
    pub request: String,
    /// the witness's latest checkpoint at that time, empty if it had none
    pub latest: String,
    /// when it came first, in microseconds since 1970
    pub received_us: i64,
}

/// What a log's latest was last known to be.
pub(crate) fn latest(store: &Store, origin: &str) -> Result<Option<Latest>, WitnessError> {
    let sql = "SELECT checkpoint, updated_us FROM witness_log WHERE origin = $1";
    let row = store.read("witness.latest", |tx| {
        let row = tx.query_opt(sql, &[origin.into()])?;
        row.map(|row| Ok::<_, StoreError>((row.text(0)?.to_owned(), row.int(1)?))).transpose()
    })?;
    row.map(|(checkpoint, updated_us)| {
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())
            .map_err(|_| WitnessError::Damaged(origin.to_owned()))?;
        Ok(Latest { checkpoint, updated_us })
    })
    .transpose()
}

/// Compare-and-swap: makes a checkpoint the latest, if the latest is still `old`. One statement inserts or updates; a
/// row that has become another since it was read is left alone.
pub(crate) fn replace(
    store: &Store,
    old: TreeHead,
    new: &SignedCheckpoint,
    updated_us: i64,
) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO witness_log (origin, size, root, checkpoint, updated_us) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (origin) DO UPDATE
               SET size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint,
                   updated_us = excluded.updated_us
               WHERE witness_log.size = $6 AND witness_log.root = $7";
    let (origin, head) = (new.checkpoint().origin(), new.checkpoint().head());
    let (size, old_size) = (stored_size(head.size)?, stored_size(old.size)?);
    store.run_tx("witness.replace", |tx| {
        let swapped = tx.execute(
            sql,
            &[
                origin.into(),
                size.into(),
                head.root.into(),
                new.to_string().into(),
                updated_us.into(),
                old_size.into(),
                old.root.into(),
            ],
        )? == 1;
        if swapped {
            // What could not be proved before is proved now.
            let sql = "DELETE FROM witness_evidence WHERE origin = $1 AND size = $2 AND root = $3";
            tx.execute(sql, &[origin.into(), size.into(), head.root.into()])?;
        }
        Ok(swapped)
    })
}

/// Keeps a refused request, within bounds: of forks the first ones, of the others the newest.
pub(crate) fn keep(
    store: &Store,
    request: &AddCheckpoint,
    latest: &str,
    is_fork: bool,
    received_us: i64,
) -> Result<(), StoreError> {
    let checkpoint = request.checkpoint.checkpoint();
    let (origin, head) = (checkpoint.origin(), checkpoint.head());
    let (size, kind) = (stored_size(head.size)?, if is_fork { "fork" } else { "unproved" });
    store.run_tx("witness.keep", |tx| {
        if is_fork && count(tx, origin, kind)? >= KEPT {
            return Ok(());
        }
        tx.execute(
            "INSERT INTO witness_evidence (origin, size, root, kind, request, latest, received_us)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (origin, size, root) DO UPDATE
             SET kind = excluded.kind, request = excluded.request, latest = excluded.latest
             WHERE excluded.kind = 'fork' AND witness_evidence.kind = 'unproved'",
            &[
                origin.into(),
                size.into(),
                head.root.into(),
                kind.into(),
                request.to_string().into(),
                latest.into(),
                received_us.into(),
            ],
        )?;
        if !is_fork && count(tx, origin, kind)? > KEPT {
            tx.execute(
                "DELETE FROM witness_evidence WHERE origin = $1 AND kind = $2 AND received_us =
                 (SELECT MIN(received_us) FROM witness_evidence WHERE origin = $1 AND kind = $2)",
                &[origin.into(), kind.into()],
            )?;
        }
        Ok(())
    })
}

fn count(tx: &mut Tx<'_>, origin: &str, kind: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM witness_evidence WHERE origin = $1 AND kind = $2";
    tx.query_opt(sql, &[origin.into(), kind.into()])?.map_or(Ok(0), |row| row.int(0))
}

/// All that is kept about a log, smallest trees first.
pub(crate) fn evidence(store: &Store, origin: &str) -> Result<Vec<Evidence>, StoreError> {
    let sql = "SELECT size, kind, request, latest, received_us FROM witness_evidence WHERE origin = $1
               ORDER BY size, root";
    store.read("witness.evidence", |tx| {
        let rows = tx.query(sql, &[origin.into()])?;
        rows.iter()
            .map(|row| {
                Ok(Evidence {
                    size: row.number(0)?,
                    is_fork: row.text(1)? == "fork",
                    request: row.text(2)?.to_owned(),
                    latest: row.text(3)?.to_owned(),
                    received_us: row.int(4)?,
                })
            })
            .collect()
    })
}

fn stored_size(size: u64) -> Result<i64, StoreError> {
    i64::try_from(size).map_err(|_| StoreError::Type("the size of a tree is above 63 bits".into()))
}
