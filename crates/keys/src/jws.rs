//! Detached signatures over answers (RFC 7515 appendix F) whose payload is not encoded (RFC 7797).
//!
//! Protected header: `alg`, `b64` false, `crit` with `b64`, `kid` (RFC 7638 thumbprint), and four of our own that a
//! client need not understand to verify: `iat`, when it was signed, in seconds since 1970 UTC, and of the journal entry
//! of the answer `journal`, its number, `leaf`, the base64url of its leaf hash (RFC 6962 §2.1), and `log`, the origin of
//! the log. The last three are the log's promise to hold exactly that entry at that number.
use crate::Jwk;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::io::Write as _;

/// What the protected header of a verified signature says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Protected {
    /// `EdDSA` or `ES256`
    pub alg: String,
    /// Which key signed
    pub kid: String,
    /// Number of the journal entry; none on a refusal that could not be journalled
    #[serde(default)]
    pub journal: Option<u64>,
    /// base64url of the entry's leaf hash
    #[serde(default)]
    pub leaf: Option<String>,
    /// Origin of the log that holds the entry
    #[serde(default)]
    pub log: Option<String>,
    /// When it was signed, seconds since 1970 UTC
    pub iat: i64,
    b64: bool,
    crit: Vec<String>,
}

/// The journal entry of an answer, as its signature names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedEntry<'a> {
    /// Its number
    pub index: u64,
    /// Its leaf hash (RFC 6962 §2.1)
    pub leaf: &'a [u8; 32],
    /// Origin of the log
    pub log: &'a str,
}

impl SignedEntry<'_> {
    /// Writes the members of the protected header, each after a comma.
    pub(crate) fn write_members(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let leaf = URL_SAFE_NO_PAD.encode(self.leaf);
        write!(out, r#","journal":{},"leaf":"{leaf}","log":"#, self.index)?;
        Ok(serde_json::to_writer(out, self.log)?)
    }
}

/// Why a detached signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Not `header..signature`
    #[error("not a detached JWS")]
    Form,
    /// The header cannot be read, or demands what is not understood
    #[error("header not understood")]
    Header,
    /// Another key, or an algorithm that is not the key's
    #[error("signed with another key")]
    Key,
    /// The signature does not fit header and payload
    #[error("signature does not fit")]
    Signature,
}

impl Protected {
    /// Leaf hash of the journal entry, if it is named and well formed.
    pub fn leaf_hash(&self) -> Option<[u8; 32]> {
        URL_SAFE_NO_PAD.decode(self.leaf.as_ref()?).ok()?.try_into().ok()
    }

    /// Reads the header without verifying anything, to find the key by `kid`.
    pub fn peek(jws: &str) -> Result<Self, VerifyError> {
        let (header, _) = jws.split_once("..").ok_or(VerifyError::Form)?;
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| VerifyError::Form)?;
        serde_json::from_slice(&header).map_err(|_| VerifyError::Header)
    }
}

/// Verifies a detached signature over `payload` and gives its header.
pub fn verify_detached(jws: &str, payload: &[u8], jwk: &Jwk) -> Result<Protected, VerifyError> {
    let protected = Protected::peek(jws)?;
    if protected.b64 || protected.crit != ["b64"] {
        return Err(VerifyError::Header);
    }
    let public = jwk.public_bytes().ok_or(VerifyError::Key)?;
    let algorithm: &dyn aws_lc_rs::signature::VerificationAlgorithm = match (&*jwk.crv, &*protected.alg) {
        ("Ed25519", "EdDSA" | "Ed25519") => &ED25519,
        ("P-256", "ES256") => &ECDSA_P256_SHA256_FIXED,
        _ => return Err(VerifyError::Key),
    };
    if protected.kid != jwk.thumbprint() {
        return Err(VerifyError::Key);
    }
    let (header, signature) = jws.split_once("..").ok_or(VerifyError::Form)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| VerifyError::Form)?;
    let input = [header.as_bytes(), b".", payload].concat();
    UnparsedPublicKey::new(algorithm, public)
        .verify(&input, &signature)
        .map(|()| protected)
        .map_err(|_| VerifyError::Signature)
}
