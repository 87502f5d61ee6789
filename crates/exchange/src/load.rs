//! Reading everything at one version.
use crate::sandbox::{self, Recorded, Sandboxes};
use crate::sealed::Sealer;
use crate::{Certificate, Credential, ExchangeError, Former, Snapshot, Workstation};
use dancu_citizen::{CivilDate, Field, FieldSet, PersonalId};
use dancu_policy::{
    Account, AccountState, AgencyCode, Agreement, Grants, Hours, Id, Law, Network, Organisation,
    OrganisationState, Purpose, Role, Rules, System, SystemState,
};
use dancu_storage::{Row, Tx};
use std::collections::HashMap;
use std::sync::Arc;

type Loaded<T> = Result<T, ExchangeError>;

/// The version on record; 0 before the first change.
pub(crate) fn version(tx: &mut Tx<'_>) -> Loaded<i64> {
    let row = tx.query_opt("SELECT version FROM exchange_version WHERE id = 1", &[])?;
    Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0))
}

/// All of it, inside one consistent read.
pub(crate) fn snapshot(tx: &mut Tx<'_>, sealer: &Sealer, law: &Law) -> Loaded<Snapshot> {
    let version = version(tx)?;
    let (accounts, passwords) = accounts(tx, sealer)?;
    let (organisations, systems, agreements) = (organisations(tx)?, systems(tx)?, agreements(tx)?);
    let recorded = Recorded {
        law,
        organisations: &organisations,
        systems: &systems,
        agreements: &agreements,
        accounts: &accounts,
    };
    let sandboxes = Sandboxes::of(&sandbox::open(tx)?, &recorded);
    let rules = Rules::new(law.clone(), organisations, systems, agreements, accounts)
        .demanding_workstations(demanding(tx)?);
    let (certificates, credentials) = (certificates(tx)?, credentials(tx, sealer)?);
    let (workstations, passkeys) = workstations(tx)?;
    Ok(Snapshot { rules, version, sandboxes, certificates, credentials, workstations, passkeys, passwords })
}

fn organisations(tx: &mut Tx<'_>) -> Loaded<Vec<Organisation>> {
    let rows = tx.query("SELECT id, agency_code, name, state FROM organisation", &[])?;
    rows.iter().map(organisation).collect()
}

fn organisation(row: &Row) -> Loaded<Organisation> {
    let cells = Cells { table: "organisation", row, key: row.text(0)? };
    Ok(Organisation {
        id: cells.key.into(),
        code: cells.parse(1, AgencyCode::parse)?,
        name: row.text(2)?.to_owned(),
        state: cells.name(3, OrganisationState::from_name)?,
    })
}

fn systems(tx: &mut Tx<'_>) -> Loaded<Vec<System>> {
    let mut networks: HashMap<String, Vec<Network>> = HashMap::new();
    for row in tx.query("SELECT system, network FROM system_network", &[])? {
        let cells = Cells { table: "system_network", row: &row, key: row.text(0)? };
        networks.entry(cells.key.to_owned()).or_default().push(cells.parse(1, Network::parse)?);
    }
    let rows = tx.query(
        "SELECT id, organisation, name, state, security_level, assessed_until, assessment_exempt,
            commitment_signed_on, hours_weekdays, hours_from, hours_to, daily_quota, per_call_window_s,
            replay_window_s
         FROM system",
        &[],
    )?;
    rows.iter().map(|row| system(row, &mut networks)).collect()
}

fn system(row: &Row, networks: &mut HashMap<String, Vec<Network>>) -> Loaded<System> {
    let cells = Cells { table: "system", row, key: row.text(0)? };
    Ok(System {
        id: cells.key.into(),
        organisation: row.text(1)?.into(),
        name: row.text(2)?.to_owned(),
        state: cells.name(3, SystemState::from_name)?,
        security_level: row.number(4)?,
        assessed_until: cells.day(5)?,
        assessment_exempt: row.bool(6)?,
        commitment_signed_on: cells.day(7)?,
        networks: networks.remove(cells.key).unwrap_or_default(),
        hours: hours(&cells)?,
        daily_quota: row.number(11)?,
        per_call_window_s: row.number(12)?,
        replay_window_s: row.number(13)?,
    })
}

fn hours(cells: &Cells<'_>) -> Loaded<Option<Hours>> {
    let row = cells.row;
    match (row.opt_number(8)?, row.opt_number(9)?, row.opt_number(10)?) {
        (None, None, None) => Ok(None),
        (Some(days), Some(from), Some(to)) => {
            Hours::new(days, from, to).map(Some).map_err(|e| cells.damaged(e.to_string()))
        }
        // Half a fence is not the same as none.
        _ => Err(cells.damaged("hours are incomplete")),
    }
}

