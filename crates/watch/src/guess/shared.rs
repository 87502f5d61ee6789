//! Mismatches and releases shared through the store: what each server noted is with the others at their next exchange.
use super::{Budget, Mismatch, Person, Release, SpentBudget, Standing};
use crate::sealer::{Sealer, number};
use crate::{Watch, WatchError};
use dancu_storage::{Row, Tx, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

const TABLE: &str = "watch_guess";
/// Mismatches that wait to be told, at most; beyond that, the others learn of the newest only.
const WAITING: usize = 10_000;
/// Rows taken up in one go.
const PAGE: u32 = 5_000;

/// The guess budget of all servers. Clones are the same.
#[derive(Clone)]
pub struct Guess {
    inner: Arc<Inner>,
}

struct Inner {
    watch: Watch,
    budget: Budget,
    waiting: Mutex<Vec<Mismatch>>,
    /// Rows up to this number were taken up
    seen: AtomicU64,
}

/// A release as it is put in. `Debug` is not offered: it names people.
#[derive(Clone)]
pub struct ReleaseOrder {
    /// About whom
    pub person: Person,
    /// The account that is let on
    pub account: String,
    /// The supervisor
    pub by: String,
    /// Why
    pub why: String,
}

impl Watch {
    /// Budgets for so many people at most (about 140 bytes each), with what the store knows of them. Blocks.
    pub fn guess(&self, persons: usize, now_us: i64) -> Result<Guess, WatchError> {
        let day = dancu_policy::VietnamTime::of(now_us).map(|time| time.date);
        let setting = day.and_then(|day| self.settings().1.guess_on(day));
        let setting = setting.ok_or(WatchError::Internal("no guess budget"))?;
        let inner = Inner {
            watch: self.clone(),
            budget: Budget::new(setting, persons),
            waiting: Mutex::default(),
            seen: AtomicU64::new(0),
        };
        let guess = Guess { inner: Arc::new(inner) };
        guess.take_up(now_us)?;
        Ok(guess)
    }
}

impl Guess {
    /// As [`Budget::standing`]. Never blocks on the store.
    pub fn standing(&self, person: &Person, account: &str, now_us: i64) -> Standing {
        self.inner.budget.standing(person, account, now_us)
    }

    /// As [`Budget::mismatch`], with the claim as [`super::claim_hash`] makes it. Never blocks on the store.
    pub fn mismatch(&self, person: &Person, account: &str, claim: u32, now_us: i64) {
        let mismatch = self.inner.budget.mismatch(person, account, claim, now_us);
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING {
            waiting.swap_remove(0);
            self.inner.watch.inner.metrics.untold.inc();
        }
        waiting.push(mismatch);
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Mismatch>> {
        self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Budget::spent`]. Never blocks on the store.
    pub fn spent(&self, now_us: i64, limit: usize) -> Vec<SpentBudget> {
        self.inner.budget.spent(now_us, limit)
    }

    /// Tells the others what was noted here, and takes up what they noted. To be called some times a second: without news it costs
    /// one row. Blocks.
    pub fn exchange(&self, now_us: i64) -> Result<(), WatchError> {
        let news = std::mem::take(&mut *self.waiting());
        if let Err(error) = self.tell(&news) {
            let mut waiting = self.waiting();
            let room = WAITING.saturating_sub(waiting.len());
            waiting.extend(news.into_iter().take(room));
            return Err(error);
        }
        self.follow_settings(now_us);
        self.take_up(now_us)
    }

    /// A new day may bring another budget.
    fn follow_settings(&self, now_us: i64) {
        let day = dancu_policy::VietnamTime::of(now_us).map(|time| time.date);
        let setting = day.and_then(|day| self.inner.watch.settings().1.guess_on(day));
        if let Some(setting) = setting.filter(|setting| *setting != self.inner.budget.setting()) {
            self.inner.budget.set(setting);
        }
    }

    fn tell(&self, news: &[Mismatch]) -> Result<(), WatchError> {
        if news.is_empty() {
            return Ok(());
        }
        self.inner.watch.inner.metrics.mismatches.inc_by(news.len() as u64);
        self.inner.watch.inner.store.run_tx("watch.guess_tell", |tx| {
            let first = claim(tx, news.len())?;
            let row = |(at, mismatch): (i64, &Mismatch)| {
                [
                    Value::from(at),
                    mismatch.person.into(),
                    i64::from(mismatch.claim).into(),
                    mismatch.released.as_deref().into(),
                    mismatch.at_us.into(),
                ]
            };
            let rows: Vec<_> = (first..).zip(news).map(row).collect();
            tx.execute_many(
                "INSERT INTO watch_guess (number, person, claim, account, at_us) VALUES ($1, $2, $3, $4, $5)",
                &rows,
            )?;
            Ok(())
        })
    }

    /// A supervisor lets an account on, at all servers. Blocks.
    pub fn release(&self, order: &ReleaseOrder, now_us: i64) -> Result<Release, WatchError> {
        let setting = self.inner.budget.setting();
        let release = Release {
            person: order.person,
            account: order.account.clone(),
            until_us: now_us + setting.release_us,
            left: setting.released_mismatches,
        };
        let store = &self.inner.watch.inner.store;
        store.run_tx("watch.guess_release", |tx| {
            let at = claim(tx, 1)?;
            let place = at.to_string();
            let seal = |field, text: &str| self.sealer().seal(TABLE, &place, field, text.as_bytes());
            tx.execute(
                "INSERT INTO watch_guess (number, person, claim, account, at_us, until_us, mismatches, who, why) \
                 VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8)",
                &[
                    at.into(),
                    release.person.into(),
                    (&release.account).into(),
                    now_us.into(),
                    release.until_us.into(),
                    release.left.into(),
                    seal("who", &order.by)?.into(),
                    seal("why", &order.why)?.into(),
                ],
            )?;
            Ok::<_, WatchError>(())
        })?;
        self.take_up(now_us)?;
        Ok(release)
    }

    fn sealer(&self) -> &Sealer {
        &self.inner.watch.inner.sealer
    }

    /// Takes up rows that this server has not seen, its own too: the same mismatch counts once.
    fn take_up(&self, now_us: i64) -> Result<(), WatchError> {
        let inner = &self.inner;
        let store = &inner.watch.inner.store;
        let next = store.read("watch.guess_head", |tx| {
            let row = tx.query_opt("SELECT next FROM watch_guess_head WHERE id = 0", &[])?;
            row.map_or(Ok(1), |row| row.number::<u64>(0))
        })?;
        while inner.seen.load(Ordering::Acquire) + 1 < next {
            let seen = inner.seen.load(Ordering::Acquire);
            let parameters = [number(seen)?.into(), PAGE.into()];
            let rows = store.read("watch.guess_rows", |tx| {
                tx.query(
                    "SELECT number, person, claim, account, at_us, until_us, mismatches FROM watch_guess \
                     WHERE number > $1 ORDER BY number LIMIT $2",
                    &parameters,
                )
            })?;
            for row in &rows {
                self.take(row, now_us)?;
            }
            let last = rows.last().map_or(Ok(next - 1), |row| row.number(0))?;
            inner.seen.fetch_max(last, Ordering::AcqRel);
        }
        Ok(())
    }

    fn take(&self, row: &Row, now_us: i64) -> Result<(), WatchError> {
        let person = row.array(1)?;
        let account = row.opt_text(3)?.map(str::to_owned);
        if let (Some(until_us), Some(account)) = (row.opt_int(5)?, account.clone()) {
            let left = row.opt_number(6)?.unwrap_or_default();
            self.inner.budget.release(Release { person, account, until_us, left }, now_us);
            return Ok(());
        }
        let mismatch = Mismatch { person, claim: row.number(2)?, at_us: row.int(4)?, released: account };
        self.inner.budget.take(&mismatch);
        Ok(())
    }

    /// Removes rows that matter no more; gives how many. Blocks.
    pub fn sweep(&self, now_us: i64) -> Result<u64, WatchError> {
        let before_us = now_us - self.inner.budget.setting().memory_us;
        let store = &self.inner.watch.inner.store;
        Ok(store.run_tx("watch.guess_sweep", |tx| {
            tx.execute("DELETE FROM watch_guess WHERE at_us < $1", &[before_us.into()])
        })?)
    }
}

/// Numbers for so many rows; whoever comes second waits, so that rows are seen in the order of their numbers.
fn claim(tx: &mut Tx<'_>, count: usize) -> Result<i64, WatchError> {
    let count = i64::try_from(count).map_err(|_| WatchError::Internal("too many mismatches"))?;
    let row = tx.query_opt(
        "UPDATE watch_guess_head SET next = next + $1 WHERE id = 0 RETURNING next - $1",
        &[count.into()],
    )?;
    row.map_or(Err(WatchError::Internal("no head row")), |row| Ok(row.int(0)?))
}

impl std::fmt::Debug for Guess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guess").field("budget", &self.inner.budget).finish_non_exhaustive()
    }
}
