//! Passwords that are handed over: a first one, or one in place of one that was lost. They count a few days and are changed at
//! the sign-in (TCVN 14423:2026, 5.6.2.2).
use super::{NewAccount, another};
use crate::account::{self, AccountState};
use crate::history::Change;
use crate::password::Hashed;
use crate::{Staff, StaffError, law, token};
use dancu_keys::Secret;

/// A password to hand over, outside this system. It is shown once and kept nowhere.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The password
    pub password: Secret,
    /// Until then it counts, microseconds since the epoch
    pub until_us: i64,
}

/// What is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The password only
    Password,
    /// The password and all second factors
    Everything,
}

impl Staff {
    /// Makes a first password for an account that was never used, in place of an earlier one.
    pub fn invite(&self, id: &str, by: &str, now_us: i64) -> Result<Handed, StaffError> {
        another(id, by)?;
        self.hand_over(
            id,
            &[AccountState::Invited],
            |tx, staff| staff.note(tx, id, Change::Invited, by, None, None, now_us),
            now_us,
        )
    }

    /// Makes a new password for another person, and with [`Reset::Everything`] forgets the second factors; sessions end.
    /// A lock stays.
    pub fn reset(
        &self,
        id: &str,
        what: Reset,
        reason: &str,
        by: &str,
        now_us: i64,
    ) -> Result<Handed, StaffError> {
        another(id, by)?;
        self.hand_over(
            id,
            &[AccountState::Active, AccountState::Locked],
            |tx, staff| {
                let detail = if what == Reset::Everything { "password factors" } else { "password" };
                if what == Reset::Everything {
                    Self::forget_factors(tx, id)?;
                }
                staff.note(tx, id, Change::Reset, by, Some(detail), Some(reason), now_us)
            },
            now_us,
        )
    }

    /// Makes an account in use, with a password of its own: the first account of an installation, and those of a demo. A TOTP
    /// key (20 bytes) makes a second factor of it.
    pub fn seed(
        &self,
        new: &NewAccount,
        password: &Secret,
        totp: Option<&Secret>,
        now_us: i64,
    ) -> Result<String, StaffError> {
        let id = self.create(new, "setup", now_us)?;
        let hashed = self.hash_password(&id, password)?;
        let sealed =
            totp.map(|key| self.sealer.seal("staff_totp", &id, "secret", key.expose())).transpose()?;
        self.store.run_tx("staff.seed", |tx| {
            self.put_password(tx, &hashed, now_us)?;
            tx.execute(
                "UPDATE staff_account SET state = 'active', activated_at_us = $2, used_at_us = $2 WHERE id = $1",
                &[id.as_str().into(), now_us.into()],
            )?;
            let Some(sealed) = &sealed else { return Ok(()) };
            Self::put_totp(tx, &id, sealed, 0, now_us)
        })?;
        Ok(id)
    }

    fn hand_over(
        &self,
        id: &str,
        states: &[AccountState],
        mut more: impl FnMut(&mut dancu_storage::Tx<'_>, &Self) -> Result<(), StaffError>,
        now_us: i64,
    ) -> Result<Handed, StaffError> {
        let password = token::words(4)?;
        let until_us = now_us.saturating_add(law::hours_us(self.rules(now_us)?.invitation_hours));
        let hashed: Hashed = self.hash_password(id, &password)?;
        self.store.run_tx("staff.hand_over", |tx| {
            let account = account::must(tx, &self.sealer, id)?;
            if account.emergency {
                return Err(StaffError::State("an emergency account, which has no password"));
            }
            if !states.contains(&account.state) || account.is_closed(now_us) {
                return Err(StaffError::State(account.state.name()));
            }
            self.put_password(tx, &hashed, now_us)?;
            tx.execute(
                "UPDATE staff_account SET must_change = 1, handed_until_us = $2, version = version + 1, \
                 changed_at_us = $3 WHERE id = $1",
                &[id.into(), until_us.into(), now_us.into()],
            )?;
            more(tx, self)
        })?;
        Ok(Handed { password, until_us })
    }
}
