//! Epochs: the heads of all chains go into the map, whose root becomes an entry of the log.
//!
//! An epoch passes four states, each durable, so that a crash anywhere is made good by going on:
//!
//! 1. *closed*: the steps of its generation are gathered no more; what the epoch covers is settled;
//! 2. *rooted*: the root of the map with those steps is known; the map itself still is that of the epoch before;
//! 3. *recorded*: its entry was met in the log. Until then whoever claims it appends the entry; should it be there twice
//!    after a crash, the first counts;
//! 4. *applied*: the steps are in the map, and proofs are given against it from now on. This waits until the entry itself
//!    can be proved (is under a published checkpoint); until then proofs are given against the epoch before.
use super::history::Covered;
use super::map::{self, Changes};
use super::rows::number;
use super::{Index, head};
use crate::{Epoch, JournalError, Record};
use dancu_storage::{Row, Tx};
use dancu_tlog::Hash;
use std::sync::PoisonError;

/// How long a server that undertook to append an epoch's entry is left alone with it.
const CLAIM_US: i64 = 30_000_000;

/// An epoch on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    generation: i64,
    number: u64,
    covered: u64,
    root: Option<Hash>,
    persons: u64,
    index: Option<u64>,
}

impl Index {
    /// Brings the chains that moved into the map and its root into the log: goes on with an epoch under way, or begins
    /// one if anything moved. Gives the epoch whose map is in force afterwards. Blocks.
    pub fn epoch(&self, now_us: i64) -> Result<Option<Covered>, JournalError> {
        let size = self.inner.log.size()?;
        self.reach(size)?;
        self.go_on(now_us)?;
        while self.inner.store.run_tx("index.drain", drain)? {}
        if self.close()? {
            self.go_on(now_us)?;
        }
        self.inner.store.read("index.applied", applied)
    }

    /// Brings an epoch under way, if there is one, as far as it gets.
    pub(super) fn go_on(&self, now_us: i64) -> Result<(), JournalError> {
        let Some(pending) = self.inner.store.read("index.pending", pending)? else { return Ok(()) };
        let root = match pending.root {
            Some(root) => root,
            None => self.root(&pending)?,
        };
        let index = match pending.index {
            Some(index) => Some(index),
            None => self.record(&pending, root, now_us)?,
        };
        if index.is_some_and(|index| (self.inner.options.provable)(index)) {
            self.apply(&pending)?;
        }
        Ok(())
    }

    /// Closes the generation, when anything moved in it and no epoch is under way; whether it did.
    fn close(&self) -> Result<bool, JournalError> {
        self.inner.store.run_tx("index.close", |tx| {
            let head = head(tx)?;
            let generation = head.generation.into();
            let moved =
                tx.query("SELECT vrf FROM index_step WHERE generation = $1 LIMIT 1", &[generation])?;
            if moved.is_empty() || pending(tx)?.is_some() {
                return Ok(false);
            }
            tx.execute(
                "INSERT INTO index_epoch (generation, number, covered, root, persons, claimed_us, idx, applied) \
                 VALUES ($1, $2, $3, NULL, $4, 0, NULL, 0)",
                &[
                    head.generation.into(),
                    number(head.number)?,
                    number(head.position)?,
                    number(head.persons)?,
                ],
            )?;
            tx.execute(
                "UPDATE index_head SET generation = generation + 1, number = number + 1 WHERE log = 0",
                &[],
            )?;
            Ok(true)
        })
    }

    /// The root of the map with the steps of the epoch.
    fn root(&self, pending: &Pending) -> Result<Hash, JournalError> {
        let changes = self.changes(pending)?;
        let root = changes.root;
        self.inner.store.run_tx("index.root", |tx| {
            let sql = "UPDATE index_epoch SET root = $1 WHERE generation = $2 AND root IS NULL";
            tx.execute(sql, &[root.into(), pending.generation.into()])?;
            Ok::<_, JournalError>(())
        })?;
        *self.inner.changes.lock().unwrap_or_else(PoisonError::into_inner) = Some(changes);
        Ok(root)
    }

