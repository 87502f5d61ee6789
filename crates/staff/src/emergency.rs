//! The emergency account (break-glass; TCVN 14423:2026, 5.5.2.2): it has no password. One person asks with a proof of its second
//! factor and a reason, another person agrees with its own within a window, and then the first may work in it for a limited
//! time. Each opening is a row for good, and stands in the histories of all three accounts.
use crate::account::{self, Account};
use crate::history::Change;
use crate::{NewSession, Proof, Proven, Staff, StaffError, Visitor, law, token};
use dancu_citizen::named;
use dancu_keys::Secret;
use dancu_storage::{Row, Tx};
use std::fmt;

const TABLE: &str = "staff_emergency";

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, reason, requested_by, requested_at_us, approve_by_us, approved_by, approval, \
             approved_at_us, open_until_us, closed_at_us, closed_by FROM staff_emergency ",
            $rest
        )
    };
}

named! {
    /// How far an opening is.
    EmergencyState {
        /// Waits for the second person
        Requested = "requested",
        /// Open
        Open = "open",
        /// Closed, by hand or by itself
        Closed = "closed",
        /// Nobody agreed in time
        Lapsed = "lapsed",
    }
}

/// One opening of the emergency account. `Debug` does not show the reasons.
#[derive(Clone, PartialEq, Eq)]
pub struct Emergency {
    /// Id
    pub id: String,
    /// The emergency account
    pub account: String,
    /// Why it is asked for
    pub reason: String,
    /// Account of who asked
    pub requested_by: String,
    /// When, microseconds since the epoch, as all times here
    pub requested_at_us: i64,
    /// Until then the second person agrees
    pub approve_by_us: i64,
    /// Account of who agreed
    pub approved_by: Option<String>,
    /// Why
    pub approval: Option<String>,
    /// When
    pub approved_at_us: Option<i64>,
    /// It closes by itself then
    pub open_until_us: Option<i64>,
    /// When it was closed
    pub closed_at_us: Option<i64>,
    /// By which account, or a word for the program
    pub closed_by: Option<String>,
}

impl fmt::Debug for Emergency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Emergency");
        shown.field("id", &self.id).field("requested_by", &self.requested_by);
        shown.field("approved_by", &self.approved_by).finish_non_exhaustive()
    }
}

impl Emergency {
    /// How far it is at this moment; it needs nobody to close it.
    pub fn state(&self, now_us: i64) -> EmergencyState {
        match self.open_until_us {
            _ if self.closed_at_us.is_some() => EmergencyState::Closed,
            Some(until) if until <= now_us => EmergencyState::Closed,
            Some(_) => EmergencyState::Open,
            None if self.approve_by_us <= now_us => EmergencyState::Lapsed,
            None => EmergencyState::Requested,
        }
    }
}

