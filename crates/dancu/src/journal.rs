//! The journal by its configuration: where it is published, by which key, under which witnesses.
use crate::config::{Config, JournalWitness};
use crate::server::Floor;
use anyhow::Context as _;
use dancu_gateway::Prove;
use dancu_journal::publish::{ProofError, Publisher, PublisherOptions};
use dancu_journal::{Journal, JournalError, Options};
use dancu_keys::{KeyDir, KeyRing};
use dancu_storage::Store;
use dancu_storage::blob::{Blobs, S3Config, S3Keys};
use dancu_tlog::Hash;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{NoteSignature, VerifierKey};
use dancu_tlog::policy::{Group, Log, Policy, Witness};
use dancu_witness::client::{Keeping, LogError, WitnessAddress, WitnessClient, keep_cosigned as keep};
use dancu_witness::http::CallLimits;
use prometheus_client::registry::Registry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Opens the journal and publishes what is new in it. Blocks.
///
/// An installation whose store does not continue what it has published does not start.
pub fn start(config: &Config, floor: &Floor) -> anyhow::Result<(Journal, Publisher)> {
    let journal = open(config, &floor.store, &floor.ring)?;
    let signer = floor.keys.log_key(&config.journal.origin).context("the key of the journal")?;
    let policy = policy(config, signer.verifier())?;
    write_policy(config, &policy);
    let options = PublisherOptions {
        every: Duration::from_millis(config.journal.checkpoint_ms),
        alarm_after: Duration::from_secs(config.journal.witness_alarm_seconds),
        ..PublisherOptions::new(signer, policy)
    };
    let publisher = Publisher::start(journal.clone(), options).context("the published journal")?;
    Ok((journal, publisher))
}

/// Opens the journal alone. Blocks.
pub fn open(config: &Config, store: &Store, ring: &KeyRing) -> anyhow::Result<Journal> {
    let options = Options {
        group: config.journal.group,
        queue: config.journal.queue,
        blobs: blobs(config)?,
        // Without a place for it, nothing is ever archived.
        archive: crate::keeping::archive(config)?.unwrap_or_else(Blobs::memory),
        ..Options::default()
    };
    Journal::open(store.clone(), ring.clone(), options).context("journal")
}

/// Proofs of what is published, for who asks from within.
pub fn prove(publisher: &Publisher) -> Prove {
    let publisher = publisher.clone();
    Arc::new(move |wanted| {
        publisher.proofs(wanted).map_err(|error| match error {
            ProofError::Journal(error) => error,
            ProofError::Files(error) => JournalError::Files(error),
            ProofError::NotYet { .. } => JournalError::Unavailable,
            ProofError::NoEntry | ProofError::Sizes { .. } => {
                JournalError::Internal("no such entry to prove")
            }
            ProofError::Tile => JournalError::Internal("a tile of the log is missing or damaged"),
        })
    })
}

/// Whether an entry can be proved to who demands what the key file demands: under a checkpoint with a quorum of witnesses
/// where there are any, otherwise under the newest. Else a history would for a moment be one that nobody believes.
pub fn provable(publisher: &Publisher) -> Arc<dyn Fn(u64) -> bool + Send + Sync> {
    let (published, witnessing) = (publisher.published(), publisher.policy().quorum().is_some());
    Arc::new(move |index| {
        let now = published.borrow();
        let believed = if witnessing { now.witnessed.as_ref() } else { Some(&now.newest) };
        believed.is_some_and(|checkpoint| index < checkpoint.checkpoint().head().size)
    })
}

/// Where the log is published.
pub fn blobs(config: &Config) -> anyhow::Result<Blobs> {
    let journal = &config.journal;
    if journal.s3_bucket.is_empty() {
        if let Some(parent) = journal.directory.parent() {
            crate::files::private_directory(parent)?;
        }
        let folder = Blobs::folder(&journal.directory);
        return folder.with_context(|| format!("journal.directory {}", journal.directory.display()));
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let keys = match some(&journal.s3_key_id) {
        Some(id) => Some(S3Keys { id, secret: secret(&journal.s3_key_file)? }),
        None => None,
    };
    let bucket = S3Config {
        endpoint: some(&journal.s3_endpoint),
        region: journal.s3_region.clone(),
        bucket: journal.s3_bucket.clone(),
        prefix: journal.s3_prefix.clone(),
        keys,
    };
    Blobs::s3(&bucket, tokio::runtime::Handle::current()).context("journal.s3_bucket")
}

/// Beside the log and not in it, for a verifier counts the log's files: a folder, or a prefix of the bucket, whose name is the
/// log's with this suffix.
pub fn blobs_beside(config: &Config, suffix: &str) -> anyhow::Result<Blobs> {
    let mut beside = config.clone();
    let journal = &mut beside.journal;
    let mut name = journal.directory.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    journal.directory.set_file_name(name);
    let prefix = journal.s3_prefix.trim_end_matches('/');
    anyhow::ensure!(
        journal.s3_bucket.is_empty() || !prefix.is_empty(),
        "journal.s3_prefix is needed: what lies beside the log must not lie in it"
    );
    journal.s3_prefix = format!("{prefix}{suffix}");
    blobs(&beside)
}

fn secret(file: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("journal.s3_key_file {}", file.display()))?;
    Ok(text.trim().to_owned())
}

