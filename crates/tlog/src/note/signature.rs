//! Signature lines of a note.
use super::key::is_key_name;
use super::{KeyId, MAX_SIGNATURES, NoteRefused, VerifierKey};
use crate::standard64;
use std::fmt::{self, Display, Formatter};

/// One signature line, without its newline: `— name base64(key id || signature)` (C2SP signed-note, "Format").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl NoteSignature {
    pub(super) fn by(key: &VerifierKey, bytes: Vec<u8>) -> Self {
        Self { name: key.name().to_owned(), id: key.id(), bytes }
    }

    /// Reads signature lines, one at least, each with its newline: the end of a note, or a witness's answer (C2SP
    /// tlog-witness, "add-checkpoint").
    pub fn parse_lines(lines: &str) -> Result<Vec<Self>, NoteRefused> {
        let lines = lines.strip_suffix('\n').ok_or(NoteRefused::Malformed)?;
        if lines.split('\n').nth(MAX_SIGNATURES).is_some() {
            return Err(NoteRefused::TooLarge);
        }
        lines.split('\n').map(|line| Self::parse(line).ok_or(NoteRefused::SignatureLine)).collect()
    }

    /// The lines as they stand at the end of a note.
    pub fn lines(signatures: &[Self]) -> String {
        signatures.iter().flat_map(|signature| [signature.to_string(), "\n".to_owned()]).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let signature = standard64::decode(encoded)?;
        let (id, bytes) = signature.split_first_chunk()?;
        let complete = is_key_name(name) && !bytes.is_empty();
        complete.then(|| Self {
            name: name.to_owned(),
            id: KeyId(u32::from_be_bytes(*id)),
            bytes: bytes.to_vec(),
        })
    }

    /// The name of the key, as claimed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key, as claimed.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The signature after the key id.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it claims to be by this key.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

impl Display for NoteSignature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let identified = [&self.id.0.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "— {} {}", self.name, standard64::encode(&identified))
    }
}
