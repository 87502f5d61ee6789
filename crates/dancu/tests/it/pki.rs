//! The certificates of all tests, made once.
use crate::scene::SYSTEMS;
use dancu::demo::pki::{Authority, Issued};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Registered with `htmc`, and revoked
pub(crate) const REVOKED: &str = "revoked";
/// Registered with `htmc`, and expired
pub(crate) const EXPIRED: &str = "expired";
/// Of our authority, and of no system
pub(crate) const UNREGISTERED: &str = "unregistered";
/// Of another authority, yet registered with `htmc`
pub(crate) const STRANGER: &str = "stranger";

/// Older than every moment that a test's clock shows.
const LONG_AGO: i64 = -1000;

pub(crate) struct Pki {
    _directory: TempDir,
    pub(crate) ca: PathBuf,
    pub(crate) ca_key: PathBuf,
    pub(crate) server: Issued,
    pub(crate) clients: HashMap<&'static str, Issued>,
}

pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let authority = Authority::create(directory.path()).unwrap();
        let client = |name: &'static str, to| (name, authority.client_between(name, LONG_AGO, to).unwrap());
        let mut clients: HashMap<_, _> = SYSTEMS.iter().map(|(id, _)| client(id, 800)).collect();
        clients.extend([client(REVOKED, 800), client(EXPIRED, -2), client(UNREGISTERED, 800)]);
        let other = directory.path().join("other");
        std::fs::create_dir(&other).unwrap();
        let stranger = Authority::create(&other).unwrap().client_between(STRANGER, LONG_AGO, 800).unwrap();
        clients.insert(STRANGER, stranger);
        let server = authority.server().unwrap();
        Pki { ca: authority.certificate(), ca_key: authority.key(), server, clients, _directory: directory }
    })
}
