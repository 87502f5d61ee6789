//! Proofs from the published files.
use super::{LogFiles, ProofError, Published, Publisher};
use crate::{JournalError, Opened, Opening, Part};
use dancu_tlog::Hash;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::proof::{BuildError, HashReader, consistency_proof, inclusion_proof};
use dancu_tlog::proof_file::{self, ContextProof, Extra};
use dancu_tlog::tile::{Tile, TileError, TileReader};
use dancu_tlog::tlog_proof::TlogProof;
use std::collections::BTreeMap;

impl Publisher {
    /// Proof that an entry stands in the log, as docs/journal-format.md lays it out, with the personal parts named and
    /// of the others their commitments: against the newest checkpoint with a quorum of witnesses if it covers the
    /// entry, otherwise against the newest. Blocks.
    pub fn proof(&self, index: u64, disclose: &[Part]) -> Result<String, ProofError> {
        self.proofs(&[(index, disclose)])?.pop().ok_or(ProofError::NoEntry)
    }

    /// Proofs of several entries against one checkpoint, as [`Publisher::proof`] gives them. Blocks.
    pub fn proofs(&self, wanted: &[(u64, &[Part])]) -> Result<Vec<String>, ProofError> {
        let size = |of: &SignedCheckpoint| of.checkpoint().head().size;
        let Published { newest, witnessed, .. } = self.published().borrow().clone();
        let covers = |size: u64| wanted.iter().all(|(index, _)| *index < size);
        let checkpoint = witnessed.filter(|witnessed| covers(size(witnessed))).unwrap_or(newest);
        self.proofs_under(&checkpoint, wanted)
    }

    /// The newest checkpoint that somebody believes who demands what the policy demands: with a quorum of witnesses where
    /// it names any. None where there is none yet.
    pub fn believed(&self) -> Option<SignedCheckpoint> {
        let now = self.published().borrow().clone();
        if self.policy().quorum().is_some() { now.witnessed } else { Some(now.newest) }
    }

    /// Proofs of several entries under a checkpoint of this log, as [`Publisher::proof`] gives them, so that several calls
    /// give proofs that fit together. Blocks.
    pub fn proofs_under(
        &self,
        checkpoint: &SignedCheckpoint,
        wanted: &[(u64, &[Part])],
    ) -> Result<Vec<String>, ProofError> {
        let size = checkpoint.checkpoint().head().size;
        let mut tiles = reader(self.files(), size);
        wanted.iter().map(|(index, disclose)| self.prove(*index, disclose, checkpoint, &mut tiles)).collect()
    }

    fn prove<R: HashReader<Error = TileError<ProofError>>>(
        &self,
        index: u64,
        disclose: &[Part],
        checkpoint: &SignedCheckpoint,
        mut tiles: &mut R,
    ) -> Result<String, ProofError> {
        let stored = self.journal().read_stored(index, 1)?.pop().ok_or(ProofError::NoEntry)?;
        let entry = self.journal().open_stored(stored)?;
        let size = checkpoint.checkpoint().head().size;
        if index >= size {
            return Err(ProofError::NotYet { published: size });
        }
        let path = inclusion_proof(&mut tiles, index, size).map_err(failed)?;
        let context = match entry.context {
            Some((index, entry)) => Some(ContextProof {
                index,
                entry,
                path: inclusion_proof(&mut tiles, index, size).map_err(failed)?,
            }),
            None => None,
        };
        let parts = parts(&entry.opening, disclose)?;
        let extra = Some(Extra { entry: entry.encoded, parts, context }.encode());
        Ok(TlogProof { extra, index, path, checkpoint: checkpoint.clone() }.to_string())
    }

    /// Proof that the tree of `old` leaves begins the tree of `new`, which must be published. Blocks.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ProofError> {
        let published = self.published().borrow().size();
        if old > new || new > published {
            return Err(ProofError::Sizes { published });
        }
        consistency_proof(&mut reader(self.files(), new), old, new).map_err(failed)
    }
}

/// Reads hashes of the tree of this size from its tiles.
fn reader(
    files: &LogFiles,
    size: u64,
) -> TileReader<impl FnMut(Tile) -> Result<Vec<u8>, ProofError> + use<'_>> {
    TileReader::new(size, |tile| files.tile(tile)?.ok_or(ProofError::Tile))
}

fn failed(error: BuildError<TileError<ProofError>>) -> ProofError {
    match error {
        BuildError::Reader(TileError::Source(error)) => error,
        _ => ProofError::Tile,
    }
}

/// The parts as they are shown: those that are not to be disclosed by their commitments. None when there are none, or when
/// the key of their month is gone and with it the commitments.
fn parts(
    opening: &Opening,
    disclose: &[Part],
) -> Result<Option<BTreeMap<u8, proof_file::Part>>, JournalError> {
    let shown = |(part, opened): (&Part, &Opened)| {
        let shown = match opened {
            Opened::Value { salt, value } if disclose.contains(part) => {
                proof_file::Part::Shown { salt: *salt, value: value.clone() }
            }
            closed => proof_file::Part::Closed(closed.commitment(*part)?),
        };
        Ok((part.label(), shown))
    };
    let parts: BTreeMap<_, _> = opening.iter().map(shown).collect::<Result<_, JournalError>>()?;
    Ok((!parts.is_empty()).then_some(parts))
}
