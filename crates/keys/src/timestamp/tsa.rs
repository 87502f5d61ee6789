//! A small authority of our own: for the demo, for tests, and for who has none.
use super::asn1::{
    Accuracy, PkiStatusInfo, TimeStampReq, TimeStampResp, TstInfo, general_time, hash_algorithm,
};
use super::certificate::stamps_only;
use super::{MAX_BYTES, token};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use der::asn1::{BitString, Int, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;

/// Seconds by which the time may be off: it is cut down to its second, and the clock is a machine's that keeps time by NTP.
const ACCURACY_SECONDS: u32 = 1;

/// Signs times with a key of its own (ECDSA on P-256).
pub struct Tsa {
    key: EcdsaKeyPair,
    certificate: Certificate,
    /// the signer's own, then those that lead to its root
    chain: Vec<Certificate>,
    policy: ObjectIdentifier,
    random: SystemRandom,
}

/// Why there is no authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TsaError {
    /// no certificate in the PEM text, or a damaged one
    #[error("the certificate cannot be read")]
    Certificate,
    /// the certificate does not have time stamping as its only, critical purpose (RFC 3161 §2.3)
    #[error("the certificate is not for time stamps alone (extendedKeyUsage critical, timeStamping)")]
    Purpose,
    /// no PKCS#8 key on P-256 in the PEM text
    #[error("the key cannot be read: PKCS#8 with a P-256 key is needed")]
    Key,
    /// the key is not the certificate's
    #[error("key and certificate do not belong together")]
    Mismatch,
    /// not an object identifier
    #[error("the policy is not an object identifier")]
    Policy,
    /// no randomness, or a time before 1970
    #[error("the answer could not be made")]
    Failed,
}

/// A bit of `PKIFailureInfo` (RFC 3161 §2.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    BadAlgorithm = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
    System = 25,
}

