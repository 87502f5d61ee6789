//! The public entry: deterministic CBOR (RFC 8949 §4.2.1), the bytes that the leaf hash covers.
//!
//! A map with integer labels in ascending order, definite lengths, shortest integers. What is absent, empty or zero has
//! no label, but for the few that every entry of its kind has. A label is never reused for another meaning; a change of
//! meaning is a new version. `docs/journal-format.md` is the contract.
mod read;
mod write;

pub(crate) use read::{Decoded, decode, definite, tell, time_of};
pub(crate) use write::{Said, context, entry};

/// Version of the encoding, label 0.
const VERSION: u64 = 2;

mod label {
    pub(super) const VERSION: u8 = 0;
    /// Absent in calls
    pub(super) const KIND: u8 = 1;
    pub(super) const AT_US: u8 = 2;
    pub(super) const CORRELATION: u8 = 3;
    /// Number of the entry that holds the context
    pub(super) const CONTEXT: u8 = 4;
    pub(super) const FORM: u8 = 5;
    pub(super) const SERVICE: u8 = 6;
    pub(super) const INTEGRATION: u8 = 7;
    pub(super) const PROCEDURE: u8 = 8;
    pub(super) const SYSTEM_ID: u8 = 9;
    pub(super) const ACCOUNT_ID: u8 = 10;
    pub(super) const ROLE: u8 = 11;
    pub(super) const AGENCY_CODE: u8 = 12;
    pub(super) const ORGANISATION: u8 = 13;
    pub(super) const CERTIFICATE: u8 = 14;
    /// Bit n for the n-th field of the law's list
    pub(super) const INPUTS: u8 = 15;
    /// As `INPUTS`
    pub(super) const RELEASED: u8 = 16;
    /// Map: number of the field → number of the verdict, or its name
    pub(super) const VERDICTS: u8 = 17;
    /// Number of an answer, name of a refusal
    pub(super) const OUTCOME: u8 = 18;
    /// Array: decode, authenticate, decide, registry; microseconds
    pub(super) const STEPS: u8 = 19;
    pub(super) const RESPONSE_SHA256: u8 = 20;
    pub(super) const RULES_VERSION: u8 = 21;
    pub(super) const AGREEMENT_ID: u8 = 22;
    pub(super) const CONSENT_ID: u8 = 24;
    /// Root of the personal parts
    pub(super) const ROOT: u8 = 25;
    pub(super) const EPOCH_ENTRIES: u8 = 30;
    pub(super) const EPOCH_ROOT: u8 = 31;
    pub(super) const EPOCH_PERSONS: u8 = 32;
    pub(super) const EPOCH_VRF_KEY: u8 = 33;
    pub(super) const EPOCH_NUMBER: u8 = 34;
    pub(super) const WITHHELD: u8 = 40;
    pub(super) const UNTIL_US: u8 = 41;
    pub(super) const ACT_FIRST: u8 = 50;
    pub(super) const ACT_AFTER: u8 = 51;
    pub(super) const ACT_RULE: u8 = 52;
}

/// Numbers under label 1.
mod kind {
    pub(super) const CONTEXT: u8 = 1;
    pub(super) const EPOCH: u8 = 2;
    pub(super) const WITHHOLDING: u8 = 3;
    pub(super) const ACT: u8 = 4;
}

#[cfg(test)]
mod tests;
