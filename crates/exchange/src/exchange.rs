//! The exchange: named transactions that change it, and the snapshot that follows.
use crate::entries::check_credential;
use crate::sealed::{SealedCredential, SealedOfficer, Sealer};
use crate::world::{self, Entries};
use crate::{
    CertificateEntry, Change, CredentialEntry, ExchangeError, MIGRATIONS, OfficerEntry, PreparedAccount,
    Snapshot, World,
};
use crate::{load, reseal, rows};
use arc_swap::ArcSwap;
use dancu_citizen::PersonalId;
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_policy::{
    Account, AccountState, Agreement, Id, Law, Organisation, OrganisationState, System, SystemState,
    VietnamTime,
};
use dancu_storage::{Store, StoreError, Tx};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Organisations, systems, certificates, credentials, agreements and accounts. Cheap to clone.
///
/// Every method but `snapshot` blocks on the store: on an asynchronous runtime call it from a blocking thread. Every
/// change is one named transaction, safe to run twice, which counts up the version; this process sees it at once, the
/// others at their next `refresh`. Changes take the time from the caller, `now_us` in microseconds since the epoch.
#[derive(Clone)]
pub struct Exchange {
    store: Store,
    pub(crate) sealer: Sealer,
    law: Law,
    current: Arc<ArcSwap<Snapshot>>,
    /// One load at a time: two would do the same work, and the older might come last.
    loading: Arc<Mutex<()>>,
    /// Workstations seen and not written down yet
    pub(crate) seen: Arc<Mutex<HashMap<Id, i64>>>,
}

type Done = Result<(), ExchangeError>;

impl Exchange {
    /// Creates what tables are missing and reads everything, under the built-in law.
    pub fn open(store: Store, ring: KeyRing) -> Result<Self, ExchangeError> {
        Self::open_under(store, ring, Law::built_in()?)
    }

    /// As `open`, under another law file.
    pub fn open_under(store: Store, ring: KeyRing, law: Law) -> Result<Self, ExchangeError> {
        store.migrate("exchange", MIGRATIONS)?;
        let exchange = Self {
            store,
            sealer: Sealer::new(ring, PasswordParams::default()),
            law,
            current: Arc::default(),
            loading: Arc::default(),
            seen: Arc::default(),
        };
        exchange.load()?;
        Ok(exchange)
    }

    /// Hashes new passwords at another cost than the default.
    #[must_use]
    pub fn with_password_params(mut self, params: PasswordParams) -> Self {
        self.sealer.set_params(params);
        self
    }

    /// Everything at the version last read. Never blocks.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Reads everything again if another process has changed something; says whether it had. Poll it a few times a
    /// second: without a change it costs one row. On an error the old snapshot stays in use.
    pub fn refresh(&self) -> Result<bool, ExchangeError> {
        let seen = self.current.load().version;
        if self.store.read("exchange.version", load::version)? == seen {
            return Ok(false);
        }
        self.load()?;
        Ok(self.current.load().version != seen)
    }

    fn load(&self) -> Done {
        let _turn = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |tx: &mut Tx<'_>| load::snapshot(tx, &self.sealer, &self.law);
        let snapshot = self.store.read("exchange.load", read)?;
        tracing::info!(version = snapshot.version, "exchange loaded");
        self.current.store(Arc::new(snapshot));
        Ok(())
    }

