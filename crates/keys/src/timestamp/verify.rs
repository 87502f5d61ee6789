//! The check of an authority's answer.
use super::asn1::{
    PkiStatusInfo, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, SigningCertificate, SigningCertificateV2,
    TimeStampResp, hash_algorithm, sha256_identifier, time_us,
};
use super::certificate::stamps_only;
use super::signature::check_signature;
use super::token::Token;
use super::{MAX_BYTES, Query};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use cms::content_info::ContentInfo;
use der::{Decode as _, Encode as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::Certificate;

/// `id-kp-timeStamping`, 1.3.6.1.5.5.7.3.8, as the bytes of an object identifier.
const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// The authorities whose certificates are trusted for time stamps.
#[derive(Clone, Debug)]
pub struct Authorities {
    anchors: Vec<TrustAnchor<'static>>,
}

/// What a verified time stamp says: these data existed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Time in microseconds since 1970 UTC
    pub time_us: i64,
    /// How far the time may be off either way, in microseconds, if the authority says so
    pub accuracy_us: Option<u64>,
    /// Object identifier of the policy under which it was made
    pub policy: String,
    /// Serial number in hexadecimal digits
    pub serial: String,
}

/// Why a time stamp is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// not a time-stamp response in DER, or too large
    #[error("the answer is no time-stamp response")]
    Malformed,
    /// the authority refused; the bits are those of `PKIFailureInfo` (RFC 3161 §2.4.2)
    #[error("the authority refused: status {status}, failure bits {failures:?}")]
    Refused {
        /// `PKIStatus`
        status: u8,
        /// which bits of `PKIFailureInfo` are set
        failures: Vec<u16>,
    },
    /// no PEM certificate, or one that is no authority's
    #[error("the authorities' certificates cannot be read")]
    Authorities,
    /// the token is no signed time stamp by one signer
    #[error("the token is no time stamp")]
    Token,
    /// the hash is of other data, or by an algorithm not known here
    #[error("the time stamp is of other data")]
    OtherData,
    /// the nonce is not the one that was sent
    #[error("the time stamp answers another request")]
    Nonce,
    /// the signer's certificate is not in the token, or is not the one that was signed for
    #[error("the signer's certificate is missing or another")]
    Certificate,
    /// the certificate is not for time stamps alone, was not valid, or leads to no trusted authority
    #[error("the signer's certificate is not trusted for time stamps: {0}")]
    NotTrusted(String),
    /// the signature is wrong, or by an algorithm not known here
    #[error("the signature does not verify")]
    Signature,
}

impl Authorities {
    /// From certificates in PEM, one at least.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TimestampError> {
        let mut anchors = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| TimestampError::Authorities)?;
            let anchor =
                webpki::anchor_from_trusted_cert(&certificate).map_err(|_| TimestampError::Authorities)?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() { Err(TimestampError::Authorities) } else { Ok(Self { anchors }) }
    }
}

/// The token of an authority's answer, DER, to be kept where it belongs: in the signature that it stamps. Nothing is
/// checked here; [`verify`] comes first.
pub fn token(response: &[u8]) -> Result<Vec<u8>, TimestampError> {
    let response = TimeStampResp::from_der(response).map_err(|_| TimestampError::Malformed)?;
    let token = response.time_stamp_token.ok_or(TimestampError::Malformed)?;
    token.to_der().map_err(|_| TimestampError::Token)
}

/// Checks an authority's answer about some data (RFC 3161 §2.2 and §2.3): status, hash, signature, purpose and chain of
/// the certificate at the time that the stamp names; and with the query, that it is the answer to it.
///
/// The certificate has to be in the token. Whether it was revoked is not asked: whoever relies on a stamp in a dispute
/// adds the authority's revocation list.
pub fn verify(
    response: &[u8],
    data: &[u8],
    query: Option<&Query>,
    authorities: &Authorities,
) -> Result<Stamp, TimestampError> {
    if response.len() > MAX_BYTES {
        return Err(TimestampError::Malformed);
    }
    let response = TimeStampResp::from_der(response).map_err(|_| TimestampError::Malformed)?;
    let token = match (response.status.status, &response.time_stamp_token) {
        (0 | 1, Some(token)) => Token::open(token).ok_or(TimestampError::Token)?,
        (0 | 1, None) => return Err(TimestampError::Malformed),
        _ => return Err(refused(&response.status)),
    };
    if !token.info.message_imprint.fits(data).unwrap_or(false) {
        return Err(TimestampError::OtherData);
    }
    if query.is_some_and(|query| !query.asked_with(token.info.nonce.as_ref())) {
        return Err(TimestampError::Nonce);
    }
    trusted(&token, authorities)
}

