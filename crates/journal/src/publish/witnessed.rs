//! Gathering cosignatures until a quorum of witnesses stands under a checkpoint.
use super::NotCosigned;
use super::files::{LogFiles, WITNESSED};
use dancu_storage::blob::{BlobError, Blobs};
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::NoteSignature;
use dancu_tlog::policy::{Opened, Policy, strict_open};
use std::sync::{Mutex, PoisonError};

/// Cosignatures that have come, and the file that a quorum of them makes.
#[derive(Debug)]
pub(super) struct Witnessed {
    files: LogFiles,
    policy: Policy,
    /// The newest checkpoint that has cosignatures, with all of them
    gathered: Mutex<Option<SignedCheckpoint>>,
    /// What the file says, as far as it is known here
    newest: Mutex<Option<SignedCheckpoint>>,
    /// What the file said when it was last refused, so that it is complained of once
    refused: Mutex<Vec<u8>>,
}

impl Witnessed {
    pub(super) fn new(files: LogFiles, policy: Policy) -> Self {
        Self {
            files,
            policy,
            gathered: Mutex::new(None),
            newest: Mutex::new(None),
            refused: Mutex::default(),
        }
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Adds cosignatures under a checkpoint of this log to those that it has. Tells whether they reach the quorum; if so,
    /// the file says so too, unless it is about a newer checkpoint.
    pub(super) fn add(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<bool, NotCosigned> {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = gathered.as_ref().filter(|earlier| is_same(earlier, checkpoint));
        let mut signed = earlier.unwrap_or(checkpoint).clone();
        add_new(&mut signed, cosignatures);
        let opened = self.policy.open(signed)?;
        let newest = gathered.as_ref().map_or(0, |newest| newest.checkpoint().head().size);
        if opened.head().size >= newest {
            *gathered = Some(opened.signed.clone());
        }
        if opened.quorum && self.policy.quorum().is_some() {
            self.store(&opened)?;
        }
        Ok(opened.quorum)
    }

    /// The newest checkpoint with a quorum, as far as it is known here.
    pub(super) fn newest(&self) -> Option<SignedCheckpoint> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Witnesses that have cosigned a checkpoint, as far as it is known here.
    pub(super) fn count(&self, checkpoint: &SignedCheckpoint) -> u32 {
        let gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let known = gathered.as_ref().filter(|known| is_same(known, checkpoint));
        let opened = known.and_then(|known| self.policy.open(known.clone()).ok());
        opened.map_or(0, |opened| u32::try_from(opened.cosigners.len()).unwrap_or(u32::MAX))
    }

    /// Looks at the file, which other servers write too.
    pub(super) fn refresh(&self) -> Result<(), BlobError> {
        let Some(bytes) = self.files.witnessed()? else { return Ok(()) };
        match strict_open(&bytes, &self.policy) {
            Ok(opened) if opened.quorum => self.learn(&opened.signed),
            Ok(_) => self.complain(bytes, "it has no quorum by the policy of this server"),
            Err(error) => self.complain(bytes, &error.to_string()),
        }
        Ok(())
    }

    /// As after a change of witnesses, until the new ones have cosigned.
    fn complain(&self, bytes: Vec<u8>, why: &str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if *refused != bytes {
            tracing::warn!(why, "the witnessed checkpoint is not accepted");
            *refused = bytes;
        }
    }

    fn learn(&self, signed: &SignedCheckpoint) {
        let size = |of: &SignedCheckpoint| of.checkpoint().head().size;
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_none_or(|known| size(known) <= size(signed)) {
            *newest = Some(signed.clone());
        }
    }

    /// Replaces the file, if it is about an earlier checkpoint, or about this one with fewer witnesses.
    fn store(&self, new: &Opened) -> Result<(), NotCosigned> {
        loop {
            let old = self.blobs().get(WITNESSED)?;
            let known = old.as_deref().and_then(|bytes| strict_open(bytes, &self.policy).ok());
            let mut new = new.signed.clone();
            if let Some(known) = &known {
                let (size, new_size) = (known.head().size, new.checkpoint().head().size);
                if size > new_size {
                    self.learn(&known.signed);
                    return Ok(());
                }
                if is_same(&known.signed, &new) {
                    // Several servers ask, each some witnesses more.
                    add_new(&mut new, known.signed.note().signatures());
                }
            }
            let bytes = new.to_string().into_bytes();
            let is_there = old.as_ref() == Some(&bytes);
            if is_there || self.blobs().swap(WITNESSED, old.as_deref(), &bytes)? {
                self.learn(&new);
                return Ok(());
            }
        }
    }

    fn blobs(&self) -> &Blobs {
        self.files.blobs()
    }
}

fn is_same(one: &SignedCheckpoint, other: &SignedCheckpoint) -> bool {
    one.note().text() == other.note().text()
}

/// Adds signatures by keys that have not signed yet.
fn add_new(to: &mut SignedCheckpoint, signatures: &[NoteSignature]) {
    for signature in signatures {
        let by_same =
            |other: &NoteSignature| other.name() == signature.name() && other.id() == signature.id();
        if !to.note().signatures().iter().any(by_same) {
            to.add(signature.clone());
        }
    }
}
