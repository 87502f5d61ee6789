//! The witness's decision, and the request that it decides on (C2SP tlog-witness, "add-checkpoint").
use crate::checkpoint::{SignedCheckpoint, SignedRefused, TreeHead};
use crate::note::VerifierKey;
use crate::proof::verify_consistency;
use crate::{Hash, decimal, standard64};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// Proof lines of the longest request.
pub const MAX_PROOF_LINES: usize = 63;

/// Content type of the answer that tells the size a witness has.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// What a log sends to a witness: a checkpoint, and the proof that it continues the one of `old_size`.
/// Displayed as the body of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// size of the checkpoint that, as the log believes, the witness cosigned last; 0 for none
    pub old_size: u64,
    /// consistency proof from there to the checkpoint
    pub proof: Vec<Hash>,
    /// the checkpoint to cosign
    pub checkpoint: SignedCheckpoint,
}

/// Why a body is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    /// not UTF-8
    #[error("the request is not text")]
    NotText,
    /// the first line is not `old` and a size
    #[error("the old size line is malformed")]
    OldSize,
    /// a proof line is not the base64 of 32 bytes, or no blank line follows
    #[error("a proof line is malformed")]
    Proof,
    /// more than 63 proof lines
    #[error("the proof is too long")]
    TooLong,
    /// what follows the blank line is not a signed checkpoint
    #[error(transparent)]
    Checkpoint(#[from] SignedRefused),
}

impl AddCheckpoint {
    /// Reads the body of a request, believing nothing.
    pub fn parse(body: &[u8]) -> Result<Self, RequestRefused> {
        let body = std::str::from_utf8(body).map_err(|_| RequestRefused::NotText)?;
        let (first, mut rest) = body.split_once('\n').ok_or(RequestRefused::OldSize)?;
        let old_size = first.strip_prefix("old ").and_then(decimal::parse).ok_or(RequestRefused::OldSize)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(RequestRefused::Proof)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() == MAX_PROOF_LINES {
                return Err(RequestRefused::TooLong);
            }
            proof.push(standard64::decode_hash(line).ok_or(RequestRefused::Proof)?);
        }
        Ok(Self { old_size, proof, checkpoint: SignedCheckpoint::parse(rest.as_bytes())? })
    }
}

impl Display for AddCheckpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", standard64::encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The body of the answer to a conflict: the size the witness has.
pub fn size_body(size: u64) -> String {
    format!("{size}\n")
}

/// Reads the body of the answer to a conflict.
pub fn parse_size_body(body: &[u8]) -> Option<u64> {
    std::str::from_utf8(body).ok()?.strip_suffix('\n').and_then(decimal::parse)
}

/// What a witness knows beforehand: the logs it serves, by origin, with their keys.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    logs: BTreeMap<String, Vec<VerifierKey>>,
}

/// What a witness does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// store this as the latest of the log, if the latest has not changed meanwhile; then cosign (200)
    Accept(TreeHead),
    /// the log was mistaken about the witness's latest: tell it the size (409)
    Conflict {
        /// size of the latest cosigned checkpoint
        size: u64,
    },
    /// the log has signed two trees of one size: raise the alarm, keep the request, tell the size (409)
    Fork {
        /// size of both
        size: u64,
    },
    /// cosign nothing
    Refuse(Refusal),
}

/// Why a witness cosigns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// a log that the witness does not serve (404)
    #[error("the log is not known here")]
    UnknownOrigin,
    /// no valid signature by a key of the log, or a wrong one (403)
    #[error("the log did not sign the checkpoint")]
    NotSigned,
    /// the old size is above the checkpoint's (400)
    #[error("the old size is above the size of the checkpoint")]
    OldAboveNew,
    /// the proof does not verify: perhaps a fork, so keep the request (422)
    #[error("the checkpoint is not proved to continue the latest one")]
    NotConsistent,
}

impl Judgement {
    /// Status of the HTTP answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Accept(_) => 200,
            Self::Conflict { .. } | Self::Fork { .. } => 409,
            Self::Refuse(Refusal::UnknownOrigin) => 404,
            Self::Refuse(Refusal::NotSigned) => 403,
            Self::Refuse(Refusal::OldAboveNew) => 400,
            Self::Refuse(Refusal::NotConsistent) => 422,
        }
    }
}

impl Witness {
    /// A witness that serves no log yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves a log: any one of its keys may sign its checkpoints.
    #[must_use]
    pub fn with_log(mut self, origin: &str, keys: Vec<VerifierKey>) -> Self {
        self.logs.insert(origin.to_owned(), keys);
        self
    }

    /// Decides on a request, in the order of the C2SP text.
    ///
    /// `latest` is what the witness cosigned last for the origin of the request, [`TreeHead::empty`] if nothing. The
    /// caller stores what is accepted by compare-and-swap against it, and only then cosigns.
    pub fn judge(&self, latest: &TreeHead, request: &AddCheckpoint) -> Judgement {
        let checkpoint = request.checkpoint.checkpoint();
        let head = checkpoint.head();
        let Some(keys) = self.logs.get(checkpoint.origin()) else {
            return Judgement::Refuse(Refusal::UnknownOrigin);
        };
        if request.checkpoint.note().verify(keys).is_err() {
            return Judgement::Refuse(Refusal::NotSigned);
        }
        if request.old_size > head.size {
            return Judgement::Refuse(Refusal::OldAboveNew);
        }
        if request.old_size != latest.size {
            return Judgement::Conflict { size: latest.size };
        }
        if head.size == latest.size && head.root != latest.root {
            return Judgement::Fork { size: latest.size };
        }
        match verify_consistency(latest.size, head.size, &request.proof, &latest.root, &head.root) {
            Ok(()) => Judgement::Accept(head),
            Err(_) => Judgement::Refuse(Refusal::NotConsistent),
        }
    }
}