    /// What the epoch changes in the map: the steps of a closed generation stay as they are, so it can be found anew.
    fn changes(&self, pending: &Pending) -> Result<Changes, JournalError> {
        let kept = self.inner.changes.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept.filter(|changes| changes.generation == pending.generation) {
            Some(changes) => Ok(changes),
            None => self.inner.store.read("index.changes", |tx| map::changes(tx, pending.generation)),
        }
    }

    /// Appends the entry, unless another server is about to, and meets it in the log; its number, once met.
    fn record(&self, pending: &Pending, root: Hash, now_us: i64) -> Result<Option<u64>, JournalError> {
        let claimed = self.inner.store.run_tx("index.claim", |tx| {
            let sql = "UPDATE index_epoch SET claimed_us = $1 \
                       WHERE generation = $2 AND idx IS NULL AND claimed_us <= $3";
            let before = now_us.saturating_sub(CLAIM_US);
            Ok::<_, JournalError>(
                tx.execute(sql, &[now_us.into(), pending.generation.into(), before.into()])?,
            )
        })?;
        if claimed == 1 {
            let vrf_key = *self.inner.vrf.public().as_bytes();
            let Pending { number, covered: entries, persons, .. } = *pending;
            let epoch = Epoch { entries, root, persons, vrf_key, number };
            let receipt = self.inner.log.append(Record::Epoch { at_us: now_us, epoch })?;
            self.reach(receipt.index + 1)?;
        }
        let now = self.inner.store.read("index.pending", self::pending)?;
        Ok(now.filter(|now| now.generation == pending.generation).and_then(|now| now.index))
    }

    /// Puts the steps into the map.
    fn apply(&self, pending: &Pending) -> Result<(), JournalError> {
        let changes = self.changes(pending)?;
        let generation = pending.generation;
        self.inner.store.run_tx("index.apply", |tx| {
            let sql = "UPDATE index_epoch SET applied = 1 WHERE generation = $1 AND applied = 0";
            if tx.execute(sql, &[generation.into()])? == 0 {
                return Ok(());
            }
            changes.write(tx)?;
            tx.execute("DELETE FROM index_step WHERE generation = $1", &[generation.into()])?;
            tx.execute("DELETE FROM index_epoch WHERE generation < $1", &[generation.into()])?;
            Ok::<_, JournalError>(())
        })
    }
}

/// Takes steps into the map, while none is in force and none under way; whether there may be more.
fn drain(tx: &mut Tx<'_>) -> Result<bool, JournalError> {
    let in_use = !tx.query("SELECT generation FROM index_epoch LIMIT 1", &[])?.is_empty();
    let generation = head(tx)?.generation;
    if in_use { Ok(false) } else { map::drain(tx, generation) }
}

/// The epoch under way.
fn pending(tx: &mut Tx<'_>) -> Result<Option<Pending>, JournalError> {
    let sql = "SELECT generation, number, covered, root, persons, idx FROM index_epoch WHERE applied = 0";
    let read = |row: Row| {
        let (generation, number, covered) = (row.int(0)?, row.number(1)?, row.number(2)?);
        let (root, persons, index) = (row.opt_array(3)?, row.number(4)?, row.opt_number(5)?);
        Ok(Pending { generation, number, covered, root, persons, index })
    };
    tx.query_opt(sql, &[])?.map(read).transpose()
}

/// The epoch whose map is in force.
pub(super) fn applied(tx: &mut Tx<'_>) -> Result<Option<Covered>, JournalError> {
    let row = tx.query_opt("SELECT number, idx, covered FROM index_epoch WHERE applied = 1", &[])?;
    let read =
        |row: Row| Ok(Covered { epoch: row.number(0)?, index: row.number(1)?, entries: row.number(2)? });
    row.map(read).transpose()
}
