//! Opening what was sealed to a key of ours, whoever sealed it: the ways of `seal`, no others. `openssl cms -encrypt` takes
//! them too, with `-aes-256-gcm`, and with `-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256` for RSA or
//! `-keyopt ecdh_kdf_md:sha256` for curves.
use super::agree::derive;
use super::asn1::{self, AuthEnvelopedData, GcmParameters, OaepParameters, SharedInfo};
use super::{ContentKey, TAG, named};
use crate::recipient::{Recipient, RecipientKey, RecipientRefused};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use cms::content_info::ContentInfo;
use cms::enveloped_data::{
    KeyAgreeRecipientIdentifier, KeyAgreeRecipientInfo, KeyTransRecipientInfo, OriginatorIdentifierOrKey,
    RecipientIdentifier, RecipientInfo,
};
use der::asn1::OctetString;
use der::{Decode as _, Encode as _};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// Why something is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// No `AuthEnvelopedData` in DER
    #[error("not an envelope (CMS AuthEnvelopedData, DER)")]
    Malformed,
    /// Sealed in a way that is not taken
    #[error("sealed in a way that is not taken: {0}")]
    Way(&'static str),
    /// Not sealed to this certificate
    #[error("sealed to another certificate")]
    Foreign,
    /// Changed since, or sealed to another key under this certificate's name
    #[error("changed since it was sealed")]
    Damaged,
}

/// A key to which something can be sealed, with its certificate. No `Debug`.
pub struct RecipientSecret {
    recipient: Recipient,
    key: Secret,
}

enum Secret {
    Rsa(OaepPrivateDecryptingKey),
    Curve(PrivateKey),
}

impl RecipientSecret {
    /// From the certificate and the key, both PEM. The key is PKCS #8; one on a curve may be SEC 1.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, RecipientRefused> {
        let (recipient, _) = Recipient::from_pem(certificate)?;
        let der = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| RecipientRefused::Malformed)?;
        let refused = |_| RecipientRefused::Key;
        let curve =
            |algorithm| PrivateKey::from_private_key_der(algorithm, der.secret_der()).map_err(refused);
        let key = match recipient.key {
            RecipientKey::Rsa => {
                let key =
                    PrivateDecryptingKey::from_pkcs8(der.secret_der()).map_err(|_| RecipientRefused::Key)?;
                Secret::Rsa(OaepPrivateDecryptingKey::new(key).map_err(|_| RecipientRefused::Key)?)
            }
            RecipientKey::P256 => Secret::Curve(curve(&ECDH_P256)?),
            RecipientKey::P384 => Secret::Curve(curve(&ECDH_P384)?),
        };
        Ok(Self { recipient, key })
    }

    /// The certificate.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }
}

/// Opens an envelope.
pub fn open(secret: &RecipientSecret, envelope: &[u8]) -> Result<Vec<u8>, OpenRefused> {
    let malformed = |_| OpenRefused::Malformed;
    let info = ContentInfo::from_der(envelope).map_err(malformed)?;
    if info.content_type != asn1::AUTH_ENVELOPED_DATA {
        return Err(OpenRefused::Way("it is no AuthEnvelopedData"));
    }
    let data: AuthEnvelopedData = info.content.decode_as().map_err(malformed)?;
    let key = content_key(secret, &data)?;
    let sealed = &data.encrypted_content;
    if sealed.content_enc_alg.oid != asn1::AES_256_GCM {
        return Err(OpenRefused::Way("the content is not under AES-256-GCM"));
    }
    let parameters = sealed.content_enc_alg.parameters.as_ref().ok_or(OpenRefused::Malformed)?;
    let parameters: GcmParameters = parameters.decode_as().map_err(malformed)?;
    let nonce = Nonce::try_assume_unique_for_key(parameters.nonce.as_bytes());
    let nonce = nonce.map_err(|_| OpenRefused::Way("the nonce has not 12 bytes"))?;
    if usize::from(parameters.icv_len) != TAG || data.mac.as_bytes().len() != TAG {
        return Err(OpenRefused::Way("the tag has not 16 bytes"));
    }
    let content = sealed.encrypted_content.as_ref().ok_or(OpenRefused::Malformed)?;
    let mut bytes = [content.as_bytes(), data.mac.as_bytes()].concat();
    let opening = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| OpenRefused::Damaged)?;
    let opened = LessSafeKey::new(opening).open_in_place(nonce, Aad::empty(), &mut bytes);
    let length = opened.map_err(|_| OpenRefused::Damaged)?.len();
    bytes.truncate(length);
    Ok(bytes)
}

