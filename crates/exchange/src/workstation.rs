//! Workstations from which officers work: enrolled by certificate or passkey, revoked at once, demanded by organisations.
use crate::enrolment::random_id;
use crate::{Exchange, ExchangeError, rows};
use dancu_policy::Id;
use dancu_storage::{Row, Tx};
use std::fmt;
use std::sync::PoisonError;

type Done = Result<(), ExchangeError>;

/// A workstation to be enrolled; at least one of the two ways to know it. `Debug` does not show its name.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkstationEntry {
    /// Organisation whose officers work at it
    pub organisation: Id,
    /// What people call it; may name somebody
    pub name: String,
    /// SHA-256 over its client certificate
    pub fingerprint: Option<[u8; 32]>,
    /// Credential id of a passkey that is bound to it (`WebAuthn`)
    pub passkey: Option<Vec<u8>>,
    /// Staff account that enrols it
    pub enrolled_by: String,
}

/// An enrolled workstation as the console shows it. `Debug` does not show its name.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolledWorkstation {
    /// Id
    pub id: Id,
    /// What was put in
    pub entry: WorkstationEntry,
    /// When, microseconds since the epoch, as all times here
    pub enrolled_at_us: i64,
    /// When somebody last worked from it, to the minute
    pub last_seen_us: Option<i64>,
    /// When it was revoked
    pub revoked_at_us: Option<i64>,
    /// Staff account that revoked it
    pub revoked_by: Option<String>,
}

/// What the door needs of a workstation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workstation {
    /// Id
    pub id: Id,
    /// Organisation whose officers work at it
    pub organisation: Id,
    /// Nobody works from it any more
    pub revoked: bool,
}

impl fmt::Debug for WorkstationEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkstationEntry").field("organisation", &self.organisation).finish_non_exhaustive()
    }
}

impl fmt::Debug for EnrolledWorkstation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolledWorkstation").field("id", &self.id).finish_non_exhaustive()
    }
}

const COLUMNS: &str =
    "SELECT id, organisation, name, fingerprint, passkey, enrolled_by, enrolled_at_us, last_seen_us,
    revoked_at_us, revoked_by FROM workstation WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3";

impl Exchange {
    /// Enrols a workstation; gives its id. Certificate and passkey of one that was ever enrolled are never taken again.
    ///
    /// # Errors
    ///
    /// `Invalid` without a certificate, a passkey or a name; `Taken` when another has one of them.
    pub fn enrol_workstation(&self, entry: &WorkstationEntry, now_us: i64) -> Result<Id, ExchangeError> {
        let invalid = |why: &str| Err(ExchangeError::invalid("workstation", why));
        if entry.fingerprint.is_none() && entry.passkey.as_ref().is_none_or(Vec::is_empty) {
            return invalid("neither certificate nor passkey");
        }
        let length = entry.name.chars().count();
        if !(1..=100).contains(&length) || entry.name.contains(char::is_control) {
            return invalid("a name is a line of 1 to 100 characters");
        }
        let id = random_id()?;
        let name = self.sealer.seal("workstation", &id, "name", entry.name.as_bytes())?;
        self.change_with("exchange.enrol_workstation", now_us, |change| {
            rows::known_organisation(change.tx, &entry.organisation)?;
            free(change.tx, entry)?;
            change.changed = true;
            change.tx.execute(
                "INSERT INTO workstation (
                    id, organisation, name, fingerprint, passkey, enrolled_by, enrolled_at_us, changed_at_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                &[
                    id.as_str().into(),
                    entry.organisation.as_ref().into(),
                    (&name).into(),
                    entry.fingerprint.into(),
                    entry.passkey.as_ref().into(),
                    entry.enrolled_by.as_str().into(),
                    now_us.into(),
                ],
            )?;
            Ok::<_, ExchangeError>(())
        })?;
        Ok(id.into())
    }

    /// Revokes a workstation for good, at once.
    pub fn revoke_workstation(&self, id: &str, by: &str, now_us: i64) -> Done {
        self.change_with("exchange.revoke_workstation", now_us, |change| {
            change.changed = true;
            let sql = "UPDATE workstation SET revoked_at_us = $2, revoked_by = $3, changed_at_us = $2
                WHERE id = $1 AND revoked_at_us IS NULL";
            let parameters = [id.into(), now_us.into(), by.into()];
            rows::change(change.tx, "enrolled workstation", id, sql, &parameters)
        })
    }

    /// Workstations of an organisation by id; a page begins after the id of the last one.
    pub fn workstations(
        &self,
        organisation: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<EnrolledWorkstation>, ExchangeError> {
        let rows = self.store().read("exchange.workstations", |tx| {
            tx.query(COLUMNS, &[organisation.into(), after.into(), limit.into()])
        })?;
        rows.iter().map(|row| self.enrolled(row)).collect()
    }

    /// Sets whether an organisation demands that its officers work from its enrolled workstations.
    pub fn demand_workstations(&self, organisation: &str, demanded: bool, by: &str, now_us: i64) -> Done {
        self.change_with("exchange.demand_workstations", now_us, |change| {
            rows::known_organisation(change.tx, organisation)?;
            change.changed = true;
            change.tx.execute(
                "INSERT INTO organisation_demand (organisation, workstations, changed_by, changed_at_us)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (organisation) DO UPDATE SET workstations = excluded.workstations,
                    changed_by = excluded.changed_by, changed_at_us = excluded.changed_at_us",
                &[organisation.into(), demanded.into(), by.into(), now_us.into()],
            )?;
            Ok(())
        })
    }

    /// Notes that somebody works from a workstation. Cheap; `write_seen` writes it down.
    pub fn see_workstation(&self, id: &Id, now_us: i64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(id.clone(), now_us);
    }

    /// Writes down who was seen since the last time; gives how many. The version stays: nothing is judged by it.
    pub fn write_seen(&self) -> Result<usize, ExchangeError> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.is_empty() {
            return Ok(0);
        }
        let parameters: Vec<[dancu_storage::Value; 2]> =
            seen.iter().map(|(id, at_us)| [id.as_ref().into(), (*at_us).into()]).collect();
        self.store().run_tx("exchange.write_seen", |tx| {
            let sql = "UPDATE workstation SET last_seen_us = $2
                WHERE id = $1 AND (last_seen_us IS NULL OR last_seen_us < $2)";
            tx.execute_many(sql, &parameters)
        })?;
        Ok(seen.len())
    }

    fn enrolled(&self, row: &Row) -> Result<EnrolledWorkstation, ExchangeError> {
        let id = row.text(0)?;
        Ok(EnrolledWorkstation {
            id: id.into(),
            entry: WorkstationEntry {
                organisation: row.text(1)?.into(),
                name: self.sealer.open_text("workstation", id, "name", row.bytes(2)?)?,
                fingerprint: row.opt_array(3)?,
                passkey: row.opt_bytes(4)?.map(<[u8]>::to_vec),
                enrolled_by: row.text(5)?.to_owned(),
            },
            enrolled_at_us: row.int(6)?,
            last_seen_us: row.opt_int(7)?,
            revoked_at_us: row.opt_int(8)?,
            revoked_by: row.opt_text(9)?.map(str::to_owned),
        })
    }
}

fn free(tx: &mut Tx<'_>, entry: &WorkstationEntry) -> Done {
    let find = "SELECT 1 FROM workstation WHERE fingerprint = $1 OR passkey = $2";
    match tx.query_opt(find, &[entry.fingerprint.into(), entry.passkey.as_ref().into()])? {
        Some(_) => Err(ExchangeError::Taken("certificate or passkey")),
        None => Ok(()),
    }
}
