//! Signing in: the password, then the second factor or its enrolment, then a new password if one is due, then the session.
mod attempt;
mod step;

pub use step::Step;

use crate::account::{self, Account};
use crate::history::{Outcome, Tried, note_sign_in};
use crate::session::Beginning;
use crate::{Change, NewSession, Proof, Staff, StaffError, StaffRules, token};
use attempt::Attempt;
use dancu_keys::Secret;
use dancu_storage::Tx;
use std::fmt;
use std::net::IpAddr;
use step::Facts;

/// Who knocks. `Debug` shows nothing.
#[derive(Clone, Copy)]
pub struct Visitor<'a> {
    /// Address
    pub source: IpAddr,
    /// The device's long cookie, if there is one
    pub device: Option<&'a Secret>,
    /// What the browser calls itself
    pub browser: &'a str,
}

impl fmt::Debug for Visitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").finish_non_exhaustive()
    }
}

/// How far a sign-in is.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Not signed in. Why stands in the history, and is not said: login or password wrong, the account locked, closed, or its
    /// password handed over too long ago
    Refused,
    /// Something is still to be done
    Next {
        /// Token of this sign-in, for a cookie of the session page
        attempt: Secret,
        /// What is to be done
        step: Step,
    },
    /// Signed in
    Done(Box<NewSession>),
}

/// An account with its password, as a sign-in finds it.
type Found = (Account, Option<(Secret, i64)>);

impl Staff {
    /// Begins a sign-in. As slow for a login that is not known as for one that is, and with the same answer.
    pub fn begin_sign_in(
        &self,
        login: &str,
        password: &Secret,
        visitor: &Visitor<'_>,
        now_us: i64,
    ) -> Result<SignIn, StaffError> {
        let Some((found, stored)) = self.knocked_at(login)? else {
            self.password_fits(None, password)?;
            return Ok(SignIn::Refused);
        };
        let source_hash = self.sealer.source_hash(visitor.source);
        let tried = Tried { source_hash: &source_hash, device: None, factor: None };
        let id = found.id.as_str();
        if let Err(outcome) = self.store.run_tx("staff.take_try", |tx| self.take_try(tx, id, now_us))? {
            self.password_fits(None, password)?;
            self.store.run_tx("staff.refused", |tx| note_sign_in(tx, id, outcome, tried, now_us))?;
            return Ok(SignIn::Refused);
        }
        let phc = stored.as_ref().map(|(phc, _)| phc);
        if !self.password_fits(phc, password)? {
            let outcome = Outcome::WrongPassword;
            self.store.run_tx("staff.tried", |tx| self.wrong(tx, id, outcome, tried, now_us))?;
            return Ok(SignIn::Refused);
        }
        let token = token::token()?;
        let beginning = self.beginning(visitor)?;
        self.store.run_tx("staff.begin_sign_in", |tx| {
            Self::give_try_back(tx, id)?;
            let account = account::must(tx, &self.sealer, id)?;
            // The password was changed while it was compared, or handed over too long ago.
            let late = account.must_change && account.handed_until_us.is_some_and(|end| end <= now_us);
            if account.version != found.version || late {
                note_sign_in(tx, id, Outcome::Lapsed, tried, now_us)?;
                return Ok(SignIn::Refused);
            }
            self.put_attempt(tx, &token, &account, now_us)?;
            let attempt = self.attempt_in(tx, &token, now_us)?;
            self.advance(tx, &attempt, &token, &beginning, now_us)
        })
    }

    /// Proves the second factor.
    pub fn second_factor(
        &self,
        attempt: &Secret,
        proof: &Proof<'_>,
        visitor: &Visitor<'_>,
        now_us: i64,
    ) -> Result<SignIn, StaffError> {
        if matches!(proof, Proof::Password(_)) {
            return Err(StaffError::WrongProof);
        }
        let account = self.attempt(attempt, now_us)?.account;
        let source_hash = self.sealer.source_hash(visitor.source);
        let factor = self.proven(&account.id, proof, &source_hash, now_us)?;
        self.store.run_tx("staff.second_factor", |tx| match factor {
            Some(factor) => self.attempt_proved(tx, attempt, factor),
            None => Ok(()),
        })?;
        self.continue_sign_in(attempt, visitor, now_us)
    }

    /// The account that a sign-in under way is to.
    pub fn account_of_attempt(&self, attempt: &Secret, now_us: i64) -> Result<Account, StaffError> {
        Ok(self.attempt(attempt, now_us)?.account)
    }

