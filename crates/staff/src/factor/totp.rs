//! TOTP in its row.
use crate::{Staff, StaffError, totp};
use dancu_storage::Tx;

pub(super) const TABLE: &str = "staff_totp";

impl Staff {
    /// Whether this is the code of a step that was not used; uses it.
    pub(super) fn totp_fits(&self, account: &str, given: &str, now_us: i64) -> Result<bool, StaffError> {
        let skew = self.rules(now_us)?.totp_skew_steps;
        self.store.run_tx("staff.totp", |tx| {
            let sql = "SELECT secret, last_step FROM staff_totp WHERE account = $1";
            let Some(row) = tx.query_opt(sql, &[account.into()])? else { return Ok(false) };
            let key = self.sealer.open(TABLE, account, "secret", row.bytes(0)?)?;
            let Some(step) = totp::matching(&key, given, row.int(1)?, skew, now_us) else { return Ok(false) };
            let sql = "UPDATE staff_totp SET last_step = $2 WHERE account = $1 AND last_step < $2";
            Ok(tx.execute(sql, &[account.into(), step.into()])? == 1)
        })
    }

    /// Puts a key in place, with the step of the code that confirmed it.
    pub(crate) fn put_totp(
        tx: &mut Tx<'_>,
        account: &str,
        sealed: &[u8],
        step: i64,
        now_us: i64,
    ) -> Result<(), StaffError> {
        tx.execute(
            "INSERT INTO staff_totp (account, secret, last_step, created_at_us) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, \
             created_at_us = excluded.created_at_us",
            &[account.into(), sealed.into(), step.into(), now_us.into()],
        )?;
        Ok(())
    }
}
