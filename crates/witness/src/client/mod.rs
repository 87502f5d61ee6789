//! What a log does with its witnesses: it takes its newest checkpoint to all of them and brings their cosignatures home.
mod keep;
mod metrics;
mod peer;

pub use keep::{Keeping, keep_cosigned};
pub use peer::Unanswered;

use crate::http::{CallLimits, UrlRefused};
use dancu_tlog::Hash;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{NoteSignature, VerifierKey};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use metrics::Metrics;
use peer::Peer;
use rustls::ClientConfig;
use std::sync::Arc;

/// What a log offers to who takes it to its witnesses. Its calls may block; they are made on the blocking pool.
pub trait Log: Send + Sync + 'static {
    /// The newest checkpoint that is signed and released; `None` before the first.
    fn newest(&self) -> Result<Option<SignedCheckpoint>, LogError>;

    /// Proof that the tree of size `old` begins the one of size `new` (RFC 6962 §2.1.2); empty for an `old` of 0 and for
    /// equal sizes.
    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LogError>;

    /// Takes cosignatures under a checkpoint that [`newest`](Self::newest) gave, each verified by its witness's key. Tells
    /// whether the quorum is reached for it.
    fn add_cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<bool, LogError>;
}

/// The log could not do it now, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LogError(pub String);

/// Who is asked for cosignatures.
#[derive(Clone, Debug)]
pub struct WitnessAddress {
    /// its key, of the type for cosignatures
    pub key: VerifierKey,
    /// its submission prefix
    pub url: String,
}

/// Why a witness cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// the URL cannot be called
    #[error("{url}: {why}")]
    Url {
        /// the URL
        url: String,
        /// what is wrong with it
        why: UrlRefused,
    },
    /// the key does not verify cosignatures
    #[error("the key of {0} is not one for cosignatures")]
    KeyType(String),
    /// two witnesses have one key: what the one says would count for both
    #[error("the key of {0} is given twice")]
    Twice(String),
}

/// The witnesses of a log. Clones share connections, memory and counters.
#[derive(Clone, Debug)]
pub struct WitnessClient {
    peers: Arc<[Peer]>,
    metrics: Metrics,
}

/// What came of asking all witnesses about one checkpoint.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// names of those who cosigned, now or before
    pub cosigned: Vec<String>,
    /// of the others, why not
    pub missing: Vec<(String, Unanswered)>,
    /// a cosignature that came in this round completed a quorum for this checkpoint
    pub has_quorum: bool,
}

impl WitnessClient {
    /// Witnesses, and for those behind `https` the TLS configuration that says whom to trust.
    pub fn new(
        witnesses: Vec<WitnessAddress>,
        tls: Option<&Arc<ClientConfig>>,
        limits: CallLimits,
    ) -> Result<Self, AddressRefused> {
        let mut peers: Vec<Peer> = Vec::with_capacity(witnesses.len());
        for witness in witnesses {
            if peers.iter().any(|peer| peer.key().public() == witness.key.public()) {
                return Err(AddressRefused::Twice(witness.key.name().to_owned()));
            }
            peers.push(Peer::new(witness, tls.cloned(), limits)?);
        }
        Ok(Self { peers: peers.into(), metrics: Metrics::default() })
    }

    /// Adds its counters to a registry.
    pub fn register_metrics(&self, registry: &mut prometheus_client::registry::Registry) {
        self.metrics.register(registry);
    }

    /// Takes one checkpoint to all witnesses at once, but for those that cosigned it before and those that are given time
    /// to recover. Each cosignature is handed to the log when it comes; none waits for a slower witness.
    pub async fn cosign(&self, checkpoint: &SignedCheckpoint, log: &Arc<dyn Log>) -> Round {
        let mut asked: FuturesUnordered<_> =
            self.peers.iter().map(|peer| async move { (peer, peer.cosign(checkpoint, log).await) }).collect();
        let mut round = Round::default();
        while let Some((peer, answer)) = asked.next().await {
            let name = peer.key().name().to_owned();
            self.metrics.answered(&name, &answer, checkpoint.checkpoint().head().size);
            match answer {
                Ok(cosigned) => {
                    if !cosigned.is_stored
                        && let Some(has_quorum) = hand_over(log, checkpoint, cosigned.cosignature).await
                    {
                        peer.stored(checkpoint);
                        round.has_quorum |= has_quorum;
                    }
                    round.cosigned.push(name);
                }
                Err(why) => {
                    tell(&name, &why);
                    round.missing.push((name, why));
                }
            }
        }
        round
    }
}

fn tell(witness: &str, why: &Unanswered) {
    match why {
        Unanswered::Fork { .. } | Unanswered::Refused { status: 422 | 403, .. } => {
            tracing::error!(witness, %why, "ALARM: a witness objects to the log");
        }
        // Once, another server was faster; again and again, this log was set back, as by a restored backup.
        Unanswered::Ahead { .. } => tracing::warn!(witness, %why, "a witness is ahead of the log"),
        Unanswered::Resting => {}
        _ => tracing::warn!(witness, %why, "no cosignature"),
    }
}

/// Whether the log has a quorum with it; `None` when it could not store it now, and gets it again in the next round.
async fn hand_over(
    log: &Arc<dyn Log>,
    checkpoint: &SignedCheckpoint,
    cosignature: NoteSignature,
) -> Option<bool> {
    let (log, checkpoint) = (Arc::clone(log), checkpoint.clone());
    let added = tokio::task::spawn_blocking(move || log.add_cosignatures(&checkpoint, &[cosignature])).await;
    match added {
        Ok(Ok(has_quorum)) => Some(has_quorum),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a cosignature could not be stored");
            None
        }
        Err(_) => None,
    }
}
