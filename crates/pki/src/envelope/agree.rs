//! To a key on P-256 or P-384: ephemeral-static Diffie-Hellman (RFC 5753 section 3.1) with the key derivation of
//! ANSI X9.63 over SHA-256 (SEC 1 section 3.6.1) and AES-256 key wrap (RFC 3394).
use super::asn1::{AES_256_WRAP, STANDARD_DH_SHA256, SharedInfo};
use super::{ContentKey, EnvelopeError, named};
use crate::recipient::{EC, Recipient, RecipientKey};
use aws_lc_rs::agreement::{ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::digest;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rand::SystemRandom;
use cms::content_info::CmsVersion;
use cms::enveloped_data::{
    KeyAgreeRecipientIdentifier, KeyAgreeRecipientInfo, OriginatorIdentifierOrKey, OriginatorPublicKey,
    RecipientEncryptedKey,
};
use der::asn1::{BitString, OctetString};
use der::{Any, Encode as _};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// Bits of the key that wraps.
const KEK_BITS: u32 = 256;

pub(super) fn wrap(recipient: &Recipient, key: &ContentKey) -> Result<KeyAgreeRecipientInfo, EnvelopeError> {
    let algorithm = if recipient.key == RecipientKey::P384 { &ECDH_P384 } else { &ECDH_P256 };
    let failed = || EnvelopeError::Crypto("agree on a key with the recipient's");
    let own = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).map_err(|_| failed())?;
    let public = own.compute_public_key().map_err(|_| failed())?;
    let wrapping = AlgorithmIdentifierOwned { oid: AES_256_WRAP, parameters: None };
    let shared_info =
        SharedInfo { key_info: wrapping.clone(), supp_pub_info: OctetString::new(KEK_BITS.to_be_bytes())? };
    let shared_info = shared_info.to_der()?;
    let theirs = UnparsedPublicKey::new(algorithm, recipient.key_bytes());
    let wrapped =
        agree_ephemeral(own, theirs, failed(), |shared| wrap_under(&derive(shared, &shared_info), key))?;
    Ok(KeyAgreeRecipientInfo {
        version: CmsVersion::V3,
        originator: OriginatorIdentifierOrKey::OriginatorKey(OriginatorPublicKey {
            algorithm: AlgorithmIdentifierOwned { oid: EC, parameters: None },
            public_key: BitString::from_bytes(public.as_ref())?,
        }),
        ukm: None,
        key_enc_alg: AlgorithmIdentifierOwned {
            oid: STANDARD_DH_SHA256,
            parameters: Some(Any::encode_from(&wrapping)?),
        },
        recipient_enc_keys: vec![RecipientEncryptedKey {
            rid: KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(named(recipient)),
            enc_key: OctetString::new(wrapped)?,
        }],
    })
}

/// The first block of the derivation, which is as long as the key: SHA-256 over secret, counter 1, shared info.
pub(super) fn derive(shared: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(shared);
    hash.update(&1_u32.to_be_bytes());
    hash.update(info);
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(hash.finish().as_ref());
    key
}

fn wrap_under(kek: &[u8; 32], key: &ContentKey) -> Result<Vec<u8>, EnvelopeError> {
    let failed = |_| EnvelopeError::Crypto("wrap the key of the content");
    let mut wrapped = vec![0; key.len() + 8];
    let written = AesKek::new(&AES_256, kek).and_then(|kek| Ok(kek.wrap(key.as_ref(), &mut wrapped)?.len()));
    wrapped.truncate(written.map_err(failed)?);
    Ok(wrapped)
}
