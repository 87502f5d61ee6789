//! What goes in beside the plain types of `dancu_policy`: the things with secrets.
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
