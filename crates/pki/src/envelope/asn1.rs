//! The structures of RFC 5083 and RFC 5084, and the names of the algorithms.
use cms::content_info::CmsVersion;
use cms::enveloped_data::{EncryptedContentInfo, RecipientInfos};
use der::Sequence;
use der::asn1::{ObjectIdentifier, OctetString};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// `id-ct-authEnvelopedData` (RFC 5083 section 2.1)
pub(super) const AUTH_ENVELOPED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23");
/// `id-data` (RFC 5652 section 4)
pub(super) const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// `id-aes256-GCM` (RFC 5084 section 3.2)
pub(super) const AES_256_GCM: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.46");
/// `id-aes256-wrap` (RFC 3565 section 2.3.2)
pub(super) const AES_256_WRAP: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.45");
/// `dhSinglePass-stdDH-sha256kdf-scheme` (RFC 5753 section 7.1.4)
pub(super) const STANDARD_DH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.1");
/// `id-RSAES-OAEP`, `id-mgf1` (RFC 8017 appendix A.2), `id-sha256` (RFC 5754 section 2)
pub(super) const RSAES_OAEP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.7");
pub(super) const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
pub(super) const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// `AuthEnvelopedData` (RFC 5083 section 2.1), without what is optional
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct AuthEnvelopedData {
    pub version: CmsVersion,
    pub recip_infos: RecipientInfos,
    pub encrypted_content: EncryptedContentInfo,
    pub mac: OctetString,
}

/// `GCMParameters` (RFC 5084 section 3.2)
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct GcmParameters {
    pub nonce: OctetString,
    pub icv_len: u8,
}

/// `ECC-CMS-SharedInfo` (RFC 5753 section 7.2), without `entityUInfo`
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct SharedInfo {
    pub key_info: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT")]
    pub supp_pub_info: OctetString,
}

/// `RSAES-OAEP-params` (RFC 8017 appendix A.2.1), without the label, which is empty
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct OaepParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub hash: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT")]
    pub mask: AlgorithmIdentifierOwned,
}
