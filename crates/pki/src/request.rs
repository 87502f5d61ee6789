//! Certificate signing requests (PKCS #10, RFC 2986), of which the key alone is believed.
use crate::PkiError;
use der::Decode as _;
use der::asn1::ObjectIdentifier;
use rcgen::{CertificateSigningRequestParams, KeyUsagePurpose, PublicKeyData, SignatureAlgorithm};
use rustls_pki_types::CertificateSigningRequestDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::request::CertReq;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// Bytes of a request at most: a few times what an RSA-8192 request takes.
const MAX_BYTES: usize = 16 * 1024;
/// DER of an RSA public key (RFC 8017 A.1.1) with a modulus of 2048 bits: with one of fewer bits it is shorter.
const RSA_2048: usize = 266;

/// Why a request gets no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    /// Too long to be one
    #[error("the request is larger than 16 KiB")]
    TooLarge,
    /// Not PKCS #10, or with extensions that no client certificate has
    #[error("not a certificate signing request (PKCS #10)")]
    Malformed,
    /// The key in it did not sign it
    #[error("the request is not signed by its own key")]
    Signature,
    /// A kind of key that is not taken
    #[error("the key is of a kind that is not taken: P-256, P-384, Ed25519 or RSA from 2048 bits")]
    Key,
}

/// `id-ecPublicKey` and its curves (RFC 5480 section 2.1.1), `id-Ed25519` (RFC 8410), `rsaEncryption` (RFC 8017 A.1)
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A request that was read and checked.
pub struct SigningRequest {
    pub(crate) key: Key,
}

/// A public key by what it is, not by the hash that happened to sign the request.
pub(crate) struct Key {
    bytes: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl Key {
    /// How something is encrypted to it (RFC 5280 section 4.2.1.3).
    pub(crate) fn encrypts_by(&self) -> Result<KeyUsagePurpose, PkiError> {
        if self.algorithm == &rcgen::PKCS_RSA_SHA256 {
            return Ok(KeyUsagePurpose::KeyEncipherment);
        }
        let signs_only = self.algorithm == &rcgen::PKCS_ED25519;
        if signs_only { Err(PkiError::KeySignsOnly) } else { Ok(KeyUsagePurpose::KeyAgreement) }
    }
}

impl SigningRequest {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Self, RequestRefused> {
        if der.len() > MAX_BYTES {
            return Err(RequestRefused::TooLarge);
        }
        let read = CertReq::from_der(der).map_err(|_| RequestRefused::Malformed)?;
        let key = key(&read.info.public_key).ok_or(RequestRefused::Key)?;
        CertificateSigningRequestParams::from_der(&CertificateSigningRequestDer::from(der))
            .map_err(|error| refused(&error))?;
        Ok(Self { key })
    }

    /// Reads PEM (`CERTIFICATE REQUEST`, RFC 7468 section 7).
    pub fn from_pem(pem: &str) -> Result<Self, RequestRefused> {
        if pem.len() > 2 * MAX_BYTES {
            return Err(RequestRefused::TooLarge);
        }
        let der = CertificateSigningRequestDer::from_pem_slice(pem.as_bytes());
        Self::from_der(&der.map_err(|_| RequestRefused::Malformed)?)
    }
}

/// A key of a kind that is taken.
fn key(info: &SubjectPublicKeyInfoOwned) -> Option<Key> {
    let bytes = info.subject_public_key.as_bytes()?.to_vec();
    let curve = || info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    let algorithm = match info.algorithm.oid {
        EC if curve() == Some(P256) => &rcgen::PKCS_ECDSA_P256_SHA256,
        EC if curve() == Some(P384) => &rcgen::PKCS_ECDSA_P384_SHA384,
        ED25519 => &rcgen::PKCS_ED25519,
        RSA if bytes.len() >= RSA_2048 => &rcgen::PKCS_RSA_SHA256,
        _ => return None,
    };
    Some(Key { bytes, algorithm })
}

fn refused(error: &rcgen::Error) -> RequestRefused {
    match error {
        rcgen::Error::InvalidCertificationRequestSignature => RequestRefused::Signature,
        rcgen::Error::UnsupportedSignatureAlgorithm => RequestRefused::Key,
        _ => RequestRefused::Malformed,
    }
}
