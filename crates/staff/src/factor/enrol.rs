//! Enrolling and removing second factors.
use super::Holder;
use super::totp::TABLE as TOTP_TABLE;
use crate::account::Account;
use crate::history::{Change, Factor};
use crate::{Staff, StaffError, law, token, totp};
use dancu_keys::Secret;
use dancu_storage::Tx;

const CEREMONY: &str = "staff_ceremony";

/// A key for an authenticator, to be confirmed with a first code.
#[derive(Clone, Debug)]
pub struct TotpEnrolment {
    /// Names this enrolment
    pub ceremony: String,
    /// The key for typing: base32
    pub secret: Secret,
    /// The same as an `otpauth:` address, for a QR image
    pub uri: Secret,
}

/// A factor was enrolled.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Recovery codes, when there were none: shown once
    pub recovery_codes: Vec<Secret>,
}

impl Staff {
    /// Makes a key for an authenticator. One that is enrolled stays until the new one is confirmed.
    pub fn enrol_totp(&self, holder: Holder<'_>, now_us: i64) -> Result<TotpEnrolment, StaffError> {
        let account = self.enroller(holder, now_us)?;
        let key = token::key::<{ totp::KEY_BYTES }>()?;
        let ceremony = self.begin_ceremony(&account.id, "totp", key.expose(), now_us)?;
        let uri = totp::uri(&key, &self.issuer, &account.login);
        Ok(TotpEnrolment { ceremony, secret: totp::typed(&key), uri })
    }

    /// Takes the key into use when its holder shows a code of it. On the way in that is the second factor's proof too.
    pub fn confirm_totp(
        &self,
        holder: Holder<'_>,
        ceremony: &str,
        code: &str,
        now_us: i64,
    ) -> Result<Enrolled, StaffError> {
        let account = self.enroller(holder, now_us)?;
        let key = self.ceremony(&account.id, "totp", ceremony, now_us)?;
        let skew = self.rules(now_us)?.totp_skew_steps;
        let step = totp::matching(&key, code, -1, skew, now_us).ok_or(StaffError::WrongProof)?;
        let sealed = self.sealer.seal(TOTP_TABLE, &account.id, "secret", key.expose())?;
        let codes = self.draw_codes(now_us)?;
        self.store.run_tx("staff.confirm_totp", |tx| {
            Self::end_ceremony(tx, ceremony)?;
            Self::put_totp(tx, &account.id, &sealed, step, now_us)?;
            self.note(tx, &account.id, Change::TotpEnrolled, &account.id, None, None, now_us)?;
            self.enrolled(tx, holder, &account.id, Factor::Totp, &codes, now_us)
        })
    }

    /// Takes TOTP out of use. Refused when it is the last second factor of an account that needs one.
    pub fn remove_totp(&self, session: &Secret, now_us: i64) -> Result<(), StaffError> {
        let account = self.fresh(session, now_us)?;
        self.store.run_tx("staff.remove_totp", |tx| {
            if tx.execute("DELETE FROM staff_totp WHERE account = $1", &[account.id.as_str().into()])? == 0 {
                return Err(StaffError::Unknown("second factor"));
            }
            self.still_enough(tx, &account, now_us)?;
            self.note(tx, &account.id, Change::TotpRemoved, &account.id, None, None, now_us)
        })
    }

    /// What follows every enrolment: the sign-in under way has its proof, and the first factor comes with recovery codes.
    pub(super) fn enrolled(
        &self,
        tx: &mut Tx<'_>,
        holder: Holder<'_>,
        account: &str,
        factor: Factor,
        codes: &[Secret],
        now_us: i64,
    ) -> Result<Enrolled, StaffError> {
        if let Holder::Attempt(token) = holder {
            self.attempt_proved(tx, token, factor)?;
        }
        if Self::factors(tx, account)?.recovery > 0 {
            return Ok(Enrolled { recovery_codes: Vec::new() });
        }
        self.put_codes(tx, account, codes, now_us)?;
        Ok(Enrolled { recovery_codes: codes.to_vec() })
    }

