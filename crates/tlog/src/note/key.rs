//! Keys of signed notes.
use super::Verified;
use crate::{cosignature, standard64};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use std::fmt::{self, Debug, Display, Formatter};
use std::str::FromStr;

/// What a key signs and how (C2SP signed-note, "Signature types"). The others of that list are kept but not checked here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// `0x01`: Ed25519 over the text of the note
    Ed25519,
    /// `0x04`: Ed25519 over a time and the text, by a witness (C2SP tlog-cosignature)
    CosignatureV1,
}

impl SignatureType {
    /// The byte that stands for it in keys and key ids.
    pub fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::CosignatureV1].into_iter().find(|known| known.byte() == byte)
    }
}

/// Short id of a key, eight hexadecimal digits: together with the name it tells which key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl KeyId {
    /// `SHA-256(name || 0x0A || type || public key)[:4]` (C2SP signed-note, "Signatures").
    pub fn compute(name: &str, signature_type: SignatureType, public: &[u8; 32]) -> Self {
        let named = [name.as_bytes(), b"\n", &[signature_type.byte()], public].concat();
        let hash = digest(&SHA256, &named);
        Self(hash.as_ref().first_chunk().map_or(0, |first| u32::from_be_bytes(*first)))
    }

    fn parse(text: &str) -> Option<Self> {
        let lower_hex = text.len() == 8 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if lower_hex { u32::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl Display for KeyId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// not `name+id+base64`, or of the wrong length
    #[error("the key is malformed")]
    Malformed,
    /// empty, or with a space, a plus or a control character
    #[error("the name of the key is not allowed")]
    Name,
    /// neither `0x01` nor `0x04`
    #[error("the key is for a type of signature that is not known here")]
    UnknownType,
    /// the id is not the one that name and key give
    #[error("the id belongs to another key or another name")]
    WrongId,
}

/// A public key with its name: who is trusted. Displayed and parsed as `name+id+base64(type || key)`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    signature_type: SignatureType,
    public: [u8; 32],
}

impl VerifierKey {
    /// A key by its parts.
    pub fn new(name: &str, signature_type: SignatureType, public: [u8; 32]) -> Result<Self, KeyRefused> {
        if !is_key_name(name) {
            return Err(KeyRefused::Name);
        }
        let id = KeyId::compute(name, signature_type, &public);
        Ok(Self { name: name.to_owned(), id, signature_type, public })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What it signs and how.
    pub fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The Ed25519 public key (RFC 8032).
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Checks a signature over a text.
    pub(crate) fn check(&self, text: &[u8], signature: &[u8]) -> Option<Verified<'_>> {
        let (valid, time_s) = match self.signature_type {
            SignatureType::Ed25519 => (self.check_ed25519(text, signature), None),
            SignatureType::CosignatureV1 => {
                let (time_s, signature) = cosignature::split(signature)?;
                (self.check_ed25519(&cosignature::message(time_s, text), signature), Some(time_s))
            }
        };
        valid.then_some(Verified { key: self, time_s })
    }

    fn check_ed25519(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(message, signature).is_ok()
    }
}

impl FromStr for VerifierKey {
    type Err = KeyRefused;

    fn from_str(text: &str) -> Result<Self, KeyRefused> {
        let (name, id, signature_type, public) = parse_key(text)?;
        let key = Self::new(name, signature_type, public)?;
        if key.id == id { Ok(key) } else { Err(KeyRefused::WrongId) }
    }
}

impl Display for VerifierKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let typed = [&[self.signature_type.byte()], self.public.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, standard64::encode(&typed))
    }
}

impl Debug for VerifierKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// The common form of both kinds of keys: `name+id+base64(type || 32 bytes)`.
pub(super) fn parse_key(text: &str) -> Result<(&str, KeyId, SignatureType, [u8; 32]), KeyRefused> {
    let (name, rest) = text.split_once('+').ok_or(KeyRefused::Malformed)?;
    let (id, typed) = rest.split_once('+').ok_or(KeyRefused::Malformed)?;
    let id = KeyId::parse(id).ok_or(KeyRefused::Malformed)?;
    let typed = zeroize::Zeroizing::new(standard64::decode(typed).ok_or(KeyRefused::Malformed)?);
    let (first, key) = typed.split_first().ok_or(KeyRefused::Malformed)?;
    let signature_type = SignatureType::of(*first).ok_or(KeyRefused::UnknownType)?;
    Ok((name, id, signature_type, key.try_into().map_err(|_| KeyRefused::Malformed)?))
}

/// Non-empty, without Unicode spaces, pluses (C2SP signed-note, "Format") and control characters.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+' || c < ' ')
}