fn agreements(tx: &mut Tx<'_>) -> Loaded<Vec<Agreement>> {
    let mut purposes: HashMap<String, HashMap<Arc<str>, Purpose>> = HashMap::new();
    for row in tx.query("SELECT agreement, code, case_required, name FROM agreement_purpose", &[])? {
        let purpose = Purpose { case_required: row.bool(2)?, name: row.opt_text(3)?.map(Into::into) };
        purposes.entry(row.text(0)?.to_owned()).or_default().insert(row.text(1)?.into(), purpose);
    }
    let rows = tx.query(
        "SELECT id, system, near, verify_fields, look_up_fields, verify_rule, default_purpose, valid_from, valid_to
         FROM agreement",
        &[],
    )?;
    rows.iter().map(|row| agreement(row, &mut purposes)).collect()
}

fn agreement(row: &Row, purposes: &mut HashMap<String, HashMap<Arc<str>, Purpose>>) -> Loaded<Agreement> {
    let cells = Cells { table: "agreement", row, key: row.text(0)? };
    Ok(Agreement {
        id: cells.key.into(),
        system: row.text(1)?.into(),
        grants: Grants { verify: cells.fields(3)?, look_up: cells.fields(4)? },
        near: row.bool(2)?,
        purposes: purposes.remove(cells.key).unwrap_or_default(),
        default_purpose: row.opt_text(6)?.map(Into::into),
        valid_from: cells.parse(7, CivilDate::parse_iso)?,
        valid_to: cells.day(8)?,
        verify_rule: cells.fields(5)?.unwrap_or_default(),
    })
}

type Accounts = (Vec<Account>, HashMap<Id, Arc<str>>);

fn accounts(tx: &mut Tx<'_>, sealer: &Sealer) -> Loaded<Accounts> {
    let rows = tx.query(
        "SELECT id, system, login, officer_number, officer_name, role, agency_code, daily_quota, state, password
         FROM account",
        &[],
    )?;
    let (mut accounts, mut passwords) = (Vec::with_capacity(rows.len()), HashMap::new());
    for row in &rows {
        let account = account(row, sealer)?;
        if let Some(sealed) = row.opt_bytes(9)? {
            let phc = sealer.open_text("account", &account.id, "password", sealed)?;
            passwords.insert(account.id.clone(), phc.into());
        }
        accounts.push(account);
    }
    Ok((accounts, passwords))
}

/// An account of the columns `id, system, login, officer_number, officer_name, role, agency_code, daily_quota, state`.
pub(crate) fn account(row: &Row, sealer: &Sealer) -> Loaded<Account> {
    let cells = Cells { table: "account", row, key: row.text(0)? };
    let open = |field, sealed: &[u8]| sealer.open_text("account", cells.key, field, sealed);
    let number = row.opt_bytes(3)?.map(|sealed| open("officer_number", sealed)).transpose()?;
    let number = number.map(|n| PersonalId::parse(&n)).transpose();
    Ok(Account {
        id: cells.key.into(),
        system: row.text(1)?.into(),
        login: open("login", row.bytes(2)?)?.into(),
        officer_number: number.map_err(|e| cells.damaged(e.to_string()))?,
        officer_name: open("officer_name", row.bytes(4)?)?,
        role: cells.name(5, Role::from_name)?,
        agency_code: cells.parse(6, AgencyCode::parse)?,
        daily_quota: row.number(7)?,
        state: cells.name(8, AccountState::from_name)?,
    })
}

fn certificates(tx: &mut Tx<'_>) -> Loaded<HashMap<[u8; 32], Certificate>> {
    let mut ends: HashMap<[u8; 32], i64> = HashMap::new();
    for row in tx.query("SELECT fingerprint, ends_at_us FROM system_certificate_end", &[])? {
        ends.insert(row.array(0)?, row.int(1)?);
    }
    let rows =
        tx.query("SELECT fingerprint, system, not_after_us, revoked_at_us FROM system_certificate", &[])?;
    let mut certificates = HashMap::with_capacity(rows.len());
    for row in &rows {
        let fingerprint = row.array(0)?;
        let certificate = Certificate {
            system: row.text(1)?.into(),
            not_after_us: row.int(2)?,
            revoked: row.opt_int(3)?.is_some(),
            ends_us: ends.remove(&fingerprint),
        };
        certificates.insert(fingerprint, certificate);
    }
    Ok(certificates)
}

