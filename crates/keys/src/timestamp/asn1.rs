//! The structures of RFC 3161 §2.4 and RFC 5816, and the hash algorithms that they name.
use aws_lc_rs::digest::{self, digest};
use der::asn1::{BitString, GeneralizedTime, Int, ObjectIdentifier, OctetString};
use der::{Any, DateTime, Sequence, Tag, Tagged as _};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// `id-ct-TSTInfo` (RFC 3161 §2.4.2)
pub(super) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// `id-signedData` (RFC 5652 §5.1)
pub(super) const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-contentType` (RFC 5652 §11.1)
pub(super) const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
/// `id-messageDigest` (RFC 5652 §11.2)
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// `id-aa-signingCertificate` (RFC 2634 §5.4): names the certificate by SHA-1
pub(super) const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// `id-aa-signingCertificateV2` (RFC 5035 §3)
pub(super) const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// `ecdsa-with-SHA256` (RFC 5758 §3.2)
pub(super) const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
/// `id-sha256` (RFC 5754 §2)
pub(super) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// `TimeStampReq`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TimeStampReq {
    pub version: u8,
    pub message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    pub req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    pub nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    pub cert_req: bool,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub extensions: Option<Extensions>,
}

/// `MessageImprint`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct MessageImprint {
    pub hash_algorithm: AlgorithmIdentifierOwned,
    pub hashed_message: OctetString,
}

/// `TimeStampResp`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TimeStampResp {
    pub status: PkiStatusInfo,
    #[asn1(optional = "true")]
    pub time_stamp_token: Option<cms::content_info::ContentInfo>,
}

/// `PKIStatusInfo`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct PkiStatusInfo {
    pub status: u8,
    #[asn1(optional = "true")]
    pub status_string: Option<Vec<String>>,
    #[asn1(optional = "true")]
    pub fail_info: Option<BitString>,
}

/// `TSTInfo`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct TstInfo {
    pub version: u8,
    pub policy: ObjectIdentifier,
    pub message_imprint: MessageImprint,
    pub serial_number: Int,
    /// `GeneralizedTime`, which here may have a fraction: see [`time_us`]
    pub gen_time: Any,
    #[asn1(optional = "true")]
    pub accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub ordering: bool,
    #[asn1(optional = "true")]
    pub nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub tsa: Option<GeneralName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub extensions: Option<Extensions>,
}

/// `Accuracy`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(super) struct Accuracy {
    #[asn1(optional = "true")]
    pub seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub micros: Option<u16>,
}

/// `SigningCertificateV2` (RFC 5035 §3)
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct SigningCertificateV2 {
    pub certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    pub policies: Option<Vec<Any>>,
}

/// `ESSCertIDv2` (RFC 5035 §4); without an algorithm it is SHA-256
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct EssCertIdV2 {
    #[asn1(optional = "true")]
    pub hash_algorithm: Option<AlgorithmIdentifierOwned>,
    pub cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub issuer_serial: Option<Any>,
}

/// `SigningCertificate` (RFC 2634 §5.4)
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct SigningCertificate {
    pub certs: Vec<EssCertId>,
    #[asn1(optional = "true")]
    pub policies: Option<Vec<Any>>,
}

/// `ESSCertID` (RFC 2634 §5.4.1), by SHA-1
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct EssCertId {
    pub cert_hash: OctetString,
    #[asn1(optional = "true")]
    pub issuer_serial: Option<Any>,
}

impl Accuracy {
    /// In microseconds.
    pub(super) fn micros_total(&self) -> u64 {
        let part = |value: Option<u16>, unit: u64| u64::from(value.unwrap_or(0)) * unit;
        u64::from(self.seconds.unwrap_or(0)) * 1_000_000 + part(self.millis, 1000) + part(self.micros, 1)
    }
}

/// `id-sha256` without parameters (RFC 5754 §2).
pub(super) fn sha256_identifier() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA256, parameters: None }
}

/// The hash algorithm that an identifier names, if it is one that is good enough here.
pub(super) fn hash_algorithm(identifier: &AlgorithmIdentifierOwned) -> Option<&'static digest::Algorithm> {
    let plain = identifier.parameters.as_ref().is_none_or(Any::is_null);
    match identifier.oid {
        _ if !plain => None,
        SHA256 => Some(&digest::SHA256),
        SHA384 => Some(&digest::SHA384),
        SHA512 => Some(&digest::SHA512),
        _ => None,
    }
}

impl MessageImprint {
    /// Of data, with SHA-256.
    pub(super) fn of(data: &[u8]) -> der::Result<Self> {
        let hashed_message = OctetString::new(digest(&digest::SHA256, data).as_ref())?;
        Ok(Self { hash_algorithm: sha256_identifier(), hashed_message })
    }

    /// Whether it is that of the data; `None` when its algorithm is unknown here.
    pub(super) fn fits(&self, data: &[u8]) -> Option<bool> {
        let algorithm = hash_algorithm(&self.hash_algorithm)?;
        Some(digest(algorithm, data).as_ref() == self.hashed_message.as_bytes())
    }
}

/// A moment as `GeneralizedTime`, cut down to its second.
pub(super) fn general_time(now_us: i64) -> der::Result<Any> {
    let seconds =
        u64::try_from(now_us.div_euclid(1_000_000)).map_err(|_| Tag::GeneralizedTime.value_error())?;
    Any::encode_from(&GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds))?)
}

/// Microseconds since 1970 of a `genTime`: `YYYYMMDDhhmmss[.s…]Z`, the fraction without trailing zeros (RFC 3161
/// §2.4.2), and what is below a microsecond cut off.
pub(super) fn time_us(value: &Any) -> Option<i64> {
    let text = (value.tag() == Tag::GeneralizedTime).then(|| std::str::from_utf8(value.value()).ok())??;
    let text = text.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    if whole.len() != 14 || !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<u8>().ok();
    let year = whole.get(..4)?.parse().ok()?;
    let date =
        DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?).ok()?;
    let seconds = i64::try_from(date.unix_duration().as_secs()).ok()?;
    Some(seconds * 1_000_000 + fraction.map_or(Some(0), fraction_us)?)
}

fn fraction_us(digits: &str) -> Option<i64> {
    let well_formed =
        !digits.is_empty() && !digits.ends_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit());
    let first_six: String = digits.chars().chain("000000".chars()).take(6).collect();
    if well_formed { first_six.parse().ok() } else { None }
}
