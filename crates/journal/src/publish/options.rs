//! How the publisher works.
use dancu_tlog::note::SignerKey;
use dancu_tlog::policy::Policy;
use std::time::Duration;

/// How the publisher works.
#[derive(Debug)]
pub struct PublisherOptions {
    /// The log's key; its name is the log's origin
    pub signer: SignerKey,
    /// What is told to verifiers: the log's key, the witnesses, their quorum
    pub policy: Policy,
    /// Shortest time between two checkpoints
    pub every: Duration,
    /// How often the store and the files are looked at for what other servers did
    pub look: Duration,
    /// Shortest time between two settlements; none: entries stay in the store as well
    pub settle_every: Option<Duration>,
    /// How long entries may be without a quorum of witnesses before the alarm is raised
    pub alarm_after: Duration,
}

impl PublisherOptions {
    /// The usual: a checkpoint at most every 200 ms and at the latest a second after an entry.
    pub fn new(signer: SignerKey, policy: Policy) -> Self {
        Self {
            signer,
            policy,
            every: Duration::from_millis(200),
            look: Duration::from_secs(1),
            settle_every: Some(Duration::from_secs(1)),
            alarm_after: Duration::from_mins(1),
        }
    }
}