type Workstations = (HashMap<[u8; 32], Workstation>, HashMap<Vec<u8>, Workstation>);

fn workstations(tx: &mut Tx<'_>) -> Loaded<Workstations> {
    let rows =
        tx.query("SELECT id, organisation, fingerprint, passkey, revoked_at_us FROM workstation", &[])?;
    let (mut certificates, mut passkeys) = (HashMap::with_capacity(rows.len()), HashMap::new());
    for row in &rows {
        let revoked = row.opt_int(4)?.is_some();
        let workstation = Workstation { id: row.text(0)?.into(), organisation: row.text(1)?.into(), revoked };
        if let Some(passkey) = row.opt_bytes(3)? {
            passkeys.insert(passkey.to_vec(), workstation.clone());
        }
        if let Some(fingerprint) = row.opt_array(2)? {
            certificates.insert(fingerprint, workstation);
        }
    }
    Ok((certificates, passkeys))
}

/// Organisations that demand workstations of their officers.
fn demanding(tx: &mut Tx<'_>) -> Loaded<Vec<Id>> {
    let rows = tx.query("SELECT organisation FROM organisation_demand WHERE workstations = 1", &[])?;
    rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
}

fn credentials(tx: &mut Tx<'_>, sealer: &Sealer) -> Loaded<HashMap<Arc<str>, Credential>> {
    let mut formers = formers(tx, sealer)?;
    let rows = tx.query(
        "SELECT username, system, password, secret, service_urls FROM credential WHERE closed_at_us IS NULL",
        &[],
    )?;
    let mut credentials = HashMap::with_capacity(rows.len());
    for row in &rows {
        let username = row.text(0)?;
        let password = row.opt_bytes(2)?.map(|s| sealer.open_text("credential", username, "password", s));
        let secret = row.opt_bytes(3)?.map(|s| sealer.open("credential", username, "secret", s));
        let credential = Credential {
            system: row.text(1)?.into(),
            password: password.transpose()?.map(Into::into),
            secret: secret.transpose()?,
            service_urls: row.text(4)?.lines().map(Into::into).collect(),
            former: formers.remove(username),
        };
        credentials.insert(username.into(), credential);
    }
    Ok(credentials)
}

fn formers(tx: &mut Tx<'_>, sealer: &Sealer) -> Loaded<HashMap<String, Former>> {
    let mut formers = HashMap::new();
    for row in tx.query("SELECT username, password, secret, until_us FROM credential_former", &[])? {
        let username = row.text(0)?;
        let password =
            row.opt_bytes(1)?.map(|s| sealer.open_text("credential_former", username, "password", s));
        let secret = row.opt_bytes(2)?.map(|s| sealer.open("credential_former", username, "secret", s));
        let former = Former {
            password: password.transpose()?.map(Into::into),
            secret: secret.transpose()?,
            until_us: row.int(3)?,
        };
        formers.insert(username.to_owned(), former);
    }
    Ok(formers)
}

/// A row with its table and key, to say where something damaged stands.
struct Cells<'r> {
    table: &'static str,
    row: &'r Row,
    key: &'r str,
}

impl Cells<'_> {
    fn damaged(&self, why: impl Into<String>) -> ExchangeError {
        ExchangeError::damaged(self.table, self.key, why)
    }

    fn parse<T, E: ToString>(&self, column: usize, parse: impl Fn(&str) -> Result<T, E>) -> Loaded<T> {
        parse(self.row.text(column)?).map_err(|e| self.damaged(e.to_string()))
    }

    fn name<T>(&self, column: usize, from_name: impl Fn(&str) -> Option<T>) -> Loaded<T> {
        let name = self.row.text(column)?;
        from_name(name).ok_or_else(|| self.damaged(format!("unknown name {name:?}")))
    }

    fn day(&self, column: usize) -> Loaded<Option<CivilDate>> {
        let day = self.row.opt_text(column)?.map(CivilDate::parse_iso).transpose();
        day.map_err(|e| self.damaged(e.to_string()))
    }

    fn fields(&self, column: usize) -> Loaded<Option<FieldSet>> {
        let Some(names) = self.row.opt_text(column)? else { return Ok(None) };
        let field =
            |name| Field::from_name(name).ok_or_else(|| self.damaged(format!("unknown field {name:?}")));
        names.split_ascii_whitespace().map(field).collect::<Loaded<FieldSet>>().map(Some)
    }
}
