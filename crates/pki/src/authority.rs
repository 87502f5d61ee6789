//! The authority.
use crate::SigningRequest;
use aws_lc_rs::digest;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// Seconds by which certificates begin earlier, for clocks that differ.
const SKEW_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// Certificate or key of the authority cannot be used
    #[error("the authority's files: {0}")]
    Files(String),
    /// The library refused
    #[error("the certificate cannot be made: {0}")]
    Make(#[from] rcgen::Error),
    /// A day that cannot be
    #[error("a time out of range")]
    Time,
    /// No randomness
    #[error("no randomness")]
    Random,
    /// A key that signs only, for a certificate that is to be encrypted to
    #[error("the key of the request cannot be encrypted to")]
    KeySignsOnly,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A system or node that calls
    System,
    /// An enrolled workstation, from which officers work
    Workstation,
    /// A person to whom secrets are encrypted: an organisation's security officer
    Recipient,
}

/// Whom a certificate names, as who approved it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Id of the system or workstation: the common name
    pub id: String,
    /// Name of the organisation
    pub organisation: String,
    /// Agency code of the organisation (Decision 20/2020/QĐ-TTg): the `organizationIdentifier`-like unit
    pub agency_code: String,
}

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// DER
    pub der: Vec<u8>,
    /// SHA-256 over it
    pub fingerprint: [u8; 32],
    /// Last second of validity, since 1970
    pub not_after_s: i64,
}

impl Issued {
    /// PEM.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }
}

/// Issues certificates. `Debug` shows no key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Vec<u8>,
    /// Its own last second
    not_after_s: i64,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// Makes a new one that holds for so many days; gives it with the PEM of its key (PKCS #8), to be kept.
    pub fn create(name: &str, now_s: i64, days: u32) -> Result<(Self, Zeroizing<String>), PkiError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "VN");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let not_after_s = now_s + i64::from(days) * DAY_S;
        validity(&mut params, now_s, not_after_s)?;
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.der().to_vec();
        let pem = Zeroizing::new(key.serialize_pem());
        Ok((Self { issuer: Issuer::new(params, key), certificate, not_after_s }, pem))
    }

    /// One that exists: the PEM of its certificate and of its key, which must belong together.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, PkiError> {
        let files = |why: &str| PkiError::Files(why.to_owned());
        let der =
            CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|_| files("no certificate"))?;
        let key = KeyPair::from_pem(key).map_err(|_| files("no private key (PKCS #8, PEM)"))?;
        let (held, not_after_s) = read(&der).ok_or_else(|| files("the certificate does not read"))?;
        if held != rcgen::PublicKeyData::subject_public_key_info(&key) {
            return Err(files("key and certificate do not belong together"));
        }
        let issuer = Issuer::from_ca_cert_der(&der, key)?;
        Ok(Self { issuer, certificate: der.to_vec(), not_after_s })
    }

    /// The authority's own certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The same, PEM.
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// Its last second of validity, since 1970.
    pub fn not_after_s(&self) -> i64 {
        self.not_after_s
    }

    /// Issues a certificate over the request's key, from `now_s` (less an hour) until `until_s`, or until the authority's
    /// own end.
    pub fn issue(
        &self,
        request: &SigningRequest,
        purpose: Purpose,
        subject: &Subject,
        now_s: i64,
        until_s: i64,
    ) -> Result<Issued, PkiError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(subject, purpose);
        let (usage, extended) = match purpose {
            Purpose::System | Purpose::Workstation => {
                (KeyUsagePurpose::DigitalSignature, ExtendedKeyUsagePurpose::ClientAuth)
            }
            Purpose::Recipient => (request.key.encrypts_by()?, ExtendedKeyUsagePurpose::EmailProtection),
        };
        params.key_usages = vec![usage];
        params.extended_key_usages = vec![extended];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(serial()?);
        let not_after_s = until_s.min(self.not_after_s);
        validity(&mut params, now_s, not_after_s)?;
        let der = params.signed_by(&request.key, &self.issuer)?.der().to_vec();
        Ok(Issued { fingerprint: sha256(&der), der, not_after_s })
    }
}

/// The public key of a certificate, as its `SubjectPublicKeyInfo`, and its last second.
fn read(certificate: &[u8]) -> Option<(Vec<u8>, i64)> {
    use der::{Decode as _, Encode as _};
    let read = x509_cert::Certificate::from_der(certificate).ok()?.tbs_certificate;
    let not_after_s = read.validity.not_after.to_unix_duration().as_secs();
    Some((read.subject_public_key_info.to_der().ok()?, i64::try_from(not_after_s).ok()?))
}

fn name(subject: &Subject, purpose: Purpose) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "VN");
    name.push(DnType::OrganizationName, subject.organisation.as_str());
    name.push(DnType::OrganizationalUnitName, subject.agency_code.as_str());
    if purpose == Purpose::Workstation {
        name.push(DnType::OrganizationalUnitName, "workstation");
    }
    name.push(DnType::CommonName, subject.id.as_str());
    name
}

/// 127 random bits: positive, and never used twice (RFC 5280 section 4.1.2.2).
fn serial() -> Result<SerialNumber, PkiError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| PkiError::Random)?;
    if let Some(first) = bytes.first_mut() {
        *first &= 0x7f;
    }
    Ok(SerialNumber::from_slice(&bytes))
}

fn validity(params: &mut CertificateParams, now_s: i64, not_after_s: i64) -> Result<(), PkiError> {
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| PkiError::Time);
    params.not_before = at(now_s - SKEW_S)?;
    params.not_after = at(not_after_s)?;
    Ok(())
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// PEM as RFC 7468 lays it out.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", lines(der, 64))
}

/// Base64 in lines of this width, each with its line feed.
pub(crate) fn lines(der: &[u8], width: usize) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = String::with_capacity(text.len() + text.len() / width + 1);
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % width == 0 {
            out.push('\n');
        }
        out.push(character);
    }
    out.push('\n');
    out
}
