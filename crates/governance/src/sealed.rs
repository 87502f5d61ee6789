//! Texts on their way into a row and out of it.
use crate::GovernanceError;
use dancu_keys::{KeyRing, Place};

/// A column that holds sealed bytes, and the key of its row.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
    pub(crate) field: &'static str,
}

impl Spot<'_> {
    fn place(&self) -> Place<'_> {
        Place { table: self.table, row: self.row.as_bytes(), field: self.field }
    }
}

pub(crate) fn seal(ring: &KeyRing, spot: Spot<'_>, plain: &[u8]) -> Result<Vec<u8>, GovernanceError> {
    Ok(ring.seal(spot.place(), plain)?)
}

pub(crate) fn open(ring: &KeyRing, spot: Spot<'_>, sealed: &[u8]) -> Result<Vec<u8>, GovernanceError> {
    Ok(ring.open(spot.place(), sealed)?.to_vec())
}

pub(crate) fn open_text(ring: &KeyRing, spot: Spot<'_>, sealed: &[u8]) -> Result<String, GovernanceError> {
    let text = String::from_utf8(open(ring, spot, sealed)?);
    text.map_err(|_| GovernanceError::damaged(spot.table, spot.row, "a text is not UTF-8"))
}

pub(crate) fn step_why(row: &str) -> Spot<'_> {
    Spot { table: "governance_step", row, field: "why" }
}

pub(crate) fn content_body(row: &str) -> Spot<'_> {
    Spot { table: "governance_content", row, field: "body" }
}

pub(crate) fn document_name(row: &str) -> Spot<'_> {
    Spot { table: "governance_document", row, field: "name" }
}

pub(crate) fn document_bytes(sha256: &str) -> Spot<'_> {
    Spot { table: "governance_document", row: sha256, field: "bytes" }
}

pub(crate) fn measure_how(row: &str) -> Spot<'_> {
    Spot { table: "governance_measure", row, field: "how" }
}
