//! Accounts that nobody uses lock themselves (TCVN 14423:2026, clause 5.6).
use crate::campaigns::{Reach, View};
use crate::events::{self, Event, News};
use crate::history::{self, Deed};
use crate::rules::{DAY_US, day_of};
use crate::{CampaignError, Campaigns, Refusal, Threshold};
use dancu_policy::AccountState;
use dancu_storage::Value;
use std::collections::HashMap;

/// Accounts locked in one transaction.
const BATCH: usize = 500;

/// What is remembered of an account's use.
struct Use {
    seen_state: String,
    idle_from_us: i64,
    used_us: Option<i64>,
}

impl Use {
    /// Since when it lies idle.
    fn since_us(&self) -> i64 {
        self.idle_from_us.max(self.used_us.unwrap_or(i64::MIN))
    }
}

impl Campaigns {
    /// Notes uses of accounts, `(account, microseconds since the epoch)`, in any order and as often as one likes: calls
    /// that were charged to them, and sign-ins. An older use does not replace a newer one.
    pub fn note_use(&self, uses: &[(String, i64)]) -> Result<(), CampaignError> {
        let mut newest: HashMap<&str, i64> = HashMap::new();
        for (account, at_us) in uses {
            let last = newest.entry(account).or_insert(*at_us);
            *last = (*last).max(*at_us);
        }
        let mut rows: Vec<[Value; 2]> = newest.into_iter().map(|(id, at)| [id.into(), at.into()]).collect();
        // One order for all writers, so that they do not wait for each other in a circle.
        rows.sort_by(|[a, _], [b, _]| match (a, b) {
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
        self.store.run_tx("campaign.note_use", |tx| {
            tx.execute_many(
                "INSERT INTO campaign_account (account, agency_name, withdrawn, seen_state, idle_from_us, used_at_us)
                 VALUES ($1, '', 0, 'active', $2, $2)
                 ON CONFLICT (account) DO UPDATE SET used_at_us = excluded.used_at_us
                 WHERE campaign_account.used_at_us IS NULL OR campaign_account.used_at_us < excluded.used_at_us",
                &rows,
            )?;
            Ok(())
        })
    }

    /// Last use of an account, microseconds since the epoch, as far as it was noted.
    pub fn last_use(&self, account: &str) -> Result<Option<i64>, CampaignError> {
        let row = self.store.read("campaign.last_use", |tx| {
            tx.query_opt("SELECT used_at_us FROM campaign_account WHERE account = $1", &[account.into()])
        })?;
        Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten())
    }

    /// Unlocks an account; its idleness counts from now on.
    pub fn unlock(
        &self,
        account: &str,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.retrying(|view| {
            let (known, _) = view.within(account, reach)?;
            if known.state != AccountState::Locked {
                return Err(Refusal::NotNow.into());
            }
            let line = self.line(account, Deed::Unlocked, by, "", None, now_us)?;
            self.apply("campaign.unlock", now_us, view, |change| {
                change.set_account_state(account, AccountState::Active)?;
                see(change.tx(), &[seen(account, AccountState::Active, now_us)])?;
                history::write(change.tx(), std::slice::from_ref(&line))
            })
        })
    }

    /// Locks accounts that lie idle for too long; gives how many. An account seen for the first time, or unlocked by
    /// whatever way, begins to count now.
    pub(crate) fn lock_idle(&self, now_us: i64) -> Result<u64, CampaignError> {
        let days = self.rules.threshold(Threshold::IdleDays, day_of(now_us)?)?;
        let before = now_us - i64::from(days) * DAY_US;
        let view = self.view()?;
        let uses = self.uses()?;
        let mut fresh = Vec::new();
        let mut idle = Vec::new();
        for account in view.accounts() {
            match uses.get(account.id.as_ref()) {
                Some(use_) if use_.seen_state == account.state.name() => {
                    if account.state == AccountState::Active && use_.since_us() <= before {
                        idle.push(account.id.to_string());
                    }
                }
                _ => fresh.push(seen(&account.id, account.state, now_us)),
            }
        }
        if !fresh.is_empty() {
            self.store.run_tx("campaign.see_accounts", |tx| see(tx, &fresh))?;
        }
        let mut locked = 0;
        for some in idle.chunks(BATCH) {
            locked += self.retrying(|view| self.lock_some(view, some, before, days, now_us))?;
        }
        Ok(locked)
    }

    fn lock_some(
        &self,
        view: &View,
        ids: &[String],
        before: i64,
        days: u32,
        now_us: i64,
    ) -> Result<u64, CampaignError> {
        let mut ready = Vec::new();
        for id in ids {
            let Ok((account, system)) = view.within(id, Reach::All) else { continue };
            if account.state != AccountState::Active {
                continue;
            }
            let line = self.line(id, Deed::IdleLocked, "", "", None, now_us)?;
            let event =
                Event::new(News::IdleLocked, id, &now_us.to_string(), Some(&system.organisation), now_us)
                    .with("days", &days);
            ready.push((id, line, event));
        }
        self.apply("campaign.lock_idle", now_us, view, |change| {
            let mut locked = 0;
            for (id, line, event) in &ready {
                // Used since it was looked at: then it stays.
                let sql = "UPDATE campaign_account SET seen_state = 'locked'
                    WHERE account = $1 AND seen_state = 'active' AND idle_from_us <= $2
                        AND (used_at_us IS NULL OR used_at_us <= $2)";
                if change.tx().execute(sql, &[id.as_str().into(), before.into()])? == 1 {
                    change.set_account_state(id, AccountState::Locked)?;
                    history::write(change.tx(), std::slice::from_ref(line))?;
                    events::tell(change.tx(), std::slice::from_ref(event))?;
                    locked += 1;
                }
            }
            Ok(locked)
        })
    }

    fn uses(&self) -> Result<HashMap<String, Use>, CampaignError> {
        let rows = self.store.read("campaign.uses", |tx| {
            tx.query("SELECT account, seen_state, idle_from_us, used_at_us FROM campaign_account", &[])
        })?;
        let read = |row: &dancu_storage::Row| {
            let known = Use {
                seen_state: row.text(1)?.to_owned(),
                idle_from_us: row.int(2)?,
                used_us: row.opt_int(3)?,
            };
            Ok((row.text(0)?.to_owned(), known))
        };
        rows.iter().map(read).collect()
    }
}

/// The parameters of `see`.
pub(crate) fn seen(account: &str, state: AccountState, now_us: i64) -> [Value; 3] {
    [account.into(), state.name().into(), now_us.into()]
}

/// Notes states as they are. Idleness of an account counts from when it is first seen, and anew when it was not in use.
pub(crate) fn see(tx: &mut dancu_storage::Tx<'_>, rows: &[[Value; 3]]) -> Result<(), CampaignError> {
    tx.execute_many(
        "INSERT INTO campaign_account (account, agency_name, withdrawn, seen_state, idle_from_us)
         VALUES ($1, '', 0, $2, $3)
         ON CONFLICT (account) DO UPDATE SET
            idle_from_us = CASE WHEN excluded.seen_state = 'active' AND campaign_account.seen_state <> 'active'
                THEN excluded.idle_from_us ELSE campaign_account.idle_from_us END,
            seen_state = excluded.seen_state",
        rows,
    )?;
    Ok(())
}
