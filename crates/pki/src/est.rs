//! Enrolment over Secure Transport (RFC 7030): the bodies of `/cacerts`, `/simpleenroll` and `/simplereenroll`.
use crate::{PkiError, RequestRefused, SigningRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cms::cert::CertificateChoices;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{CertificateSet, EncapsulatedContentInfo, SignedData};
use der::asn1::{ObjectIdentifier, SetOfVec};
use der::{Any, Decode as _, Encode as _};
use x509_cert::Certificate;

/// Content type of a request (RFC 7030 section 4.2.1)
pub const REQUEST_TYPE: &str = "application/pkcs10";
/// Content type of an answer (RFC 7030 section 4.1.3, 4.2.3)
pub const ANSWER_TYPE: &str = "application/pkcs7-mime; smime-type=certs-only";

/// `id-signedData`, `id-data` (RFC 5652 sections 4 and 5.1)
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// Reads a request: base64 of DER with any line breaks; PEM is taken too.
pub fn request(body: &[u8]) -> Result<SigningRequest, RequestRefused> {
    let text = std::str::from_utf8(body).map_err(|_| RequestRefused::Malformed)?;
    if text.contains("-----BEGIN") {
        return SigningRequest::from_pem(text);
    }
    let packed: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(packed).map_err(|_| RequestRefused::Malformed)?;
    SigningRequest::from_der(&der)
}

/// Certificates as PKCS #7 certs-only (RFC 5751 section 3.2.2), base64 in lines of 76 characters.
pub fn answer(certificates: &[&[u8]]) -> Result<String, PkiError> {
    let der = certs_only(certificates).map_err(|error| PkiError::Files(error.to_string()))?;
    Ok(crate::authority::lines(&der, 76))
}

fn certs_only(certificates: &[&[u8]]) -> der::Result<Vec<u8>> {
    let read = |der: &&[u8]| Certificate::from_der(der).map(CertificateChoices::Certificate);
    let choices = certificates.iter().map(read).collect::<der::Result<Vec<_>>>()?;
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::new(),
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet(SetOfVec::try_from(choices)?)),
        crls: None,
        signer_infos: cms::signed_data::SignerInfos(SetOfVec::new()),
    };
    ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&data)? }.to_der()
}
