//! Proof of one entry, checked offline: `docs/journal-format.md`, "Proof of one entry".
//!
//! A [`TlogProof`] whose extra data hold the entry, those of its personal parts that the reader may see, and its context.
mod extra;

pub use extra::{ContextProof, Extra, Part};

use crate::cbor::CborRefused;
use crate::entry::{Entry, EntryRefused, Kind};
use crate::policy::{Opened, Policy};
use crate::proof::{ProofRefused, verify_inclusion};
use crate::tlog_proof::{NotProved, TextRefused, TlogProof};
use crate::{Hash, leaf_hash};
use std::collections::BTreeMap;

/// Label of the part that holds the citizen's number.
pub const SUBJECT: u8 = 5;

/// An entry that is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    /// its number in the log
    pub index: u64,
    /// its leaf hash
    pub leaf: Hash,
    /// the entry, as far as proofs depend on it
    pub entry: Entry,
    /// the entry itself
    pub bytes: Vec<u8>,
    /// its personal parts by label, open or closed: all of them, or none at all
    pub parts: BTreeMap<u8, Part>,
    /// whether it has personal parts of which the proof shows nothing, not even their commitments: their time is over
    pub parts_gone: bool,
    /// number and bytes of its context
    pub context: Option<(u64, Vec<u8>)>,
    /// the checkpoint it is proved by, with the witnesses
    pub checkpoint: Opened,
}

impl EntryProof {
    /// What a part says, if it is shown.
    pub fn shown(&self, label: u8) -> Option<&str> {
        match self.parts.get(&label) {
            Some(Part::Shown { value, .. }) => Some(value),
            _ => None,
        }
    }
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryProofRefused {
    /// not a proof's text
    #[error(transparent)]
    Text(#[from] TextRefused),
    /// no extra data
    #[error("the proof has no extra line")]
    NoExtra,
    /// the extra data are malformed
    #[error("the extra data of the proof: {0}")]
    Extra(#[from] CborRefused),
    /// neither checkpoint nor path hold
    #[error(transparent)]
    NotProved(#[from] NotProved),
    /// not an entry
    #[error("the entry: {0}")]
    Entry(EntryRefused),
    /// an epoch over entries that come after it
    #[error("the epoch covers entries that come after it")]
    Epoch,
    /// other parts than those that the entry commits to, or some left out
    #[error("the personal parts are not those that the entry commits to")]
    Parts,
    /// no context, another one, or one that the entry does not name
    #[error("the context is not the one that the entry names")]
    Context,
    /// the context is not in the log at that place
    #[error("the context: {0}")]
    ContextPath(ProofRefused),
}

/// Checks all of a proof: leaf, path, parts, context with its path, all signatures, the quorum.
pub fn verify(text: &[u8], policy: &Policy) -> Result<EntryProof, EntryProofRefused> {
    let proof = TlogProof::parse(text)?;
    let extra = Extra::decode(proof.extra.as_deref().ok_or(EntryProofRefused::NoExtra)?)?;
    let leaf = leaf_hash(&extra.entry);
    let checkpoint = proof.verify(&leaf, policy)?;
    let entry = Entry::parse(&extra.entry).map_err(EntryProofRefused::Entry)?;
    if matches!(entry.kind, Kind::Epoch(epoch) if epoch.entries > proof.index) {
        return Err(EntryProofRefused::Epoch);
    }
    let parts_root = extra.parts_root();
    if parts_root.is_some() && parts_root != entry.parts {
        return Err(EntryProofRefused::Parts);
    }
    check_context(&extra, &entry, proof.index, &checkpoint)?;
    let Extra { entry: bytes, parts, context } = extra;
    let context = context.map(|context| (context.index, context.entry));
    Ok(EntryProof {
        index: proof.index,
        leaf,
        parts_gone: parts.is_none() && entry.parts.is_some(),
        entry,
        bytes,
        parts: parts.unwrap_or_default(),
        context,
        checkpoint,
    })
}

fn check_context(
    extra: &Extra,
    entry: &Entry,
    index: u64,
    checkpoint: &Opened,
) -> Result<(), EntryProofRefused> {
    if extra.context.as_ref().map(|context| context.index) != entry.context {
        return Err(EntryProofRefused::Context);
    }
    let Some(context) = &extra.context else { return Ok(()) };
    let is_context = Entry::parse(&context.entry).is_ok_and(|entry| entry.kind == Kind::Context);
    if !is_context || context.index >= index {
        return Err(EntryProofRefused::Context);
    }
    let head = checkpoint.head();
    verify_inclusion(&leaf_hash(&context.entry), context.index, head.size, &context.path, &head.root)
        .map_err(EntryProofRefused::ContextPath)
}
