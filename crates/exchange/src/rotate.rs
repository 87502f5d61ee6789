//! Credentials change with an overlap: for a time the former ones are taken beside the new ones, so that no call is lost
//! while a system learns its new ones.
use crate::entries::{check_secrets, check_url};
use crate::sealed::{SealedCredential, Sealer};
use crate::{Change, CredentialEntry, Exchange, ExchangeError, rows};
use dancu_keys::Secret;
use dancu_storage::{Row, StoreError};
use std::fmt;

type Done = Result<(), ExchangeError>;

/// A new password, a new secret of the hash per call, or both. What is left out is no way to prove oneself any more, once
/// the overlap is over. `Debug` shows neither.
#[derive(Clone)]
pub struct NewSecrets {
    /// Password, kept as an Argon2id hash only
    pub password: Option<Secret>,
    /// Secret of the hash per call
    pub secret: Option<Secret>,
}

impl fmt::Debug for NewSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecrets(…)")
    }
}

/// New secrets of a user name, hashed and sealed, ready for a transaction that may run twice.
pub struct PreparedSecrets {
    username: String,
    sealed: SealedCredential,
    sealer: Sealer,
}

impl fmt::Debug for PreparedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedSecrets").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Exchange {
    /// Gives a user name new secrets. The present ones are taken beside them until `until_us`, those before at once no
    /// more; a time that is not in the future leaves no overlap. The service URLs stay.
    ///
    /// # Errors
    ///
    /// `Unknown` when the user name has no credentials or closed ones; `Invalid` for secrets that cannot be.
    pub fn rotate_credential(&self, username: &str, new: &NewSecrets, until_us: i64, now_us: i64) -> Done {
        let prepared = self.prepare_secrets(username, new)?;
        self.change_with("exchange.rotate_credential", now_us, |change| {
            change.rotate_credential(&prepared, until_us)
        })
    }

    /// Hashes and seals secrets for `Change::rotate_credential` and its siblings. Takes the time of an Argon2 hash.
    pub fn prepare_secrets(
        &self,
        username: &str,
        new: &NewSecrets,
    ) -> Result<PreparedSecrets, ExchangeError> {
        let entry = CredentialEntry {
            username: username.to_owned(),
            system: "".into(),
            password: new.password.clone(),
            secret: new.secret.clone(),
            service_urls: Vec::new(),
        };
        check_secrets(&entry)?;
        let sealed = self.sealer.credential(&entry)?;
        Ok(PreparedSecrets { username: entry.username, sealed, sealer: self.sealer.clone() })
    }

    /// Forgets former credentials whose time is over; gives how many. Call it now and then.
    pub fn forget_former(&self, now_us: i64) -> Result<u64, ExchangeError> {
        let over = "SELECT 1 FROM credential_former WHERE until_us <= $1 LIMIT 1";
        let any = |tx: &mut dancu_storage::Tx<'_>| tx.query_opt(over, &[now_us.into()]);
        if self.store().read("exchange.former_over", any)?.is_none() {
            return Ok(0);
        }
        self.change_with("exchange.forget_former", now_us, |change| {
            change.changed = true;
            let sql = "DELETE FROM credential_former WHERE until_us <= $1";
            Ok(change.tx.execute(sql, &[now_us.into()])?)
        })
    }
}

impl Change<'_, '_> {
    /// System of a user name whose credentials are not closed, and when they were last changed, as this transaction sees
    /// it.
    pub fn credential_of(&mut self, username: &str) -> Result<Option<(String, i64)>, ExchangeError> {
        let sql = "SELECT system, changed_at_us FROM credential WHERE username = $1 AND closed_at_us IS NULL";
        let row = self.tx.query_opt(sql, &[username.into()])?;
        Ok(row.map(|row| Ok::<_, StoreError>((row.text(0)?.to_owned(), row.int(1)?))).transpose()?)
    }

    /// Closes the credentials of a user name and forgets password and secret, the former ones too.
    pub fn close_credential(&mut self, username: &str) -> Done {
        self.changed = true;
        let sql = "UPDATE credential
            SET password = NULL, secret = NULL, closed_at_us = $2, changed_at_us = $2 WHERE username = $1";
        rows::change(self.tx, "user name", username, sql, &[username.into(), self.now_us.into()])?;
        rows::forget_former(self.tx, username)
    }

