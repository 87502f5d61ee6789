//! Brakes: accounts and systems whose calls are refused for a time. In memory for the road, in a table for all servers.
use crate::sealer::{Sealer, number};
use crate::{Finding, NoteKind, Watch, WatchError, head, notes};
use arc_swap::ArcSwap;
use dancu_catalogue::Code;
use dancu_storage::{Row, Tx};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

const TABLE: &str = "watch_brake";

/// Who is braked, as of the last look at the table. Cheap to clone; asking is a look into a map that nobody locks.
#[derive(Clone, Default)]
pub struct Brakes(Arc<ArcSwap<InForce>>);

#[derive(Default)]
pub(crate) struct InForce {
    accounts: HashMap<String, Braked>,
    systems: HashMap<String, Braked>,
}

/// A brake in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Braked {
    /// Number of the alert
    pub alert: u64,
    /// First microsecond at which calls pass again
    pub until_us: i64,
}

impl Brakes {
    /// Whether calls of this account, or of the whole system, are refused now. Never blocks.
    pub fn on(&self, system: &str, account: Option<&str>, now_us: i64) -> Option<Braked> {
        let brakes = self.0.load();
        if brakes.accounts.is_empty() && brakes.systems.is_empty() {
            return None;
        }
        let in_force = |brake: &&Braked| now_us < brake.until_us;
        let of_account = account.and_then(|account| brakes.accounts.get(account)).filter(in_force);
        of_account.or_else(|| brakes.systems.get(system).filter(in_force)).copied()
    }

    /// Whether calls of this account pass now. Never blocks, and allocates nothing.
    ///
    /// # Errors
    ///
    /// `ACCOUNT_BRAKED`, `SYSTEM_BRAKED`.
    pub fn pass(&self, system: &str, account: &str, now_us: i64) -> Result<(), Code> {
        if self.on(system, Some(account), now_us).is_none() {
            return Ok(());
        }
        let whole = self.on(system, None, now_us).is_some();
        Err(if whole { Code::SystemBraked } else { Code::AccountBraked })
    }

    /// Brakes of no store, on accounts: for a test or a bench.
    #[must_use]
    pub fn of_accounts(braked: impl IntoIterator<Item = (String, Braked)>) -> Self {
        let brakes = Self::default();
        brakes.set(InForce { accounts: braked.into_iter().collect(), systems: HashMap::new() });
        brakes
    }

    pub(crate) fn set(&self, brakes: InForce) {
        self.0.store(Arc::new(brakes));
    }
}

impl InForce {
    pub(crate) fn len(&self) -> usize {
        self.accounts.len() + self.systems.len()
    }
}

impl fmt::Debug for Brakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brakes").field("count", &self.0.load().len()).finish()
    }
}

/// A brake as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brake {
    /// Number of the alert
    pub alert: u64,
    /// The account whose calls are refused; none: those of the whole system
    pub account: Option<String>,
    /// The system
    pub system: String,
    /// Since when, microseconds since 1970
    pub from_us: i64,
    /// First microsecond at which calls pass again
    pub until_us: i64,
}

impl Watch {
    /// The brakes that are in force, those that end soonest first, so many at most. Blocks.
    pub fn brakes_in_force(&self, now_us: i64, limit: u32) -> Result<Vec<Brake>, WatchError> {
        let rows = self.inner.store.read("watch.brakes_in_force", |tx| {
            tx.query(
                "SELECT alert, kind, target, system, from_us, until_us FROM watch_brake WHERE until_us > $1 \
                 ORDER BY until_us, alert LIMIT $2",
                &[now_us.into(), limit.into()],
            )
        })?;
        rows.iter().map(open).collect()
    }

    /// The brake of an alert, over or not. Blocks.
    pub fn brake_of(&self, alert: u64) -> Result<Option<Brake>, WatchError> {
        let key = number(alert)?;
        let sql = "SELECT alert, kind, target, system, from_us, until_us FROM watch_brake WHERE alert = $1";
        let row = self.inner.store.read("watch.brake_of", |tx| tx.query_opt(sql, &[key.into()]))?;
        row.as_ref().map(open).transpose()
    }

