//! Brakes: accounts and systems whose calls are refused for a time. In memory for the road, in a table for all servers.
use crate::sealer::{Sealer, number};
use crate::{Finding, Watch, WatchError, head};
use arc_swap::ArcSwap;
use dancu_storage::Tx;
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
        let of_account = account.and_then(|account| brakes.accounts.get(account));
        let found = of_account.or_else(|| brakes.systems.get(system));
        found.copied().filter(|brake| now_us < brake.until_us)
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

impl Watch {
    /// Lets the calls pass again that an alert stopped. Blocks.
    pub fn release_brake(&self, alert: u64, by: &str, why: &str, now_us: i64) -> Result<(), WatchError> {
        let released = self
            .inner
            .store
            .run_tx("watch.release_brake", |tx| release(tx, &self.inner.sealer, alert, by, why, now_us))?;
        if !released {
            return Err(WatchError::Unknown("brake in force"));
        }
        self.refresh(now_us).map(drop)
    }
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
