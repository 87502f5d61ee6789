//! Whom something can be encrypted to: the certificate of a person's own key, read and judged.
use der::asn1::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::EndEntityCert;
use x509_cert::Certificate;
use x509_cert::ext::pkix::KeyUsage;

/// Bytes of a certificate at most.
const MAX_BYTES: usize = 16 * 1024;

/// `id-ecPublicKey` and its curves (RFC 5480 section 2.1.1), `rsaEncryption` (RFC 8017 A.1)
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// DER of an RSA public key (RFC 8017 A.1.1) with a modulus of 2048 bits: with one of fewer bits it is shorter.
const RSA_2048: usize = 266;

/// `id-kp-emailProtection` and `id-kp-clientAuth` (RFC 5280 section 4.2.1.12), as the content of an OID
const EMAIL: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 4];
const CLIENT: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

/// The first certificate of a PEM file, DER; none when there is none that reads.
pub fn certificate_of(pem: &str) -> Option<Vec<u8>> {
    let der = CertificateDer::from_pem_slice(pem.get(..pem.len().min(16 * MAX_BYTES))?.as_bytes()).ok()?;
    Certificate::from_der(&der).ok()?;
    Some(der.to_vec())
}

/// Why nothing is encrypted to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipientRefused {
    /// Not an X.509 certificate, or one of an authority
    #[error("not a certificate of a person or device (X.509)")]
    Malformed,
    /// A kind of key that is not taken
    #[error("the key is of a kind to which nothing is encrypted here: RSA from 2048 bits, P-256 or P-384")]
    Key,
    /// The certificate's key may not be used for this (RFC 5280 section 4.2.1.3)
    #[error(
        "the certificate does not allow encryption: keyEncipherment for RSA, keyAgreement for elliptic curves"
    )]
    KeyUsage,
    /// No configured authority stands behind it
    #[error("the certificate does not lead to an authority that is trusted here")]
    Chain,
    /// Its time has not begun
    #[error("the certificate is not valid yet")]
    NotYet,
    /// Its time is over
    #[error("the certificate is not valid any more")]
    Expired,
}

/// A certificate to which something can be encrypted. `Debug` does not name whom it names.
#[derive(Clone)]
pub struct Recipient {
    pub(crate) certificate: Certificate,
    pub(crate) key: RecipientKey,
    der: Vec<u8>,
}

/// The kinds of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecipientKey {
    Rsa,
    P256,
    P384,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Recipient {
    /// Reads DER, and whether its key can be encrypted to. Whether it is believed, `judge` says.
    pub fn from_der(der: &[u8]) -> Result<Self, RecipientRefused> {
        if der.len() > MAX_BYTES {
            return Err(RecipientRefused::Malformed);
        }
        let certificate = Certificate::from_der(der).map_err(|_| RecipientRefused::Malformed)?;
        let key = kind(&certificate).ok_or(RecipientRefused::Key)?;
        let usage = certificate.tbs_certificate.get::<KeyUsage>();
        let usage = usage.map_err(|_| RecipientRefused::Malformed)?;
        let allowed = usage.is_none_or(|(_, usage)| match key {
            RecipientKey::Rsa => usage.key_encipherment(),
            RecipientKey::P256 | RecipientKey::P384 => usage.key_agreement(),
        });
        if !allowed {
            return Err(RecipientRefused::KeyUsage);
        }
        Ok(Self { certificate, key, der: der.to_vec() })
    }

    /// Reads the first certificate of a PEM file; the others are intermediate ones, for `judge`.
    pub fn from_pem(pem: &str) -> Result<(Self, Vec<Vec<u8>>), RecipientRefused> {
        if pem.len() > 16 * MAX_BYTES {
            return Err(RecipientRefused::Malformed);
        }
        let chain = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
        let mut chain = chain.map_err(|_| RecipientRefused::Malformed)?.into_iter();
        let own = chain.next().ok_or(RecipientRefused::Malformed)?;
        Ok((Self::from_der(&own)?, chain.map(|der| der.to_vec()).collect()))
    }

    /// Whether the certificate is valid now and leads to one of these authorities (DER): signatures, validity, names,
    /// constraints and extended key usage (mail protection or client authentication, where it says any).
    pub fn judge(
        &self,
        intermediates: &[Vec<u8>],
        authorities: &[Vec<u8>],
        now_s: i64,
    ) -> Result<(), RecipientRefused> {
        let (begins, ends) = self.validity_s();
        if now_s < begins {
            return Err(RecipientRefused::NotYet);
        }
        if now_s > ends {
            return Err(RecipientRefused::Expired);
        }
        let der = |der: &Vec<u8>| CertificateDer::from(der.clone());
        let authorities: Vec<CertificateDer<'_>> = authorities.iter().map(der).collect();
        let anchors: Vec<TrustAnchor<'_>> =
            authorities.iter().filter_map(|a| webpki::anchor_from_trusted_cert(a).ok()).collect();
        let intermediates: Vec<CertificateDer<'_>> = intermediates.iter().map(der).collect();
        let own = CertificateDer::from(self.der.clone());
        let end = EndEntityCert::try_from(&own).map_err(|_| RecipientRefused::Malformed)?;
        let at = u64::try_from(now_s).map_err(|_| RecipientRefused::NotYet)?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        let leads = [EMAIL, CLIENT].into_iter().any(|usage| {
            let usage = webpki::KeyUsage::required_if_present(usage);
            let algorithms = webpki::ALL_VERIFICATION_ALGS;
            end.verify_for_usage(algorithms, &anchors, &intermediates, at, usage, None, None).is_ok()
        });
        if leads { Ok(()) } else { Err(RecipientRefused::Chain) }
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 over it.
    pub fn fingerprint(&self) -> [u8; 32] {
        crate::authority::sha256(&self.der)
    }

    /// Whom it names, as RFC 4514 writes names. A name of a person: it goes into no log.
    pub fn subject(&self) -> String {
        self.certificate.tbs_certificate.subject.to_string()
    }

    /// First and last second of validity, since 1970.
    pub fn validity_s(&self) -> (i64, i64) {
        let validity = &self.certificate.tbs_certificate.validity;
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        (seconds(validity.not_before), seconds(validity.not_after))
    }

    /// Its public key, as `SubjectPublicKeyInfo`.
    pub(crate) fn key_info(&self) -> Option<Vec<u8>> {
        self.certificate.tbs_certificate.subject_public_key_info.to_der().ok()
    }

    /// Its public key, the bits alone.
    pub(crate) fn key_bytes(&self) -> &[u8] {
        self.certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
    }
}

fn kind(certificate: &Certificate) -> Option<RecipientKey> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let curve = || info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    match info.algorithm.oid {
        RSA if info.subject_public_key.raw_bytes().len() >= RSA_2048 => Some(RecipientKey::Rsa),
        EC if curve() == Some(P256) => Some(RecipientKey::P256),
        EC if curve() == Some(P384) => Some(RecipientKey::P384),
        _ => None,
    }
}