    /// Refuses calls of whom an alert is about from now on, for so long (microseconds, above 0); a brake in force is not made shorter.
    /// Who, why and when are notes of the alert. Blocks.
    pub fn brake(&self, alert: u64, for_us: i64, by: &str, why: &str, now_us: i64) -> Result<(), WatchError> {
        let key = number(alert)?;
        let until_us = now_us.saturating_add(for_us.max(1));
        self.inner.store.run_tx("watch.brake", |tx| {
            let sql = "SELECT system, account FROM watch_alert WHERE number = $1";
            let row = tx.query_opt(sql, &[key.into()])?.ok_or(WatchError::Unknown("alert"))?;
            let (system, account) = (row.text(0)?, row.text(1)?);
            let (kind, target) = if account.is_empty() { ("system", system) } else { ("account", account) };
            tx.execute(
                "INSERT INTO watch_brake (alert, kind, target, system, from_us, until_us) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (alert) DO UPDATE SET \
                 from_us = CASE WHEN watch_brake.until_us > excluded.from_us \
                     THEN watch_brake.from_us ELSE excluded.from_us END, \
                 until_us = CASE WHEN watch_brake.until_us > excluded.until_us \
                     THEN watch_brake.until_us ELSE excluded.until_us END, who = NULL, why = NULL",
                &[key.into(), kind.into(), target.into(), system.into(), now_us.into(), until_us.into()],
            )?;
            head::brakes_changed(tx)?;
            notes::add(tx, &self.inner.sealer, alert, NoteKind::Brake, by, why, now_us)
        })?;
        self.refresh(now_us).map(drop)
    }

    /// Lets the calls pass again that an alert stopped. Blocks.
    pub fn release_brake(&self, alert: u64, by: &str, why: &str, now_us: i64) -> Result<(), WatchError> {
        let released = self.inner.store.run_tx("watch.release_brake", |tx| {
            let released = release(tx, &self.inner.sealer, alert, by, why, now_us)?;
            if released {
                notes::add(tx, &self.inner.sealer, alert, NoteKind::Release, by, why, now_us)?;
            }
            Ok::<_, WatchError>(released)
        })?;
        if !released {
            return Err(WatchError::Unknown("brake in force"));
        }
        self.refresh(now_us).map(drop)
    }
}

fn open(row: &Row) -> Result<Brake, WatchError> {
    let account = (row.text(1)? == "account").then(|| row.text(2).map(str::to_owned)).transpose()?;
    Ok(Brake {
        alert: row.number(0)?,
        account,
        system: row.text(3)?.to_owned(),
        from_us: row.int(4)?,
        until_us: row.int(5)?,
    })
}

/// The brakes that are not over.
pub(crate) fn load(tx: &mut Tx<'_>, now_us: i64) -> Result<InForce, WatchError> {
    let mut brakes = InForce::default();
    let rows = tx.query(
        "SELECT alert, kind, target, until_us FROM watch_brake WHERE until_us > $1 ORDER BY until_us",
        &[now_us.into()],
    )?;
    for row in rows {
        let brake = Braked { alert: row.number(0)?, until_us: row.int(3)? };
        let of = if row.text(1)? == "account" { &mut brakes.accounts } else { &mut brakes.systems };
        of.insert(row.text(2)?.to_owned(), brake);
    }
    Ok(brakes)
}

/// Brakes for what was found now; a finding about the past, come upon late, stops calls from now on.
pub(crate) fn add(tx: &mut Tx<'_>, alert: u64, finding: &Finding, now_us: i64) -> Result<(), WatchError> {
    let who = &finding.who;
    let (kind, target) = who.account.as_ref().map_or(("system", &who.system), |account| ("account", account));
    tx.execute(
        "INSERT INTO watch_brake (alert, kind, target, system, from_us, until_us) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            number(alert)?.into(),
            kind.into(),
            (&**target).into(),
            (&*who.system).into(),
            now_us.into(),
            (now_us + finding.brake_us).into(),
        ],
    )?;
    Ok(())
}

/// Ends a brake; whether there was one in force.
pub(crate) fn release(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    alert: u64,
    by: &str,
    why: &str,
    now_us: i64,
) -> Result<bool, WatchError> {
    let place = alert.to_string();
    let seal = |field, text: &str| sealer.seal(TABLE, &place, field, text.as_bytes());
    let changed = tx.execute(
        "UPDATE watch_brake SET until_us = $2, who = $3, why = $4 WHERE alert = $1 AND until_us > $2",
        &[number(alert)?.into(), now_us.into(), seal("who", by)?.into(), seal("why", why)?.into()],
    )?;
    if changed > 0 {
        head::brakes_changed(tx)?;
    }
    Ok(changed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accounts_brake_that_is_over_does_not_hide_that_of_its_system() {
        let brakes = Brakes::default();
        let one = |alert, until_us| Braked { alert, until_us };
        brakes.set(InForce {
            accounts: [("a".to_owned(), one(1, 10))].into(),
            systems: [("s".to_owned(), one(2, 20))].into(),
        });
        let on = |account, now_us| brakes.on("s", account, now_us).map(|braked| braked.alert);
        assert_eq!(
            [on(Some("a"), 9), on(Some("a"), 10), on(None, 19), on(Some("a"), 20)],
            [Some(1), Some(2), Some(2), None]
        );
    }
}