/// Checks a token as [`token`] took it out of an answer, about some data.
pub fn verify_token(token: &[u8], data: &[u8], authorities: &Authorities) -> Result<Stamp, TimestampError> {
    if token.len() > MAX_BYTES {
        return Err(TimestampError::Malformed);
    }
    let token = ContentInfo::from_der(token).map_err(|_| TimestampError::Malformed)?;
    let token = Token::open(&token).ok_or(TimestampError::Token)?;
    if !token.info.message_imprint.fits(data).unwrap_or(false) {
        return Err(TimestampError::OtherData);
    }
    trusted(&token, authorities)
}

fn trusted(token: &Token, authorities: &Authorities) -> Result<Stamp, TimestampError> {
    let stamp = read(token).ok_or(TimestampError::Token)?;
    check_signer(token, stamp.time_us, authorities)?;
    Ok(stamp)
}

fn refused(status: &PkiStatusInfo) -> TimestampError {
    let bits = status.fail_info.iter().flat_map(|failures| failures.bits().zip(0_u16..));
    let failures = bits.filter_map(|(set, bit)| set.then_some(bit)).collect();
    TimestampError::Refused { status: status.status, failures }
}

fn read(token: &Token) -> Option<Stamp> {
    let info = &token.info;
    let extensions = info.extensions.as_deref().unwrap_or_default();
    if info.version != 1 || extensions.iter().any(|extension| extension.critical) {
        return None;
    }
    Some(Stamp {
        time_us: time_us(&info.gen_time)?,
        accuracy_us: info.accuracy.map(|accuracy| accuracy.micros_total()),
        policy: info.policy.to_string(),
        serial: hex::encode(info.serial_number.as_bytes()),
    })
}

fn check_signer(token: &Token, time_us: i64, authorities: &Authorities) -> Result<(), TimestampError> {
    let (certificate, others) = token.signer_certificate().ok_or(TimestampError::Certificate)?;
    let der = certificate.to_der().map_err(|_| TimestampError::Certificate)?;
    if !is_signed_for(token, &der).unwrap_or(false) {
        return Err(TimestampError::Certificate);
    }
    check_chain(certificate, &der, &others, time_us, authorities)?;
    check_signature(token, &der).ok_or(TimestampError::Signature)
}

/// The signed attributes name the certificate by its hash, so that no other one for the same key can be put in its place.
fn is_signed_for(token: &Token, certificate: &[u8]) -> Option<bool> {
    if let Some(value) = token.signed_attribute(SIGNING_CERTIFICATE_V2) {
        let named: SigningCertificateV2 = value.decode_as().ok()?;
        let first = named.certs.first()?;
        let identifier = first.hash_algorithm.clone().unwrap_or_else(sha256_identifier);
        let hash = digest(hash_algorithm(&identifier)?, certificate);
        return Some(hash.as_ref() == first.cert_hash.as_bytes());
    }
    let named: SigningCertificate = token.signed_attribute(SIGNING_CERTIFICATE)?.decode_as().ok()?;
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
    Some(hash.as_ref() == named.certs.first()?.cert_hash.as_bytes())
}

fn check_chain(
    certificate: &Certificate,
    der: &[u8],
    others: &[&Certificate],
    time_us: i64,
    authorities: &Authorities,
) -> Result<(), TimestampError> {
    let refused = |why: &str| TimestampError::NotTrusted(why.to_owned());
    if !stamps_only(certificate) {
        return Err(refused("its key is not for time stamps alone"));
    }
    let der = CertificateDer::from(der);
    let leaf = EndEntityCert::try_from(&der).map_err(|error| refused(&error.to_string()))?;
    let intermediates: Vec<CertificateDer<'static>> =
        others.iter().filter_map(|other| other.to_der().ok()).map(CertificateDer::from).collect();
    let seconds = u64::try_from(time_us.div_euclid(1_000_000)).map_err(|_| refused("time before 1970"))?;
    leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &authorities.anchors,
        &intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        KeyUsage::required(TIME_STAMPING),
        None,
        None,
    )
    .map(|_| ())
    .map_err(|error| refused(&error.to_string()))
}
