//! Locked, unlocked, closed.
use super::another;
use crate::account::{self, Account, LockWhy};
use crate::history::Change;
use crate::{Staff, StaffError};
use dancu_storage::Tx;

impl Staff {
    /// Locks an account until somebody unlocks it; its sessions end. A lock in force is replaced.
    pub fn lock(
        &self,
        id: &str,
        why: LockWhy,
        reason: Option<&str>,
        by: &str,
        now_us: i64,
    ) -> Result<(), StaffError> {
        another(id, by)?;
        self.store.run_tx("staff.lock", |tx| {
            if account::must(tx, &self.sealer, id)?.is_closed(now_us) {
                return Err(StaffError::State("closed"));
            }
            Self::lock_in(tx, id, why, None, now_us)?;
            self.note(tx, id, Change::Locked, by, Some(why.name()), reason, now_us)
        })
    }

    /// Unlocks another person's account.
    pub fn unlock(&self, id: &str, reason: &str, by: &str, now_us: i64) -> Result<(), StaffError> {
        another(id, by)?;
        self.store.run_tx("staff.unlock", |tx| {
            let account = account::must(tx, &self.sealer, id)?;
            if account.is_closed(now_us) {
                return Err(StaffError::State("closed"));
            }
            if !account.is_locked(now_us) && account.failures == 0 {
                return Err(StaffError::State("not locked"));
            }
            Self::unlock_in(tx, &account, now_us)?;
            self.note(tx, id, Change::Unlocked, by, None, Some(reason), now_us)
        })
    }

    /// Closes an account for good; its sessions end. Its row stays, so that what it did can be traced.
    pub fn close(&self, id: &str, reason: &str, by: &str, now_us: i64) -> Result<(), StaffError> {
        another(id, by)?;
        self.store.run_tx("staff.close", |tx| {
            if account::must(tx, &self.sealer, id)?.closed_at_us.is_some() {
                return Err(StaffError::State("closed"));
            }
            Self::close_in(tx, id, now_us)?;
            self.note(tx, id, Change::Closed, by, None, Some(reason), now_us)
        })
    }

    /// A lock after failures keeps out whoever tries, and leaves alone whoever is in: the version stays.
    pub(crate) fn lock_in(
        tx: &mut Tx<'_>,
        id: &str,
        why: LockWhy,
        until_us: Option<i64>,
        now_us: i64,
    ) -> Result<(), StaffError> {
        let ends_sessions = why != LockWhy::Failures;
        tx.execute(
            "UPDATE staff_account SET state = 'locked', lock_why = $2, locked_at_us = $3, lock_until_us = $4, \
             version = version + $5, changed_at_us = $3 WHERE id = $1",
            &[id.into(), why.name().into(), now_us.into(), until_us.into(), ends_sessions.into()],
        )?;
        Ok(())
    }

    /// The 45 days of an unused account begin anew, or it would lock again at once.
    pub(crate) fn unlock_in(tx: &mut Tx<'_>, account: &Account, now_us: i64) -> Result<(), StaffError> {
        tx.execute(
            "UPDATE staff_account SET state = $2, lock_why = NULL, locked_at_us = NULL, lock_until_us = NULL, \
             failures = 0, failed_at_us = NULL, used_at_us = $3, changed_at_us = $3 WHERE id = $1",
            &[account.id.as_str().into(), account.unlocked().name().into(), now_us.into()],
        )?;
        Ok(())
    }

    pub(crate) fn close_in(tx: &mut Tx<'_>, id: &str, now_us: i64) -> Result<(), StaffError> {
        tx.execute(
            "UPDATE staff_account SET state = 'closed', lock_why = NULL, locked_at_us = NULL, lock_until_us = NULL, \
             closed_at_us = $2, version = version + 1, changed_at_us = $2 WHERE id = $1",
            &[id.into(), now_us.into()],
        )?;
        for sql in [
            "DELETE FROM staff_totp WHERE account = $1",
            "DELETE FROM staff_passkey WHERE account = $1",
            "DELETE FROM staff_recovery WHERE account = $1",
            "DELETE FROM staff_password WHERE account = $1",
        ] {
            tx.execute(sql, &[id.into()])?;
        }
        Ok(())
    }
}