    /// After a removal: whether the account may be left with what it has.
    pub(super) fn still_enough(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        now_us: i64,
    ) -> Result<(), StaffError> {
        if Self::factors(tx, &account.id)?.is_strong() {
            return Ok(());
        }
        if self.rules(now_us)?.needs_mfa(account.kind) {
            return Err(StaffError::Invalid("second factor", "this kind of account needs one"));
        }
        tx.execute("DELETE FROM staff_recovery WHERE account = $1", &[account.id.as_str().into()])?;
        Ok(())
    }

    /// Who may enrol: on the way in, whoever has no factor yet or proved one; within, whoever proved itself a moment ago.
    pub(super) fn enroller(&self, holder: Holder<'_>, now_us: i64) -> Result<Account, StaffError> {
        match holder {
            Holder::Session(token) => self.fresh(token, now_us),
            Holder::Attempt(token) => {
                let attempt = self.attempt(token, now_us)?;
                let strong = self.factors_of(&attempt.account.id)?.is_strong();
                let known = attempt.factor.is_some() || !strong;
                if known { Ok(attempt.account) } else { Err(StaffError::ProofNeeded) }
            }
        }
    }

    /// The account of a session whose holder proved itself a moment ago.
    pub(super) fn fresh(&self, token: &Secret, now_us: i64) -> Result<Account, StaffError> {
        let session = self.session(token, now_us)?.ok_or(StaffError::NotSignedIn)?;
        let age = law::minutes_us(self.rules(now_us)?.proof_minutes);
        let fresh = now_us < session.proved_at_us.saturating_add(age) && session.emergency.is_none();
        if fresh { Ok(session.account) } else { Err(StaffError::ProofNeeded) }
    }

    /// Keeps what an answer is to be held to. Gives the id.
    pub(super) fn begin_ceremony(
        &self,
        account: &str,
        purpose: &'static str,
        state: &[u8],
        now_us: i64,
    ) -> Result<String, StaffError> {
        let id = token::id()?;
        let sealed = self.sealer.seal(CEREMONY, &id, "state", state)?;
        let ends_us = now_us.saturating_add(law::minutes_us(self.rules(now_us)?.sign_in_minutes));
        self.store.run_tx("staff.begin_ceremony", |tx| {
            tx.execute(
                "INSERT INTO staff_ceremony (id, account, purpose, state, ends_at_us) VALUES ($1, $2, $3, $4, $5)",
                &[
                    id.as_str().into(),
                    account.into(),
                    purpose.into(),
                    sealed.as_slice().into(),
                    ends_us.into(),
                ],
            )?;
            Ok::<_, StaffError>(())
        })?;
        Ok(id)
    }

    /// What was kept.
    pub(super) fn ceremony(
        &self,
        account: &str,
        purpose: &'static str,
        id: &str,
        now_us: i64,
    ) -> Result<Secret, StaffError> {
        let sql = "SELECT state FROM staff_ceremony \
                   WHERE id = $1 AND account = $2 AND purpose = $3 AND ends_at_us > $4";
        let parameters = [id.into(), account.into(), purpose.into(), now_us.into()];
        let row = self.store.read("staff.ceremony", |tx| tx.query_opt(sql, &parameters))?;
        let row = row.ok_or(StaffError::TooLate)?;
        self.sealer.open(CEREMONY, id, "state", row.bytes(0)?)
    }

    /// It is answered; false when it was before.
    pub(super) fn end_ceremony(tx: &mut Tx<'_>, id: &str) -> Result<(), StaffError> {
        let ended = tx.execute("DELETE FROM staff_ceremony WHERE id = $1", &[id.into()])?;
        if ended == 1 { Ok(()) } else { Err(StaffError::TooLate) }
    }
}
