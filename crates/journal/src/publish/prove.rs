//! Proofs from the published files.
use super::{LogFiles, ProofError, Published, Publisher};
use crate::{Entry, JournalError, Opened, Opening, Part};
use dancu_tlog::Hash;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::proof::{BuildError, HashReader, consistency_proof, inclusion_proof};
use dancu_tlog::tile::{Tile, TileError, TileReader};
use dancu_tlog::tlog_proof::TlogProof;
use minicbor::encode::{Encoder, Error as EncodeError};
use std::convert::Infallible;

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
        let Published { newest, witnessed } = self.published().borrow().clone();
        let covers = |size: u64| wanted.iter().all(|(index, _)| *index < size);
        let checkpoint = witnessed.filter(|witnessed| covers(size(witnessed))).unwrap_or(newest);
        let mut tiles = reader(self.files(), size(&checkpoint));
        wanted.iter().map(|(index, disclose)| self.prove(*index, disclose, &checkpoint, &mut tiles)).collect()
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
        let context = match &entry.context {
            Some((number, bytes)) => {
                Some((*number, bytes.as_slice(), inclusion_proof(&mut tiles, *number, size).map_err(failed)?))
            }
            None => None,
        };
        let extra = extra(&entry, disclose, context)?;
        Ok(TlogProof { extra: Some(extra), index, path, checkpoint: checkpoint.clone() }.to_string())
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

/// A context's number, bytes and path.
type Context<'a> = (u64, &'a [u8], Vec<Hash>);

/// What a proof of ours says beyond C2SP tlog-proof: the entry, its parts, its context.
fn extra(entry: &Entry, disclose: &[Part], context: Option<Context<'_>>) -> Result<Vec<u8>, ProofError> {
    let mut out = Encoder::new(Vec::with_capacity(1024));
    let parts = parts(&entry.opening, disclose)?;
    // Writing into memory does not fail.
    write(&mut out, entry, &parts, context).map_err(|_| JournalError::Internal("proof not encoded"))?;
    Ok(out.into_writer())
}

/// The parts as they are shown: those that are not to be disclosed by their commitments.
fn parts(opening: &Opening, disclose: &[Part]) -> Result<Opening, JournalError> {
    let shown = |(part, opened): (&Part, &Opened)| {
        let commitment = || opened.commitment(*part).map(Opened::Erased);
        Ok((*part, if disclose.contains(part) { opened.clone() } else { commitment()? }))
    };
    opening.iter().map(shown).collect()
}

fn write(
    out: &mut Encoder<Vec<u8>>,
    entry: &Entry,
    parts: &Opening,
    context: Option<Context<'_>>,
) -> Result<(), EncodeError<Infallible>> {
    let members = 1 + u64::from(!parts.is_empty()) + if context.is_some() { 3 } else { 0 };
    out.map(members)?.u8(1)?.bytes(&entry.encoded)?;
    if !parts.is_empty() {
        out.u8(2)?.map(parts.len() as u64)?;
        for (part, opened) in parts {
            out.u8(part.label())?;
            match opened {
                Opened::Value { salt, value } => out.array(2)?.bytes(salt)?.str(value)?,
                Opened::Erased(commitment) => out.bytes(commitment)?,
            };
        }
    }
    if let Some((number, bytes, path)) = context {
        out.u8(3)?.u64(number)?.u8(4)?.bytes(bytes)?.u8(5)?.array(path.len() as u64)?;
        for hash in path {
            out.bytes(&hash)?;
        }
    }
    Ok(())
}
