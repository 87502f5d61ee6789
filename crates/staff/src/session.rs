//! Sessions: a random token whose keyed hash stands in a row, so that all servers know it and none can show it.
use crate::account::{self, Account};
use crate::history::{Change, Factor, Outcome, Tried, note_sign_in};
use crate::{Staff, StaffError, law};
use dancu_citizen::named;
use dancu_keys::Secret;
use dancu_storage::{Row, Tx};

/// A session is written to when it was last written to so long ago: an idle limit may run out that much early, never late.
const GRAIN_US: i64 = 5_000_000;
/// The same for the account's last use, which is counted in days.
const USE_GRAIN_US: i64 = 3_600_000_000;

named! {
    /// Why a session ended.
    Ended {
        /// Its holder signed out
        SignedOut = "signed_out",
        /// Unused for too long
        Idle = "idle",
        /// As long as a session may last
        Over = "over",
        /// Password, roles or state of the account changed
        Changed = "changed",
        /// Somebody ended it from the list
        ByHand = "ended",
        /// Too many at a time: a newer one took its place
        Replaced = "replaced",
    }
}

/// A session that counts, with the account as it is now.
#[derive(Clone, Debug)]
pub struct Session {
    /// Id, for the list of sessions; not the token
    pub id: String,
    /// Account: its roles are those of this moment
    pub account: Account,
    /// The emergency account is open for this request
    pub emergency: Option<String>,
    /// Second factor that was proved at sign-in
    pub factor: Option<Factor>,
    /// When its holder last proved to be the person, microseconds since the epoch
    pub proved_at_us: i64,
    /// Device
    pub device: Option<String>,
    /// When it began
    pub created_at_us: i64,
    /// Last request
    pub seen_at_us: i64,
    /// When it ends unless it is used
    pub idle_at_us: i64,
    /// When it ends, however busy
    pub ends_at_us: i64,
    pub(crate) source_hash: [u8; 16],
}

/// A session that began.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the session's cookie; it is shown here and nowhere else
    pub token: Secret,
    /// The session
    pub session: Session,
    /// For the device's long cookie, when it is to be set
    pub device_cookie: Option<Secret>,
    /// The account was never used from this device: worth a notice
    pub new_device: bool,
}

/// One of the sessions of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEntry {
    /// Id
    pub id: String,
    /// Device
    pub device: Option<String>,
    /// Second factor
    pub factor: Option<Factor>,
    /// Keyed hash of the address at sign-in
    pub source_hash: [u8; 16],
    /// When it began, microseconds since the epoch
    pub created_at_us: i64,
    /// Last request
    pub seen_at_us: i64,
}

/// What a session begins with: drawn before the transaction that may run twice.
pub(crate) struct Beginning<'a> {
    pub(crate) source_hash: [u8; 16],
    pub(crate) device: Option<&'a Secret>,
    pub(crate) browser: &'a str,
    pub(crate) token: Secret,
    pub(crate) cookie: Secret,
}

const COLUMNS: &str = "SELECT account, version, emergency, factor, proved_at_us, device, created_at_us, seen_at_us, \
                       ends_at_us, source_hash, id FROM staff_session WHERE id = $1 AND ended_at_us IS NULL";

impl Staff {
    /// The session of this token, if it counts at this moment; using it keeps it from idling.
    pub fn session(&self, token: &Secret, now_us: i64) -> Result<Option<Session>, StaffError> {
        let id = self.session_id(token);
        let found = self.store.read("staff.session", |tx| self.find_session(tx, &id, now_us))?;
        let Some((session, end)) = found else { return Ok(None) };
        if let Some(why) = end {
            self.store.run_tx("staff.session_over", |tx| end_one(tx, &id, why, now_us))?;
            return Ok(None);
        }
        if now_us - session.seen_at_us < GRAIN_US {
            return Ok(Some(session));
        }
        self.store.run_tx("staff.session_seen", |tx| {
            let sql = "UPDATE staff_session SET seen_at_us = $2 WHERE id = $1 AND seen_at_us < $2";
            tx.execute(sql, &[id.as_str().into(), now_us.into()])?;
            let sql = "UPDATE staff_account SET used_at_us = $2 WHERE id = $1 AND used_at_us < $3";
            let account = session.account.id.as_str();
            tx.execute(sql, &[account.into(), now_us.into(), (now_us - USE_GRAIN_US).into()])?;
            Ok::<_, StaffError>(())
        })?;
        let idle = self.rules(now_us)?.idle_us(session.account.kind);
        Ok(Some(Session { seen_at_us: now_us, idle_at_us: now_us.saturating_add(idle), ..session }))
    }

