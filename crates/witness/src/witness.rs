//! The witness: judges a checkpoint, stores it, and only then cosigns.
use crate::metrics::Metrics;
use crate::state::{self, Evidence, Latest};
use crate::{Clock, WitnessError, schema};
use dancu_storage::Store;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::cosignature::cosign;
use dancu_tlog::note::{NoteSignature, SignatureType, SignerKey, VerifierKey, WrongType};
use dancu_tlog::witness::{AddCheckpoint, Judgement, Refusal, Witness as Rules};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often a lost race for a log's row is run again. Each loss means that another request was answered.
const ATTEMPTS: u32 = 16;

/// A log that the witness serves.
#[derive(Clone, Debug)]
pub struct KnownLog {
    /// first line of its checkpoints
    pub origin: String,
    /// its keys, any of which may sign
    pub keys: Vec<VerifierKey>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// stored, then cosigned
    Cosigned(NoteSignature),
    /// the log was mistaken about the witness's latest, which has this size
    Conflict {
        /// size of the latest
        size: u64,
    },
    /// the log has signed two trees of this size; the request is kept
    Fork {
        /// size of both
        size: u64,
    },
    /// nothing was cosigned
    Refused(Refusal),
}

/// A witness of logs. Any number of processes may share one store and one key.
pub struct Witness {
    rules: Rules,
    keys: BTreeMap<String, Vec<VerifierKey>>,
    signer: SignerKey,
    store: Store,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Witness {
    /// Opens the store and brings its tables up to date. Blocks. The key is one for cosignatures (`0x04`).
    pub fn open(
        store: Store,
        signer: SignerKey,
        logs: Vec<KnownLog>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WitnessError> {
        if signer.verifier().signature_type() != SignatureType::CosignatureV1 {
            return Err(WitnessError::Cosign(WrongType.into()));
        }
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let rules =
            logs.iter().fold(Rules::new(), |rules, log| rules.with_log(&log.origin, log.keys.clone()));
        let keys = logs.into_iter().map(|log| (log.origin, log.keys)).collect();
        Ok(Self { rules, keys, signer, store, clock, metrics: Metrics::default() })
    }

    /// The key that verifies its cosignatures.
    pub fn key(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Adds its counters to a registry.
    pub fn register_metrics(&self, registry: &mut prometheus_client::registry::Registry) {
        self.metrics.register(registry);
        self.store.metrics().register(registry);
    }

    /// Decides on a request. Blocks.
    pub fn add_checkpoint(&self, request: AddCheckpoint) -> Result<Outcome, WitnessError> {
        let outcome = self.decide(request);
        self.metrics.decided(outcome.as_ref().ok());
        outcome
    }

    fn decide(&self, request: AddCheckpoint) -> Result<Outcome, WitnessError> {
        let origin = request.checkpoint.checkpoint().origin().to_owned();
        let Some(keys) = self.keys.get(&origin) else {
            return Ok(Outcome::Refused(Refusal::UnknownOrigin));
        };
        let Some(request) = signed_by_the_log_alone(request, keys) else {
            return Ok(Outcome::Refused(Refusal::NotSigned));
        };
        for _ in 0..ATTEMPTS {
            let latest = state::latest(&self.store, &origin)?;
            let before = Latest::head(latest.as_ref());
            match self.rules.judge(&before, &request) {
                // A size that the store cannot hold is refused by it; nobody has such a tree.
                Judgement::Accept(_) => {
                    // Taken before the swap: at that time, no larger tree had been seen.
                    let now_us = self.clock.now_us();
                    let time_s = seconds(now_us)?;
                    if state::replace(&self.store, before, &request.checkpoint, now_us)? {
                        return Ok(Outcome::Cosigned(cosign(&self.signer, &request.checkpoint, time_s)?));
                    }
                }
                Judgement::Conflict { size } => {
                    // Whatever the log believed about us, two roots at one size are a fork.
                    let head = request.checkpoint.checkpoint().head();
                    if head.size == before.size && head.root != before.root {
                        return self.forked(&request, latest.as_ref(), size);
                    }
                    return Ok(Outcome::Conflict { size });
                }
                Judgement::Fork { size } => return self.forked(&request, latest.as_ref(), size),
                Judgement::Refuse(refusal) => {
                    if refusal == Refusal::NotConsistent {
                        tracing::warn!(origin, "a checkpoint is not proved to continue the latest one");
                        self.keep(&request, latest.as_ref(), false)?;
                    }
                    return Ok(Outcome::Refused(refusal));
                }
            }
        }
        Err(WitnessError::Busy)
    }

    fn forked(
        &self,
        request: &AddCheckpoint,
        latest: Option<&Latest>,
        size: u64,
    ) -> Result<Outcome, WitnessError> {
        let origin = request.checkpoint.checkpoint().origin();
        tracing::error!(origin, size, "FORK: the log has signed two trees of one size");
        self.keep(request, latest, true)?;
        Ok(Outcome::Fork { size })
    }

    fn keep(
        &self,
        request: &AddCheckpoint,
        latest: Option<&Latest>,
        is_fork: bool,
    ) -> Result<(), WitnessError> {
        let latest = latest.map(|latest| latest.checkpoint.to_string()).unwrap_or_default();
        Ok(state::keep(&self.store, request, &latest, is_fork, self.clock.now_us())?)
    }

    /// The latest checkpoint of a log with this witness's cosignature under it: the same one that was given for it, for
    /// the signature is made of nothing but key, text and stored time (RFC 8032). Blocks.
    pub fn latest(&self, origin: &str) -> Result<Option<SignedCheckpoint>, WitnessError> {
        if !self.keys.contains_key(origin) {
            return Ok(None);
        }
        let Some(latest) = state::latest(&self.store, origin)? else { return Ok(None) };
        let mut checkpoint = latest.checkpoint;
        let cosignature = cosign(&self.signer, &checkpoint, seconds(latest.updated_us)?)?;
        checkpoint.add(cosignature);
        Ok(Some(checkpoint))
    }

    /// What is kept against a log. Blocks.
    pub fn evidence(&self, origin: &str) -> Result<Vec<Evidence>, WitnessError> {
        Ok(state::evidence(&self.store, origin)?)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").field("key", self.key()).finish_non_exhaustive()
    }
}

/// The request with the log's valid signatures only: what a stranger wrote under a public checkpoint is neither stored
/// nor shown. `None` without a valid signature by the log.
fn signed_by_the_log_alone(request: AddCheckpoint, keys: &[VerifierKey]) -> Option<AddCheckpoint> {
    let note = request.checkpoint.note();
    note.verify(keys).ok()?;
    let by_log = |signature: &&NoteSignature| keys.iter().any(|key| signature.is_by(key));
    let signatures: Vec<NoteSignature> = note.signatures().iter().filter(by_log).cloned().collect();
    let alone = format!("{}\n{}", note.text(), NoteSignature::lines(&signatures));
    let checkpoint = SignedCheckpoint::parse(alone.as_bytes()).ok()?;
    Some(AddCheckpoint { checkpoint, ..request })
}

fn seconds(now_us: i64) -> Result<u64, WitnessError> {
    u64::try_from(now_us.div_euclid(1_000_000)).map_err(|_| WitnessError::Clock)
}