    /// Changes the password on the way in, when that is the step.
    pub fn sign_in_password(
        &self,
        attempt: &Secret,
        new: &Secret,
        visitor: &Visitor<'_>,
        now_us: i64,
    ) -> Result<SignIn, StaffError> {
        let (under_way, step) = self.store.read("staff.attempt_step", |tx| {
            let under_way = self.attempt_in(tx, attempt, now_us)?;
            let step = self.step_of(tx, &under_way, now_us)?;
            Ok::<_, StaffError>((under_way, step))
        })?;
        if step != Step::ChangePassword {
            return Err(StaffError::ProofNeeded);
        }
        let hashed = self.new_password(&under_way.account, new, now_us)?;
        self.store.run_tx("staff.sign_in_password", |tx| {
            let version = self.replace_password(tx, &under_way.account, &hashed, now_us)?;
            self.attempt_version(tx, attempt, version)
        })?;
        self.continue_sign_in(attempt, visitor, now_us)
    }

    /// What is still to be done, or the session: after an enrolment on the way in, and for a page that is loaded again.
    pub fn continue_sign_in(
        &self,
        attempt: &Secret,
        visitor: &Visitor<'_>,
        now_us: i64,
    ) -> Result<SignIn, StaffError> {
        let beginning = self.beginning(visitor)?;
        self.store.run_tx("staff.continue_sign_in", |tx| {
            let under_way = self.attempt_in(tx, attempt, now_us)?;
            self.advance(tx, &under_way, attempt, &beginning, now_us)
        })
    }

    /// The next step; when there is none, the attempt becomes a session.
    fn advance(
        &self,
        tx: &mut Tx<'_>,
        attempt: &Attempt,
        token: &Secret,
        beginning: &Beginning<'_>,
        now_us: i64,
    ) -> Result<SignIn, StaffError> {
        let step = self.step_of(tx, attempt, now_us)?;
        if step != Step::Session {
            return Ok(SignIn::Next { attempt: token.clone(), step });
        }
        self.end_attempt(tx, token)?;
        self.signed_in(tx, &attempt.account, now_us)?;
        let session = self.begin_session(tx, &attempt.account, attempt.factor, None, beginning, now_us)?;
        Ok(SignIn::Done(Box::new(session)))
    }

    fn step_of(&self, tx: &mut Tx<'_>, attempt: &Attempt, now_us: i64) -> Result<Step, StaffError> {
        let account = &attempt.account;
        let rules = self.rules(now_us)?;
        let set_at = self.password_of(tx, &account.id)?.map(|(_, at)| at);
        let facts = Facts {
            proved: attempt.factor.is_some(),
            has: Self::factors(tx, &account.id)?,
            needs: rules.needs_mfa(account.kind),
            stale: account.must_change || is_old(&rules, account, set_at, now_us),
        };
        Ok(facts.step())
    }

    /// The account is in use, and what went wrong before is over.
    fn signed_in(&self, tx: &mut Tx<'_>, account: &Account, now_us: i64) -> Result<(), StaffError> {
        let id = account.id.as_str();
        tx.execute(
            "UPDATE staff_account SET state = 'active', failures = 0, failed_at_us = NULL, used_at_us = $2, \
             activated_at_us = COALESCE(activated_at_us, $2) WHERE id = $1",
            &[id.into(), now_us.into()],
        )?;
        if account.activated_at_us.is_none() {
            self.note(tx, id, Change::Activated, id, None, None, now_us)?;
        }
        Ok(())
    }

    fn knocked_at(&self, login: &str) -> Result<Option<Found>, StaffError> {
        let hash = self.sealer.login_hash(login);
        self.store.read("staff.knock", |tx| {
            let row = tx.query_opt(account::select!("WHERE login_hash = $1"), &[hash.into()])?;
            let Some(row) = row else { return Ok(None) };
            let account = account::open(&row, &self.sealer)?;
            let password = self.password_of(tx, &account.id)?;
            Ok(Some((account, password)))
        })
    }

    pub(crate) fn beginning<'a>(&self, visitor: &Visitor<'a>) -> Result<Beginning<'a>, StaffError> {
        Ok(Beginning {
            source_hash: self.sealer.source_hash(visitor.source),
            device: visitor.device,
            browser: visitor.browser,
            token: token::token()?,
            cookie: token::token()?,
        })
    }
}

fn is_old(rules: &StaffRules, account: &Account, set_at_us: Option<i64>, now_us: i64) -> bool {
    match (rules.password_age_us(account.kind), set_at_us) {
        (Some(age), Some(at)) => at.saturating_add(age) <= now_us,
        _ => false,
    }
}