    /// Runs one change: the version counts up in the same transaction, then this process reads anew.
    fn change(&self, name: &'static str, now_us: i64, mut f: impl FnMut(&mut Tx<'_>) -> Done) -> Done {
        self.store.run_tx(name, |tx| {
            f(tx)?;
            rows::bump(tx, now_us)
        })?;
        if self.store.is_rehearsal() { Ok(()) } else { self.load() }
    }

    /// Runs one transaction in which a caller's own rows and those of the exchange change together: no server ever sees
    /// half of it. Where the exchange's were changed, the version counts up in it and this process reads anew. The
    /// closure may run twice.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's; nothing was changed then, unless it is `CommitUnknown`. A change that is
    /// made but cannot be read yet is no error: the next `refresh` reads it.
    pub fn change_with<T, E: From<StoreError> + From<ExchangeError>>(
        &self,
        name: &'static str,
        now_us: i64,
        mut f: impl FnMut(&mut Change<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (value, changed) = self.store.run_tx(name, |tx| {
            let mut change = Change::new(tx, now_us);
            let value = f(&mut change)?;
            let changed = change.counted();
            if changed {
                rows::bump(tx, now_us)?;
            }
            Ok::<_, E>((value, changed))
        })?;
        if changed
            && !self.store.is_rehearsal()
            && let Err(error) = self.load()
        {
            tracing::error!(%error, name, "a change is made and cannot be read yet");
        }
        Ok(value)
    }

    /// The same exchange, of whose changes none is kept: a deed is tried out before it is written down and done.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { store: self.store.rehearsing(), ..self.clone() }
    }

    /// The store of these tables: whoever changes rows of its own with `change_with` keeps them here.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Adds or replaces an organisation.
    pub fn put_organisation(&self, organisation: &Organisation, now_us: i64) -> Done {
        self.change("exchange.put_organisation", now_us, |tx| rows::organisation(tx, organisation, now_us))
    }

    /// Adds or replaces a system with its networks.
    pub fn put_system(&self, system: &System, now_us: i64) -> Done {
        self.change("exchange.put_system", now_us, |tx| rows::system(tx, system, now_us))
    }

    /// Registers a client certificate. One that was revoked stays revoked.
    pub fn put_certificate(&self, certificate: &CertificateEntry, now_us: i64) -> Done {
        self.change("exchange.put_certificate", now_us, |tx| rows::certificate(tx, certificate, now_us))
    }

    /// Sets the credentials of a user name, replacing those it had, at once. Nobody can read them back.
    pub fn put_credential(&self, credential: &CredentialEntry, now_us: i64) -> Done {
        check_credential(credential)?;
        let sealed = self.sealer.credential(credential)?;
        self.change("exchange.put_credential", now_us, |tx| put_credential(tx, credential, &sealed, now_us))
    }

    /// Adds or replaces an agreement with its purposes.
    pub fn put_agreement(&self, agreement: &Agreement, now_us: i64) -> Done {
        world::check_agreement(agreement)?;
        self.change("exchange.put_agreement", now_us, |tx| rows::agreement(tx, agreement, now_us))
    }

    /// Adds or replaces an officer's account.
    pub fn put_account(&self, officer: &OfficerEntry, now_us: i64) -> Done {
        self.check_account(&officer.account, now_us)?;
        let sealed = self.sealer.officer(officer)?;
        self.change("exchange.put_account", now_us, |tx| rows::account(tx, officer, &sealed, now_us))
    }

    /// Checks and seals an account for `Change::put_account`.
    pub fn prepare_account(
        &self,
        officer: OfficerEntry,
        now_us: i64,
    ) -> Result<PreparedAccount, ExchangeError> {
        self.check_account(&officer.account, now_us)?;
        let sealed = self.sealer.officer(&officer)?;
        Ok(PreparedAccount { entry: officer, sealed })
    }

    /// Puts in a whole world in one transaction. What is on record already is replaced, the rest stays.
    pub fn provision(&self, world: &World, now_us: i64) -> Done {
        let entries = Entries::of(world)?;
        for officer in &entries.accounts {
            self.check_account(&officer.account, now_us)?;
        }
        let sealed: Vec<SealedCredential> =
            entries.credentials.iter().map(|c| self.sealer.credential(c)).collect::<Result<_, _>>()?;
        let officers: Vec<SealedOfficer> =
            entries.accounts.iter().map(|a| self.sealer.officer(a)).collect::<Result<_, _>>()?;
        self.change("exchange.provision", now_us, |tx| {
            entries.organisations.iter().try_for_each(|o| rows::organisation(tx, o, now_us))?;
            entries.systems.iter().try_for_each(|s| rows::system(tx, s, now_us))?;
            entries.certificates.iter().try_for_each(|c| rows::certificate(tx, c, now_us))?;
            let credentials = entries.credentials.iter().zip(&sealed);
            credentials.into_iter().try_for_each(|(c, sealed)| put_credential(tx, c, sealed, now_us))?;
            entries.agreements.iter().try_for_each(|a| rows::agreement(tx, a, now_us))?;
            let accounts = entries.accounts.iter().zip(&officers);
            accounts.into_iter().try_for_each(|(a, sealed)| rows::account(tx, a, sealed, now_us))
        })
    }

    /// Sets the state of an organisation.
    pub fn set_organisation_state(&self, id: &str, state: OrganisationState, now_us: i64) -> Done {
        self.change_with("exchange.set_organisation_state", now_us, |change| {
            change.set_organisation_state(id, state)
        })
    }

    /// Sets the state of a system, with the reason that its notice gives.
    pub fn set_system_state(&self, id: &str, state: SystemState, reason: Option<&str>, now_us: i64) -> Done {
        self.change_with("exchange.set_system_state", now_us, |change| {
            change.set_system_state(id, state, reason)
        })
    }

    /// Revokes a certificate for good.
    pub fn revoke_certificate(&self, fingerprint: &[u8; 32], now_us: i64) -> Done {
        self.change("exchange.revoke_certificate", now_us, |tx| {
            let sql = "UPDATE system_certificate
                SET revoked_at_us = COALESCE(revoked_at_us, $2), changed_at_us = $2 WHERE fingerprint = $1";
            let id = hex::encode(fingerprint);
            rows::change(tx, "certificate", &id, sql, &[fingerprint.into(), now_us.into()])
        })
    }

    /// Closes the credentials of a user name and forgets password and secret, the former ones too.
    pub fn close_credential(&self, username: &str, now_us: i64) -> Done {
        self.change_with("exchange.close_credential", now_us, |change| change.close_credential(username))
    }

    /// Sets the state of an officer's account.
    pub fn set_account_state(&self, id: &str, state: AccountState, now_us: i64) -> Done {
        self.change_with("exchange.set_account_state", now_us, |change| change.set_account_state(id, state))
    }

    /// Sets the password of an officer's account for the officer's page.
    pub fn set_account_password(&self, id: &str, password: &Secret, now_us: i64) -> Done {
        let sealed = self.sealer.account_password(id, password)?;
        self.change("exchange.set_account_password", now_us, |tx| {
            let sql = "UPDATE account SET password = $2, changed_at_us = $3 WHERE id = $1";
            rows::change(tx, "account", id, sql, &[id.into(), (&sealed).into(), now_us.into()])
        })
    }

    /// The accounts that an officer holds, over all systems, by account id.
    pub fn accounts_of_officer(&self, number: PersonalId) -> Result<Vec<Account>, ExchangeError> {
        let hash = self.sealer.officer_hash(number);
        self.store.read("exchange.accounts_of_officer", |tx| {
            let rows = tx.query(
                "SELECT id, system, login, officer_number, officer_name, role, agency_code, daily_quota, state
                 FROM account WHERE officer_hash = $1 ORDER BY id",
                &[hash.into()],
            )?;
            let accounts = rows.iter().map(|row| load::account(row, &self.sealer));
            // A keyed hash may collide; the number decides.
            accounts.filter(|a| a.as_ref().map_or(true, |a| a.officer_number == Some(number))).collect()
        })
    }

    /// The telephone number of an account's officer.
    pub fn account_phone(&self, id: &str) -> Result<Option<String>, ExchangeError> {
        let sealed = self.store.read("exchange.account_phone", |tx| {
            let row = tx.query_opt("SELECT phone FROM account WHERE id = $1", &[id.into()])?;
            let row = row.ok_or_else(|| ExchangeError::unknown("account", id))?;
            Ok::<_, ExchangeError>(row.opt_bytes(0)?.map(<[u8]>::to_vec))
        })?;
        sealed.map(|sealed| self.sealer.open_text("account", id, "phone", &sealed)).transpose()
    }

    /// The telephone numbers of these accounts' officers; those without one, and accounts that are not on record, are
    /// left out.
    pub fn account_phones(&self, ids: &[Id]) -> Result<HashMap<Id, String>, ExchangeError> {
        let sealed = self.store.read("exchange.account_phones", |tx| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let row = tx.query_opt("SELECT phone FROM account WHERE id = $1", &[id.as_ref().into()])?;
                let phone = row.as_ref().map(|row| row.opt_bytes(0)).transpose()?.flatten();
                found.extend(phone.map(|sealed| (id.clone(), sealed.to_vec())));
            }
            Ok::<_, ExchangeError>(found)
        })?;
        let open = |(id, sealed): (Id, Vec<u8>)| {
            let phone = self.sealer.open_text("account", &id, "phone", &sealed)?;
            Ok((id, phone))
        };
        sealed.into_iter().map(open).collect()
    }

    /// After a rotation of the sealing key: seals every value anew that stands under an older one, `batch` rows in a
    /// transaction, while the service runs. Gives the number of values. The version stays: nothing reads differently.
    pub fn reseal(&self, batch: u32) -> Result<u64, ExchangeError> {
        reseal::all(&self.store, &self.sealer, batch)
    }

    fn check_account(&self, account: &Account, now_us: i64) -> Done {
        let invalid = |why: &str| ExchangeError::invalid(format!("account {}", account.id), why);
        let today = VietnamTime::of(now_us).ok_or_else(|| invalid("the time is out of range"))?.date;
        let law = self.law.on(today).ok_or_else(|| invalid("no law is in force on this day"))?;
        let length = account.login.chars().count();
        if length < usize::from(law.login_min_chars) || length > usize::from(law.login_max_chars) {
            return Err(invalid("the login has too few or too many characters"));
        }
        let plain = |c: char| !c.is_control() && !c.is_whitespace();
        if account.login.chars().all(plain) { Ok(()) } else { Err(invalid("the login has spaces")) }
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange").field("snapshot", &self.current.load()).finish_non_exhaustive()
    }
}

fn put_credential(tx: &mut Tx<'_>, c: &CredentialEntry, sealed: &SealedCredential, now_us: i64) -> Done {
    rows::credential(tx, &c.username, &c.system, &c.service_urls, sealed, now_us)
}

/// Ids go into keys, journals and addresses: short and plain.
pub(crate) fn check_id(what: &str, id: &Id) -> Done {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:@".contains(&b);
    if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    Err(ExchangeError::invalid(what, "an id is 1 to 64 of the characters A-Z a-z 0-9 - _ . : @"))
}