/// Whom verifiers believe: the log's key, the witnesses, how many of them it takes.
pub fn policy(config: &Config, key: &VerifierKey) -> anyhow::Result<Policy> {
    let journal = &config.journal;
    let witnesses: Vec<Witness> = journal.witnesses.iter().map(witness).collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(
        journal.quorum <= witnesses.len(),
        "journal.quorum is {}, but journal.witnesses are only {}",
        journal.quorum,
        witnesses.len()
    );
    let quorum = Group {
        name: "quorum".to_owned(),
        threshold: journal.quorum,
        members: witnesses.iter().map(|witness| witness.name.clone()).collect(),
    };
    let groups = if journal.quorum == 0 { vec![] } else { vec![quorum] };
    let quorum = groups.first().map(|group| group.name.clone());
    let log = Log { key: key.clone(), url: None };
    Policy::new(vec![log], witnesses, groups, quorum).context("journal.witnesses")
}

fn witness(configured: &JournalWitness) -> anyhow::Result<Witness> {
    let key: VerifierKey =
        configured.key.parse().with_context(|| format!("journal.witnesses: key {:?}", configured.key))?;
    Ok(Witness { name: key.name().to_owned(), key, url: Some(configured.url.clone()) })
}

/// The file that verifiers are given.
pub fn policy_file(config: &Config) -> PathBuf {
    let mut name = config.journal.directory.file_name().unwrap_or_default().to_owned();
    name.push(".policy");
    config.journal.directory.with_file_name(name)
}

/// Writes that file, if it says something else. It is for others: a service that may not write it serves it all the same.
fn write_policy(config: &Config, policy: &Policy) {
    let (file, text) = (policy_file(config), policy.to_string());
    if std::fs::read_to_string(&file).is_ok_and(|written| written == text) {
        return;
    }
    let unfinished = file.with_extension("unfinished");
    let written = std::fs::write(&unfinished, text).and_then(|()| std::fs::rename(&unfinished, &file));
    if let Err(error) = written {
        tracing::warn!(%error, file = %file.display(), "the journal's policy could not be written");
    }
}

/// Makes the log's keys and the policy file; gives the file.
pub fn init(config: &Config, keys: &KeyDir) -> anyhow::Result<PathBuf> {
    let key = keys.log_key(&config.journal.origin)?;
    keys.vrf_seed()?;
    let policy = policy(config, key.verifier())?;
    if let Some(parent) = config.journal.directory.parent() {
        crate::files::private_directory(parent)?;
    }
    write_policy(config, &policy);
    Ok(policy_file(config))
}

/// Takes checkpoints to the configured witnesses until the service stops; with none, does nothing.
pub fn keep_cosigned(
    config: &Config,
    publisher: &Publisher,
    metrics: &mut Registry,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<impl Future<Output = ()> + Send + use<>> {
    let journal = &config.journal;
    let address = |configured: &JournalWitness| {
        let Witness { key, .. } = witness(configured)?;
        anyhow::Ok(WitnessAddress { key, url: configured.url.clone() })
    };
    let addresses: Vec<_> = journal.witnesses.iter().map(address).collect::<anyhow::Result<_>>()?;
    let is_asked = !addresses.is_empty();
    let trust =
        (!journal.witness_ca.as_os_str().is_empty()).then(|| crate::client::tls(&journal.witness_ca, None));
    let trust = trust.transpose().context("journal.witness_ca")?;
    let client =
        WitnessClient::new(addresses, trust.as_ref(), CallLimits::default()).context("journal.witnesses")?;
    if is_asked {
        client.register_metrics(metrics);
    }
    let keeping =
        Keeping { alarm_after: Duration::from_secs(journal.witness_alarm_seconds), ..Keeping::default() };
    let log = log(publisher);
    Ok(async move {
        if is_asked {
            keep(client, log, keeping, stopped).await;
        }
    })
}

/// The log for those who take its checkpoints to others.
pub fn log(publisher: &Publisher) -> Arc<dyn dancu_witness::client::Log> {
    Arc::new(Published(publisher.clone()))
}

/// The log as its witnesses' client sees it.
struct Published(Publisher);

impl dancu_witness::client::Log for Published {
    fn newest(&self) -> Result<Option<SignedCheckpoint>, LogError> {
        Ok(Some(self.0.published().borrow().newest.clone()))
    }

    fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LogError> {
        self.0.consistency(old, new).map_err(|error| LogError(error.to_string()))
    }

    fn add_cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        cosignatures: &[NoteSignature],
    ) -> Result<bool, LogError> {
        self.0.add_cosignatures(checkpoint, cosignatures).map_err(|error| LogError(error.to_string()))
    }
}
