//! Second factors: what an account has, how one is proved, who may change them.
mod enrol;
mod passkey;
mod recovery;
mod totp;

pub use enrol::{Enrolled, TotpEnrolment};
pub use passkey::{Challenge, PasskeyEntry};

use crate::account::{self, Account};
use crate::history::{Factor, Outcome, Tried, note_sign_in};
use crate::{LockWhy, Staff, StaffError, law};
use dancu_keys::Secret;
use dancu_storage::Tx;

/// What an account can prove itself with, beside its password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// TOTP is enrolled
    pub totp: bool,
    /// So many passkeys
    pub passkeys: u32,
    /// So many recovery codes are left
    pub recovery: u32,
}

impl Factors {
    /// Whether there is one that is not used up.
    pub fn is_strong(self) -> bool {
        self.totp || self.passkeys > 0
    }
}

/// A proof that it is the person.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// A code of the authenticator
    Totp(&'a str),
    /// The answer of a passkey, as the browser's JSON, to the challenge of that ceremony
    Passkey {
        /// [`Challenge::ceremony`]
        ceremony: &'a str,
        /// `PublicKeyCredential` as JSON
        response: &'a str,
    },
    /// A recovery code
    Recovery(&'a Secret),
    /// The password; for accounts without a second factor, and for changing the password
    Password(&'a Secret),
}

impl Proof<'_> {
    pub(crate) fn factor(&self) -> Option<Factor> {
        match self {
            Self::Totp(_) => Some(Factor::Totp),
            Self::Passkey { .. } => Some(Factor::Passkey),
            Self::Recovery(_) => Some(Factor::Recovery),
            Self::Password(_) => None,
        }
    }
}

/// Somebody who proved to be the person of an account, a moment ago and for one deed. `Debug` shows nothing of the person.
#[derive(Clone, Debug)]
pub struct Proven(pub(crate) Account);

/// Who enrols a factor: somebody on the way in, or somebody who is in.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'a> {
    /// The token of a sign-in under way
    Attempt(&'a Secret),
    /// The token of a session
    Session(&'a Secret),
}

impl Staff {
    /// What an account can prove itself with.
    pub fn factors_of(&self, account: &str) -> Result<Factors, StaffError> {
        self.store.read("staff.factors", |tx| Self::factors(tx, account))
    }

    pub(crate) fn factors(tx: &mut Tx<'_>, account: &str) -> Result<Factors, StaffError> {
        let mut count = |sql: &'static str| -> Result<u32, StaffError> {
            let row = tx.query_opt(sql, &[account.into()])?;
            Ok(row.map(|row| row.number(0)).transpose()?.unwrap_or(0))
        };
        Ok(Factors {
            totp: count("SELECT COUNT(*) FROM staff_totp WHERE account = $1")? > 0,
            passkeys: count("SELECT COUNT(*) FROM staff_passkey WHERE account = $1")?,
            recovery: count("SELECT COUNT(*) FROM staff_recovery WHERE account = $1 AND used_at_us IS NULL")?,
        })
    }

    /// Whoever holds this session proves once more to be the person; for some minutes credentials may be changed then.
    pub fn prove(&self, session: &Secret, proof: &Proof<'_>, now_us: i64) -> Result<(), StaffError> {
        let session = self.session(session, now_us)?.ok_or(StaffError::NotSignedIn)?;
        if matches!(proof, Proof::Password(_)) && self.factors_of(&session.account.id)?.is_strong() {
            return Err(StaffError::WrongProof);
        }
        self.proven(&session.account.id, proof, &session.source_hash, now_us)?;
        self.store.run_tx("staff.prove", |tx| {
            let sql = "UPDATE staff_session SET proved_at_us = $2 WHERE id = $1";
            tx.execute(sql, &[session.id.as_str().into(), now_us.into()])?;
            Ok(())
        })
    }

    /// Looks at a proof, after a place among the few tries is taken: any number of tries at once are no more tries.
    pub(crate) fn proven(
        &self,
        id: &str,
        proof: &Proof<'_>,
        source_hash: &[u8; 16],
        now_us: i64,
    ) -> Result<Option<Factor>, StaffError> {
        let tried = Tried { source_hash, device: None, factor: proof.factor() };
        let account = self.store.run_tx("staff.take_try", |tx| self.take_try(tx, id, now_us))?;
        let account = match account {
            Ok(account) => account,
            Err(outcome) => {
                self.store.run_tx("staff.refused", |tx| note_sign_in(tx, id, outcome, tried, now_us))?;
                return Err(StaffError::State(outcome.name()));
            }
        };
        let right = self.is_right(&account, proof, now_us)?;
        self.store.run_tx("staff.tried", |tx| {
            if right {
                return Self::give_try_back(tx, id);
            }
            let outcome = if tried.factor.is_some() { Outcome::WrongFactor } else { Outcome::WrongPassword };
            self.wrong(tx, id, outcome, tried, now_us)
        })?;
        if right { Ok(tried.factor) } else { Err(StaffError::WrongProof) }
    }

    fn is_right(&self, account: &Account, proof: &Proof<'_>, now_us: i64) -> Result<bool, StaffError> {
        match proof {
            Proof::Totp(code) => self.totp_fits(&account.id, code, now_us),
            Proof::Passkey { ceremony, response } => {
                self.passkey_fits(&account.id, ceremony, response, now_us)
            }
            Proof::Recovery(code) => self.recovery_fits(&account.id, code, now_us),
            Proof::Password(given) => {
                let stored = self.store.read("staff.password", |tx| self.password_of(tx, &account.id))?;
                self.password_fits(stored.as_ref().map(|(phc, _)| phc), given)
            }
        }
    }

    /// Takes a place among the few tries, or says why there is none. A lock whose time is over ends here.
    pub(crate) fn take_try(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        now_us: i64,
    ) -> Result<Result<Account, Outcome>, StaffError> {
        let rules = self.rules(now_us)?;
        let account = account::must(tx, &self.sealer, id)?;
        if account.is_closed(now_us) {
            return Ok(Err(Outcome::Closed));
        }
        if account.is_locked(now_us) || account.is_spent(&rules, now_us) {
            return Ok(Err(Outcome::Locked));
        }
        let lapsed = account.lock.is_some();
        if lapsed || account.failures >= rules.failures {
            Self::unlock_in(tx, &account, now_us)?;
        }
        if lapsed {
            self.note(tx, id, crate::Change::Unlocked, "time", None, None, now_us)?;
        }
        tx.execute(
            "UPDATE staff_account SET failures = failures + 1, failed_at_us = $2 WHERE id = $1",
            &[id.into(), now_us.into()],
        )?;
        Ok(Ok(account::must(tx, &self.sealer, id)?))
    }

    /// The try was right: it does not count. Earlier wrong ones do, until a session begins.
    pub(crate) fn give_try_back(tx: &mut Tx<'_>, id: &str) -> Result<(), StaffError> {
        let sql = "UPDATE staff_account SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END \
                   WHERE id = $1";
        tx.execute(sql, &[id.into()])?;
        Ok(())
    }

    /// The try was wrong: it is written down, and the last one locks the account.
    pub(crate) fn wrong(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        outcome: Outcome,
        tried: Tried<'_>,
        now_us: i64,
    ) -> Result<(), StaffError> {
        note_sign_in(tx, id, outcome, tried, now_us)?;
        let rules = self.rules(now_us)?;
        let account = account::must(tx, &self.sealer, id)?;
        if account.failures < rules.failures || account.is_locked(now_us) || account.is_closed(now_us) {
            return Ok(());
        }
        let until_us = now_us.saturating_add(law::hours_us(rules.lock_hours));
        Self::lock_in(tx, id, LockWhy::Failures, Some(until_us), now_us)?;
        let why = LockWhy::Failures.name();
        self.note(tx, id, crate::Change::Locked, "rule", Some(why), None, now_us)
    }

    /// Forgets all second factors of an account.
    pub(crate) fn forget_factors(tx: &mut Tx<'_>, account: &str) -> Result<(), StaffError> {
        for sql in [
            "DELETE FROM staff_totp WHERE account = $1",
            "DELETE FROM staff_passkey WHERE account = $1",
            "DELETE FROM staff_recovery WHERE account = $1",
        ] {
            tx.execute(sql, &[account.into()])?;
        }
        Ok(())
    }
}
