//! Private keys of signed notes.
use super::key::parse_key;
use super::{KeyRefused, NoteSignature, SignatureType, VerifierKey};
use crate::{cosignature, standard64};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use std::fmt::{self, Debug, Formatter};
use std::str::FromStr;
use zeroize::Zeroizing;

const PREFIX: &str = "PRIVATE+KEY+";

/// A private key with its name. Parsed from `PRIVATE+KEY+name+id+base64(type || seed)`, the form of Go's `sumdb/note`.
pub struct SignerKey {
    verifier: VerifierKey,
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
}

/// The key is for another type of signature than the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is for another type of signature")]
pub struct WrongType;

impl SignerKey {
    /// The key that a 32-byte Ed25519 seed gives (RFC 8032 §5.1.5). The seed has to be random and secret.
    pub fn from_seed(name: &str, signature_type: SignatureType, seed: &[u8; 32]) -> Result<Self, KeyRefused> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyRefused::Malformed)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyRefused::Malformed)?;
        let verifier = VerifierKey::new(name, signature_type, public)?;
        Ok(Self { verifier, pair, seed: Zeroizing::new(*seed) })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The text form, secret, wiped when dropped.
    pub fn expose(&self) -> Zeroizing<String> {
        let typed = Zeroizing::new([&[self.verifier.signature_type().byte()], self.seed.as_slice()].concat());
        let encoded = Zeroizing::new(standard64::encode(&typed));
        let (name, id) = (self.verifier.name(), self.verifier.id());
        Zeroizing::new(format!("{PREFIX}{name}+{id}+{}", *encoded))
    }

    /// Signs a text as it is: type `0x01`.
    pub(super) fn sign(&self, text: &[u8]) -> Result<NoteSignature, WrongType> {
        self.expect(SignatureType::Ed25519)?;
        Ok(self.signature(self.pair.sign(text).as_ref().to_vec()))
    }

    /// Signs a text with a time: type `0x04`.
    pub(crate) fn cosign(&self, text: &[u8], time_s: u64) -> Result<NoteSignature, WrongType> {
        self.expect(SignatureType::CosignatureV1)?;
        let signature = self.pair.sign(&cosignature::message(time_s, text));
        Ok(self.signature(cosignature::join(time_s, signature.as_ref())))
    }

    fn expect(&self, signature_type: SignatureType) -> Result<(), WrongType> {
        if self.verifier.signature_type() == signature_type { Ok(()) } else { Err(WrongType) }
    }

    fn signature(&self, bytes: Vec<u8>) -> NoteSignature {
        NoteSignature::by(&self.verifier, bytes)
    }
}

impl FromStr for SignerKey {
    type Err = KeyRefused;

    fn from_str(text: &str) -> Result<Self, KeyRefused> {
        let (name, id, signature_type, seed) =
            parse_key(text.strip_prefix(PREFIX).ok_or(KeyRefused::Malformed)?)?;
        let key = Self::from_seed(name, signature_type, &Zeroizing::new(seed))?;
        if key.verifier.id() == id { Ok(key) } else { Err(KeyRefused::WrongId) }
    }
}

impl Debug for SignerKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, private)", self.verifier)
    }
}
