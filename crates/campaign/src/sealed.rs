//! Personal data on their way into a row and out: JSON, sealed, bound to table, row and field.
use crate::CampaignError;
use dancu_keys::{KeyRing, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Seals and opens the fields of these tables.
#[derive(Clone)]
pub(crate) struct Sealer {
    ring: KeyRing,
}

impl Sealer {
    pub(crate) fn new(ring: KeyRing) -> Self {
        Self { ring }
    }

    pub(crate) fn seal<T: Serialize + ?Sized>(
        &self,
        table: &str,
        row: &str,
        field: &str,
        value: &T,
    ) -> Result<Vec<u8>, CampaignError> {
        let plain =
            serde_json::to_vec(value).map_err(|_| CampaignError::Damaged("a value that has no JSON"))?;
        let plain = Zeroizing::new(plain);
        Ok(self.ring.seal(Place { table, row: row.as_bytes(), field }, &plain)?)
    }

    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        table: &'static str,
        row: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<T, CampaignError> {
        let plain = self.ring.open(Place { table, row: row.as_bytes(), field }, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| CampaignError::Damaged(table))
    }

    /// The value under the current key, or none if it stands under it.
    pub(crate) fn reseal(
        &self,
        table: &str,
        row: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, CampaignError> {
        if self.ring.is_current(sealed) {
            return Ok(None);
        }
        let place = || Place { table, row: row.as_bytes(), field };
        let plain = self.ring.open(place(), sealed)?;
        Ok(Some(self.ring.seal(place(), &plain)?))
    }
}

/// A new id: 32 hexadecimal digits.
pub(crate) fn random_id() -> Result<String, CampaignError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| CampaignError::NoRandomness)?;
    Ok(hex::encode(bytes))
}
