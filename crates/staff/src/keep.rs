//! What time does: unused accounts lock, accounts whose time is over close, the emergency account closes, what is over goes.
use crate::account::{self, Account, LockWhy, select};
use crate::history::Change;
use crate::{Staff, StaffError, law};
use dancu_storage::Tx;

/// Rows in one transaction.
const BATCH: u32 = 100;
/// Who did it, in the histories.
const RULE: &str = "rule";

/// What [`Staff::refresh`] did; each is worth an entry of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Accounts that locked themselves, unused for too long
    pub unused: Vec<String>,
    /// Accounts that closed, for their time is over
    pub expired: Vec<String>,
    /// Openings of the emergency account that closed by themselves, or to which nobody agreed in time
    pub emergencies: Vec<String>,
    /// Sessions that ended unused, or were as long as sessions may be
    pub sessions: u64,
}

impl Staff {
    /// Does what is due. Call it every minute or so, on any of the servers or on all of them: nothing depends on it but that
    /// lists are true, for whatever is over is over without it.
    pub fn refresh(&self, now_us: i64) -> Result<Kept, StaffError> {
        let mut kept = Kept::default();
        self.lock_unused(&mut kept, now_us)?;
        let closed = self.store.run_tx("staff.close_emergencies", |tx| {
            let overdue = self.overdue_emergencies(tx, now_us)?;
            overdue.iter().try_for_each(|asked| self.close_in_row(tx, asked, RULE, now_us))?;
            Ok::<_, StaffError>(overdue)
        })?;
        kept.emergencies.extend(closed.into_iter().map(|asked| asked.id));
        kept.sessions = self.end_sessions(now_us)?;
        self.store.run_tx("staff.forget", |tx| {
            tx.execute("DELETE FROM staff_attempt WHERE ends_at_us <= $1", &[now_us.into()])?;
            tx.execute("DELETE FROM staff_ceremony WHERE ends_at_us <= $1", &[now_us.into()])?;
            Ok::<_, StaffError>(())
        })?;
        Ok(kept)
    }

    /// Goes over all accounts that are in use.
    fn lock_unused(&self, kept: &mut Kept, now_us: i64) -> Result<(), StaffError> {
        let since = now_us - law::days_us(self.rules(now_us)?.unused_days);
        let mut after = String::new();
        loop {
            let (page, unused, expired) = self.store.run_tx("staff.lock_unused", |tx| {
                let rows = tx.query(
                    select!("WHERE state <> 'closed' AND id > $1 ORDER BY id LIMIT $2"),
                    &[after.as_str().into(), BATCH.into()],
                )?;
                let page: Vec<Account> =
                    rows.iter().map(|row| account::open(row, &self.sealer)).collect::<Result<_, _>>()?;
                let (mut unused, mut expired) = (Vec::new(), Vec::new());
                for account in &page {
                    if account.is_closed(now_us) {
                        self.expire(tx, account, now_us)?;
                        expired.push(account.id.clone());
                    } else if is_unused(account, since, now_us) {
                        Self::lock_in(tx, &account.id, LockWhy::Unused, None, now_us)?;
                        let why = Some(LockWhy::Unused.name());
                        self.note(tx, &account.id, Change::Locked, RULE, why, None, now_us)?;
                        unused.push(account.id.clone());
                    }
                }
                Ok::<_, StaffError>((page, unused, expired))
            })?;
            kept.unused.extend(unused);
            kept.expired.extend(expired);
            match page.last() {
                Some(last) if page.len() >= BATCH as usize => after.clone_from(&last.id),
                _ => return Ok(()),
            }
        }
    }

    fn expire(&self, tx: &mut Tx<'_>, account: &Account, now_us: i64) -> Result<(), StaffError> {
        Self::close_in(tx, &account.id, now_us)?;
        self.note(tx, &account.id, Change::Closed, RULE, Some("expired"), None, now_us)
    }

    /// The shortest idle limit of all kinds ends nothing here that another kind's would keep: each is asked by its account.
    fn end_sessions(&self, now_us: i64) -> Result<u64, StaffError> {
        let rules = self.rules(now_us)?;
        let idle = |minutes| now_us - law::minutes_us(minutes);
        self.store.run_tx("staff.end_old_sessions", |tx| {
            let over = tx.execute(
                "UPDATE staff_session SET ended_at_us = $1, ended_why = 'over' \
                 WHERE ended_at_us IS NULL AND ends_at_us <= $1",
                &[now_us.into()],
            )?;
            let idle = tx.execute(
                "UPDATE staff_session SET ended_at_us = $1, ended_why = 'idle' \
                 WHERE ended_at_us IS NULL AND (seen_at_us <= $2 OR (seen_at_us <= $3 AND account IN \
                 (SELECT id FROM staff_account WHERE kind = 'administration')))",
                &[
                    now_us.into(),
                    idle(rules.idle_minutes).into(),
                    idle(rules.idle_minutes_administration).into(),
                ],
            )?;
            Ok(over + idle)
        })
    }
}

/// The emergency account is not used, and that is good.
fn is_unused(account: &Account, since_us: i64, now_us: i64) -> bool {
    let last = account.used_at_us.unwrap_or(account.created_at_us);
    !account.emergency && !account.is_locked(now_us) && last <= since_us
}
