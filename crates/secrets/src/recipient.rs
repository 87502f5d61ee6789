//! Certificates of security officers, to whom secrets are encrypted.
use crate::sealed::{Spot, open, open_text, seal};
use crate::{Secrets, SecretsError};
use dancu_pki::Recipient;
use dancu_policy::Id;
use dancu_storage::Row;
use std::fmt;

/// A certificate on record. `Debug` does not show whom it names.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRecipient {
    /// SHA-256 over it
    pub fingerprint: [u8; 32],
    /// Whose security officer it is
    pub organisation: Id,
    /// Whom it names (RFC 4514)
    pub subject: String,
    /// End of its validity, microseconds since the epoch, as all times here
    pub not_after_us: i64,
    /// Staff account that registered it
    pub registered_by: String,
    /// When
    pub registered_at_us: i64,
    /// When it was revoked
    pub revoked_at_us: Option<i64>,
    /// Staff account that revoked it
    pub revoked_by: Option<String>,
}

impl fmt::Debug for RecordedRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRecipient").field("organisation", &self.organisation).finish_non_exhaustive()
    }
}

const COLUMNS: &str =
    "SELECT fingerprint, organisation, subject, not_after_us, registered_by, registered_at_us,
    revoked_at_us, revoked_by FROM secret_recipient WHERE organisation = $1
    ORDER BY registered_at_us DESC, fingerprint LIMIT $2";

