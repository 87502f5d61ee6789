//! Proof of one entry in a small text file that is checked offline (C2SP tlog-proof).
use crate::checkpoint::{SignedCheckpoint, SignedRefused};
use crate::policy::{NotAccepted, Opened, Policy};
use crate::proof::{self, verify_inclusion};
use crate::{Hash, decimal, standard64};
use std::fmt::{self, Display, Formatter};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Bytes of the longest text that is read: room for a note, an entry and a context.
pub const MAX_PROOF_BYTES: usize = 2_000_000;

/// Hashes of the longest path: a tree of 64-bit size has no higher leaf.
pub const MAX_PATH: usize = 64;

/// Index, path and checkpoint, with what the application adds. Displayed as the text.
///
/// What is parsed is not yet believed: see [`TlogProof::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// what the application adds, not authenticated; `None` and empty bytes are the same text
    pub extra: Option<Vec<u8>>,
    /// place of the entry, from 0
    pub index: u64,
    /// inclusion path, from the leaf's sibling upwards
    pub path: Vec<Hash>,
    /// the checkpoint with its cosignatures
    pub checkpoint: SignedCheckpoint,
}

/// Why bytes are no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefused {
    /// more bytes or more hashes than are read
    #[error("the proof is too large")]
    TooLarge,
    /// not UTF-8
    #[error("the proof is not text")]
    NotText,
    /// the first line is another one
    #[error("the first line is not {FIRST_LINE}")]
    FirstLine,
    /// the extra line has no base64, or that of nothing
    #[error("the extra line is malformed")]
    Extra,
    /// no index line, or no decimal number without leading zeroes in it
    #[error("the index line is malformed")]
    Index,
    /// a line of the path is not the base64 of 32 bytes, or no blank line follows
    #[error("a line of the path is malformed")]
    Path,
    /// what follows the blank line is not a signed checkpoint
    #[error(transparent)]
    Checkpoint(#[from] SignedRefused),
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProved {
    /// the checkpoint is not accepted
    #[error(transparent)]
    Checkpoint(#[from] NotAccepted),
    /// too few witnesses
    #[error("the witnesses under the checkpoint do not reach the quorum")]
    Quorum,
    /// the path leads elsewhere
    #[error(transparent)]
    Inclusion(#[from] proof::ProofRefused),
}

impl TlogProof {
    /// Reads a proof, believing nothing. There is one way of writing each.
    pub fn parse(bytes: &[u8]) -> Result<Self, TextRefused> {
        if bytes.len() > MAX_PROOF_BYTES {
            return Err(TextRefused::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TextRefused::NotText)?;
        let rest = text.strip_prefix(FIRST_LINE).and_then(|rest| rest.strip_prefix('\n'));
        let mut rest = rest.ok_or(TextRefused::FirstLine)?;
        let mut extra = None;
        if let Some(line) = rest.strip_prefix("extra ") {
            let (encoded, after) = line.split_once('\n').ok_or(TextRefused::Extra)?;
            let decoded = standard64::decode(encoded).filter(|decoded| !decoded.is_empty());
            extra = Some(decoded.ok_or(TextRefused::Extra)?);
            rest = after;
        }
        let (index, mut rest) =
            rest.strip_prefix("index ").and_then(|line| line.split_once('\n')).ok_or(TextRefused::Index)?;
        let index = decimal::parse(index).ok_or(TextRefused::Index)?;
        let mut path = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(TextRefused::Path)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if path.len() == MAX_PATH {
                return Err(TextRefused::TooLarge);
            }
            path.push(standard64::decode_hash(line).ok_or(TextRefused::Path)?);
        }
        Ok(Self { extra, index, path, checkpoint: SignedCheckpoint::parse(rest.as_bytes())? })
    }

    /// Checks that the entry with this leaf hash is at the index: the checkpoint is accepted by the policy, with a
    /// quorum of witnesses, and the path leads to its root. `extra` is not looked at.
    pub fn verify(&self, leaf: &Hash, policy: &Policy) -> Result<Opened, NotProved> {
        let opened = policy.open(self.checkpoint.clone())?;
        if !opened.quorum {
            return Err(NotProved::Quorum);
        }
        let head = opened.head();
        verify_inclusion(leaf, self.index, head.size, &self.path, &head.root)?;
        Ok(opened)
    }
}

impl Display for TlogProof {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = self.extra.as_ref().filter(|extra| !extra.is_empty()) {
            writeln!(f, "extra {}", standard64::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", standard64::encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
