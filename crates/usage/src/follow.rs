//! Following the log: the counts of one batch of entries and the new position in one transaction, and the thread that does it.
use crate::count::{Counts, Key};
use crate::usage::position;
use crate::{Usage, UsageError};
use dancu_journal::Depth;
use dancu_journal::index::{Clock, Running, Work, readable};
use dancu_storage::{Lease, Marks, Tx, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// Pause after a failure, or behind another server, in pauses.
const LONGER: u32 = 5;

/// Entries read at once: few enough to stay in the processor's caches, of the many that one transaction counts.
const PIECE: usize = 512;

/// One server's follower. Of several, the one that holds the lease counts; should two do so for a moment, the position lets only
/// one of them write.
#[derive(Debug)]
pub struct Follower {
    usage: Usage,
    lease: Lease,
    /// When the lease is to be renewed
    renew_us: i64,
    /// The newest day counted by this follower: with each new one, old counts by account go
    day: i32,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// So many entries were taken up
    Done(u64),
    /// Another server was quicker; nothing was written
    Overtaken,
    /// Another server counts
    Standby,
    /// There are no more entries
    End,
}

impl Usage {
    /// A follower for this server. Blocks.
    pub fn follower(&self) -> Result<Follower, UsageError> {
        let mut name = [0_u8; 16];
        aws_lc_rs::rand::fill(&mut name).map_err(|_| UsageError::Internal("no randomness"))?;
        let duration_us = i64::try_from(self.inner.options.lease.as_micros()).unwrap_or(i64::MAX);
        let lease = Lease::open(&self.inner.store, "usage", &hex::encode(name), duration_us)?;
        Ok(Follower { usage: self.clone(), lease, renew_us: i64::MIN, day: i32::MIN })
    }

    /// The counts of the next batch, read piece by piece, and the number of the entry after it.
    fn count(&self, from: u64) -> Result<(Counts<'static>, u64), UsageError> {
        let (mut counts, mut to, mut left) = (Counts::default(), from, self.inner.options.batch);
        while left > 0 {
            let piece = left.min(PIECE);
            let (entries, next) = readable(&*self.inner.log, to, piece, Depth::Public, |index| {
                self.inner.metrics.unreadable.inc();
                tracing::error!(index, "an entry does not read; the figures of use pass it over");
            })?;
            counts.absorb(&Counts::of(&entries));
            let read = usize::try_from(next - to).unwrap_or(piece);
            to = next;
            left = if read < piece { 0 } else { left - piece };
        }
        Ok((counts, to))
    }

    /// Starts the thread that counts what comes. Blocks.
    pub fn start(&self, clock: Clock) -> Result<Running, UsageError> {
        let counting = Counting { follower: self.follower()?, clock };
        Ok(Running::start("usage", counting)?)
    }
}

impl Follower {
    /// Counts the next batch. After an error nothing is lost or counted twice: the next step begins where the last written one
    /// ended. Blocks.
    pub fn step(&mut self, now_us: i64) -> Result<Stepped, UsageError> {
        if !self.leads(now_us)? {
            return Ok(Stepped::Standby);
        }
        let usage = self.usage.clone();
        let inner = &usage.inner;
        let from = inner.store.read("usage.head", position)?;
        let (counts, to) = usage.count(from)?;
        if to == from {
            inner.metrics.lag_entries.set(0);
            return Ok(Stepped::End);
        }
        let written = inner.store.run_tx("usage.step", |tx| {
            if !advance(tx, from, to)? {
                return Ok(false);
            }
            write(tx, &counts)?;
            Ok::<_, UsageError>(true)
        })?;
        if !written {
            return Ok(Stepped::Overtaken);
        }
        inner.metrics.counted.inc_by(to - from);
        let behind = inner.log.size()?.saturating_sub(to);
        inner.metrics.lag_entries.set(i64::try_from(behind).unwrap_or(i64::MAX));
        if let Some(newest) = counts.hours.keys().map(|key| key.0).max().filter(|day| *day > self.day) {
            usage.forget_accounts(newest - i32::from(inner.options.account_days))?;
            self.day = newest;
        }
        Ok(Stepped::Done(to - from))
    }

    /// Counts until the log has no more; gives how many entries were taken up. Blocks.
    pub fn catch_up(&mut self, now_us: i64) -> Result<u64, UsageError> {
        let mut all = 0;
        loop {
            match self.step(now_us)? {
                Stepped::Done(some) => all += some,
                Stepped::Overtaken => {}
                Stepped::Standby | Stepped::End => return Ok(all),
            }
        }
    }

    /// Gives the lease back. Blocks.
    pub fn leave(self) -> Result<(), UsageError> {
        Ok(self.lease.release(Marks::default())?)
    }

    /// Takes or keeps the lease.
    fn leads(&mut self, now_us: i64) -> Result<bool, UsageError> {
        if now_us < self.renew_us {
            return Ok(true);
        }
        let leads = self.lease.claim(now_us, Marks::default())?.is_some();
        let third = i64::try_from((self.usage.inner.options.lease / 3).as_micros()).unwrap_or(i64::MAX);
        self.renew_us = if leads { now_us.saturating_add(third) } else { i64::MIN };
        Ok(leads)
    }
}

/// Moves on, if nobody else has.
fn advance(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<bool, UsageError> {
    let number = |of| i64::try_from(of).map_err(|_| UsageError::Internal("a number beyond the store's"));
    let sql = "UPDATE usage_head SET position = $1 WHERE id = 0 AND position = $2";
    Ok(tx.execute(sql, &[number(to)?.into(), number(from)?.into()])? == 1)
}

fn write(tx: &mut Tx<'_>, counts: &Counts<'_>) -> Result<(), UsageError> {
    tx.execute_many(
        "INSERT INTO usage_hour (day, hour, organisation, system, service, outcome, refused, calls) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (day, hour, organisation, system, service, outcome) \
         DO UPDATE SET calls = usage_hour.calls + excluded.calls",
        &rows(&counts.hours, |values| values)?,
    )?;
    tx.execute_many(
        "INSERT INTO usage_day (day, organisation, system, service, outcome, refused, calls) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (day, organisation, system, service, outcome) \
         DO UPDATE SET calls = usage_day.calls + excluded.calls",
        &rows(&counts.days(), |[day, _, organisation, system, service, outcome, refused, calls]| {
            [day, organisation, system, service, outcome, refused, calls]
        })?,
    )?;
    let accounts = counts.accounts.iter().map(|((account, day), count)| {
        Ok([(**account).into(), (*day).into(), calls(count.calls)?, calls(count.refused)?])
    });
    tx.execute_many(
        "INSERT INTO usage_account (account, day, calls, refused) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account, day) DO UPDATE SET calls = usage_account.calls + excluded.calls, \
         refused = usage_account.refused + excluded.refused",
        &accounts.collect::<Result<Vec<_>, UsageError>>()?,
    )?;
    Ok(())
}

fn rows<const N: usize>(
    counts: &BTreeMap<Key<'_>, u64>,
    pick: impl Fn([Value; 8]) -> [Value; N],
) -> Result<Vec<[Value; N]>, UsageError> {
    let row = |((day, hour, organisation, system, service, outcome, refused), count): (&Key<'_>, &u64)| {
        Ok(pick([
            (*day).into(),
            (*hour).into(),
            (**organisation).into(),
            (**system).into(),
            (**service).into(),
            (*outcome).into(),
            i64::from(*refused).into(),
            calls(*count)?,
        ]))
    };
    counts.iter().map(row).collect()
}

fn calls(count: u64) -> Result<Value, UsageError> {
    Ok(i64::try_from(count).map_err(|_| UsageError::Internal("a count beyond the store's"))?.into())
}

/// The work of the thread.
struct Counting {
    follower: Follower,
    clock: Clock,
}

impl Work for Counting {
    fn turn(&mut self) -> Duration {
        let idle = self.follower.usage.inner.options.pause;
        let whole = self.follower.usage.inner.options.batch as u64;
        match self.follower.step((self.clock)()) {
            Ok(Stepped::Done(some)) if some >= whole => Duration::ZERO,
            Ok(Stepped::Overtaken) => Duration::ZERO,
            // At the end of the log: what comes meanwhile is counted together, in one transaction.
            Ok(Stepped::Done(_) | Stepped::End) => idle,
            // Another server counts; this one is there should it stop.
            Ok(Stepped::Standby) => idle * LONGER,
            Err(error) => {
                tracing::warn!(%error, "the figures of use are behind");
                idle * LONGER
            }
        }
    }

    fn end(self) {
        if let Err(error) = self.follower.leave() {
            tracing::warn!(%error, "the next server waits until the lease of the figures is over");
        }
    }
}