    /// Ends the session of this token: its holder signs out.
    pub fn end_session(&self, token: &Secret, now_us: i64) -> Result<(), StaffError> {
        let id = self.session_id(token);
        self.store.run_tx("staff.sign_out", |tx| end_one(tx, &id, Ended::SignedOut, now_us))
    }

    /// Ends one session of an account, from the list; false when it was over.
    pub fn end_session_of(
        &self,
        account: &str,
        session: &str,
        by: &str,
        now_us: i64,
    ) -> Result<bool, StaffError> {
        self.store.run_tx("staff.end_session", |tx| {
            let ended = tx.execute(
                "UPDATE staff_session SET ended_at_us = $3, ended_why = 'ended' \
                 WHERE id = $1 AND account = $2 AND ended_at_us IS NULL",
                &[session.into(), account.into(), now_us.into()],
            )?;
            if ended == 1 && account != by {
                self.note(tx, account, Change::SessionsEnded, by, Some(session), None, now_us)?;
            }
            Ok(ended == 1)
        })
    }

    /// Ends all sessions of an account.
    pub fn end_sessions_of(&self, account: &str, by: &str, now_us: i64) -> Result<u64, StaffError> {
        self.store.run_tx("staff.end_sessions", |tx| {
            let ended = tx.execute(
                "UPDATE staff_session SET ended_at_us = $2, ended_why = 'ended' \
                 WHERE account = $1 AND ended_at_us IS NULL",
                &[account.into(), now_us.into()],
            )?;
            if ended > 0 && account != by {
                self.note(tx, account, Change::SessionsEnded, by, None, None, now_us)?;
            }
            Ok(ended)
        })
    }

    /// The sessions of an account that count at this moment, oldest first.
    pub fn sessions_of(&self, account: &str, now_us: i64) -> Result<Vec<SessionEntry>, StaffError> {
        let rules = self.rules(now_us)?;
        self.store.read("staff.sessions_of", |tx| {
            let Some(held) = account::read(tx, &self.sealer, account)? else { return Ok(Vec::new()) };
            let used_since = now_us - rules.idle_us(held.kind);
            let rows = tx.query(
                "SELECT id, device, factor, source_hash, created_at_us, seen_at_us FROM staff_session \
                 WHERE account = $1 AND ended_at_us IS NULL AND version = $2 AND ends_at_us > $3 \
                 AND seen_at_us > $4 ORDER BY created_at_us, id",
                &[account.into(), held.version.into(), now_us.into(), used_since.into()],
            )?;
            rows.iter().map(entry).collect()
        })
    }

    /// A word that goes with this session and with no other, for the hidden field of its forms.
    pub fn form_token(&self, token: &Secret) -> Secret {
        Secret::new(hex::encode(self.sealer.token_hash("staff.form", token)))
    }

    /// The session, and why it is over if it is.
    fn find_session(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        now_us: i64,
    ) -> Result<Option<(Session, Option<Ended>)>, StaffError> {
        let Some(row) = tx.query_opt(COLUMNS, &[id.into()])? else { return Ok(None) };
        let account = account::must(tx, &self.sealer, row.text(0)?)?;
        let idle_us = self.rules(now_us)?.idle_us(account.kind);
        let seen_at_us = row.int(7)?;
        let session = Session {
            id: id.to_owned(),
            emergency: row.opt_text(2)?.map(str::to_owned),
            factor: factor(&row, 3)?,
            proved_at_us: row.int(4)?,
            device: row.opt_text(5)?.map(str::to_owned),
            created_at_us: row.int(6)?,
            seen_at_us,
            idle_at_us: seen_at_us.saturating_add(idle_us),
            ends_at_us: row.int(8)?,
            source_hash: row.array(9)?,
            account,
        };
        let changed = session.account.version != row.int(1)? || !session.account.lets_work(now_us);
        let end = if changed {
            Some(Ended::Changed)
        } else if session.ends_at_us <= now_us {
            Some(Ended::Over)
        } else if session.idle_at_us <= now_us {
            Some(Ended::Idle)
        } else {
            None
        };
        Ok(Some((session, end)))
    }

