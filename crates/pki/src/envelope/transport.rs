//! To an RSA key: RSAES-OAEP with SHA-256 (RFC 3560, RFC 8017 section 7.1).
use super::asn1::{MGF1, OaepParameters, RSAES_OAEP, SHA256};
use super::{ContentKey, EnvelopeError, named};
use crate::Recipient;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use cms::content_info::CmsVersion;
use cms::enveloped_data::{KeyTransRecipientInfo, RecipientIdentifier};
use der::Any;
use der::asn1::OctetString;
use x509_cert::spki::AlgorithmIdentifierOwned;

pub(super) fn wrap(recipient: &Recipient, key: &ContentKey) -> Result<KeyTransRecipientInfo, EnvelopeError> {
    let failed = EnvelopeError::Crypto("encrypt to the RSA key");
    let public = recipient.key_info().and_then(|info| PublicEncryptingKey::from_der(&info).ok());
    let Some(public) = public.and_then(|key| OaepPublicEncryptingKey::new(key).ok()) else {
        return Err(failed);
    };
    let mut wrapped = vec![0; public.ciphertext_size()];
    let Ok(wrapped) = public.encrypt(&OAEP_SHA256_MGF1SHA256, key.as_ref(), &mut wrapped, None) else {
        return Err(failed);
    };
    Ok(KeyTransRecipientInfo {
        version: CmsVersion::V0,
        rid: RecipientIdentifier::IssuerAndSerialNumber(named(recipient)),
        key_enc_alg: algorithm()?,
        enc_key: OctetString::new(&*wrapped)?,
    })
}

fn algorithm() -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
    let hash = AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(Any::null()) };
    let mask = AlgorithmIdentifierOwned { oid: MGF1, parameters: Some(Any::encode_from(&hash)?) };
    let parameters = OaepParameters { hash, mask };
    Ok(AlgorithmIdentifierOwned { oid: RSAES_OAEP, parameters: Some(Any::encode_from(&parameters)?) })
}
