//! Something for one recipient's eyes: CMS `AuthEnvelopedData` (RFC 5083) with AES-256-GCM (RFC 5084), the key of the
//! content wrapped for the key of an X.509 certificate. `openssl cms -decrypt` opens it.
mod agree;
mod asn1;
mod open;
mod transport;

pub use open::{OpenRefused, RecipientSecret, open};

use crate::recipient::{Recipient, RecipientKey};
use asn1::{AuthEnvelopedData, GcmParameters};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EncryptedContentInfo, RecipientInfo, RecipientInfos};
use der::asn1::OctetString;
use der::{Any, Encode as _};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// Why nothing was encrypted.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// A primitive of the library failed, as when there is no randomness or the public key is no point of its curve
    #[error("cannot {0}")]
    Crypto(&'static str),
    /// The structure cannot be encoded
    #[error("the envelope cannot be written: {0}")]
    Write(#[from] der::Error),
}

/// Key of the content; wiped when dropped.
type ContentKey = Zeroizing<[u8; 32]>;

/// Bytes of the tag (RFC 5084 section 3.2).
const TAG: usize = 16;

/// Encrypts to one certificate; gives DER of a `ContentInfo`. Who sealed it nobody can tell from it: what vouches for
/// the content is where it was got.
pub fn seal(recipient: &Recipient, content: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut key: ContentKey = Zeroizing::new([0; 32]);
    random(key.as_mut())?;
    let recip_info = match recipient.key {
        RecipientKey::Rsa => RecipientInfo::Ktri(transport::wrap(recipient, &key)?),
        RecipientKey::P256 | RecipientKey::P384 => RecipientInfo::Kari(agree::wrap(recipient, &key)?),
    };
    let (encrypted, mac) = encrypt(&key, content)?;
    let data = AuthEnvelopedData {
        version: CmsVersion::V0,
        recip_infos: RecipientInfos::try_from(vec![recip_info])?,
        encrypted_content: encrypted,
        mac,
    };
    let content = Any::encode_from(&data)?;
    Ok(ContentInfo { content_type: asn1::AUTH_ENVELOPED_DATA, content }.to_der()?)
}

fn encrypt(key: &ContentKey, content: &[u8]) -> Result<(EncryptedContentInfo, OctetString), EnvelopeError> {
    let failed = |_| EnvelopeError::Crypto("encrypt the content");
    let mut nonce = [0; 12];
    random(&mut nonce)?;
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(failed)?);
    // In place: what is left of the copy is what is encrypted.
    let mut bytes = content.to_vec();
    let tag = sealing
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes)
        .map_err(failed)?;
    let parameters = GcmParameters { nonce: OctetString::new(nonce)?, icv_len: 16 };
    let algorithm =
        AlgorithmIdentifierOwned { oid: asn1::AES_256_GCM, parameters: Some(Any::encode_from(&parameters)?) };
    let info = EncryptedContentInfo {
        content_type: asn1::DATA,
        content_enc_alg: algorithm,
        encrypted_content: Some(OctetString::new(bytes)?),
    };
    debug_assert_eq!(tag.as_ref().len(), TAG, "of AES-GCM");
    Ok((info, OctetString::new(tag.as_ref())?))
}

/// Names the certificate.
fn named(recipient: &Recipient) -> IssuerAndSerialNumber {
    let certificate = &recipient.certificate.tbs_certificate;
    IssuerAndSerialNumber {
        issuer: certificate.issuer.clone(),
        serial_number: certificate.serial_number.clone(),
    }
}

fn random(bytes: &mut [u8]) -> Result<(), EnvelopeError> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| EnvelopeError::Crypto("draw a key"))
}
