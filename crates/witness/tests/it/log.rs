//! Logs to be witnessed, honest ones and others.
use crate::{ORIGIN, log_key};
use dancu_tlog::checkpoint::{Checkpoint, SignedCheckpoint, TreeHead};
use dancu_tlog::note::{Note, NoteSignature};
use dancu_tlog::proof::{LeafReader, consistency_proof};
use dancu_tlog::witness::AddCheckpoint;
use dancu_tlog::{Hash, leaf_hash, root};
use dancu_witness::client::{Log, LogError};
use std::sync::Mutex;

/// Leaves of a history: all of one letter, from some number on of another.
pub(crate) fn leaves(size: usize, letter: char) -> Vec<Hash> {
    (0..size).map(|number| leaf_hash(format!("{letter}{number}").as_bytes())).collect()
}

pub(crate) fn head(leaves: &[Hash]) -> TreeHead {
    TreeHead { size: leaves.len() as u64, root: root(leaves) }
}

pub(crate) fn signed(head: TreeHead) -> SignedCheckpoint {
    SignedCheckpoint::sign(Checkpoint::new(ORIGIN, head).unwrap(), &log_key()).unwrap()
}

/// What a log with these leaves sends to a witness that it believes to be at `old`.
pub(crate) fn request(leaves: &[Hash], old: u64) -> AddCheckpoint {
    let proof = if old == 0 || old > leaves.len() as u64 {
        Vec::new()
    } else {
        consistency_proof(&mut LeafReader(leaves), old, leaves.len() as u64).unwrap()
    };
    AddCheckpoint { old_size: old, proof, checkpoint: signed(head(leaves)) }
}

/// A log in memory, as the client sees it.
pub(crate) struct MemoryLog {
    pub(crate) leaves: Mutex<Vec<Hash>>,
    pub(crate) stored: Mutex<Vec<(u64, NoteSignature)>>,
    pub(crate) quorum: usize,
}

impl MemoryLog {
    pub(crate) fn new(size: usize, quorum: usize) -> Self {
        Self { leaves: Mutex::new(leaves(size, 'a')), stored: Mutex::default(), quorum }
    }

    pub(crate) fn grow(&self, size: usize) {
        *self.leaves.lock().unwrap() = leaves(size, 'a');
    }
}

impl Log for MemoryLog {
    fn newest(&self) -> Result<Option<SignedCheckpoint>, LogError> {
        let leaves = self.leaves.lock().unwrap();
        Ok((!leaves.is_empty()).then(|| signed(head(&leaves))))
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LogError> {
        let leaves = self.leaves.lock().unwrap();
        consistency_proof(&mut LeafReader(&leaves[..usize::try_from(new).unwrap()]), old, new)
            .map_err(|error| LogError(error.to_string()))
    }

    fn add_cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<bool, LogError> {
        assert!(Note::parse(checkpoint.to_string().as_bytes()).is_ok());
        let size = checkpoint.checkpoint().head().size;
        let mut stored = self.stored.lock().unwrap();
        stored.extend(cosignatures.iter().map(|cosignature| (size, cosignature.clone())));
        Ok(stored.iter().filter(|(of, _)| *of == size).count() >= self.quorum)
    }
}
