//! Checkpoints: what a log commits to at one size (C2SP tlog-checkpoint).
use crate::note::{Note, NoteRefused, NoteSignature, SignError, SignerKey, Unverified, VerifierKey};
use crate::{Hash, decimal, empty_root, standard64};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Size and root of a tree: which log it was, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// how many leaves
    pub size: u64,
    /// root over all of them (RFC 6962 §2.1)
    pub root: Hash,
}

impl TreeHead {
    /// Of a log with no entry.
    pub fn empty() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointRefused {
    /// fewer than three lines, an empty line, or no newline at the end
    #[error("the checkpoint is not three or more lines")]
    Lines,
    /// a line with a control character
    #[error("a line of the checkpoint is not text")]
    NotText,
    /// the second line is not a decimal number without leading zeroes
    #[error("the size in the checkpoint is malformed")]
    Size,
    /// the third line is not the base64 of 32 bytes
    #[error("the root in the checkpoint is malformed")]
    Root,
}

/// The text of a checkpoint: origin, size, root, and extension lines ("Note text"). Displayed as that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines. The origin names the log; it is one line and not empty.
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointRefused> {
        Self::with_extensions(origin, head, Vec::new())
    }

    /// A checkpoint with extension lines, which the text advises against: monitors cannot audit them.
    pub fn with_extensions(
        origin: &str,
        head: TreeHead,
        extensions: Vec<String>,
    ) -> Result<Self, CheckpointRefused> {
        std::iter::once(origin).chain(extensions.iter().map(String::as_str)).try_for_each(check_line)?;
        Ok(Self { origin: origin.to_owned(), head, extensions })
    }

    /// Which log it is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// Lines after the third, of no meaning here.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointRefused;

    fn from_str(text: &str) -> Result<Self, CheckpointRefused> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointRefused::Lines)?.split('\n');
        let mut line = || lines.next().ok_or(CheckpointRefused::Lines);
        let (origin, size, root) = (line()?, line()?, line()?);
        let size = decimal::parse(size).ok_or(CheckpointRefused::Size)?;
        let root = standard64::decode_hash(root).ok_or(CheckpointRefused::Root)?;
        Self::with_extensions(origin, TreeHead { size, root }, lines.map(str::to_owned).collect())
    }
}

impl Display for Checkpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = &self.head;
        write!(f, "{}\n{size}\n{}\n", self.origin, standard64::encode(root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint with the signatures under it. Displayed as the signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why bytes are no signed checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedRefused {
    /// not a signed note
    #[error(transparent)]
    Note(#[from] NoteRefused),
    /// its text is not a checkpoint
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
}

/// Why a checkpoint is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTheLog {
    /// not a signed checkpoint
    #[error(transparent)]
    Refused(#[from] SignedRefused),
    /// of another log
    #[error("the checkpoint is of another log")]
    Origin,
    /// not signed by the log
    #[error(transparent)]
    Unverified(#[from] Unverified),
}

impl SignedCheckpoint {
    /// Signs a checkpoint as its log. The key should have the origin as its name ("Signatures").
    pub fn sign(checkpoint: Checkpoint, signer: &SignerKey) -> Result<Self, SignError> {
        Ok(Self { note: Note::sign(checkpoint.to_string(), signer)?, checkpoint })
    }

    /// Reads a signed checkpoint, believing nothing.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignedRefused> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: note.text().parse()?, note })
    }

    /// Reads a checkpoint and checks that it is of this log and signed by one of the log's keys.
    ///
    /// Give the keys of the log only: a cosignature does not stand in for the log's own signature. For the cosignatures
    /// ask [`Note::verify`] with the witnesses' keys.
    pub fn open(bytes: &[u8], origin: &str, log_keys: &[VerifierKey]) -> Result<Self, NotTheLog> {
        let signed = Self::parse(bytes)?;
        if signed.checkpoint.origin != origin {
            return Err(NotTheLog::Origin);
        }
        signed.note.verify(log_keys)?;
        Ok(signed)
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note: text and signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature line, such as a cosignature.
    pub fn add(&mut self, signature: NoteSignature) {
        self.note.add(signature);
    }
}

impl Display for SignedCheckpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

fn check_line(line: &str) -> Result<(), CheckpointRefused> {
    if line.is_empty() || line.contains('\n') {
        Err(CheckpointRefused::Lines)
    } else if line.bytes().any(|byte| byte < b' ') {
        Err(CheckpointRefused::NotText)
    } else {
        Ok(())
    }
}
