//! Recovery codes: for whoever lost the other factors. Each counts once.
use crate::history::Change;
use crate::{Staff, StaffError, token};
use dancu_keys::Secret;
use dancu_storage::Tx;

impl Staff {
    /// New recovery codes for whoever holds this session and proved itself a moment ago; the earlier ones count no more.
    pub fn new_recovery_codes(&self, session: &Secret, now_us: i64) -> Result<Vec<Secret>, StaffError> {
        let account = self.fresh(session, now_us)?;
        if !self.factors_of(&account.id)?.is_strong() {
            return Err(StaffError::Invalid("recovery codes", "there is no second factor to recover from"));
        }
        let codes = self.draw_codes(now_us)?;
        self.store.run_tx("staff.recovery_codes", |tx| self.put_codes(tx, &account.id, &codes, now_us))?;
        Ok(codes)
    }

    pub(super) fn recovery_fits(
        &self,
        account: &str,
        code: &Secret,
        now_us: i64,
    ) -> Result<bool, StaffError> {
        let hash = self.sealer.code_hash(account, code);
        self.store.run_tx("staff.recovery", |tx| {
            let used = tx.execute(
                "UPDATE staff_recovery SET used_at_us = $3 \
                 WHERE account = $1 AND code_hash = $2 AND used_at_us IS NULL",
                &[account.into(), hash.into(), now_us.into()],
            )?;
            if used == 1 {
                self.note(tx, account, Change::RecoveryUsed, account, None, None, now_us)?;
            }
            Ok(used == 1)
        })
    }

    /// As many codes as the rules say, of 75 bits each.
    pub(super) fn draw_codes(&self, now_us: i64) -> Result<Vec<Secret>, StaffError> {
        (0..self.rules(now_us)?.recovery_codes).map(|_| token::words(3)).collect()
    }

    pub(super) fn put_codes(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
        codes: &[Secret],
        now_us: i64,
    ) -> Result<(), StaffError> {
        tx.execute("DELETE FROM staff_recovery WHERE account = $1", &[account.into()])?;
        for code in codes {
            let hash = self.sealer.code_hash(account, code);
            tx.execute(
                "INSERT INTO staff_recovery (account, code_hash, created_at_us) VALUES ($1, $2, $3)",
                &[account.into(), hash.into(), now_us.into()],
            )?;
        }
        self.note(tx, account, Change::RecoveryCodes, account, None, None, now_us)
    }
}
