//! The verifier of the journal: a whole log, the proof of one entry, a person's history. It needs the files and the key
//! file, nothing else; `docs/journal-format.md` says what it checks.
mod blobs;
mod folder;
mod history;
mod memory;

use anyhow::Context as _;
use dancu_tlog::audit::{self, AuditError, Report};
use dancu_tlog::policy::Policy;
use dancu_tlog::proof_file::{self, EntryProof};
use std::path::Path;

/// How often a log that grows while it is read is read again.
const TRIES: u32 = 5;

/// Reads a key file.
pub fn policy(path: &Path) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.parse().map_err(|refused| anyhow::anyhow!("{}: {refused}", path.display()))
}

/// Verifies the log in a folder, and remembers the largest checkpoint in a file. Gives what there is to say.
pub fn log(dir: &Path, policy: &Policy, memory: &Path) -> anyhow::Result<Vec<String>> {
    anyhow::ensure!(dir.is_dir(), "{} is not a folder", dir.display());
    let seen = memory::recall(memory, policy)?;
    let report = living(dir, policy, seen.as_ref())?;
    let mut words = vec![words_of(&report)];
    if !report.unsigned.is_empty() {
        words.push(format!("{} files beyond the checkpoint are not signed yet", report.unsigned.len()));
    }
    let larger = seen.is_none_or(|seen| report.head().size > seen.head.size);
    if larger && memory::remember(memory, &report.memory()).is_err() {
        let path = memory.display();
        words.push(format!(
            "warning: {path} cannot be written: an older state put back later will not be noticed"
        ));
    }
    Ok(words)
}

/// Verifies a whole log where nobody writes. Gives what there is to say.
pub fn whole(files: &dancu_storage::blob::Blobs, policy: &Policy) -> anyhow::Result<String> {
    match audit::verify(&blobs::Stored(files.clone()), policy, None) {
        Ok(report) => Ok(words_of(&report)),
        Err(AuditError::Dishonest(fault)) => Err(fault.into()),
        Err(AuditError::Files { path, error }) => Err(anyhow::Error::from(error).context(path)),
    }
}

/// A log that grows while it is read may lose a partial file meanwhile: it is then read again.
fn living(dir: &Path, policy: &Policy, seen: Option<&audit::Memory>) -> anyhow::Result<Report> {
    let mut left = TRIES;
    loop {
        let files = folder::Folder(dir.to_owned());
        let before = std::fs::read(dir.join(audit::CHECKPOINT)).ok();
        left -= 1;
        match audit::verify(&files, policy, seen) {
            Ok(report) => return Ok(report),
            Err(AuditError::Dishonest(fault)) => {
                let grows = std::fs::read(dir.join(audit::CHECKPOINT)).ok() != before;
                if left == 0 || !grows {
                    return Err(fault.into());
                }
            }
            Err(AuditError::Files { path, error }) => return Err(anyhow::Error::from(error).context(path)),
        }
    }
}

fn words_of(report: &Report) -> String {
    let size = report.head().size;
    let witnessed = report.witnessed.as_ref().map_or(0, |witnessed| witnessed.head().size);
    format!("honest: {size} entries, {witnessed} of them witnessed")
}

/// Verifies the proof of one entry.
pub fn proof(path: &Path, policy: &Policy) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    let proved = proof_file::verify(&text, policy)?;
    let size = proved.checkpoint.head().size;
    let mut words = vec![format!("proved: entry {} of a log of {size} entries", proved.index)];
    words.extend(without_parts(&[proved]));
    Ok(words)
}

/// Verifies a person's history.
pub fn history(path: &Path, policy: &Policy) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    let history = history::read(&text)?;
    let proved = history.verify(policy)?;
    let mut words = vec![format!(
        "complete: {} entries about the person among the first {} of the log; {} of them shown and proved",
        history.count,
        proved.covered,
        proved.entries.len()
    )];
    words.extend(without_parts(&proved.entries));
    Ok(words)
}

/// How many entries have personal parts of which their proofs show nothing.
fn without_parts(proofs: &[EntryProof]) -> Option<String> {
    let gone = proofs.iter().filter(|proof| proof.parts_gone).count();
    (gone > 0).then(|| format!("the personal parts of {gone} entries are not shown: their time is over"))
}
