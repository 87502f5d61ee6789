//! The exchange at one version, in memory: what the door and the decision read.
use crate::Workstation;
use crate::sandbox::Sandboxes;
use dancu_keys::Secret;
use dancu_policy::{Id, OrganisationState, Rules, SystemState};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Everything a call is judged by, at one version. `Debug` shows counts only.
#[derive(Default)]
pub struct Snapshot {
    /// What decisions read
    pub rules: Rules,
    /// The version it was read at
    pub version: i64,
    pub(crate) sandboxes: Sandboxes,
    pub(crate) certificates: HashMap<[u8; 32], Certificate>,
    pub(crate) credentials: HashMap<Arc<str>, Credential>,
    /// Workstations by the fingerprint of their certificate
    pub(crate) workstations: HashMap<[u8; 32], Workstation>,
    /// Workstations by the credential id of their passkey
    pub(crate) passkeys: HashMap<Vec<u8>, Workstation>,
    /// PHC strings for the officer's page, by account id
    pub(crate) passwords: HashMap<Id, Arc<str>>,
}

/// A registered client certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The system it belongs to
    pub system: Id,
    /// End of its validity, microseconds since the epoch
    pub not_after_us: i64,
    /// Revoked here, whatever its dates say
    pub revoked: bool,
    /// From then on it is not taken, because another took its place; microseconds since the epoch
    pub ends_us: Option<i64>,
}

/// Credentials of a system that have not been closed. `Debug` shows no secret.
#[derive(Clone)]
pub struct Credential {
    /// The system they belong to
    pub system: Id,
    /// PHC string of the password
    pub password: Option<Arc<str>>,
    /// Secret of the hash per call
    pub secret: Option<Secret>,
    /// URLs that clients put into the hash
    pub service_urls: Vec<Arc<str>>,
    /// Those before, taken for a time beside these
    pub former: Option<Former>,
}

/// Credentials that were replaced and are taken until their time is over. `Debug` shows no secret.
#[derive(Clone)]
pub struct Former {
    /// PHC string of the password
    pub password: Option<Arc<str>>,
    /// Secret of the hash per call
    pub secret: Option<Secret>,
    /// From then on they are not taken, microseconds since the epoch
    pub until_us: i64,
}

impl Credential {
    /// The former ones, while they are taken.
    pub fn former(&self, now_us: i64) -> Option<&Former> {
        self.former.as_ref().filter(|former| now_us < former.until_us)
    }
}

impl Snapshot {
    /// The certificate of a SHA-256 fingerprint.
    pub fn certificate(&self, fingerprint: &[u8; 32]) -> Option<&Certificate> {
        self.certificates.get(fingerprint)
    }

    /// Whether a connection by this certificate may stay open: not one that is revoked, nor one of a system that was
    /// suspended or disconnected, by itself or with its organisation, nor that of a revoked workstation. A certificate
    /// that nobody registered is let be: it is refused at every call.
    pub fn may_stay(&self, fingerprint: &[u8; 32]) -> bool {
        if self.workstations.get(fingerprint).is_some_and(|workstation| workstation.revoked) {
            return false;
        }
        let Some(certificate) = self.certificates.get(fingerprint) else { return true };
        let Some(of) = self.rules.system(&certificate.system) else { return false };
        let stopped = matches!(of.system.state, SystemState::Suspended | SystemState::Disconnected);
        let active = of.organisation.as_deref().is_some_and(|o| o.state == OrganisationState::Active);
        active && !stopped && !certificate.revoked
    }

    /// The rules by which the calls of a system are judged while it is in its technical test and its sandbox is open; its
    /// answers come from synthetic people then. None for every other system: `rules` judge it.
    pub fn sandbox(&self, system: &str, now_us: i64) -> Option<&Rules> {
        let until_us = self.sandboxes.until_us.get(system)?;
        (now_us < *until_us).then_some(&self.sandboxes.rules)
    }

    /// The credentials of a user name.
    pub fn credential(&self, username: &str) -> Option<&Credential> {
        self.credentials.get(username)
    }

    /// The certificates of a system with their fingerprints, the one that holds longest first; revoked ones too.
    pub fn certificates_of(&self, system: &str) -> Vec<([u8; 32], &Certificate)> {
        let own = self.certificates.iter().filter(|(_, certificate)| &*certificate.system == system);
        let mut own: Vec<_> = own.map(|(fingerprint, certificate)| (*fingerprint, certificate)).collect();
        own.sort_by_key(|(fingerprint, certificate)| {
            (std::cmp::Reverse(certificate.not_after_us), *fingerprint)
        });
        own
    }

    /// The credentials of a system that have not been closed, by user name.
    pub fn credentials_of(&self, system: &str) -> Vec<(&str, &Credential)> {
        let own = self.credentials.iter().filter(|(_, credential)| &*credential.system == system);
        let mut own: Vec<_> = own.map(|(username, credential)| (&**username, credential)).collect();
        own.sort_by_key(|(username, _)| *username);
        own
    }

    /// The workstation of a client certificate, by its SHA-256 fingerprint; revoked ones say so.
    pub fn workstation(&self, fingerprint: &[u8; 32]) -> Option<&Workstation> {
        self.workstations.get(fingerprint)
    }

    /// The workstation to which a passkey is bound, by its credential id.
    pub fn workstation_of_passkey(&self, credential: &[u8]) -> Option<&Workstation> {
        self.passkeys.get(credential)
    }

    /// The PHC string of an account's password for the officer's page.
    pub fn account_password(&self, account: &str) -> Option<&Arc<str>> {
        self.passwords.get(account)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version)
            .field("systems", &self.rules.systems().count())
            .field("certificates", &self.certificates.len())
            .field("credentials", &self.credentials.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Former {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Former").field("until_us", &self.until_us).finish_non_exhaustive()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("system", &self.system)
            .field("has_password", &self.password.is_some())
            .field("has_secret", &self.secret.is_some())
            .field("former", &self.former)
            .finish_non_exhaustive()
    }
}
