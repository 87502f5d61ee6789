//! Signed notes: a text with signature lines under it (C2SP signed-note).
mod key;
mod signature;
mod signer;

pub use key::{KeyId, KeyRefused, SignatureType, VerifierKey};
pub use signature::NoteSignature;
pub use signer::{SignerKey, WrongType};

use std::fmt::{self, Display, Formatter};

/// Bytes of the largest note that is read: room for 100 signatures of a post-quantum kind.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

/// Signature lines of a note that is read; the text demands 16 at least ("Format").
pub const MAX_SIGNATURES: usize = 100;

/// A text and the signatures under it, at least one. Displayed as the signed note.
///
/// What is parsed is not yet believed: see [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// Why bytes are no signed note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteRefused {
    /// more bytes or more signatures than are read
    #[error("the note is too large")]
    TooLarge,
    /// not UTF-8, or with a control character other than newline
    #[error("the note has bytes that are not text")]
    NotText,
    /// no text, no blank line, or no newline at the end
    #[error("the note is not a text, a blank line and signature lines")]
    Malformed,
    /// a line after the blank line is not a signature
    #[error("a signature line is malformed")]
    SignatureLine,
}

/// Why a note is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// no signature is by a key that is trusted here
    #[error("no trusted key signed the note")]
    NoTrustedKey,
    /// a signature by a trusted key is wrong
    #[error("a signature by a trusted key does not verify")]
    BadSignature,
    /// two trusted keys have one name and one id, so that the signature's key is not known
    #[error("two trusted keys share name and id")]
    AmbiguousKey,
}

/// A signature that verified.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'k> {
    /// whose it is
    pub key: &'k VerifierKey,
    /// for a cosignature, the second since the epoch at which the cosigner says it signed
    pub time_s: Option<u64>,
}

impl Note {
    /// Signs a text. The text is lines, so it ends with a newline, and has no control character but newlines.
    pub fn sign(text: impl Into<String>, signer: &SignerKey) -> Result<Self, SignError> {
        let text = text.into();
        check_text(&text).map_err(|_| SignError::Text)?;
        let signature = signer.sign(text.as_bytes())?;
        Ok(Self { text, signatures: vec![signature] })
    }

    /// Reads a signed note ("Format"). Signatures by keys unknown here, or of unknown types, are kept.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteRefused> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteRefused::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteRefused::NotText)?;
        if note.bytes().any(is_forbidden) {
            return Err(NoteRefused::NotText);
        }
        // The last blank line separates: the text may have blank lines of its own.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteRefused::Malformed)?;
        let signatures = NoteSignature::parse_lines(signatures)?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The signed text, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, known or not, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line, unless the same line is there already.
    pub fn add(&mut self, signature: NoteSignature) {
        if !self.signatures.contains(&signature) {
            self.signatures.push(signature);
        }
    }

    /// Checks the note against the trusted keys ("Signatures").
    ///
    /// Signatures by other keys are passed over. One wrong signature by a trusted key condemns the note, and so does
    /// having none. Each key that signed is given once, with its first signature.
    pub fn verify<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, Unverified> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            let mut matching = trusted.iter().filter(|key| signature.is_by(key));
            let Some(key) = matching.next() else { continue };
            if matching.any(|other| other != key) {
                return Err(Unverified::AmbiguousKey);
            }
            let good = key.check(self.text.as_bytes(), signature.bytes()).ok_or(Unverified::BadSignature)?;
            if !verified.iter().any(|earlier| earlier.key == key) {
                verified.push(good);
            }
        }
        if verified.is_empty() { Err(Unverified::NoTrustedKey) } else { Ok(verified) }
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.text, NoteSignature::lines(&self.signatures))
    }
}

/// Why a text was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// empty, without a newline at the end, or with a control character
    #[error("the text is not lines of text")]
    Text,
    /// the key is for another type of signature
    #[error(transparent)]
    WrongType(#[from] WrongType),
}

fn check_text(text: &str) -> Result<(), NoteRefused> {
    if text.bytes().any(is_forbidden) {
        Err(NoteRefused::NotText)
    } else if text.ends_with('\n') {
        Ok(())
    } else {
        Err(NoteRefused::Malformed)
    }
}

/// ASCII control characters other than newline ("Format").
fn is_forbidden(byte: u8) -> bool {
    byte < b' ' && byte != b'\n'
}