/// The key of the content, from the part that is ours.
fn content_key(secret: &RecipientSecret, data: &AuthEnvelopedData) -> Result<ContentKey, OpenRefused> {
    let own = named(&secret.recipient);
    for info in data.recip_infos.0.iter() {
        match (info, &secret.key) {
            (RecipientInfo::Ktri(info), Secret::Rsa(key)) => {
                if matches!(&info.rid, RecipientIdentifier::IssuerAndSerialNumber(rid) if *rid == own) {
                    return transported(key, info);
                }
            }
            (RecipientInfo::Kari(info), Secret::Curve(key)) => {
                let ours = info.recipient_enc_keys.iter().find(|one| {
                    matches!(&one.rid, KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(rid) if *rid == own)
                });
                if let Some(ours) = ours {
                    return agreed(key, secret.recipient.key, info, ours.enc_key.as_bytes());
                }
            }
            _ => {}
        }
    }
    Err(OpenRefused::Foreign)
}

fn transported(
    key: &OaepPrivateDecryptingKey,
    info: &KeyTransRecipientInfo,
) -> Result<ContentKey, OpenRefused> {
    let parameters =
        info.key_enc_alg.parameters.as_ref().and_then(|any| any.decode_as::<OaepParameters>().ok());
    let is_ours = info.key_enc_alg.oid == asn1::RSAES_OAEP
        && parameters.is_some_and(|p| p.hash.oid == asn1::SHA256 && p.mask.oid == asn1::MGF1);
    if !is_ours {
        return Err(OpenRefused::Way("the key is not under RSAES-OAEP with SHA-256"));
    }
    let mut out = Zeroizing::new(vec![0; key.min_output_size()]);
    let opened = key.decrypt(&OAEP_SHA256_MGF1SHA256, info.enc_key.as_bytes(), &mut out, None);
    let opened = opened.map_err(|_| OpenRefused::Damaged)?;
    let mut content = Zeroizing::new([0; 32]);
    if opened.len() != content.len() {
        return Err(OpenRefused::Way("the key of the content has not 256 bits"));
    }
    content.copy_from_slice(opened);
    Ok(content)
}

fn agreed(
    key: &PrivateKey,
    kind: RecipientKey,
    info: &KeyAgreeRecipientInfo,
    wrapped: &[u8],
) -> Result<ContentKey, OpenRefused> {
    let way = OpenRefused::Way("the key is not under AES-256 wrap by Diffie-Hellman with SHA-256");
    if info.key_enc_alg.oid != asn1::STANDARD_DH_SHA256 || info.ukm.is_some() {
        return Err(way);
    }
    let wrapping = info.key_enc_alg.parameters.as_ref();
    let wrapping = wrapping.and_then(|any| any.decode_as::<AlgorithmIdentifierOwned>().ok());
    let wrapping = wrapping.filter(|wrapping| wrapping.oid == asn1::AES_256_WRAP).ok_or(way)?;
    let OriginatorIdentifierOrKey::OriginatorKey(theirs) = &info.originator else { return Err(way) };
    let shared_info = || -> Result<Vec<u8>, der::Error> {
        let supp_pub_info = OctetString::new(256_u32.to_be_bytes())?;
        SharedInfo { key_info: wrapping, supp_pub_info }.to_der()
    };
    let shared_info = shared_info().map_err(|_| OpenRefused::Malformed)?;
    let algorithm = if kind == RecipientKey::P384 { &ECDH_P384 } else { &ECDH_P256 };
    let theirs = UnparsedPublicKey::new(algorithm, theirs.public_key.raw_bytes());
    let kek = agree(key, theirs, OpenRefused::Damaged, |shared| Ok(derive(shared, &shared_info)))?;
    let mut out = Zeroizing::new([0; 32]);
    let kek = AesKek::new(&AES_256, kek.as_ref()).map_err(|_| OpenRefused::Damaged)?;
    let opened = kek.unwrap(wrapped, out.as_mut()).map_err(|_| OpenRefused::Damaged)?;
    if opened.len() == 32 { Ok(out) } else { Err(OpenRefused::Damaged) }
}