    /// The first credentials of a user name, or new ones after it was closed.
    pub fn put_credential(&mut self, new: &PreparedSecrets, system: &str, service_urls: &[String]) -> Done {
        service_urls.iter().try_for_each(|url| check_url(&new.username, url))?;
        self.changed = true;
        needs_url(new, service_urls.is_empty())?;
        rows::credential(self.tx, &new.username, system, service_urls, &new.sealed, self.now_us)
    }

    /// As `Exchange::rotate_credential`.
    pub fn rotate_credential(&mut self, new: &PreparedSecrets, until_us: i64) -> Done {
        let present = self.present(new)?;
        if until_us > self.now_us {
            self.keep_former(new, &present, until_us)?;
        } else {
            rows::forget_former(self.tx, &new.username)?;
        }
        self.set_secrets(new)
    }

    /// Puts new secrets in the place of present ones that never came into use: the former ones, if they are still taken,
    /// are taken until `until_us`, for the system knows no others. The present ones are gone at once. Says whether any
    /// former ones are taken still.
    pub fn replace_credential(
        &mut self,
        new: &PreparedSecrets,
        until_us: i64,
    ) -> Result<bool, ExchangeError> {
        self.present(new)?;
        let sql = "UPDATE credential_former SET until_us = $2, changed_at_us = $3
            WHERE username = $1 AND until_us > $3 AND until_us < $2";
        self.tx.execute(sql, &[new.username.as_str().into(), until_us.into(), self.now_us.into()])?;
        self.set_secrets(new)?;
        let sql = "SELECT 1 FROM credential_former WHERE username = $1 AND until_us > $2";
        Ok(self.tx.query_opt(sql, &[new.username.as_str().into(), self.now_us.into()])?.is_some())
    }

    fn present(&mut self, new: &PreparedSecrets) -> Result<Row, ExchangeError> {
        let sql = "SELECT password, secret, service_urls FROM credential WHERE username = $1 AND closed_at_us IS NULL";
        let row = self.tx.query_opt(sql, &[new.username.as_str().into()])?;
        let row = row.ok_or_else(|| ExchangeError::unknown("user name", &new.username))?;
        needs_url(new, row.text(2)?.is_empty())?;
        Ok(row)
    }

    /// Each value is sealed anew for its new place; it opens in no other.
    fn keep_former(&mut self, new: &PreparedSecrets, present: &Row, until_us: i64) -> Done {
        let name = &new.username;
        let moved = |column, field| {
            let Some(sealed) = present.opt_bytes(column)? else { return Ok(None) };
            let plain = new.sealer.open("credential", name, field, sealed)?;
            new.sealer.seal("credential_former", name, field, plain.expose()).map(Some)
        };
        let (password, secret): (Option<Vec<u8>>, Option<Vec<u8>>) =
            (moved(0, "password")?, moved(1, "secret")?);
        self.tx.execute(
            "INSERT INTO credential_former (username, password, secret, until_us, changed_at_us)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (username) DO UPDATE SET password = excluded.password, secret = excluded.secret,
                until_us = excluded.until_us, changed_at_us = excluded.changed_at_us",
            &[
                name.as_str().into(),
                password.as_ref().into(),
                secret.as_ref().into(),
                until_us.into(),
                self.now_us.into(),
            ],
        )?;
        Ok(())
    }

    fn set_secrets(&mut self, new: &PreparedSecrets) -> Done {
        self.changed = true;
        let sql = "UPDATE credential SET password = $2, secret = $3, changed_at_us = $4 WHERE username = $1";
        let (password, secret) = (new.sealed.password.as_ref(), new.sealed.secret.as_ref());
        let parameters = [new.username.as_str().into(), password.into(), secret.into(), self.now_us.into()];
        rows::change(self.tx, "user name", &new.username, sql, &parameters)
    }
}

/// The hash per call covers a service URL.
fn needs_url(new: &PreparedSecrets, none: bool) -> Done {
    if none && new.sealed.secret.is_some() {
        let what = format!("credential {:?}", new.username);
        return Err(ExchangeError::invalid(what, "a secret needs the service URL that its hash covers"));
    }
    Ok(())
}
