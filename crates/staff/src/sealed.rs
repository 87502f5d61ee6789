//! Personal data and secrets on their way into a row and out of it.
use crate::StaffError;
use dancu_keys::{KeyRing, Place, Secret};
use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Seals, opens and hashes the fields of these tables.
#[derive(Clone)]
pub(crate) struct Sealer {
    ring: KeyRing,
}

impl Sealer {
    pub(crate) fn new(ring: KeyRing) -> Self {
        Self { ring }
    }

    pub(crate) fn seal(
        &self,
        table: &str,
        row: &str,
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StaffError> {
        Ok(self.ring.seal(Place { table, row: row.as_bytes(), field }, plain)?)
    }

    pub(crate) fn seal_opt(
        &self,
        table: &str,
        row: &str,
        field: &str,
        plain: Option<&str>,
    ) -> Result<Option<Vec<u8>>, StaffError> {
        plain.map(|plain| self.seal(table, row, field, plain.as_bytes())).transpose()
    }

    pub(crate) fn open(
        &self,
        table: &str,
        row: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<Secret, StaffError> {
        Ok(self.ring.open(Place { table, row: row.as_bytes(), field }, sealed)?.into())
    }

    pub(crate) fn open_text(
        &self,
        table: &'static str,
        row: &str,
        field: &'static str,
        sealed: &[u8],
    ) -> Result<String, StaffError> {
        let plain = self.open(table, row, field, sealed)?;
        plain.expose_str().map(str::to_owned).ok_or(StaffError::Damaged(table, "a text is not UTF-8"))
    }

    pub(crate) fn is_current(&self, sealed: &[u8]) -> bool {
        self.ring.is_current(sealed)
    }

    pub(crate) fn login_hash(&self, login: &str) -> [u8; 16] {
        self.ring.keyed_hash("staff.login", plain_login(login).as_bytes())
    }

    pub(crate) fn person_hash(&self, number: &str) -> [u8; 16] {
        self.ring.keyed_hash("staff.person", number.as_bytes())
    }

    pub(crate) fn source_hash(&self, source: IpAddr) -> [u8; 16] {
        self.ring.keyed_hash("staff.source", source.to_canonical().to_string().as_bytes())
    }

    /// Of the token of an attempt, a session or a device: random, so that the hash needs no salt.
    pub(crate) fn token_hash(&self, label: &str, token: &Secret) -> [u8; 16] {
        self.ring.keyed_hash(label, token.expose())
    }

    /// Of a recovery code, however its holder spaces and cases it.
    pub(crate) fn code_hash(&self, account: &str, code: &Secret) -> [u8; 16] {
        let mut bytes = Zeroizing::new(Vec::with_capacity(account.len() + code.expose().len() + 1));
        bytes.extend_from_slice(account.as_bytes());
        bytes.push(0);
        let code = code.expose().iter().filter(|byte| byte.is_ascii_alphanumeric());
        bytes.extend(code.map(u8::to_ascii_lowercase));
        self.ring.keyed_hash("staff.recovery", &bytes)
    }
}

/// Logins differ neither by case nor by how their accents are encoded.
pub(crate) fn plain_login(login: &str) -> String {
    login.trim().nfkc().flat_map(char::to_lowercase).collect()
}
