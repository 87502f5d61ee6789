//! What happened: sign-ins with their outcome, and changes of accounts. Rows are added, never changed.
use crate::sealed::Sealer;
use crate::{Staff, StaffError, token};
use dancu_citizen::named;
use dancu_storage::{Row, Tx};
use std::fmt;

named! {
    /// How a try to sign in, or to prove oneself again, ended.
    Outcome {
        /// A session began
        SignedIn = "signed_in",
        /// Wrong password
        WrongPassword = "wrong_password",
        /// Wrong second factor
        WrongFactor = "wrong_factor",
        /// The account was locked; the password was not looked at
        Locked = "locked",
        /// The account is closed
        Closed = "closed",
        /// The password was handed over too long ago
        Lapsed = "lapsed",
        /// A session of the emergency account began
        Emergency = "emergency",
    }
}

named! {
    /// Second factor.
    Factor {
        /// A code of an authenticator (RFC 6238)
        Totp = "totp",
        /// A passkey
        Passkey = "passkey",
        /// A recovery code
        Recovery = "recovery",
    }
}

named! {
    /// What happened to an account.
    Change {
        /// Made
        Created = "created",
        /// A first password was handed over
        Invited = "invited",
        /// Used for the first time
        Activated = "activated",
        /// Name, telephone, e-mail, department or end changed
        Described = "described",
        /// Roles set; the detail names them
        Roles = "roles",
        /// Locked; the detail says why
        Locked = "locked",
        /// Unlocked
        Unlocked = "unlocked",
        /// Closed for good
        Closed = "closed",
        /// Password changed by its holder
        Password = "password",
        /// A new password was handed over
        Reset = "reset",
        /// TOTP enrolled
        TotpEnrolled = "totp_enrolled",
        /// TOTP removed
        TotpRemoved = "totp_removed",
        /// Passkey added; the detail is its id
        PasskeyAdded = "passkey_added",
        /// Passkey removed
        PasskeyRemoved = "passkey_removed",
        /// New recovery codes handed out
        RecoveryCodes = "recovery_codes",
        /// A recovery code was used
        RecoveryUsed = "recovery_used",
        /// A device was revoked; the detail is its id
        DeviceRevoked = "device_revoked",
        /// Sessions were ended by another person
        SessionsEnded = "sessions_ended",
        /// Somebody asked for the emergency account; the detail is the request
        EmergencyRequested = "emergency_requested",
        /// A second person agreed: it is open
        EmergencyOpened = "emergency_opened",
        /// Closed, by hand or by itself
        EmergencyClosed = "emergency_closed",
    }
}

/// One try to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInEntry {
    /// Id
    pub id: String,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// How it ended
    pub outcome: Outcome,
    /// Keyed hash of the address: the same address has the same hash
    pub source_hash: [u8; 16],
    /// Device, once signed in
    pub device: Option<String>,
    /// Second factor used or tried
    pub factor: Option<Factor>,
}

/// One change of an account. `Debug` does not show what was written.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeEntry {
    /// Id
    pub id: String,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// What
    pub what: Change,
    /// Account of who did it, or a word for the program
    pub by: String,
    /// Names of roles, ids of things
    pub detail: Option<String>,
    /// What was written down
    pub reason: Option<String>,
}

impl fmt::Debug for ChangeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ChangeEntry");
        shown.field("at_us", &self.at_us).field("what", &self.what).field("detail", &self.detail);
        shown.finish_non_exhaustive()
    }
}

/// Where a page ends: the time and id of its last entry. The next page holds what is older.
pub type Before = (i64, String);

impl Staff {
    /// Sign-ins of an account, newest first, at most `limit`.
    pub fn history(
        &self,
        account: &str,
        before: Option<Before>,
        limit: u32,
    ) -> Result<Vec<SignInEntry>, StaffError> {
        let (at, id) = before.unwrap_or((i64::MAX, String::new()));
        let sql = "SELECT id, at_us, outcome, source_hash, device, factor FROM staff_sign_in \
                   WHERE account = $1 AND (at_us < $2 OR (at_us = $2 AND id < $3)) \
                   ORDER BY at_us DESC, id DESC LIMIT $4";
        self.store.read("staff.history", |tx| {
            let rows = tx.query(sql, &[account.into(), at.into(), id.as_str().into(), limit.into()])?;
            rows.iter().map(sign_in).collect()
        })
    }

