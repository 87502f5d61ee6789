//! Which of several servers on one store does a piece of work: a row for each work, with a time-out.

use crate::{Migration, Row, Store, StoreError, Tx};

const OWNER: &str = "lease";

const MIGRATIONS: &[Migration] = &[Migration {
    id: "0001_lease",
    sql: "CREATE TABLE IF NOT EXISTS lease (
        work TEXT NOT NULL,         -- name of the work
        holder TEXT NOT NULL,       -- random name of the server that does it
        until_us INTEGER NOT NULL,  -- when another may take it, microseconds since the epoch
        reached INTEGER NOT NULL,   -- how far the work has come, as the work itself counts
        settled INTEGER NOT NULL,   -- how far nothing of it need be done again
        PRIMARY KEY (work)
    )",
}];

/// How far a work has come; another server goes on from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Begun up to here
    pub reached: u64,
    /// Never to be done again up to here
    pub settled: u64,
}

impl Marks {
    /// The marks only rise, whoever raised them.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self { reached: self.reached.max(other.reached), settled: self.settled.max(other.settled) }
    }
}

/// One server's claim on one work. For a moment there may be two holders (a clock that is off, a server that stood still):
/// what must not be done twice needs a guard of its own.
#[derive(Clone, Debug)]
pub struct Lease {
    store: Store,
    work: String,
    holder: String,
    duration_us: i64,
}

impl Lease {
    /// Brings the table up to date. `work` is named alike on all servers, `holder` differently on each; a lease that is
    /// not renewed ends after `duration_us` microseconds. Blocks.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn open(store: &Store, work: &str, holder: &str, duration_us: i64) -> Result<Self, StoreError> {
        store.migrate(OWNER, MIGRATIONS)?;
        Ok(Self { store: store.clone(), work: work.to_owned(), holder: holder.to_owned(), duration_us })
    }

    /// Takes or renews it and notes the marks; gives the farthest that anybody noted. None: another server has it. Blocks.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn claim(&self, now_us: i64, own: Marks) -> Result<Option<Marks>, StoreError> {
        self.store.run_tx("lease.claim", |tx| self.claim_in(tx, now_us, own))
    }

    /// [`Lease::claim`] on the blocking pool.
    ///
    /// # Errors
    ///
    /// As [`Lease::claim`].
    pub async fn claim_async(&self, now_us: i64, own: Marks) -> Result<Option<Marks>, StoreError> {
        let lease = self.clone();
        self.store.run_tx_async("lease.claim", move |tx| lease.claim_in(tx, now_us, own)).await
    }

    /// Gives it back, if it is still ours: another may have it at once. Blocks.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn release(&self, own: Marks) -> Result<(), StoreError> {
        self.store.run_tx("lease.release", |tx| self.release_in(tx, own))
    }

    /// [`Lease::release`] on the blocking pool.
    ///
    /// # Errors
    ///
    /// As [`Lease::release`].
    pub async fn release_async(&self, own: Marks) -> Result<(), StoreError> {
        let lease = self.clone();
        self.store.run_tx_async("lease.release", move |tx| lease.release_in(tx, own)).await
    }

    fn claim_in(&self, tx: &mut Tx<'_>, now_us: i64, own: Marks) -> Result<Option<Marks>, StoreError> {
        let Some((holder, until_us, noted)) = self.find(tx)? else {
            self.write(tx, now_us + self.duration_us, own)?;
            return Ok(Some(own));
        };
        if holder != self.holder && until_us > now_us {
            return Ok(None);
        }
        let marks = noted.merge(own);
        self.write(tx, now_us + self.duration_us, marks)?;
        Ok(Some(marks))
    }

    fn release_in(&self, tx: &mut Tx<'_>, own: Marks) -> Result<(), StoreError> {
        match self.find(tx)? {
            Some((holder, _, noted)) if holder == self.holder => self.write(tx, 0, noted.merge(own)),
            _ => Ok(()),
        }
    }

    fn write(&self, tx: &mut Tx<'_>, until_us: i64, marks: Marks) -> Result<(), StoreError> {
        tx.execute(
            "INSERT INTO lease (work, holder, until_us, reached, settled) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (work) DO UPDATE SET holder = EXCLUDED.holder, until_us = EXCLUDED.until_us, \
             reached = EXCLUDED.reached, settled = EXCLUDED.settled",
            &[
                (&self.work).into(),
                (&self.holder).into(),
                until_us.into(),
                number(marks.reached).into(),
                number(marks.settled).into(),
            ],
        )?;
        Ok(())
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<(String, i64, Marks)>, StoreError> {
        let sql = "SELECT holder, until_us, reached, settled FROM lease WHERE work = $1";
        let row = tx.query_opt(sql, &[(&self.work).into()])?;
        row.map(|row: Row| {
            let marks = Marks { reached: row.number(2)?, settled: row.number(3)? };
            Ok((row.text(0)?.to_owned(), row.int(1)?, marks))
        })
        .transpose()
    }
}

/// The store counts in its own integers.
fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
