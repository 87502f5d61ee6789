//! The signature itself: CMS `SignedData` without the content (RFC 5652), with the attributes of CAdES that PAdES asks for
//! (ETSI EN 319 142-1 §6.3): content type, message digest, signing certificate. The time is in the PDF, or stamped.
use super::certificate::Identity;
use super::{Algorithm, SignError};
use aws_lc_rs::digest::{SHA256, digest};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Any, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Decode as _, Encode as _, Sequence, Tag};
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::spki::AlgorithmIdentifierOwned;

pub(super) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub(super) const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// `id-signingTime` (RFC 5652 §11.3)
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
/// `id-aa-signingCertificateV2` (RFC 5035 §3)
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// `id-aa-timeStampToken` (RFC 3161, appendix A)
const TIME_STAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
pub(super) const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// `SigningCertificateV2` (RFC 5035 §3); the hash is SHA-256, which is the default
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// `ESSCertIDv2`
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// What is signed: the attributes over a document's hash, DER.
pub(super) fn attributes(identity: &Identity, document_hash: &[u8]) -> Result<Attributes, SignError> {
    let attributes = build_attributes(identity, document_hash).and_then(SetOfVec::try_from);
    attributes.map_err(|_| encoding())
}

/// The same with the time that the signer says, in whole seconds: CAdES asks for it, PAdES forbids it.
pub(super) fn attributes_at(
    identity: &Identity,
    document_hash: &[u8],
    now_us: i64,
) -> Result<Attributes, SignError> {
    let build = || {
        let seconds = u64::try_from(now_us.div_euclid(1_000_000)).map_err(|_| Tag::UtcTime.value_error())?;
        let time = UtcTime::from_unix_duration(Duration::from_secs(seconds))?;
        let mut attributes = build_attributes(identity, document_hash)?;
        attributes.push(attribute(SIGNING_TIME, Any::encode_from(&time)?)?);
        SetOfVec::try_from(attributes)
    };
    build().map_err(|_: der::Error| encoding())
}

/// That time, microseconds since 1970.
pub(super) fn signed_at(attributes: &Attributes) -> Option<i64> {
    let time = attributes.iter().find(|attribute| attribute.oid == SIGNING_TIME)?.values.get(0)?;
    let seconds = time.decode_as::<UtcTime>().ok()?.to_unix_duration().as_secs();
    i64::try_from(seconds).ok()?.checked_mul(1_000_000)
}

/// How a signer signed, if it is one of the ways known here.
pub(super) fn algorithm(signer: &SignerInfo) -> Option<Algorithm> {
    match signer.signature_algorithm.oid {
        ECDSA_SHA256 => Some(Algorithm::EcdsaP256),
        RSA_SHA256 => Some(Algorithm::Rsa),
        _ => None,
    }
}

/// Whether a signer names this certificate.
pub(super) fn names(signer: &SignerInfo, certificate: &Certificate) -> bool {
    let of = &certificate.tbs_certificate;
    matches!(&signer.sid, SignerIdentifier::IssuerAndSerialNumber(named)
        if named.issuer == of.issuer && named.serial_number == of.serial_number)
}

fn build_attributes(identity: &Identity, document_hash: &[u8]) -> der::Result<Vec<Attribute>> {
    let cert_hash = OctetString::new(digest(&SHA256, &identity.der).as_ref())?;
    let certificate = SigningCertificateV2 { certs: vec![EssCertIdV2 { cert_hash }] };
    Ok(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(document_hash)?)?)?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&certificate)?)?,
    ])
}

/// The whole, with the time stamp token if there is one.
pub(super) fn signed_data(
    identity: &Identity,
    algorithm: Algorithm,
    attributes: Attributes,
    signature: &[u8],
    token: Option<&[u8]>,
) -> Result<Vec<u8>, SignError> {
    build(identity, algorithm, attributes, signature, token).map_err(|_| encoding())
}

fn build(
    identity: &Identity,
    algorithm: Algorithm,
    attributes: Attributes,
    signature: &[u8],
    token: Option<&[u8]>,
) -> der::Result<Vec<u8>> {
    let named = &identity.certificate.tbs_certificate;
    let stamp = token.map(|token| attribute(TIME_STAMP, Any::from_der(token)?)).transpose()?;
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: named.issuer.clone(),
            serial_number: named.serial_number.clone(),
        }),
        digest_alg: sha256(),
        signed_attrs: Some(attributes),
        signature_algorithm: match algorithm {
            Algorithm::EcdsaP256 => AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None },
            Algorithm::Rsa => {
                AlgorithmIdentifierOwned { oid: RSA_SHA256, parameters: Some(Any::encode_from(&Null)?) }
            }
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: stamp.map(|stamp| SetOfVec::try_from(vec![stamp])).transpose()?,
    };
    let choices: Vec<_> = identity.chain.iter().cloned().map(CertificateChoices::Certificate).collect();
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256()])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(choices)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&signed)? }.to_der()
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA_256, parameters: None }
}

fn encoding() -> SignError {
    SignError::Refused("it cannot be encoded")
}
