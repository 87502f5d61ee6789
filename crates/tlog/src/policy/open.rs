//! Checkpoints held against a policy, without any slack.
use super::Policy;
use crate::checkpoint::{Checkpoint, SignedCheckpoint, SignedRefused, TreeHead};
use crate::note::{NoteSignature, Verified};

/// A checkpoint that is signed by a log of the policy, and by nobody whom the policy does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// the checkpoint, with all its signatures
    pub signed: SignedCheckpoint,
    /// the witnesses under it, in the order of the lines
    pub cosigners: Vec<Cosigner>,
    /// whether these reach the quorum
    pub quorum: bool,
}

impl Opened {
    /// What the log says.
    pub fn checkpoint(&self) -> &Checkpoint {
        self.signed.checkpoint()
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.signed.checkpoint().head()
    }
}

/// A witness that cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigner {
    /// its name in the policy
    pub name: String,
    /// when, as it says: seconds since the epoch
    pub time_s: u64,
}

/// Why a checkpoint is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// not a signed checkpoint
    #[error(transparent)]
    Refused(#[from] SignedRefused),
    /// no log of the policy has this origin
    #[error("the checkpoint is of a log that the policy does not name")]
    Origin,
    /// a signature line by a key that the policy does not name
    #[error("signature line {0} is by a key that the policy does not name")]
    UnknownKey(usize),
    /// a signature by a log of another origin
    #[error("signature line {0} is by another log")]
    OtherLog(usize),
    /// two lines by one key, or two logs' signatures
    #[error("signature line {0} is by somebody who signed before")]
    SignedTwice(usize),
    /// a signature that does not verify
    #[error("signature line {0} does not verify")]
    BadSignature(usize),
    /// no signature by the log
    #[error("the log did not sign the checkpoint")]
    NotSigned,
}

/// Reads a checkpoint and holds it against the policy: its origin is a log's, that log signed it exactly once, every
/// other line is a good signature by a witness of the policy, each at most once.
///
/// Whether the witnesses reach the quorum is told, not demanded. Lines are counted from 1.
pub fn strict_open(bytes: &[u8], policy: &Policy) -> Result<Opened, NotAccepted> {
    policy.open(SignedCheckpoint::parse(bytes)?)
}

impl Policy {
    /// As [`strict_open`], for a checkpoint that is parsed already.
    pub fn open(&self, signed: SignedCheckpoint) -> Result<Opened, NotAccepted> {
        let origin = signed.checkpoint().origin();
        if !self.logs.iter().any(|log| log.key.name() == origin) {
            return Err(NotAccepted::Origin);
        }
        let mut by_log = false;
        let mut cosigners: Vec<Cosigner> = Vec::new();
        let text = signed.note().text().as_bytes();
        for (signature, line) in signed.note().signatures().iter().zip(1..) {
            let (cosigner, Verified { key, time_s }) = self.check(text, signature, line)?;
            match (cosigner, time_s) {
                (None, _) if key.name() != origin => return Err(NotAccepted::OtherLog(line)),
                (None, _) if by_log => return Err(NotAccepted::SignedTwice(line)),
                (None, _) => by_log = true,
                (Some(name), _) if cosigners.iter().any(|earlier| earlier.name == name) => {
                    return Err(NotAccepted::SignedTwice(line));
                }
                (Some(name), time_s) => {
                    cosigners.push(Cosigner { name: name.to_owned(), time_s: time_s.unwrap_or_default() });
                }
            }
        }
        if !by_log {
            return Err(NotAccepted::NotSigned);
        }
        let quorum = self.is_met(cosigners.iter().map(|cosigner| cosigner.name.as_str()));
        Ok(Opened { signed, cosigners, quorum })
    }

    /// Whose signature it is, with the name in the policy if it is a witness's.
    fn check(
        &self,
        text: &[u8],
        signature: &NoteSignature,
        line: usize,
    ) -> Result<(Option<&str>, Verified<'_>), NotAccepted> {
        let logs = self.logs.iter().map(|log| (None, &log.key));
        let witnesses = self.witnesses.iter().map(|witness| (Some(witness.name.as_str()), &witness.key));
        let (name, key) = logs
            .chain(witnesses)
            .find(|(_, key)| signature.is_by(key))
            .ok_or(NotAccepted::UnknownKey(line))?;
        Ok((name, key.check(text, signature.bytes()).ok_or(NotAccepted::BadSignature(line))?))
    }
}
