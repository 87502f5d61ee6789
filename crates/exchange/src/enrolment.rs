//! How a system comes to its certificates: by a one-time code for the first, by the present one for the next.
use crate::{CertificateEntry, Exchange, ExchangeError, rows};
use dancu_keys::{KeyError, Secret};
use dancu_policy::Id;
use dancu_storage::{Row, Tx};
use std::fmt;

type Done = Result<(), ExchangeError>;

/// A code that was issued; the code itself nobody can read any more.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Id
    pub id: String,
    /// The system that may use it
    pub system: Id,
    /// Staff account that issued it
    pub issued_by: String,
    /// When, microseconds since the epoch, as all times here
    pub issued_at_us: i64,
    /// From then on it does not count
    pub expires_at_us: i64,
    /// When it was used
    pub used_at_us: Option<i64>,
    /// The certificate that was issued for it
    pub used_for: Option<[u8; 32]>,
    /// When it was withdrawn
    pub withdrawn_at_us: Option<i64>,
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolmentCode")
            .field("id", &self.id)
            .field("system", &self.system)
            .finish_non_exhaustive()
    }
}

const COUNTS: &str = "SELECT id FROM enrolment_code WHERE system = $1 AND code_hash = $2
    AND used_at_us IS NULL AND withdrawn_at_us IS NULL AND expires_at_us > $3";

impl Exchange {
    /// Draws a one-time code (256 bits, typeable) with which a system gets a certificate until `expires_us`; gives its id
    /// and the code, which is kept as a keyed hash only.
    pub fn issue_enrolment_code(
        &self,
        system: &str,
        by: &str,
        expires_us: i64,
        now_us: i64,
    ) -> Result<(String, Secret), ExchangeError> {
        let (id, code) = (random_id()?, Secret::draw_typeable()?);
        let hash = self.sealer.code_hash(system, code.expose());
        self.store().run_tx("exchange.issue_enrolment_code", |tx| {
            rows::known_system(tx, system)?;
            tx.execute(
                "INSERT INTO enrolment_code (id, system, code_hash, issued_by, issued_at_us, expires_at_us)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    id.as_str().into(),
                    system.into(),
                    hash.into(),
                    by.into(),
                    now_us.into(),
                    expires_us.into(),
                ],
            )?;
            Ok::<_, ExchangeError>(())
        })?;
        Ok((id, code))
    }

    /// Codes of a system, newest first.
    pub fn enrolment_codes(&self, system: &str, limit: u32) -> Result<Vec<EnrolmentCode>, ExchangeError> {
        self.store().read("exchange.enrolment_codes", |tx| {
            let rows = tx.query(
                "SELECT id, system, issued_by, issued_at_us, expires_at_us, used_at_us, used_for, withdrawn_at_us
                 FROM enrolment_code WHERE system = $1 ORDER BY issued_at_us DESC, id LIMIT $2",
                &[system.into(), limit.into()],
            )?;
            rows.iter().map(code).collect()
        })
    }

    /// Withdraws a code that was not used.
    pub fn withdraw_enrolment_code(&self, id: &str, now_us: i64) -> Done {
        self.store().run_tx("exchange.withdraw_enrolment_code", |tx| {
            let sql = "UPDATE enrolment_code SET withdrawn_at_us = $2
                WHERE id = $1 AND used_at_us IS NULL AND withdrawn_at_us IS NULL";
            rows::change(tx, "unused enrolment code", id, sql, &[id.into(), now_us.into()])
        })
    }

    /// Whether a code would count now. `enrol` has the last word.
    pub fn enrolment_code_counts(
        &self,
        system: &str,
        code: &str,
        now_us: i64,
    ) -> Result<bool, ExchangeError> {
        let hash = self.sealer.code_hash(system, code.as_bytes());
        let find = |tx: &mut Tx<'_>| tx.query_opt(COUNTS, &[system.into(), hash.into(), now_us.into()]);
        Ok(self.store().read("exchange.enrolment_code_counts", find)?.is_some())
    }

    /// Uses a code up and registers the certificate, in one transaction; false, and nothing done, when the code does not
    /// count any more.
    pub fn enrol(
        &self,
        code: &str,
        certificate: &CertificateEntry,
        now_us: i64,
    ) -> Result<bool, ExchangeError> {
        let system = &certificate.system;
        let hash = self.sealer.code_hash(system, code.as_bytes());
        self.change_with("exchange.enrol", now_us, |change| {
            let found = change.tx.query_opt(COUNTS, &[system.as_ref().into(), hash.into(), now_us.into()])?;
            let Some(found) = found else { return Ok(false) };
            change.changed = true;
            rows::certificate(change.tx, certificate, now_us)?;
            change.mark_certificate(&certificate.fingerprint, system, None)?;
            let sql = "UPDATE enrolment_code SET used_at_us = $2, used_for = $3 WHERE id = $1";
            let parameters = [found.text(0)?.into(), now_us.into(), certificate.fingerprint.into()];
            change.tx.execute(sql, &parameters)?;
            Ok(true)
        })
    }

    /// Registers a certificate in the place of an old one of the same system, in one transaction. The old one is taken
    /// until `old_ends_us`, or until its own end.
    ///
    /// # Errors
    ///
    /// `Unknown` when the old one is not on record for this system, or was revoked.
    pub fn renew_certificate(
        &self,
        old: &[u8; 32],
        new: &CertificateEntry,
        old_ends_us: i64,
        now_us: i64,
    ) -> Done {
        self.change_with("exchange.renew_certificate", now_us, |change| {
            let held = change.tx.query_opt(
                "SELECT 1 FROM system_certificate WHERE fingerprint = $1 AND system = $2 AND revoked_at_us IS NULL",
                &[old.into(), new.system.as_ref().into()],
            )?;
            held.ok_or_else(|| ExchangeError::unknown("certificate", &hex::encode(old)))?;
            change.changed = true;
            rows::certificate(change.tx, new, now_us)?;
            change.mark_certificate(&new.fingerprint, &new.system, Some(old))?;
            // Renewed twice, it ends at the earlier time.
            change.tx.execute(
                "INSERT INTO system_certificate_end (fingerprint, ends_at_us, changed_at_us) VALUES ($1, $2, $3)
                 ON CONFLICT (fingerprint) DO UPDATE SET
                    ends_at_us = excluded.ends_at_us, changed_at_us = excluded.changed_at_us
                 WHERE system_certificate_end.ends_at_us > excluded.ends_at_us",
                &[old.into(), old_ends_us.into(), now_us.into()],
            )?;
            Ok(())
        })
    }
}

fn code(row: &Row) -> Result<EnrolmentCode, ExchangeError> {
    Ok(EnrolmentCode {
        id: row.text(0)?.to_owned(),
        system: row.text(1)?.into(),
        issued_by: row.text(2)?.to_owned(),
        issued_at_us: row.int(3)?,
        expires_at_us: row.int(4)?,
        used_at_us: row.opt_int(5)?,
        used_for: row.opt_array(6)?,
        withdrawn_at_us: row.opt_int(7)?,
    })
}

/// 128 random bits, hexadecimal.
pub(crate) fn random_id() -> Result<String, ExchangeError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::Crypto("draw an id"))?;
    Ok(hex::encode(bytes))
}
