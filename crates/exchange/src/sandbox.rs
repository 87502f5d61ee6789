//! The sandbox of a system under test: rules of its own, and ways in that end with it.
use crate::{Change, ExchangeError, rows};
use dancu_citizen::PersonalId;
use dancu_policy::{
    Account, AccountState, Agreement, Law, Organisation, Role, Rules, System, SystemState, VietnamTime,
};
use dancu_storage::{Tx, Value};
use std::collections::HashMap;
use std::sync::Arc;

type Done = Result<(), ExchangeError>;

/// Login of the officer in whose name an applicant may call in the sandbox; its own registered officers count there too.
pub const TEST_LOGIN: &str = "canbo.thunghiem";
/// Number of that officer, one of the sandbox's synthetic people.
pub const TEST_OFFICER: &str = "020075778215";

/// By what rules systems under test are judged, and until when. Systems that are not under test are not in it.
#[derive(Default)]
pub(crate) struct Sandboxes {
    pub(crate) rules: Rules,
    pub(crate) until_us: HashMap<Arc<str>, i64>,
}

/// What is on record, before it is arranged into rules.
pub(crate) struct Recorded<'a> {
    pub(crate) law: &'a Law,
    pub(crate) organisations: &'a [Organisation],
    pub(crate) systems: &'a [System],
    pub(crate) agreements: &'a [Agreement],
    pub(crate) accounts: &'a [Account],
}

impl Sandboxes {
    /// Of the systems whose sandbox is open those that are in their technical test: each as it would be if it were
    /// connected, so that it is judged as it will be then. What is not settled yet (level, assessment, commitment) is
    /// taken as given.
    pub(crate) fn of(open: &HashMap<Arc<str>, i64>, recorded: &Recorded<'_>) -> Self {
        let tested = |system: &&System| system.state == SystemState::Testing && open.contains_key(&system.id);
        let systems: Vec<&System> = recorded.systems.iter().filter(tested).collect();
        if systems.is_empty() {
            return Self::default();
        }
        let is_tested = |id: &str| systems.iter().any(|system| *system.id == *id);
        let agreements = recorded.agreements.iter().filter(|agreement| is_tested(&agreement.system));
        let registered = recorded.accounts.iter().filter(|account| is_tested(&account.system)).cloned();
        let test = systems.iter().filter_map(|system| test_account(system, recorded.organisations));
        let rules = Rules::new(
            recorded.law.clone(),
            recorded.organisations.iter().cloned(),
            systems.iter().map(|system| as_connected(system)),
            agreements.cloned(),
            registered.chain(test),
        );
        let until_us = systems.iter().filter_map(|system| open.get_key_value(&system.id));
        Self { rules, until_us: until_us.map(|(id, until)| (Arc::clone(id), *until)).collect() }
    }
}

fn as_connected(system: &System) -> System {
    System {
        state: SystemState::Connected,
        security_level: u8::MAX,
        assessment_exempt: true,
        // The first day that there is: signed on every day.
        commitment_signed_on: VietnamTime::of(0).map(|time| time.date),
        ..system.clone()
    }
}

fn test_account(system: &System, organisations: &[Organisation]) -> Option<Account> {
    let of = organisations.iter().find(|organisation| organisation.id == system.organisation)?;
    Some(Account {
        id: format!("{}/sandbox", system.id).into(),
        system: system.id.clone(),
        login: TEST_LOGIN.into(),
        officer_number: PersonalId::parse(TEST_OFFICER).ok(),
        officer_name: String::new(),
        role: Role::OneStopOfficer,
        agency_code: of.code.clone(),
        daily_quota: u32::MAX,
        state: AccountState::Active,
    })
}

/// Open sandboxes, whatever the state of their systems.
pub(crate) fn open(tx: &mut Tx<'_>) -> Result<HashMap<Arc<str>, i64>, ExchangeError> {
    let rows = tx.query("SELECT system, until_us FROM system_sandbox", &[])?;
    rows.iter().map(|row| Ok((row.text(0)?.into(), row.int(1)?))).collect()
}

impl Change<'_, '_> {
    /// Opens the sandbox of a system until `until_us`. It answers while the system is in its technical test. What the
    /// system comes to meanwhile, the credentials of this user name and certificates, ends with it.
    pub fn open_sandbox(&mut self, system: &str, username: &str, until_us: i64) -> Done {
        rows::known_system(self.tx, system)?;
        self.changed = true;
        let parameters: [Value; 4] = [system.into(), username.into(), until_us.into(), self.now_us.into()];
        self.tx.execute(
            "INSERT INTO system_sandbox (system, username, until_us, changed_at_us) VALUES ($1, $2, $3, $4)
             ON CONFLICT (system) DO UPDATE SET username = excluded.username, until_us = excluded.until_us,
                changed_at_us = excluded.changed_at_us",
            &parameters,
        )?;
        Ok(())
    }

    /// Closes the sandbox of a system, if it has one, and every way in that it had: its credentials are forgotten, its
    /// certificates revoked, codes for certificates withdrawn.
    pub fn close_sandbox(&mut self, system: &str) -> Done {
        let sql = "SELECT username FROM system_sandbox WHERE system = $1";
        let Some(row) = self.tx.query_opt(sql, &[system.into()])? else { return Ok(()) };
        self.changed = true;
        if self.credential_of(row.text(0)?)?.is_some_and(|(of, _)| of == system) {
            self.close_credential(row.text(0)?)?;
        }
        let now: Value = self.now_us.into();
        let revoke = "UPDATE system_certificate
            SET revoked_at_us = COALESCE(revoked_at_us, $2), changed_at_us = $2
            WHERE fingerprint IN (SELECT fingerprint FROM sandbox_certificate WHERE system = $1)";
        self.tx.execute(revoke, &[system.into(), now.clone()])?;
        let withdraw = "UPDATE enrolment_code SET withdrawn_at_us = $2
            WHERE system = $1 AND used_at_us IS NULL AND withdrawn_at_us IS NULL";
        self.tx.execute(withdraw, &[system.into(), now])?;
        self.tx.execute("DELETE FROM sandbox_certificate WHERE system = $1", &[system.into()])?;
        self.tx.execute("DELETE FROM system_sandbox WHERE system = $1", &[system.into()])?;
        Ok(())
    }

    /// A certificate that a system got while its sandbox was open, or by one of the sandbox, is the sandbox's.
    pub(crate) fn mark_certificate(&mut self, new: &[u8; 32], system: &str, old: Option<&[u8; 32]>) -> Done {
        let sandboxed = match old {
            Some(old) => {
                let sql = "SELECT 1 FROM sandbox_certificate WHERE fingerprint = $1";
                self.tx.query_opt(sql, &[old.into()])?
            }
            None => self.tx.query_opt("SELECT 1 FROM system_sandbox WHERE system = $1", &[system.into()])?,
        };
        if sandboxed.is_some() {
            self.tx.execute(
                "INSERT INTO sandbox_certificate (fingerprint, system, changed_at_us) VALUES ($1, $2, $3)
                 ON CONFLICT (fingerprint) DO NOTHING",
                &[new.into(), system.into(), self.now_us.into()],
            )?;
        }
        Ok(())
    }
}