    /// Begins a session, on the device of the visitor's cookie or a new one; the oldest makes room.
    pub(crate) fn begin_session(
        &self,
        tx: &mut Tx<'_>,
        account: &Account,
        factor: Option<Factor>,
        emergency: Option<(&str, i64)>,
        beginning: &Beginning<'_>,
        now_us: i64,
    ) -> Result<NewSession, StaffError> {
        let rules = self.rules(now_us)?;
        let id = self.session_id(&beginning.token);
        let device = self.device_for(tx, &account.id, beginning, now_us)?;
        let longest = now_us.saturating_add(law::hours_us(rules.session_hours));
        let ends_at_us = emergency.map_or(longest, |(_, until)| until.min(longest));
        make_room(tx, &account.id, rules.sessions, now_us)?;
        tx.execute(
            "INSERT INTO staff_session (id, account, version, device, emergency, factor, proved_at_us, source_hash, \
             created_at_us, seen_at_us, ends_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $7, $9)",
            &[
                id.as_str().into(),
                account.id.as_str().into(),
                account.version.into(),
                device.id.as_str().into(),
                emergency.map(|(request, _)| request).into(),
                factor.map(Factor::name).into(),
                now_us.into(),
                beginning.source_hash.into(),
                ends_at_us.into(),
            ],
        )?;
        let outcome = if emergency.is_some() { Outcome::Emergency } else { Outcome::SignedIn };
        let tried = Tried { source_hash: &beginning.source_hash, device: Some(&device.id), factor };
        note_sign_in(tx, &account.id, outcome, tried, now_us)?;
        let (session, _) =
            self.find_session(tx, &id, now_us)?.ok_or(StaffError::Damaged("staff_session", "not there"))?;
        Ok(NewSession {
            token: beginning.token.clone(),
            session,
            device_cookie: device.set_cookie.then(|| beginning.cookie.clone()),
            new_device: device.is_new,
        })
    }

    pub(crate) fn session_id(&self, token: &Secret) -> String {
        hex::encode(self.sealer.token_hash("staff.session", token))
    }
}

/// Ends the oldest sessions until one more has room.
fn make_room(tx: &mut Tx<'_>, account: &str, most: u16, now_us: i64) -> Result<(), StaffError> {
    let rows = tx.query(
        "SELECT id FROM staff_session WHERE account = $1 AND ended_at_us IS NULL ORDER BY created_at_us DESC, id",
        &[account.into()],
    )?;
    let kept = usize::from(most.max(1)) - 1;
    for row in rows.iter().skip(kept) {
        end_one(tx, row.text(0)?, Ended::Replaced, now_us)?;
    }
    Ok(())
}

fn end_one(tx: &mut Tx<'_>, id: &str, why: Ended, now_us: i64) -> Result<(), StaffError> {
    tx.execute(
        "UPDATE staff_session SET ended_at_us = $2, ended_why = $3 WHERE id = $1 AND ended_at_us IS NULL",
        &[id.into(), now_us.into(), why.name().into()],
    )?;
    Ok(())
}

fn factor(row: &Row, column: usize) -> Result<Option<Factor>, StaffError> {
    let known = row.opt_text(column)?.map(Factor::from_name);
    known.map(|known| known.ok_or(StaffError::Damaged("staff_session", "its factor"))).transpose()
}

fn entry(row: &Row) -> Result<SessionEntry, StaffError> {
    Ok(SessionEntry {
        id: row.text(0)?.to_owned(),
        device: row.opt_text(1)?.map(str::to_owned),
        factor: factor(row, 2)?,
        source_hash: row.array(3)?,
        created_at_us: row.int(4)?,
        seen_at_us: row.int(5)?,
    })
}
