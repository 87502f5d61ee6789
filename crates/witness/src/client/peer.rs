//! One witness, as the log sees it.
use super::{AddressRefused, Log, LogError, WitnessAddress};
use crate::http::{Answer, CallError, CallLimits, Endpoint};
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{NoteSignature, SignatureType, VerifierKey};
use dancu_tlog::witness::{AddCheckpoint, SIZE_CONTENT_TYPE, parse_size_body};
use rustls::ClientConfig;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Times one checkpoint is sent: a witness whose size was not known tells it, and other servers of the log may be ahead.
const ATTEMPTS: u32 = 4;
/// Rest after the first failure; doubled with each further one.
const FIRST_REST: Duration = Duration::from_secs(1);
/// Longest rest.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// Characters of a refusal's text that are repeated in logs.
const REASON: usize = 120;

/// Why a witness gave no cosignature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// it failed a moment ago and is left alone for now
    #[error("it is given time to recover")]
    Resting,
    /// no answer
    #[error(transparent)]
    Call(#[from] CallError),
    /// the log could not prove or read something
    #[error("the log: {0}")]
    Log(#[from] LogError),
    /// it has cosigned a larger tree: another server of the log was faster, or this one was set back
    #[error("it has seen the log at size {size} already")]
    Ahead {
        /// the size it has
        size: u64,
    },
    /// it has cosigned another tree of this size
    #[error("it has cosigned another tree of size {size}")]
    Fork {
        /// the size of both
        size: u64,
    },
    /// it refused
    #[error("it refused: HTTP {status}: {reason}")]
    Refused {
        /// HTTP status
        status: u16,
        /// the first line of its answer, if that is plain text
        reason: String,
    },
    /// what it answered makes no sense, or is no cosignature by its key
    #[error("its answer is no cosignature by its key")]
    Nonsense,
}

#[derive(Debug)]
pub(super) struct Peer {
    key: VerifierKey,
    endpoint: Endpoint,
    memory: Mutex<Memory>,
}

/// What is remembered between rounds; wrong at worst, and mended by the witness's answer.
#[derive(Debug, Default)]
struct Memory {
    /// size of what it cosigned last
    size: u64,
    /// what it cosigned last
    last: Option<Last>,
    failures: u32,
    rests_until: Option<Instant>,
}

#[derive(Debug)]
struct Last {
    /// text of the checkpoint
    text: String,
    cosignature: NoteSignature,
    /// whether the log has stored it
    is_stored: bool,
}

/// A cosignature, and whether the log has it already.
pub(super) struct Cosigned {
    pub cosignature: NoteSignature,
    pub is_stored: bool,
}

impl Peer {
    pub(super) fn new(
        witness: WitnessAddress,
        tls: Option<Arc<ClientConfig>>,
        limits: CallLimits,
    ) -> Result<Self, AddressRefused> {
        if witness.key.signature_type() != SignatureType::CosignatureV1 {
            return Err(AddressRefused::KeyType(witness.key.name().to_owned()));
        }
        let endpoint = Endpoint::new(&witness.url, tls, limits)
            .map_err(|why| AddressRefused::Url { url: witness.url.clone(), why })?;
        Ok(Self { key: witness.key, endpoint, memory: Mutex::default() })
    }

    pub(super) fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The cosignature for a checkpoint, asked for unless it is remembered.
    pub(super) async fn cosign(
        &self,
        checkpoint: &SignedCheckpoint,
        log: &Arc<dyn Log>,
    ) -> Result<Cosigned, Unanswered> {
        if let Some(known) = self.remembered(checkpoint)? {
            return Ok(known);
        }
        let answer = self.ask(checkpoint, log).await;
        self.remember(checkpoint, &answer);
        answer.map(|cosignature| Cosigned { cosignature, is_stored: false })
    }

    /// The log has stored the cosignature for this checkpoint; it need not get it again.
    pub(super) fn stored(&self, checkpoint: &SignedCheckpoint) {
        self.with_memory(|memory| {
            if let Some(last) = memory.last.as_mut().filter(|last| last.text == checkpoint.note().text()) {
                last.is_stored = true;
            }
        });
    }

    async fn ask(
        &self,
        checkpoint: &SignedCheckpoint,
        log: &Arc<dyn Log>,
    ) -> Result<NoteSignature, Unanswered> {
        let size = checkpoint.checkpoint().head().size;
        let mut old = self.with_memory(|memory| memory.size).min(size);
        for _ in 0..ATTEMPTS {
            let proof = consistency(log, old, size).await?;
            let request = AddCheckpoint { old_size: old, proof, checkpoint: checkpoint.clone() };
            let body = request.to_string().into_bytes();
            let answer = self.endpoint.post_below("add-checkpoint", "text/plain", body).await?;
            if answer.status != 409 {
                return self.read(checkpoint, &answer);
            }
            let theirs = size_of(&answer).ok_or(Unanswered::Nonsense)?;
            self.with_memory(|memory| memory.size = theirs);
            match theirs {
                theirs if theirs > size => return Err(Unanswered::Ahead { size: theirs }),
                // It has this size as we said, and objects all the same: its root is another.
                theirs if theirs == old && old == size => return Err(Unanswered::Fork { size }),
                theirs => old = theirs,
            }
        }
        Err(Unanswered::Nonsense)
    }

    /// Takes the one good cosignature out of the answer; lines by other keys are passed over.
    fn read(&self, checkpoint: &SignedCheckpoint, answer: &Answer) -> Result<NoteSignature, Unanswered> {
        if answer.status != 200 {
            return Err(Unanswered::Refused { status: answer.status, reason: reason(answer) });
        }
        let text = std::str::from_utf8(&answer.body).map_err(|_| Unanswered::Nonsense)?;
        let lines = NoteSignature::parse_lines(text).map_err(|_| Unanswered::Nonsense)?;
        let ours = lines.into_iter().find(|line| line.is_by(&self.key)).ok_or(Unanswered::Nonsense)?;
        let alone =
            format!("{}\n{}", checkpoint.note().text(), NoteSignature::lines(std::slice::from_ref(&ours)));
        let note = dancu_tlog::note::Note::parse(alone.as_bytes()).map_err(|_| Unanswered::Nonsense)?;
        note.verify(std::slice::from_ref(&self.key)).map_err(|_| Unanswered::Nonsense)?;
        Ok(ours)
    }

    fn remembered(&self, checkpoint: &SignedCheckpoint) -> Result<Option<Cosigned>, Unanswered> {
        self.with_memory(|memory| {
            if let Some(last) = &memory.last
                && last.text == checkpoint.note().text()
            {
                let cosignature = last.cosignature.clone();
                return Ok(Some(Cosigned { cosignature, is_stored: last.is_stored }));
            }
            let rests = memory.rests_until.is_some_and(|until| Instant::now() < until);
            if rests { Err(Unanswered::Resting) } else { Ok(None) }
        })
    }

    fn remember(&self, checkpoint: &SignedCheckpoint, answer: &Result<NoteSignature, Unanswered>) {
        self.with_memory(|memory| match answer {
            Ok(cosignature) => {
                memory.size = checkpoint.checkpoint().head().size;
                memory.last = Some(Last {
                    text: checkpoint.note().text().to_owned(),
                    cosignature: cosignature.clone(),
                    is_stored: false,
                });
                (memory.failures, memory.rests_until) = (0, None);
            }
            // Not its fault; the next checkpoint may be the larger one.
            Err(Unanswered::Log(_) | Unanswered::Ahead { .. }) => {}
            Err(_) => {
                let rest = FIRST_REST.saturating_mul(1 << memory.failures.min(16)).min(LONGEST_REST);
                memory.failures = memory.failures.saturating_add(1);
                memory.rests_until = Some(Instant::now() + rest);
            }
        });
    }

    /// A panic elsewhere leaves nothing half-done here.
    fn with_memory<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        with(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn consistency(log: &Arc<dyn Log>, old: u64, new: u64) -> Result<Vec<dancu_tlog::Hash>, Unanswered> {
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let log = Arc::clone(log);
    let proof = tokio::task::spawn_blocking(move || log.consistency(old, new)).await;
    Ok(proof.map_err(|_| LogError("the proof was not made".to_owned()))??)
}

fn size_of(answer: &Answer) -> Option<u64> {
    (answer.content_type == SIZE_CONTENT_TYPE).then(|| parse_size_body(&answer.body))?
}

/// What a stranger says is shortened and stripped of what could confuse a log.
fn reason(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let line = text.lines().next().unwrap_or_default();
    line.chars().filter(|character| !character.is_control()).take(REASON).collect()
}
