//! Is a whole log honest? Rules 1 to 6 of `docs/journal-format.md`, "Whole log".
//!
//! One pass over the bundles, in order; at any time one bundle, one tile and the right edge are in memory, and the numbers
//! of the contexts. Every tile is computed anew from the entries and compared byte for byte. Nothing here shows what is in
//! an entry.
mod fault;
mod leaves;
mod others;

pub use fault::{AuditError, Fault};

use crate::checkpoint::TreeHead;
use crate::policy::{NotAccepted, Opened, Policy, strict_open};
use leaves::Leaves;

/// Path of the newest checkpoint.
pub const CHECKPOINT: &str = "checkpoint";

/// Path of the newest checkpoint that a quorum of witnesses has cosigned.
pub const WITNESSED: &str = "witnessed";

/// The files of a log. Paths are relative to its folder, with slashes.
pub trait Files {
    /// Why a file or the list could not be read.
    type Error;

    /// The paths of all files, in any order; of what is neither a file nor a folder too.
    ///
    /// A list longer than memory can be given as it is read.
    fn list(&self) -> Result<impl Iterator<Item = Result<String, Self::Error>>, Self::Error>;

    /// A file's bytes; `None` if there is no such file.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// The largest checkpoint that the verifier has accepted for a log. Its keeper is the caller.
///
/// Kept as it was signed: [`Report::memory`] gives the text, [`Memory::read`] takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// which log
    pub origin: String,
    /// its size and root
    pub head: TreeHead,
}

impl Memory {
    /// From the text of an earlier report, which has to be signed as the policy demands.
    pub fn read(text: &[u8], policy: &Policy) -> Result<Self, NotAccepted> {
        let opened = strict_open(text, policy)?;
        Ok(Self { origin: opened.checkpoint().origin().to_owned(), head: opened.head() })
    }
}

/// An honest log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// the newest checkpoint
    pub checkpoint: Opened,
    /// the newest one that a quorum of witnesses has cosigned
    pub witnessed: Option<Opened>,
    /// entries that are contexts
    pub contexts: u64,
    /// tiles and bundles read and found as they have to be
    pub checked: u64,
    /// narrower partial tiles and bundles that wider ones have replaced
    pub replaced: u64,
    /// paths of tiles and bundles beyond the checkpoint: not signed yet, so nothing is said of them
    pub unsigned: Vec<String>,
}

impl Report {
    /// Size and root of the log.
    pub fn head(&self) -> TreeHead {
        self.checkpoint.head()
    }

    /// What to remember for [`Memory::read`]. It is never below what was remembered: a smaller log is refused.
    pub fn memory(&self) -> String {
        self.checkpoint.signed.to_string()
    }
}

/// Verifies a whole log against a policy with one log, and against what was accepted of it before.
pub fn verify<F: Files>(
    files: &F,
    policy: &Policy,
    seen: Option<&Memory>,
) -> Result<Report, AuditError<F::Error>> {
    if policy.logs().len() != 1 {
        return Err(Fault::Policy.into());
    }
    // First: a log that is alive moves its checkpoint on, never back.
    let witnessed = open(files, policy, WITNESSED)?;
    let checkpoint = open(files, policy, CHECKPOINT)?.ok_or_else(|| Fault::missing(CHECKPOINT))?;
    expect_witnesses(policy, &checkpoint, witnessed.as_ref())?;
    expect_seen(&checkpoint, seen)?;
    let size = checkpoint.head().size;

    let mut leaves = Leaves::of(files, size);
    let mut earlier: Vec<(TreeHead, Fault)> = Vec::new();
    earlier.extend(witnessed.iter().map(|witnessed| (witnessed.head(), Fault::WitnessedRoot)));
    earlier.extend(seen.map(|seen| (seen.head, Fault::SeenRoot { size: seen.head.size })));
    earlier.push((checkpoint.head(), Fault::Root));
    earlier.sort_by_key(|(head, _)| head.size);
    for (head, fault) in earlier {
        if leaves.root_at(head.size)? != head.root {
            return Err(fault.into());
        }
    }
    let (contexts, mut checked) = leaves.finish()?;
    checked += 1 + u64::from(witnessed.is_some());
    let (replaced, unsigned) = others::look_at(files, size)?;
    Ok(Report { checkpoint, witnessed, contexts, checked, replaced, unsigned })
}

/// Rule 1.
fn open<F: Files>(
    files: &F,
    policy: &Policy,
    path: &'static str,
) -> Result<Option<Opened>, AuditError<F::Error>> {
    let Some(bytes) = read(files, path)? else { return Ok(None) };
    let opened = strict_open(&bytes, policy).map_err(|refused| Fault::Checkpoint { path, refused })?;
    Ok(Some(opened))
}

/// Rule 5, without the root.
fn expect_witnesses(policy: &Policy, checkpoint: &Opened, witnessed: Option<&Opened>) -> Result<(), Fault> {
    match witnessed {
        Some(witnessed) if !witnessed.quorum => Err(Fault::Quorum),
        Some(witnessed) if witnessed.head().size > checkpoint.head().size => Err(Fault::WitnessedAhead),
        None if policy.quorum().is_some() && checkpoint.head().size > 0 => Err(Fault::missing(WITNESSED)),
        _ => Ok(()),
    }
}

/// Rule 6, without the root.
fn expect_seen(checkpoint: &Opened, seen: Option<&Memory>) -> Result<(), Fault> {
    match seen {
        Some(seen) if seen.origin != checkpoint.checkpoint().origin() => Err(Fault::SeenOrigin),
        Some(seen) if seen.head.size > checkpoint.head().size => {
            Err(Fault::SeenAhead { size: checkpoint.head().size, seen: seen.head.size })
        }
        _ => Ok(()),
    }
}

fn read<F: Files>(files: &F, path: &str) -> Result<Option<Vec<u8>>, AuditError<F::Error>> {
    files.read(path).map_err(|error| AuditError::Files { path: path.to_owned(), error })
}

fn must_read<F: Files>(files: &F, path: &str) -> Result<Vec<u8>, AuditError<F::Error>> {
    Ok(read(files, path)?.ok_or_else(|| Fault::missing(path))?)
}