impl Staff {
    /// Asks for the emergency account. Gives the id of the request.
    pub fn request_break_glass(
        &self,
        session: &Secret,
        proof: &Proof<'_>,
        account: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<String, StaffError> {
        // Who gives none keeps the proof.
        given(reason)?;
        self.request_break_glass_by(&self.prove_person(session, proof, now_us)?, account, reason, now_us)
    }

    /// As `request_break_glass`, by somebody who just proved to be the person.
    pub fn request_break_glass_by(
        &self,
        proven: &Proven,
        account: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<String, StaffError> {
        given(reason)?;
        let asking = &proven.0;
        let approve_by_us =
            now_us.saturating_add(law::minutes_us(self.rules(now_us)?.emergency_window_minutes));
        let id = token::id()?;
        let sealed = self.sealer.seal(TABLE, &id, "reason", reason.as_bytes())?;
        self.store.run_tx("staff.request_break_glass", |tx| {
            self.emergency_account(tx, account, now_us)?;
            tx.execute(
                "INSERT INTO staff_emergency (id, account, reason, requested_by, requested_at_us, approve_by_us) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    id.as_str().into(),
                    account.into(),
                    (&sealed).into(),
                    asking.id.as_str().into(),
                    now_us.into(),
                    approve_by_us.into(),
                ],
            )?;
            let accounts = [account, asking.id.as_str()];
            self.tell(tx, &accounts, Change::EmergencyRequested, &asking.id, &id, Some(reason), now_us)
        })?;
        Ok(id)
    }

    /// Agrees to a request of another person; it is open from now on. Gives the time at which it closes.
    pub fn approve_break_glass(
        &self,
        session: &Secret,
        proof: &Proof<'_>,
        request: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<i64, StaffError> {
        given(reason)?;
        self.approve_break_glass_by(&self.prove_person(session, proof, now_us)?, request, reason, now_us)
    }

    /// As `approve_break_glass`, by somebody who just proved to be the person.
    pub fn approve_break_glass_by(
        &self,
        proven: &Proven,
        request: &str,
        reason: &str,
        now_us: i64,
    ) -> Result<i64, StaffError> {
        given(reason)?;
        let agreeing = &proven.0;
        let until_us = now_us.saturating_add(law::minutes_us(self.rules(now_us)?.emergency_open_minutes));
        let sealed = self.sealer.seal(TABLE, request, "approval", reason.as_bytes())?;
        self.store.run_tx("staff.approve_break_glass", |tx| {
            let asked = self.emergency_in(tx, request)?;
            if asked.state(now_us) != EmergencyState::Requested {
                return Err(StaffError::TooLate);
            }
            let asking = account::must(tx, &self.sealer, &asked.requested_by)?;
            if !are_two_people(&asking, agreeing) {
                return Err(StaffError::OwnAccount);
            }
            // Whoever was locked since it asked gets nothing.
            if asking.is_locked(now_us) || asking.is_closed(now_us) {
                return Err(StaffError::State(asking.state.name()));
            }
            self.emergency_account(tx, &asked.account, now_us)?;
            tx.execute(
                "UPDATE staff_emergency SET approved_by = $2, approval = $3, approved_at_us = $4, open_until_us = $5 \
                 WHERE id = $1",
                &[
                    request.into(),
                    agreeing.id.as_str().into(),
                    (&sealed).into(),
                    now_us.into(),
                    until_us.into(),
                ],
            )?;
            let accounts = [asked.account.as_str(), asking.id.as_str(), agreeing.id.as_str()];
            self.tell(tx, &accounts, Change::EmergencyOpened, &agreeing.id, request, Some(reason), now_us)
        })?;
        Ok(until_us)
    }

    /// Whoever asked begins a session of the emergency account, while it is open.
    pub fn enter_break_glass(
        &self,
        session: &Secret,
        request: &str,
        visitor: &Visitor<'_>,
        now_us: i64,
    ) -> Result<NewSession, StaffError> {
        let asking = self.session(session, now_us)?.ok_or(StaffError::NotSignedIn)?;
        let beginning = self.beginning(visitor)?;
        self.store.run_tx("staff.enter_break_glass", |tx| {
            let asked = self.emergency_in(tx, request)?;
            if asked.requested_by != asking.account.id {
                return Err(StaffError::Unknown("request"));
            }
            let until = asked.open_until_us.filter(|_| asked.state(now_us) == EmergencyState::Open);
            let until = until.ok_or(StaffError::TooLate)?;
            let account = self.emergency_account(tx, &asked.account, now_us)?;
            self.begin_session(tx, &account, asking.factor, Some((request, until)), &beginning, now_us)
        })
    }

    /// Closes it before its time; its sessions end.
    pub fn close_break_glass(&self, request: &str, by: &str, now_us: i64) -> Result<(), StaffError> {
        self.store.run_tx("staff.close_break_glass", |tx| {
            let asked = self.emergency_in(tx, request)?;
            match asked.state(now_us) {
                EmergencyState::Requested | EmergencyState::Open => self.close_in_row(tx, &asked, by, now_us),
                EmergencyState::Closed | EmergencyState::Lapsed => Err(StaffError::TooLate),
            }
        })
    }

    /// One opening, by its id.
    pub fn break_glass_of(&self, request: &str) -> Result<Option<Emergency>, StaffError> {
        self.store.read("staff.break_glass_of", |tx| {
            let row = tx.query_opt(select!("WHERE id = $1"), &[request.into()])?;
            row.map(|row| self.emergency(&row)).transpose()
        })
    }

    /// Openings, newest first, at most `limit`, of those before the time and id `before`.
    pub fn break_glass(
        &self,
        before: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<Emergency>, StaffError> {
        let (at, id) = before.unwrap_or((i64::MAX, String::new()));
        self.store.read("staff.break_glass", |tx| {
            let rows = tx.query(
                select!(
                    "WHERE requested_at_us < $1 OR (requested_at_us = $1 AND id < $2) \
                     ORDER BY requested_at_us DESC, id DESC LIMIT $3"
                ),
                &[at.into(), id.as_str().into(), limit.into()],
            )?;
            rows.iter().map(|row| self.emergency(row)).collect()
        })
    }

    /// Writes down that it is closed, by hand or because its time is over.
    pub(crate) fn close_in_row(
        &self,
        tx: &mut Tx<'_>,
        asked: &Emergency,
        by: &str,
        now_us: i64,
    ) -> Result<(), StaffError> {
        let id = asked.id.as_str();
        tx.execute(
            "UPDATE staff_emergency SET closed_at_us = $2, closed_by = $3 WHERE id = $1",
            &[id.into(), now_us.into(), by.into()],
        )?;
        tx.execute(
            "UPDATE staff_session SET ended_at_us = $2, ended_why = 'over' \
             WHERE account = $3 AND emergency = $1 AND ended_at_us IS NULL",
            &[id.into(), now_us.into(), asked.account.as_str().into()],
        )?;
        let accounts = [asked.account.as_str(), asked.requested_by.as_str()];
        self.tell(tx, &accounts, Change::EmergencyClosed, by, id, None, now_us)
    }

    /// Openings that nobody closed and whose time is over, of either kind.
    pub(crate) fn overdue_emergencies(
        &self,
        tx: &mut Tx<'_>,
        now_us: i64,
    ) -> Result<Vec<Emergency>, StaffError> {
        let rows = tx.query(
            select!(
                "WHERE closed_at_us IS NULL AND COALESCE(open_until_us, approve_by_us) <= $1 ORDER BY id"
            ),
            &[now_us.into()],
        )?;
        rows.iter().map(|row| self.emergency(row)).collect()
    }

    /// The person behind a session, who proves itself with a second factor that is not used up. The proof counts at once, and
    /// what comes of it is the next call's: it may be tried out and written down in between.
    pub fn prove_person(
        &self,
        session: &Secret,
        proof: &Proof<'_>,
        now_us: i64,
    ) -> Result<Proven, StaffError> {
        let session = self.session(session, now_us)?.ok_or(StaffError::NotSignedIn)?;
        // Nor does the emergency account open itself anew.
        if session.emergency.is_some() || !matches!(proof, Proof::Totp(_) | Proof::Passkey { .. }) {
            return Err(StaffError::WrongProof);
        }
        self.proven(&session.account.id, proof, &session.source_hash, now_us)?;
        Ok(Proven(session.account))
    }

    fn emergency_account(&self, tx: &mut Tx<'_>, id: &str, now_us: i64) -> Result<Account, StaffError> {
        let account = account::must(tx, &self.sealer, id)?;
        if !account.emergency {
            return Err(StaffError::Unknown("emergency account"));
        }
        let usable = !account.is_closed(now_us) && !account.is_locked(now_us);
        if usable { Ok(account) } else { Err(StaffError::State(account.state.name())) }
    }

    fn emergency_in(&self, tx: &mut Tx<'_>, id: &str) -> Result<Emergency, StaffError> {
        let row = tx.query_opt(select!("WHERE id = $1"), &[id.into()])?;
        self.emergency(&row.ok_or(StaffError::Unknown("request"))?)
    }

    fn emergency(&self, row: &Row) -> Result<Emergency, StaffError> {
        let id = row.text(0)?;
        let text =
            |column| -> Result<Option<String>, StaffError> { Ok(row.opt_text(column)?.map(str::to_owned)) };
        let approval = row.opt_bytes(7)?.map(|sealed| self.sealer.open_text(TABLE, id, "approval", sealed));
        Ok(Emergency {
            id: id.to_owned(),
            account: row.text(1)?.to_owned(),
            reason: self.sealer.open_text(TABLE, id, "reason", row.bytes(2)?)?,
            requested_by: row.text(3)?.to_owned(),
            requested_at_us: row.int(4)?,
            approve_by_us: row.int(5)?,
            approved_by: text(6)?,
            approval: approval.transpose()?,
            approved_at_us: row.opt_int(8)?,
            open_until_us: row.opt_int(9)?,
            closed_at_us: row.opt_int(10)?,
            closed_by: text(11)?,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one line where it is called")]
    fn tell(
        &self,
        tx: &mut Tx<'_>,
        accounts: &[&str],
        what: Change,
        by: &str,
        request: &str,
        reason: Option<&str>,
        now_us: i64,
    ) -> Result<(), StaffError> {
        for account in accounts {
            self.note(tx, account, what, by, Some(request), reason, now_us)?;
        }
        Ok(())
    }
}

fn given(reason: &str) -> Result<(), StaffError> {
    if reason.trim().is_empty() { Err(StaffError::Invalid("reason", "is to be given")) } else { Ok(()) }
}

/// Two accounts, and of two people as far as their numbers are known.
fn are_two_people(one: &Account, two: &Account) -> bool {
    one.id != two.id && (one.person.is_none() || one.person != two.person)
}
