//! What is sealed at rest: names of people, certificates that hold them, envelopes.
use crate::SecretsError;
use dancu_keys::{KeyRing, Place};
use zeroize::Zeroizing;

/// A sealed column of a row.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a [u8],
    pub(crate) field: &'static str,
}

impl<'a> Spot<'a> {
    pub(crate) fn recipient(fingerprint: &'a [u8], field: &'static str) -> Self {
        Self { table: "secret_recipient", row: fingerprint, field }
    }

    pub(crate) fn delivery(id: &'a str, field: &'static str) -> Self {
        Self { table: "secret_delivery", row: id.as_bytes(), field }
    }

    fn place(self) -> Place<'a> {
        Place { table: self.table, row: self.row, field: self.field }
    }
}

pub(crate) fn seal(ring: &KeyRing, spot: Spot<'_>, plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
    Ok(ring.seal(spot.place(), plain)?)
}

pub(crate) fn open(
    ring: &KeyRing,
    spot: Spot<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    Ok(ring.open(spot.place(), sealed)?)
}

pub(crate) fn open_text(ring: &KeyRing, spot: Spot<'_>, sealed: &[u8]) -> Result<String, SecretsError> {
    let plain = open(ring, spot, sealed)?;
    String::from_utf8(plain.to_vec()).map_err(|_| SecretsError::Damaged(spot.table))
}
