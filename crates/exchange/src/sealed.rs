//! Secrets and personal data on their way into a row. Sealing draws a nonce and hashing a salt, so both happen once,
//! before the transaction that may run twice.
use crate::{CredentialEntry, ExchangeError, OfficerEntry};
use dancu_citizen::PersonalId;
use dancu_keys::{KeyRing, PasswordParams, Place, Secret, password};
use zeroize::Zeroizing;

/// Seals and opens the fields of these tables.
#[derive(Clone)]
pub(crate) struct Sealer {
    ring: KeyRing,
    params: PasswordParams,
}

/// Sealed columns of a credential.
pub(crate) struct SealedCredential {
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) secret: Option<Vec<u8>>,
}

/// Sealed columns of an account.
pub(crate) struct SealedOfficer {
    pub(crate) login_hash: [u8; 16],
    pub(crate) login: Vec<u8>,
    pub(crate) officer_hash: Option<[u8; 16]>,
    pub(crate) officer_number: Option<Vec<u8>>,
    pub(crate) officer_name: Vec<u8>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) password: Option<Vec<u8>>,
}

impl Sealer {
    pub(crate) fn new(ring: KeyRing, params: PasswordParams) -> Self {
        Self { ring, params }
    }

    pub(crate) fn set_params(&mut self, params: PasswordParams) {
        self.params = params;
    }

    pub(crate) fn credential(&self, entry: &CredentialEntry) -> Result<SealedCredential, ExchangeError> {
        let seal = |field, plain: &[u8]| self.seal("credential", &entry.username, field, plain);
        let phc = self.hash(entry.password.as_ref())?;
        Ok(SealedCredential {
            password: phc.map(|phc| seal("password", phc.as_bytes())).transpose()?,
            secret: entry.secret.as_ref().map(|s| seal("secret", s.expose())).transpose()?,
        })
    }

    pub(crate) fn officer(&self, entry: &OfficerEntry) -> Result<SealedOfficer, ExchangeError> {
        let account = &entry.account;
        let seal = |field, plain: &[u8]| self.seal("account", &account.id, field, plain);
        let phc = self.hash(entry.password.as_ref())?;
        let number = account.officer_number.map(|n| Zeroizing::new(n.expose()));
        Ok(SealedOfficer {
            login_hash: self.login_hash(&account.system, &account.login),
            login: seal("login", account.login.as_bytes())?,
            officer_hash: account.officer_number.map(|n| self.officer_hash(n)),
            officer_number: number.map(|n| seal("officer_number", n.as_bytes())).transpose()?,
            officer_name: seal("officer_name", account.officer_name.as_bytes())?,
            phone: entry.phone.as_ref().map(|p| seal("phone", p.as_bytes())).transpose()?,
            password: phc.map(|phc| seal("password", phc.as_bytes())).transpose()?,
        })
    }

    pub(crate) fn account_password(&self, account: &str, plain: &Secret) -> Result<Vec<u8>, ExchangeError> {
        let phc = Zeroizing::new(password::hash(plain.expose(), self.params)?);
        self.seal("account", account, "password", phc.as_bytes())
    }

    pub(crate) fn officer_hash(&self, number: PersonalId) -> [u8; 16] {
        self.ring.keyed_hash("account.officer_number", Zeroizing::new(number.expose()).as_bytes())
    }

    pub(crate) fn code_hash(&self, system: &str, code: &[u8]) -> [u8; 16] {
        let parts = Zeroizing::new([system.as_bytes(), &[0], code].concat());
        self.ring.keyed_hash("enrolment_code", &parts)
    }

    fn login_hash(&self, system: &str, login: &str) -> [u8; 16] {
        self.ring.keyed_hash("account.login", format!("{system}\0{login}").as_bytes())
    }

    fn hash(&self, plain: Option<&Secret>) -> Result<Option<Zeroizing<String>>, ExchangeError> {
        let phc = plain.map(|p| password::hash(p.expose(), self.params)).transpose()?;
        Ok(phc.map(Zeroizing::new))
    }

    /// Whether a sealed value stands under the current key.
    pub(crate) fn is_current(&self, sealed: &[u8]) -> bool {
        self.ring.is_current(sealed)
    }

    /// Seals a column.
    pub(crate) fn seal(
        &self,
        table: &str,
        row: &str,
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, ExchangeError> {
        Ok(self.ring.seal(Place { table, row: row.as_bytes(), field }, plain)?)
    }

    /// Opens a sealed column.
    pub(crate) fn open(
        &self,
        table: &'static str,
        row: &str,
        field: &'static str,
        sealed: &[u8],
    ) -> Result<Secret, ExchangeError> {
        let plain = self.ring.open(Place { table, row: row.as_bytes(), field }, sealed);
        plain.map(Secret::from).map_err(|e| ExchangeError::damaged(table, row, format!("{field}: {e}")))
    }

    /// Opens a sealed column that holds text.
    pub(crate) fn open_text(
        &self,
        table: &'static str,
        row: &str,
        field: &'static str,
        sealed: &[u8],
    ) -> Result<String, ExchangeError> {
        let plain = self.open(table, row, field, sealed)?;
        let text = plain.expose_str().map(str::to_owned);
        text.ok_or_else(|| ExchangeError::damaged(table, row, format!("{field}: not UTF-8")))
    }
}
