//! Texts on their way into a row, and out.
use crate::WatchError;
use dancu_keys::{KeyRing, Place};

/// Seals and opens the texts of these tables.
#[derive(Clone)]
pub(crate) struct Sealer(pub(crate) KeyRing);

impl Sealer {
    pub(crate) fn seal(
        &self,
        table: &str,
        row: &str,
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, WatchError> {
        Ok(self.0.seal(Place { table, row: row.as_bytes(), field }, plain)?)
    }

    pub(crate) fn open(
        &self,
        table: &str,
        row: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, WatchError> {
        Ok(self.0.open(Place { table, row: row.as_bytes(), field }, sealed)?.to_vec())
    }

    pub(crate) fn open_text(
        &self,
        table: &'static str,
        row: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<String, WatchError> {
        String::from_utf8(self.open(table, row, field, sealed)?).map_err(|_| WatchError::Damaged(table))
    }
}

/// 32 hexadecimal digits.
pub(crate) fn random_id() -> Result<String, WatchError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| WatchError::Internal("no randomness"))?;
    Ok(hex::encode(bytes))
}

/// Numbers are integers of the store.
pub(crate) fn number(of: u64) -> Result<i64, WatchError> {
    i64::try_from(of).map_err(|_| WatchError::Internal("a number beyond the store's"))
}
