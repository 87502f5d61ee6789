//! Passkeys: Web Authentication, level 3, by `webauthn-rs`. The browser's and the server's halves travel as JSON.
use super::{Enrolled, Holder};
use crate::account::Account;
use crate::history::{Change, Factor};
use crate::{Staff, StaffError};
use dancu_keys::Secret;
use dancu_storage::{Row, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};

const TABLE: &str = "staff_passkey";
const COLUMNS: &str = "passkey";

/// What the browser is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Names this ceremony; it comes back with the answer
    pub ceremony: String,
    /// Options for `navigator.credentials`, as JSON
    pub options: String,
}

/// The options name the account to its own browser, and to nobody else.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").finish_non_exhaustive()
    }
}

/// A passkey, for the page on which its holder manages them. `Debug` does not show its name.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyEntry {
    /// Id
    pub id: String,
    /// What its holder calls it
    pub name: String,
    /// When it was added, microseconds since the epoch
    pub created_at_us: i64,
    /// Last use
    pub used_at_us: Option<i64>,
}

impl fmt::Debug for PasskeyEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyEntry").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Staff {
    /// Asks the browser for a new passkey.
    pub fn passkey_register(&self, holder: Holder<'_>, now_us: i64) -> Result<Challenge, StaffError> {
        let account = self.enroller(holder, now_us)?;
        let known: Vec<CredentialID> =
            self.passkeys(&account.id)?.iter().map(|(_, passkey)| passkey.cred_id().clone()).collect();
        let handle = Uuid::parse_str(&account.id).map_err(|_| StaffError::Damaged("staff_account", "id"))?;
        let name = account.login.as_str();
        let (options, state) = self
            .webauthn
            .start_passkey_registration(handle, name, &account.name, Some(known))
            .map_err(refused)?;
        let ceremony = self.begin_ceremony(&account.id, "register", &json(&state)?, now_us)?;
        Ok(Challenge { ceremony, options: text(&options)? })
    }

    /// Takes a new passkey into use. On the way in that is the second factor's proof too.
    pub fn passkey_registered(
        &self,
        holder: Holder<'_>,
        ceremony: &str,
        response: &str,
        name: &str,
        now_us: i64,
    ) -> Result<Enrolled, StaffError> {
        let account = self.enroller(holder, now_us)?;
        let state: PasskeyRegistration =
            parse(self.ceremony(&account.id, "register", ceremony, now_us)?.expose())?;
        let answer: RegisterPublicKeyCredential = parse(response.as_bytes())?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, &state).map_err(refused)?;
        let id = self.passkey_id(passkey.cred_id());
        let name = self.sealer.seal(TABLE, &id, "name", name.as_bytes())?;
        let sealed = self.sealer.seal(TABLE, &id, COLUMNS, &json(&passkey)?)?;
        let codes = self.draw_codes(now_us)?;
        self.store.run_tx("staff.passkey_registered", |tx| {
            Self::end_ceremony(tx, ceremony)?;
            let known = "SELECT 1 FROM staff_passkey WHERE id = $1";
            if tx.query_opt(known, &[id.as_str().into()])?.is_some() {
                return Err(StaffError::Invalid("passkey", "it is registered already"));
            }
            tx.execute(
                "INSERT INTO staff_passkey (id, account, name, passkey, created_at_us) VALUES ($1, $2, $3, $4, $5)",
                &[
                    id.as_str().into(),
                    account.id.as_str().into(),
                    name.as_slice().into(),
                    sealed.as_slice().into(),
                    now_us.into(),
                ],
            )?;
            self.note(tx, &account.id, Change::PasskeyAdded, &account.id, Some(&id), None, now_us)?;
            self.enrolled(tx, holder, &account.id, Factor::Passkey, &codes, now_us)
        })
    }

    /// Asks the browser for the proof of a passkey: on the way in, or again from within a session.
    pub fn passkey_challenge(&self, holder: Holder<'_>, now_us: i64) -> Result<Challenge, StaffError> {
        let account = match holder {
            Holder::Attempt(token) => self.attempt(token, now_us)?.account,
            Holder::Session(token) => self.session(token, now_us)?.ok_or(StaffError::NotSignedIn)?.account,
        };
        let passkeys: Vec<Passkey> = self.passkeys(&account.id)?.into_iter().map(|(_, key)| key).collect();
        if passkeys.is_empty() {
            return Err(StaffError::Unknown("passkey"));
        }
        let (options, state) = self.webauthn.start_passkey_authentication(&passkeys).map_err(refused)?;
        let ceremony = self.begin_ceremony(&account.id, "prove", &json(&state)?, now_us)?;
        Ok(Challenge { ceremony, options: text(&options)? })
    }

    /// Passkeys of an account.
    pub fn passkeys_of(&self, account: &str) -> Result<Vec<PasskeyEntry>, StaffError> {
        let sql =
            "SELECT id, name, created_at_us, used_at_us FROM staff_passkey WHERE account = $1 ORDER BY id";
        self.store.read("staff.passkeys_of", |tx| {
            tx.query(sql, &[account.into()])?.iter().map(|row| self.passkey_entry(row)).collect()
        })
    }

    /// Takes a passkey out of use. Refused when it is the last second factor of an account that needs one.
    pub fn remove_passkey(&self, session: &Secret, id: &str, now_us: i64) -> Result<(), StaffError> {
        let account: Account = self.fresh(session, now_us)?;
        self.store.run_tx("staff.remove_passkey", |tx| {
            let sql = "DELETE FROM staff_passkey WHERE id = $1 AND account = $2";
            if tx.execute(sql, &[id.into(), account.id.as_str().into()])? == 0 {
                return Err(StaffError::Unknown("passkey"));
            }
            self.still_enough(tx, &account, now_us)?;
            self.note(tx, &account.id, Change::PasskeyRemoved, &account.id, Some(id), None, now_us)
        })
    }

    /// Whether the answer is right. The challenge is spent, right or wrong.
    pub(super) fn passkey_fits(
        &self,
        account: &str,
        ceremony: &str,
        response: &str,
        now_us: i64,
    ) -> Result<bool, StaffError> {
        let state = match self.ceremony(account, "prove", ceremony, now_us) {
            Ok(state) => parse::<PasskeyAuthentication>(state.expose())?,
            Err(StaffError::TooLate) => return Ok(false),
            Err(error) => return Err(error),
        };
        let spent = self.store.run_tx("staff.spend_challenge", |tx| Self::end_ceremony(tx, ceremony));
        match spent {
            Ok(()) => {}
            Err(StaffError::TooLate) => return Ok(false),
            Err(error) => return Err(error),
        }
        let Ok(answer) = parse::<PublicKeyCredential>(response.as_bytes()) else { return Ok(false) };
        // A counter that goes back (a copied authenticator) is refused in there.
        let Ok(result) = self.webauthn.finish_passkey_authentication(&answer, &state) else {
            return Ok(false);
        };
        let id = self.passkey_id(result.cred_id());
        self.store.run_tx("staff.passkey_used", |tx| {
            // Removed since the challenge was made: it proves nothing any more.
            let Some(mut passkey) = self.passkey(tx, account, &id)? else { return Ok(false) };
            passkey.update_credential(&result);
            let sealed = self.sealer.seal(TABLE, &id, COLUMNS, &json(&passkey)?)?;
            let sql = "UPDATE staff_passkey SET passkey = $2, used_at_us = $3 WHERE id = $1";
            tx.execute(sql, &[id.as_str().into(), sealed.into(), now_us.into()])?;
            Ok(true)
        })
    }

    fn passkeys(&self, account: &str) -> Result<Vec<(String, Passkey)>, StaffError> {
        let sql = "SELECT id, passkey FROM staff_passkey WHERE account = $1 ORDER BY id";
        self.store.read("staff.passkeys", |tx| {
            let rows = tx.query(sql, &[account.into()])?;
            rows.iter().map(|row| Ok((row.text(0)?.to_owned(), self.opened(row)?))).collect()
        })
    }

    fn passkey(&self, tx: &mut Tx<'_>, account: &str, id: &str) -> Result<Option<Passkey>, StaffError> {
        let sql = "SELECT id, passkey FROM staff_passkey WHERE account = $1 AND id = $2";
        tx.query_opt(sql, &[account.into(), id.into()])?.map(|row| self.opened(&row)).transpose()
    }

    fn opened(&self, row: &Row) -> Result<Passkey, StaffError> {
        parse(self.sealer.open(TABLE, row.text(0)?, COLUMNS, row.bytes(1)?)?.expose())
    }

    fn passkey_entry(&self, row: &Row) -> Result<PasskeyEntry, StaffError> {
        let id = row.text(0)?;
        Ok(PasskeyEntry {
            id: id.to_owned(),
            name: self.sealer.open_text(TABLE, id, "name", row.bytes(1)?)?,
            created_at_us: row.int(2)?,
            used_at_us: row.opt_int(3)?,
        })
    }

    fn passkey_id(&self, credential: &CredentialID) -> String {
        hex::encode(self.sealer.token_hash("staff.passkey", &Secret::new(credential.clone())))
    }
}

fn refused(error: impl fmt::Display) -> StaffError {
    StaffError::Passkey(error.to_string())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, StaffError> {
    serde_json::to_vec(value).map_err(|_| StaffError::Passkey("cannot be written".to_owned()))
}

fn text(value: &impl Serialize) -> Result<String, StaffError> {
    serde_json::to_string(value).map_err(|_| StaffError::Passkey("cannot be written".to_owned()))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StaffError> {
    // The library's message would quote what was sent.
    serde_json::from_slice(bytes).map_err(|_| StaffError::Passkey("not of the expected form".to_owned()))
}
