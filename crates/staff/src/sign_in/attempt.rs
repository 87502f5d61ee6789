//! A sign-in under way, in its row: any server may take the next step.
use crate::account::{self, Account};
use crate::history::Factor;
use crate::{Staff, StaffError, law};
use dancu_keys::Secret;
use dancu_storage::Tx;

/// A sign-in whose password was right.
pub(crate) struct Attempt {
    pub(crate) account: Account,
    /// Second factor that was proved
    pub(crate) factor: Option<Factor>,
}

impl Staff {
    /// The sign-in of this token, while it lasts.
    pub(crate) fn attempt(&self, token: &Secret, now_us: i64) -> Result<Attempt, StaffError> {
        self.store.read("staff.attempt", |tx| self.attempt_in(tx, token, now_us))
    }

    /// Over when its time is, or when anything happened to the account that ends sessions.
    pub(super) fn attempt_in(
        &self,
        tx: &mut Tx<'_>,
        token: &Secret,
        now_us: i64,
    ) -> Result<Attempt, StaffError> {
        let sql = "SELECT account, version, factor FROM staff_attempt WHERE id = $1 AND ends_at_us > $2";
        let row = tx.query_opt(sql, &[self.attempt_id(token).into(), now_us.into()])?;
        let row = row.ok_or(StaffError::NotSignedIn)?;
        let account = account::must(tx, &self.sealer, row.text(0)?)?;
        if row.int(1)? != account.version || account.is_locked(now_us) || account.is_closed(now_us) {
            return Err(StaffError::NotSignedIn);
        }
        let factor = row.opt_text(2)?.map(Factor::from_name);
        let factor = factor.map(|known| known.ok_or(StaffError::Damaged("staff_attempt", "its factor")));
        Ok(Attempt { account, factor: factor.transpose()? })
    }

    pub(super) fn put_attempt(
        &self,
        tx: &mut Tx<'_>,
        token: &Secret,
        account: &Account,
        now_us: i64,
    ) -> Result<(), StaffError> {
        let ends_us = now_us.saturating_add(law::minutes_us(self.rules(now_us)?.sign_in_minutes));
        tx.execute(
            "INSERT INTO staff_attempt (id, account, version, ends_at_us) VALUES ($1, $2, $3, $4)",
            &[
                self.attempt_id(token).into(),
                account.id.as_str().into(),
                account.version.into(),
                ends_us.into(),
            ],
        )?;
        Ok(())
    }

    /// A second factor was proved.
    pub(crate) fn attempt_proved(
        &self,
        tx: &mut Tx<'_>,
        token: &Secret,
        factor: Factor,
    ) -> Result<(), StaffError> {
        let sql = "UPDATE staff_attempt SET factor = $2 WHERE id = $1";
        let known = tx.execute(sql, &[self.attempt_id(token).into(), factor.name().into()])?;
        if known == 1 { Ok(()) } else { Err(StaffError::NotSignedIn) }
    }

    /// It goes on although its own password change ended everything else.
    pub(super) fn attempt_version(
        &self,
        tx: &mut Tx<'_>,
        token: &Secret,
        version: i64,
    ) -> Result<(), StaffError> {
        let sql = "UPDATE staff_attempt SET version = $2 WHERE id = $1";
        tx.execute(sql, &[self.attempt_id(token).into(), version.into()])?;
        Ok(())
    }

    /// It becomes a session, once.
    pub(super) fn end_attempt(&self, tx: &mut Tx<'_>, token: &Secret) -> Result<(), StaffError> {
        let ended =
            tx.execute("DELETE FROM staff_attempt WHERE id = $1", &[self.attempt_id(token).into()])?;
        if ended == 1 { Ok(()) } else { Err(StaffError::NotSignedIn) }
    }

    fn attempt_id(&self, token: &Secret) -> String {
        hex::encode(self.sealer.token_hash("staff.attempt", token))
    }
}
