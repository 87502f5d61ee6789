//! Signatures in the paper: PAdES B-B, and B-T with a time stamp (ETSI EN 319 142-1), by incremental update: not a byte of
//! what was there before changes, so that earlier signatures stay valid.
//!
//! [`sign`] does all at once with a key at hand. A signer elsewhere (a token, a remote service) takes the same way in
//! steps: [`Unsigned::prepare`], sign [`Unsigned::to_sign`], [`Unsigned::with_signature`], stamp [`Signed::to_stamp`],
//! [`Signed::finish`].
//!
//! [`sign_detached`] signs a file of any kind in a file beside it, [`verify_detached`] checks that; [`sign_enveloping`] and
//! [`verify_enveloping`] do the same with the file inside the signature.
mod appearance;
mod certificate;
mod cms;
mod detached;
mod enveloping;
mod field;
mod key;
mod update;

pub use detached::{Signer, Trust, sign_detached, verify_detached};
pub use enveloping::{sign_enveloping, verify_enveloping};
pub use key::{Algorithm, PemKey, SigningKey};
pub use update::{Signed, Unsigned};

pub(crate) use field::{add_fields, field_name};

/// What is written into a signature beside the signer.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// Name of the empty signature field ([`crate::SignatureField`])
    pub field: &'a str,
    /// Why it is signed
    pub reason: &'a str,
    /// Where
    pub place: &'a str,
    /// When, as the signer says: microseconds since 1970
    pub now_us: i64,
}

/// Asks an authority for a time stamp: takes the request in DER and brings back the answer in DER (RFC 3161). The request
/// is [`dancu_keys::timestamp::Query`]'s.
pub type Stamper<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>, String> + 'a;

/// Why a paper cannot be signed. No message holds what stands in the paper, nor of the key.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is no PDF, or one that cannot be appended to; what the library says
    #[error("the PDF cannot be signed: {0}")]
    Pdf(String),
    /// No such field, or none left empty
    #[error("the paper has no empty signature field of that name")]
    NoField,
    /// Certificate or key cannot be read, or is of a kind not used here (ECDSA on P-256, RSA from 2048 bits)
    #[error("{0} cannot be used")]
    Unusable(&'static str),
    /// The key is not the certificate's
    #[error("key and certificate do not belong together")]
    Mismatch,
    /// The certificate is not yet or no longer valid, or not for signatures
    #[error("the certificate {0}")]
    NotValid(&'static str),
    /// The signature could not be made
    #[error("the signature could not be made: {0}")]
    Refused(&'static str),
    /// No time stamp, or none that is to be believed
    #[error("no time stamp: {0}")]
    Stamp(String),
    /// The signature is larger than the room for it
    #[error("the signature is larger than the room for it")]
    TooLarge,
}

/// Signs a paper in one of its fields, with a time stamp when an authority is given, whose answer is checked.
pub fn sign(
    pdf: &[u8],
    key: &dyn SigningKey,
    circumstances: &Circumstances<'_>,
    stamp: Option<(&Stamper<'_>, &dancu_keys::timestamp::Authorities)>,
) -> Result<Vec<u8>, SignError> {
    let unsigned = Unsigned::prepare(pdf, key.certificates(), key.algorithm(), circumstances)?;
    let signature = key.sign(unsigned.to_sign())?;
    let signed = unsigned.with_signature(&signature)?;
    let Some((stamper, authorities)) = stamp else { return signed.finish(None) };
    let failed = |why: String| SignError::Stamp(why);
    let query =
        dancu_keys::timestamp::Query::new(signed.to_stamp()).map_err(|error| failed(error.to_string()))?;
    let answer = stamper(query.der()).map_err(failed)?;
    let checked = dancu_keys::timestamp::verify(&answer, signed.to_stamp(), Some(&query), authorities);
    checked.map_err(|error| failed(error.to_string()))?;
    let token = dancu_keys::timestamp::token(&answer).map_err(|error| failed(error.to_string()))?;
    signed.finish(Some(&token))
}

#[cfg(test)]
mod tests;