impl Tsa {
    /// From the certificate (and those above it, if any), its key, and the object identifier of the policy.
    pub fn from_pem(certificates: &[u8], key: &[u8], policy: &str) -> Result<Self, TsaError> {
        let chain = CertificateDer::pem_slice_iter(certificates)
            .map(|der| {
                Certificate::from_der(&der.map_err(|_| TsaError::Certificate)?)
                    .map_err(|_| TsaError::Certificate)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let certificate = chain.first().ok_or(TsaError::Certificate)?.clone();
        if !stamps_only(&certificate) {
            return Err(TsaError::Purpose);
        }
        let key = PrivatePkcs8KeyDer::from_pem_slice(key).map_err(|_| TsaError::Key)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.secret_pkcs8_der())
            .map_err(|_| TsaError::Key)?;
        let certified = certificate.tbs_certificate.subject_public_key_info.subject_public_key.as_bytes();
        if certified != Some(key.public_key().as_ref()) {
            return Err(TsaError::Mismatch);
        }
        // The encoding library writes identifiers of two bytes and does not read them back.
        let policy = ObjectIdentifier::new(policy)
            .and_then(|policy| ObjectIdentifier::from_bytes(policy.as_bytes()))
            .map_err(|_| TsaError::Policy)?;
        Ok(Self { key, certificate, chain, policy, random: SystemRandom::new() })
    }

    /// Answers a request, DER in and DER out, at a time in microseconds since 1970. What cannot be stamped gets a refusal
    /// with its reason (RFC 3161 §2.4.2).
    pub fn respond(&self, request: &[u8], now_us: i64) -> Result<Vec<u8>, TsaError> {
        let response = match self.read(request).and_then(|request| self.stamp(&request, now_us)) {
            Ok(token) => TimeStampResp {
                status: PkiStatusInfo { status: 0, status_string: None, fail_info: None },
                time_stamp_token: Some(token),
            },
            Err(failure) => refusal(failure).map_err(|_| TsaError::Failed)?,
        };
        response.to_der().map_err(|_| TsaError::Failed)
    }

    fn read(&self, request: &[u8]) -> Result<TimeStampReq, Failure> {
        if request.len() > MAX_BYTES {
            return Err(Failure::BadDataFormat);
        }
        let request = TimeStampReq::from_der(request).map_err(|_| Failure::BadDataFormat)?;
        let imprint = &request.message_imprint;
        if request.version != 1 {
            return Err(Failure::BadRequest);
        }
        let algorithm = hash_algorithm(&imprint.hash_algorithm).ok_or(Failure::BadAlgorithm)?;
        if imprint.hashed_message.as_bytes().len() != algorithm.output_len {
            return Err(Failure::BadDataFormat);
        }
        if request.req_policy.is_some_and(|policy| policy != self.policy) {
            return Err(Failure::UnacceptedPolicy);
        }
        // None is known here, critical or not (RFC 3161 §2.4.1).
        if request.extensions.as_ref().is_some_and(|extensions| !extensions.is_empty()) {
            return Err(Failure::UnacceptedExtension);
        }
        Ok(request)
    }

    fn stamp(&self, request: &TimeStampReq, now_us: i64) -> Result<cms::content_info::ContentInfo, Failure> {
        if !self.is_valid_at(now_us) {
            return Err(Failure::TimeNotAvailable);
        }
        let failed = |_| Failure::System;
        let info = TstInfo {
            version: 1,
            policy: self.policy,
            message_imprint: request.message_imprint.clone(),
            serial_number: serial(now_us).ok_or(Failure::System)?,
            gen_time: general_time(now_us).map_err(|_| Failure::TimeNotAvailable)?,
            accuracy: Some(Accuracy { seconds: Some(ACCURACY_SECONDS), millis: None, micros: None }),
            ordering: false,
            nonce: request.nonce.clone(),
            tsa: None,
            extensions: None,
        };
        let certificates = request.cert_req.then_some(self.chain.as_slice());
        token::seal(&info, &self.certificate, certificates, |message| {
            self.key.sign(&self.random, message).ok().map(|signature| signature.as_ref().to_vec())
        })
        .map_err(failed)
    }

    /// A stamp outside the certificate's time would convince nobody.
    fn is_valid_at(&self, now_us: i64) -> bool {
        let validity = &self.certificate.tbs_certificate.validity;
        let Ok(now_s) = u64::try_from(now_us.div_euclid(1_000_000)) else { return false };
        (validity.not_before.to_unix_duration().as_secs()..=validity.not_after.to_unix_duration().as_secs())
            .contains(&now_s)
    }
}

impl std::fmt::Debug for Tsa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tsa").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// A number that no other stamp has, without a book of numbers: the time, then 64 random bits; below the 160 bits that
/// everybody must be able to read (RFC 3161 §2.4.2).
fn serial(now_us: i64) -> Option<Int> {
    let mut random = [0_u8; 8];
    rand::fill(&mut random).ok()?;
    let number = [&now_us.to_be_bytes(), random.as_slice()].concat();
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(zeros..)?;
    // A first byte above 0x7f would be a sign.
    let signed =
        if significant.first()? & 0x80 == 0 { significant.to_vec() } else { [&[0], significant].concat() };
    Int::new(&signed).ok()
}

fn refusal(failure: Failure) -> der::Result<TimeStampResp> {
    let bit = failure as usize;
    // A list of named bits ends with the last one that is set (X.690 §11.2.2).
    let mut bytes = vec![0_u8; bit / 8 + 1];
    if let Some(last) = bytes.last_mut() {
        *last = 0x80 >> (bit % 8);
    }
    let unused = u8::try_from(7 - bit % 8).unwrap_or_default();
    Ok(TimeStampResp {
        status: PkiStatusInfo {
            status: 2,
            status_string: Some(vec![failure.reason().to_owned()]),
            fail_info: Some(BitString::new(unused, bytes)?),
        },
        time_stamp_token: None,
    })
}

impl Failure {
    /// In words, for who reads the answer.
    fn reason(self) -> &'static str {
        match self {
            Self::BadAlgorithm => "the hash algorithm is not accepted: SHA-256, SHA-384 or SHA-512",
            Self::BadRequest => "only version 1 of the request is known",
            Self::BadDataFormat => "the request is not a TimeStampReq in DER, or its hash has another length",
            Self::TimeNotAvailable => "the clock is outside the validity of the certificate",
            Self::UnacceptedPolicy => "the policy asked for is not ours",
            Self::UnacceptedExtension => "no extension is accepted",
            Self::System => "the token could not be made",
        }
    }
}
