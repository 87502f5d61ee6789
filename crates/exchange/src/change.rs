//! What another crate changes here together with rows of its own, in one transaction.
use crate::sealed::SealedOfficer;
use crate::{ExchangeError, OfficerEntry, load, rows};
use dancu_citizen::CivilDate;
use dancu_policy::{AccountState, Agreement, Organisation, OrganisationState, System, SystemState};
use dancu_storage::{Tx, Value};
use std::fmt;

type Done = Result<(), ExchangeError>;

/// One transaction in which a caller's rows and those of the exchange change together; see `Exchange::change_with`.
pub struct Change<'c, 't> {
    pub(crate) tx: &'c mut Tx<'t>,
    pub(crate) now_us: i64,
    pub(crate) changed: bool,
}

/// An account that is checked and sealed, ready for a transaction that may run twice; see `Exchange::prepare_account`.
pub struct PreparedAccount {
    pub(crate) entry: OfficerEntry,
    pub(crate) sealed: SealedOfficer,
}

impl fmt::Debug for PreparedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedAccount").field("account", &self.entry.account).finish_non_exhaustive()
    }
}

impl<'c, 't> Change<'c, 't> {
    pub(crate) fn new(tx: &'c mut Tx<'t>, now_us: i64) -> Self {
        Self { tx, now_us, changed: false }
    }

