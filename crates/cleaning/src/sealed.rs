//! Personal data on their way into a row or a file and out: sealed, bound to their place.
use crate::CleaningError;
use dancu_keys::{KeyRing, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Seals and opens what this crate keeps.
#[derive(Clone)]
pub(crate) struct Sealer {
    ring: KeyRing,
}

impl Sealer {
    pub(crate) fn new(ring: KeyRing) -> Self {
        Self { ring }
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    pub(crate) fn seal<T: Serialize + ?Sized>(
        &self,
        at: Place<'_>,
        value: &T,
    ) -> Result<Vec<u8>, CleaningError> {
        let plain =
            serde_json::to_vec(value).map_err(|_| CleaningError::Damaged("a value that has no JSON"))?;
        Ok(self.ring.seal(at, &Zeroizing::new(plain))?)
    }

    pub(crate) fn open<T: DeserializeOwned>(&self, at: Place<'_>, sealed: &[u8]) -> Result<T, CleaningError> {
        let plain = self.ring.open(at, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| CleaningError::Damaged("a sealed value does not read"))
    }

    pub(crate) fn seal_bytes(&self, at: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, CleaningError> {
        Ok(self.ring.seal(at, plain)?)
    }

    pub(crate) fn open_bytes(
        &self,
        at: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CleaningError> {
        Ok(self.ring.open(at, sealed)?)
    }

    /// The value under the current key, or none if it stands under it.
    pub(crate) fn reseal(&self, at: Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, CleaningError> {
        if self.ring.is_current(sealed) {
            return Ok(None);
        }
        let plain = self.ring.open(at, sealed)?;
        Ok(Some(self.ring.seal(at, &plain)?))
    }
}

/// A new id: 32 hexadecimal digits.
pub(crate) fn random_id() -> Result<String, CleaningError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| CleaningError::NoRandomness)?;
    Ok(hex::encode(bytes))
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    out
}

/// A number for the store, which counts in its own integers.
pub(crate) fn number(of: u64) -> Result<i64, CleaningError> {
    i64::try_from(of).map_err(|_| CleaningError::Damaged("a number is out of range"))
}
