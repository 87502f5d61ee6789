//! The signed wrapping of a time stamp: CMS `SignedData` with one signer (RFC 5652 §5, RFC 3161 §2.4.2).
use super::asn1::{
    CONTENT_TYPE, ECDSA_SHA256, EssCertIdV2, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE_V2,
    SigningCertificateV2, TST_INFO, TstInfo, sha256_identifier,
};
use aws_lc_rs::digest::{SHA256, digest};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode as _, Encode as _, Tag};
use x509_cert::Certificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// A time stamp taken out of its wrapping, nothing checked yet.
pub(super) struct Token {
    pub info: TstInfo,
    /// The bytes of `info` as they were signed
    pub content: Vec<u8>,
    pub signer: SignerInfo,
    pub certificates: Vec<Certificate>,
}

impl Token {
    /// Takes a token apart. `None` when it is no time stamp, or has not exactly one signer (RFC 3161 §2.4.2).
    pub(super) fn open(token: &ContentInfo) -> Option<Self> {
        if token.content_type != SIGNED_DATA {
            return None;
        }
        let signed: SignedData = token.content.decode_as().ok()?;
        if signed.encap_content_info.econtent_type != TST_INFO {
            return None;
        }
        let content = signed.encap_content_info.econtent?.decode_as::<OctetString>().ok()?.into_bytes();
        let info = TstInfo::from_der(&content).ok()?;
        let mut signers = signed.signer_infos.0.into_vec().into_iter();
        let (Some(signer), None) = (signers.next(), signers.next()) else { return None };
        let choices = signed.certificates.map(|set| set.0.into_vec()).unwrap_or_default();
        let certificates = choices.into_iter().filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        });
        Some(Self { info, content, signer, certificates: certificates.collect() })
    }

    /// The certificate that the signer names, and the others.
    pub(super) fn signer_certificate(&self) -> Option<(&Certificate, Vec<&Certificate>)> {
        let is_named = |certificate: &Certificate| match &self.signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                named.issuer == certificate.tbs_certificate.issuer
                    && named.serial_number == certificate.tbs_certificate.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(named) => {
                let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
                extensions.iter().any(|extension| {
                    extension.extn_id == der::oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER
                        && named.to_der().is_ok_and(|der| der == extension.extn_value.as_bytes())
                })
            }
        };
        let (named, others): (Vec<_>, Vec<_>) =
            self.certificates.iter().partition(|certificate| is_named(certificate));
        named.first().map(|certificate| (*certificate, others))
    }

    /// The one value of a signed attribute; `None` when the attribute or the value is not there exactly once.
    pub(super) fn signed_attribute(&self, oid: ObjectIdentifier) -> Option<&Any> {
        let attributes = self.signer.signed_attrs.as_ref()?;
        let mut matching = attributes.iter().filter(|attribute| attribute.oid == oid);
        let (Some(attribute), None) = (matching.next(), matching.next()) else { return None };
        if attribute.values.len() == 1 { attribute.values.get(0) } else { None }
    }
}

/// Wraps and signs a time stamp. `sign` makes an ECDSA signature on P-256 with SHA-256, DER.
pub(super) fn seal(
    info: &TstInfo,
    certificate: &Certificate,
    with_certificates: Option<&[Certificate]>,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> der::Result<ContentInfo> {
    let content = info.to_der()?;
    let attributes = signed_attributes(&content, certificate)?;
    // What is signed has the tag of a set, not the tag under which it stands (RFC 5652 §5.4).
    let signature = sign(&attributes.to_der()?).ok_or_else(|| Tag::OctetString.value_error())?;
    let named = &certificate.tbs_certificate;
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: named.issuer.clone(),
            serial_number: named.serial_number.clone(),
        }),
        digest_alg: sha256_identifier(),
        signed_attrs: Some(attributes),
        signature_algorithm: AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None },
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificates = with_certificates.map(|set| {
        let choices: Vec<_> = set.iter().cloned().map(CertificateChoices::Certificate).collect();
        CertificateSet::try_from(choices)
    });
    let signed = SignedData {
        version: CmsVersion::V3,
        digest_algorithms: SetOfVec::try_from(vec![sha256_identifier()])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: TST_INFO,
            econtent: Some(Any::encode_from(&OctetString::new(content)?)?),
        },
        certificates: certificates.transpose()?,
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    Ok(ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&signed)? })
}

/// What the signature covers: what it is, its hash, and whose certificate it is (RFC 3161 §2.4.2, RFC 5816 §2.2.1).
fn signed_attributes(content: &[u8], certificate: &Certificate) -> der::Result<Attributes> {
    let certificate_hash = digest(&SHA256, &certificate.to_der()?);
    let signing_certificate = SigningCertificateV2 {
        certs: vec![EssCertIdV2 {
            hash_algorithm: None,
            cert_hash: OctetString::new(certificate_hash.as_ref())?,
            issuer_serial: None,
        }],
        policies: None,
    };
    let attribute = |oid, value: Any| -> der::Result<Attribute> {
        Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
    };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&TST_INFO)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest(&SHA256, content).as_ref())?)?)?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&signing_certificate)?)?,
    ])
}
