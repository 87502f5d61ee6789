//! Devices: browsers that an account was used from, known by a long cookie. They prove nothing; they make the unusual show.
use crate::history::Change;
use crate::session::Beginning;
use crate::{Staff, StaffError, token};
use dancu_storage::{Row, Tx};
use std::fmt;

const TABLE: &str = "staff_device";
/// Browsers call themselves many things; the beginning says enough.
const NAME_CHARS: usize = 120;

/// A device. `Debug` does not show its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    /// Id
    pub id: String,
    /// What the browser calls itself, or its holder calls it
    pub name: String,
    /// First use, microseconds since the epoch
    pub first_seen_us: i64,
    /// Last sign-in
    pub last_seen_us: i64,
    /// When it was revoked
    pub revoked_at_us: Option<i64>,
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The device of a session that begins.
pub(crate) struct DeviceFor {
    pub(crate) id: String,
    pub(crate) is_new: bool,
    pub(crate) set_cookie: bool,
}

impl Staff {
    /// Devices of an account, by id, revoked ones too.
    pub fn devices_of(&self, account: &str) -> Result<Vec<Device>, StaffError> {
        let sql = "SELECT id, name, first_seen_us, last_seen_us, revoked_at_us FROM staff_device \
                   WHERE account = $1 ORDER BY id";
        self.store.read("staff.devices_of", |tx| {
            tx.query(sql, &[account.into()])?.iter().map(|row| self.device(row)).collect()
        })
    }

    /// Gives a device of the account another name.
    pub fn name_device(&self, account: &str, device: &str, name: &str) -> Result<(), StaffError> {
        let sealed = self.sealer.seal(TABLE, device, "name", short(name).as_bytes())?;
        self.store.run_tx("staff.name_device", |tx| {
            let sql = "UPDATE staff_device SET name = $3 WHERE id = $1 AND account = $2";
            let named = tx.execute(sql, &[device.into(), account.into(), sealed.as_slice().into()])?;
            if named == 1 { Ok(()) } else { Err(StaffError::Unknown("device")) }
        })
    }

    /// Forgets a device of the account: its sessions end, and its next sign-in is one from a new device.
    pub fn revoke_device(
        &self,
        account: &str,
        device: &str,
        by: &str,
        now_us: i64,
    ) -> Result<(), StaffError> {
        self.store.run_tx("staff.revoke_device", |tx| {
            let revoked = tx.execute(
                "UPDATE staff_device SET revoked_at_us = $3 \
                 WHERE id = $1 AND account = $2 AND revoked_at_us IS NULL",
                &[device.into(), account.into(), now_us.into()],
            )?;
            if revoked == 0 {
                return Err(StaffError::Unknown("device"));
            }
            tx.execute(
                "UPDATE staff_session SET ended_at_us = $3, ended_why = 'ended' \
                 WHERE account = $2 AND device = $1 AND ended_at_us IS NULL",
                &[device.into(), account.into(), now_us.into()],
            )?;
            self.note(tx, account, Change::DeviceRevoked, by, Some(device), None, now_us)
        })
    }

    /// The device of the visitor's cookie, or a new one. A cookie that this console gave to another account of the same browser
    /// serves for this one too.
    pub(crate) fn device_for(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
        beginning: &Beginning<'_>,
        now_us: i64,
    ) -> Result<DeviceFor, StaffError> {
        let shown = beginning.device.map(|cookie| self.sealer.token_hash("staff.device", cookie));
        let Some(shown) = shown else { return self.new_device(tx, account, beginning, None, now_us) };
        let sql = "SELECT id, account FROM staff_device WHERE cookie_hash = $1 AND revoked_at_us IS NULL";
        let rows = tx.query(sql, &[shown.into()])?;
        for row in &rows {
            if row.text(1)? == account {
                let id = row.text(0)?.to_owned();
                let sql = "UPDATE staff_device SET last_seen_us = $2 WHERE id = $1";
                tx.execute(sql, &[id.as_str().into(), now_us.into()])?;
                return Ok(DeviceFor { id, is_new: false, set_cookie: false });
            }
        }
        let revoked = "SELECT 1 FROM staff_device WHERE account = $1 AND cookie_hash = $2";
        let revoked = tx.query_opt(revoked, &[account.into(), shown.into()])?.is_some();
        let adopted = Some(shown).filter(|_| !rows.is_empty() && !revoked);
        self.new_device(tx, account, beginning, adopted, now_us)
    }

    fn new_device(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
        beginning: &Beginning<'_>,
        adopted: Option<[u8; 16]>,
        now_us: i64,
    ) -> Result<DeviceFor, StaffError> {
        let id = token::id()?;
        let hash = adopted.unwrap_or_else(|| self.sealer.token_hash("staff.device", &beginning.cookie));
        let name = self.sealer.seal(TABLE, &id, "name", short(beginning.browser).as_bytes())?;
        tx.execute(
            "INSERT INTO staff_device (id, account, cookie_hash, name, first_seen_us, last_seen_us) \
             VALUES ($1, $2, $3, $4, $5, $5)",
            &[id.as_str().into(), account.into(), hash.into(), name.into(), now_us.into()],
        )?;
        Ok(DeviceFor { id, is_new: true, set_cookie: adopted.is_none() })
    }

    fn device(&self, row: &Row) -> Result<Device, StaffError> {
        let id = row.text(0)?;
        Ok(Device {
            id: id.to_owned(),
            name: self.sealer.open_text(TABLE, id, "name", row.bytes(1)?)?,
            first_seen_us: row.int(2)?,
            last_seen_us: row.int(3)?,
            revoked_at_us: row.opt_int(4)?,
        })
    }
}

fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect()
}