    /// Changes of an account, newest first, at most `limit`.
    pub fn changes(
        &self,
        account: &str,
        before: Option<Before>,
        limit: u32,
    ) -> Result<Vec<ChangeEntry>, StaffError> {
        let (at, id) = before.unwrap_or((i64::MAX, String::new()));
        let sql = "SELECT id, at_us, what, by_whom, detail, reason FROM staff_event \
                   WHERE account = $1 AND (at_us < $2 OR (at_us = $2 AND id < $3)) \
                   ORDER BY at_us DESC, id DESC LIMIT $4";
        self.store.read("staff.changes", |tx| {
            let rows = tx.query(sql, &[account.into(), at.into(), id.as_str().into(), limit.into()])?;
            rows.iter().map(|row| change(row, &self.sealer)).collect()
        })
    }
}

fn sign_in(row: &Row) -> Result<SignInEntry, StaffError> {
    let damaged = |what| StaffError::Damaged("staff_sign_in", what);
    let factor = row.opt_text(5)?.map(|name| Factor::from_name(name).ok_or(damaged("its factor")));
    Ok(SignInEntry {
        id: row.text(0)?.to_owned(),
        at_us: row.int(1)?,
        outcome: Outcome::from_name(row.text(2)?).ok_or(damaged("its outcome"))?,
        source_hash: row.array(3)?,
        device: row.opt_text(4)?.map(str::to_owned),
        factor: factor.transpose()?,
    })
}

fn change(row: &Row, sealer: &Sealer) -> Result<ChangeEntry, StaffError> {
    let id = row.text(0)?;
    let reason = row.opt_bytes(5)?.map(|sealed| sealer.open_text("staff_event", id, "reason", sealed));
    Ok(ChangeEntry {
        id: id.to_owned(),
        at_us: row.int(1)?,
        what: Change::from_name(row.text(2)?).ok_or(StaffError::Damaged("staff_event", "what happened"))?,
        by: row.text(3)?.to_owned(),
        detail: row.opt_text(4)?.map(str::to_owned),
        reason: reason.transpose()?,
    })
}

/// Where a try came from, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Tried<'a> {
    pub(crate) source_hash: &'a [u8; 16],
    pub(crate) device: Option<&'a str>,
    pub(crate) factor: Option<Factor>,
}

/// Writes down a try to sign in.
pub(crate) fn note_sign_in(
    tx: &mut Tx<'_>,
    account: &str,
    outcome: Outcome,
    tried: Tried<'_>,
    now_us: i64,
) -> Result<(), StaffError> {
    tx.execute(
        "INSERT INTO staff_sign_in (id, account, at_us, outcome, source_hash, device, factor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            token::id()?.into(),
            account.into(),
            now_us.into(),
            outcome.name().into(),
            tried.source_hash.into(),
            tried.device.into(),
            tried.factor.map(Factor::name).into(),
        ],
    )?;
    Ok(())
}

/// A change to be written down.
pub(crate) struct Note<'a> {
    pub(crate) account: &'a str,
    pub(crate) what: Change,
    pub(crate) by: &'a str,
    pub(crate) detail: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
}

/// Writes down a change of an account.
pub(crate) fn note(tx: &mut Tx<'_>, sealer: &Sealer, note: &Note<'_>, now_us: i64) -> Result<(), StaffError> {
    let id = token::id()?;
    let reason = sealer.seal_opt("staff_event", &id, "reason", note.reason)?;
    tx.execute(
        "INSERT INTO staff_event (id, account, at_us, what, by_whom, detail, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            note.account.into(),
            now_us.into(),
            note.what.name().into(),
            note.by.into(),
            note.detail.into(),
            reason.into(),
        ],
    )?;
    Ok(())
}