impl Secrets {
    /// Registers the certificate of an organisation's security officer: the first of a PEM file, those above it after it.
    /// Gives its fingerprint; one that is on record for the same organisation stays as it is.
    ///
    /// # Errors
    ///
    /// `Recipient` when the certificate leads to no configured authority, is not valid now, or does not allow encryption;
    /// `Unknown` for an organisation that is not on record; `RecipientRevoked` for one that was revoked;
    /// `ForeignRecipient` for one that another organisation has.
    pub fn register_recipient(
        &self,
        organisation: &str,
        pem: &str,
        by: &str,
        now_us: i64,
    ) -> Result<[u8; 32], SecretsError> {
        let (recipient, above) = Recipient::from_pem(pem)?;
        recipient.judge(&above, &self.authorities, seconds(now_us))?;
        if self.exchange.snapshot().rules.organisation(organisation).is_none() {
            return Err(SecretsError::Unknown("organisation"));
        }
        let fingerprint = recipient.fingerprint();
        let seal = |field, plain: &[u8]| seal(&self.ring, Spot::recipient(&fingerprint, field), plain);
        let certificate = seal("certificate", &pack(recipient.der(), &above))?;
        let subject = seal("subject", recipient.subject().as_bytes())?;
        let not_after_us = recipient.validity_s().1.saturating_mul(1_000_000);
        self.store().run_tx("secrets.register_recipient", |tx| {
            let held = "SELECT organisation, revoked_at_us FROM secret_recipient WHERE fingerprint = $1";
            if let Some(row) = tx.query_opt(held, &[fingerprint.into()])? {
                return match (row.text(0)? == organisation, row.opt_int(1)?) {
                    (true, None) => Ok(()),
                    (true, Some(_)) => Err(SecretsError::RecipientRevoked),
                    (false, _) => Err(SecretsError::ForeignRecipient),
                };
            }
            tx.execute(
                "INSERT INTO secret_recipient (
                    fingerprint, organisation, certificate, subject, not_after_us, registered_by, registered_at_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    fingerprint.into(),
                    organisation.into(),
                    (&certificate).into(),
                    (&subject).into(),
                    not_after_us.into(),
                    by.into(),
                    now_us.into(),
                ],
            )?;
            Ok(())
        })?;
        Ok(fingerprint)
    }

    /// Recipients of an organisation, newest first.
    pub fn recipients(&self, organisation: &str, limit: u32) -> Result<Vec<RecordedRecipient>, SecretsError> {
        let rows = self
            .store()
            .read("secrets.recipients", |tx| tx.query(COLUMNS, &[organisation.into(), limit.into()]))?;
        rows.iter().map(|row| self.recorded(row)).collect()
    }

    /// The newest recipient of an organisation that is not revoked and holds now; none where there is none.
    pub fn recipient_of(&self, organisation: &str, now_us: i64) -> Result<Option<Recipient>, SecretsError> {
        for recorded in self.recipients(organisation, 100)? {
            match self.recipient(&recorded.fingerprint, organisation, now_us) {
                Err(SecretsError::Recipient(_) | SecretsError::RecipientRevoked) => {}
                found => return found.map(Some),
            }
        }
        Ok(None)
    }

    /// Nothing is encrypted to this one any more.
    pub fn revoke_recipient(
        &self,
        fingerprint: &[u8; 32],
        by: &str,
        now_us: i64,
    ) -> Result<(), SecretsError> {
        let changed = self.store().run_tx("secrets.revoke_recipient", |tx| {
            let sql = "UPDATE secret_recipient SET revoked_at_us = $2, revoked_by = $3
                WHERE fingerprint = $1 AND revoked_at_us IS NULL";
            tx.execute(sql, &[fingerprint.into(), now_us.into(), by.into()])
        })?;
        if changed == 0 { Err(SecretsError::Unknown("recipient")) } else { Ok(()) }
    }

    /// A recipient of this organisation, judged anew.
    pub(crate) fn recipient(
        &self,
        fingerprint: &[u8; 32],
        organisation: &str,
        now_us: i64,
    ) -> Result<Recipient, SecretsError> {
        let sql =
            "SELECT organisation, certificate, revoked_at_us FROM secret_recipient WHERE fingerprint = $1";
        let find = |tx: &mut dancu_storage::Tx<'_>| tx.query_opt(sql, &[fingerprint.into()]);
        let row = self.store().read("secrets.recipient", find)?;
        let row = row.ok_or(SecretsError::Unknown("recipient"))?;
        if row.text(0)? != organisation {
            return Err(SecretsError::ForeignRecipient);
        }
        if row.opt_int(2)?.is_some() {
            return Err(SecretsError::RecipientRevoked);
        }
        let packed = open(&self.ring, Spot::recipient(fingerprint, "certificate"), row.bytes(1)?)?;
        let mut chain = unpack(&packed).ok_or(SecretsError::Damaged("secret_recipient"))?.into_iter();
        let own = chain.next().ok_or(SecretsError::Damaged("secret_recipient"))?;
        let recipient = Recipient::from_der(&own)?;
        recipient.judge(&chain.collect::<Vec<_>>(), &self.authorities, seconds(now_us))?;
        Ok(recipient)
    }

    fn recorded(&self, row: &Row) -> Result<RecordedRecipient, SecretsError> {
        let fingerprint: [u8; 32] = row.array(0)?;
        let subject = open_text(&self.ring, Spot::recipient(&fingerprint, "subject"), row.bytes(2)?)?;
        Ok(RecordedRecipient {
            fingerprint,
            organisation: row.text(1)?.into(),
            subject,
            not_after_us: row.int(3)?,
            registered_by: row.text(4)?.to_owned(),
            registered_at_us: row.int(5)?,
            revoked_at_us: row.opt_int(6)?,
            revoked_by: row.opt_text(7)?.map(str::to_owned),
        })
    }
}

pub(crate) fn seconds(us: i64) -> i64 {
    us.div_euclid(1_000_000)
}

/// Certificates one after the other, each led by its length.
fn pack(own: &[u8], above: &[Vec<u8>]) -> Vec<u8> {
    let mut packed = Vec::new();
    for der in std::iter::once(own).chain(above.iter().map(Vec::as_slice)) {
        packed.extend_from_slice(&u32::try_from(der.len()).unwrap_or_default().to_be_bytes());
        packed.extend_from_slice(der);
    }
    packed
}

fn unpack(mut packed: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = Vec::new();
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk::<4>()?;
        let (der, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        chain.push(der.to_vec());
        packed = rest;
    }
    Some(chain)
}
