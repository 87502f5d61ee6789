//! What goes in beside the plain types of `dancu_policy`: the things with secrets.
use crate::ExchangeError;
use dancu_keys::Secret;
use dancu_policy::{Account, Id};
use std::fmt;

/// A client certificate of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEntry {
    /// SHA-256 over its DER form
    pub fingerprint: [u8; 32],
    /// The system
    pub system: Id,
    /// End of its validity, microseconds since the epoch
    pub not_after_us: i64,
}

/// HTTP Basic credentials of a system; at least one of the two ways.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialEntry {
    /// User name
    pub username: String,
    /// The system
    pub system: Id,
    /// Password, kept as an Argon2id hash only
    pub password: Option<Secret>,
    /// Secret of the hash per call
    pub secret: Option<Secret>,
    /// URLs that clients put into the hash: some the path, some the whole URL
    pub service_urls: Vec<String>,
}

/// An officer's account with what only this crate keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficerEntry {
    /// The account as decisions see it
    pub account: Account,
    /// Telephone number of the officer
    pub phone: Option<String>,
    /// Password for the officer's page, kept as an Argon2id hash only; none leaves the one on record
    pub password: Option<Secret>,
}

impl fmt::Debug for CredentialEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialEntry").field("username", &self.username).finish_non_exhaustive()
    }
}

impl fmt::Debug for OfficerEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficerEntry").field("account", &self.account).finish_non_exhaustive()
    }
}

/// As `check_secrets`; and a secret has its URLs, of one line each.
pub(crate) fn check_credential(c: &CredentialEntry) -> Result<(), ExchangeError> {
    check_secrets(c)?;
    if c.secret.is_some() && c.service_urls.is_empty() {
        let what = format!("credential {:?}", c.username);
        return Err(ExchangeError::invalid(what, "a secret needs the service URL that its hash covers"));
    }
    c.service_urls.iter().try_for_each(|url| check_url(&c.username, url))
}

/// A service URL is one line.
pub(crate) fn check_url(username: &str, url: &str) -> Result<(), ExchangeError> {
    if url.is_empty() || url.contains(char::is_control) {
        let what = format!("credential {username:?}");
        return Err(ExchangeError::invalid(what, "a service URL is empty or has control characters"));
    }
    Ok(())
}

/// A user name has no colon (RFC 7617) and no control character; one way to prove it is there.
pub(crate) fn check_secrets(c: &CredentialEntry) -> Result<(), ExchangeError> {
    let invalid = |why: &str| Err(ExchangeError::invalid(format!("credential {:?}", c.username), why));
    if c.username.is_empty() || c.username.contains(|c: char| c == ':' || c.is_control()) {
        return invalid("a user name is not empty and has neither colon nor control characters");
    }
    if c.password.is_none() && c.secret.is_none() {
        return invalid("neither password nor secret");
    }
    let empty = |s: &Option<Secret>| s.as_ref().is_some_and(|s| s.expose().is_empty());
    if empty(&c.password) || empty(&c.secret) {
        return invalid("an empty password or secret");
    }
    Ok(())
}
