//! The people who administer: what everything here works with.
use crate::schema::{MIGRATIONS, OWNER};
use crate::sealed::Sealer;
use crate::{StaffError, StaffLaw, StaffRules, reseal};
use dancu_keys::{KeyRing, PasswordParams, password};
use dancu_storage::Store;
use std::sync::Arc;
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};
use zeroize::Zeroizing;

/// The address of the console, as passkeys know it (Web Authentication, level 3: relying party).
#[derive(Clone, Debug)]
pub struct Console {
    /// Its host name, or a domain above it; passkeys are bound to it for good
    pub domain: String,
    /// Its origin, for instance `https://console.example.vn`
    pub origin: String,
    /// What it is called in authenticators
    pub name: String,
}

/// The people who administer. Cheap to clone.
///
/// Every method blocks on the store, and those that look at a password for tens of milliseconds more: on an asynchronous
/// runtime call them from a blocking thread. Every change is one named transaction, safe to run twice; nothing is kept in
/// memory, so that any number of servers share accounts, attempts and sessions. Time comes from the caller, `now_us` in
/// microseconds since the epoch. `by` is the account of who does it, or a word for the program; whether it may is the
/// caller's question to `dancu_policy::duty`.
#[derive(Clone)]
pub struct Staff {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) passwords: PasswordParams,
    pub(crate) law: Arc<StaffLaw>,
    pub(crate) webauthn: Arc<Webauthn>,
    pub(crate) issuer: Arc<str>,
    /// What a password is compared with where there is none, so that the answer takes as long
    pub(crate) decoy: Arc<Zeroizing<String>>,
}

impl Staff {
    /// Creates what tables are missing. Under the built-in law, passwords at the default cost.
    pub fn open(store: Store, ring: KeyRing, console: &Console) -> Result<Self, StaffError> {
        store.migrate(OWNER, MIGRATIONS)?;
        let passwords = PasswordParams::default();
        Ok(Self {
            store,
            sealer: Sealer::new(ring),
            passwords,
            law: Arc::new(StaffLaw::built_in()?),
            webauthn: Arc::new(relying_party(console)?),
            issuer: console.name.as_str().into(),
            decoy: Arc::new(decoy(passwords)?),
        })
    }

    /// Under another law.
    #[must_use]
    pub fn with_law(mut self, law: StaffLaw) -> Self {
        self.law = Arc::new(law);
        self
    }

    /// Hashes new passwords at another cost than the default.
    pub fn with_password_params(mut self, params: PasswordParams) -> Result<Self, StaffError> {
        self.decoy = Arc::new(decoy(params)?);
        self.passwords = params;
        Ok(self)
    }

    /// The same, of whose deeds none is kept: a deed is tried out before it is written down and done. What is drawn at random
    /// is drawn anew then.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { store: self.store.rehearsing(), ..self.clone() }
    }

    /// The rules over time.
    pub fn law(&self) -> &StaffLaw {
        &self.law
    }

    /// The rules in force at a moment.
    pub fn rules(&self, now_us: i64) -> Result<StaffRules, StaffError> {
        self.law.at(now_us).ok_or(StaffError::NoLaw)
    }

    /// After a rotation of the sealing key: seals every value anew that stands under an older one, `batch` rows in a
    /// transaction, while the service runs. Gives the number of values.
    pub fn reseal(&self, batch: u32) -> Result<u64, StaffError> {
        reseal::all(&self.store, &self.sealer, batch)
    }
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staff").field("store", &self.store).finish_non_exhaustive()
    }
}

fn relying_party(console: &Console) -> Result<Webauthn, StaffError> {
    let refused = |error: &dyn std::fmt::Display| StaffError::Passkey(error.to_string());
    let origin = Url::parse(&console.origin).map_err(|error| refused(&error))?;
    let builder = WebauthnBuilder::new(&console.domain, &origin).map_err(|error| refused(&error))?;
    builder.rp_name(&console.name).build().map_err(|error| refused(&error))
}

fn decoy(params: PasswordParams) -> Result<Zeroizing<String>, StaffError> {
    Ok(Zeroizing::new(password::hash(b"nobody's password", params)?))
}