    /// The transaction, for the caller's own tables.
    pub fn tx(&mut self) -> &mut Tx<'t> {
        self.tx
    }

    /// Whether anything of the exchange was changed, so that the version counts up.
    pub(crate) fn counted(&self) -> bool {
        self.changed
    }

    /// Version before this change as the transaction sees it. Whoever judged by a snapshot and changes something
    /// compares it with `Snapshot::version`: equal, and nothing has changed since.
    pub fn version(&mut self) -> Result<i64, ExchangeError> {
        load::version(self.tx)
    }

    /// State of an organisation as this transaction sees it; none when it is not on record.
    pub fn organisation_state(&mut self, id: &str) -> Result<Option<OrganisationState>, ExchangeError> {
        let name = self.state("SELECT state FROM organisation WHERE id = $1", id)?;
        known_name("organisation", id, name, OrganisationState::from_name)
    }

    /// State of a system as this transaction sees it.
    pub fn system_state(&mut self, id: &str) -> Result<Option<SystemState>, ExchangeError> {
        let name = self.state("SELECT state FROM system WHERE id = $1", id)?;
        known_name("system", id, name, SystemState::from_name)
    }

    /// State of an account as this transaction sees it.
    pub fn account_state(&mut self, id: &str) -> Result<Option<AccountState>, ExchangeError> {
        let name = self.state("SELECT state FROM account WHERE id = $1", id)?;
        known_name("account", id, name, AccountState::from_name)
    }

    /// Last day on which a system's assessment holds, and whether it is exempt; none when it is not on record.
    pub fn assessment(&mut self, system: &str) -> Result<Option<(Option<CivilDate>, bool)>, ExchangeError> {
        let sql = "SELECT assessed_until, assessment_exempt FROM system WHERE id = $1";
        let Some(row) = self.tx.query_opt(sql, &[system.into()])? else { return Ok(None) };
        let last = row.opt_text(0)?.map(CivilDate::parse_iso).transpose();
        let last = last.map_err(|e| ExchangeError::damaged("system", system, e.to_string()))?;
        Ok(Some((last, row.bool(1)?)))
    }

    /// Ids of an organisation's systems, in their order.
    pub fn systems_of(&mut self, organisation: &str) -> Result<Vec<String>, ExchangeError> {
        let sql = "SELECT id FROM system WHERE organisation = $1 ORDER BY id";
        let rows = self.tx.query(sql, &[organisation.into()])?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Adds or replaces an organisation.
    pub fn put_organisation(&mut self, organisation: &Organisation) -> Done {
        self.changed = true;
        rows::organisation(self.tx, organisation, self.now_us)
    }

    /// Adds or replaces a system with its networks.
    pub fn put_system(&mut self, system: &System) -> Done {
        self.changed = true;
        rows::system(self.tx, system, self.now_us)
    }

    /// Adds or replaces an agreement with its purposes.
    pub fn put_agreement(&mut self, agreement: &Agreement) -> Done {
        crate::world::check_agreement(agreement)?;
        self.changed = true;
        rows::agreement(self.tx, agreement, self.now_us)
    }

    /// Adds or replaces an officer's account.
    pub fn put_account(&mut self, account: &PreparedAccount) -> Done {
        self.changed = true;
        rows::account(self.tx, &account.entry, &account.sealed, self.now_us)
    }

    /// Sets the state of an organisation.
    pub fn set_organisation_state(&mut self, id: &str, state: OrganisationState) -> Done {
        let sql = "UPDATE organisation SET state = $2, changed_at_us = $3 WHERE id = $1";
        self.set("organisation", id, sql, vec![state.name().into()])
    }

    /// Sets the state of a system, with the reason that its notice gives.
    pub fn set_system_state(&mut self, id: &str, state: SystemState, reason: Option<&str>) -> Done {
        let sql = "UPDATE system SET state = $2, state_reason = $3, state_at_us = $4, changed_at_us = $4 WHERE id = $1";
        self.set("system", id, sql, vec![state.name().into(), reason.into()])
    }

    /// Sets the state of an officer's account.
    pub fn set_account_state(&mut self, id: &str, state: AccountState) -> Done {
        let sql = "UPDATE account SET state = $2, changed_at_us = $3 WHERE id = $1";
        self.set("account", id, sql, vec![state.name().into()])
    }

    /// Sets the calls a day of an officer's account.
    pub fn set_account_quota(&mut self, id: &str, daily: u32) -> Done {
        let sql = "UPDATE account SET daily_quota = $2, changed_at_us = $3 WHERE id = $1";
        self.set("account", id, sql, vec![daily.into()])
    }

    /// Sets the last day on which a system's security assessment holds.
    pub fn set_assessed_until(&mut self, system: &str, last: Option<CivilDate>) -> Done {
        let sql = "UPDATE system SET assessed_until = $2, changed_at_us = $3 WHERE id = $1";
        self.set("system", system, sql, vec![last.map(CivilDate::iso).into()])
    }

    /// Sets whether a system is exempt from assessment.
    pub fn set_assessment_exempt(&mut self, system: &str, exempt: bool) -> Done {
        let sql = "UPDATE system SET assessment_exempt = $2, changed_at_us = $3 WHERE id = $1";
        self.set("system", system, sql, vec![exempt.into()])
    }

    /// Sets the approved security level of a system, 1 to 5; 0 when none is.
    pub fn set_security_level(&mut self, system: &str, level: u8) -> Done {
        let sql = "UPDATE system SET security_level = $2, changed_at_us = $3 WHERE id = $1";
        self.set("system", system, sql, vec![level.into()])
    }

    /// Sets the day on which the commitment was signed.
    pub fn set_commitment(&mut self, system: &str, signed_on: Option<CivilDate>) -> Done {
        let sql = "UPDATE system SET commitment_signed_on = $2, changed_at_us = $3 WHERE id = $1";
        self.set("system", system, sql, vec![signed_on.map(CivilDate::iso).into()])
    }

    /// Parameters: the id, the values, the time.
    fn set(&mut self, what: &'static str, id: &str, sql: &'static str, values: Vec<Value>) -> Done {
        self.changed = true;
        let mut parameters = vec![id.into()];
        parameters.extend(values);
        parameters.push(self.now_us.into());
        rows::change(self.tx, what, id, sql, &parameters)
    }

    fn state(&mut self, sql: &'static str, id: &str) -> Result<Option<String>, ExchangeError> {
        let row = self.tx.query_opt(sql, &[id.into()])?;
        Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
    }
}

fn known_name<T>(
    table: &'static str,
    id: &str,
    name: Option<String>,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ExchangeError> {
    let Some(name) = name else { return Ok(None) };
    let state = from_name(&name);
    state.map(Some).ok_or_else(|| ExchangeError::damaged(table, id, format!("unknown name {name:?}")))
}
