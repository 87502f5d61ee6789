//! `dancu journal resume`: what a journal that came from a backup must show before it goes on; and what a restore verifies.
use super::StoreArguments;
use crate::config::Config;
use anyhow::Context as _;
use clap::Args;
use dancu_backup::Manifest;
use dancu_journal::Journal;
use dancu_journal::publish::{LogFiles, Publisher};
use dancu_keys::KeyDir;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::leaf_hash;
use dancu_tlog::note::VerifierKey;
use dancu_tlog::proof::{inclusion_proof, verify_inclusion};
use dancu_tlog::tile::TileReader;
use dancu_witness::http::{CallLimits, Endpoint};
use std::path::{Path, PathBuf};

/// Entries of which a restore proves one by one that they are in the log and open.
const SAMPLES: u64 = 64;

/// Let a restored journal go on
#[derive(Debug, Args)]
pub struct Resume {
    #[command(flatten)]
    store: StoreArguments,
    /// The newest checkpoint that was ever published, from the place that survived, a witness or an auditor
    #[arg(long, value_name = "FILE", required_unless_present = "new_log")]
    expect_checkpoint: Option<PathBuf>,
    /// Folder with a newer copy of the published log: the entries that the backup lacks are taken from it, without what tells of
    /// persons, which is not published
    #[arg(long, value_name = "DIR")]
    entries: Option<PathBuf>,
    /// Entries are lost for good: begin a new log, under a new journal.origin and a new key
    #[arg(long, conflicts_with_all = ["expect_checkpoint", "entries"])]
    new_log: bool,
}

impl Resume {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || self.resume()).await?
    }

    fn resume(&self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        if let Some(folder) = &self.entries {
            anyhow::ensure!(folder.is_dir(), "{} is not a folder", folder.display());
            let (journal, keys) = open(&config)?;
            let key = keys.log_key(&config.journal.origin)?;
            let taken = Publisher::take_missing(&journal, key.verifier(), &Blobs::folder(folder)?)?;
            println!("{taken} entries taken from {}", folder.display());
            close(&journal);
        }
        match &self.expect_checkpoint {
            Some(newest) => resume(&config, newest),
            None => begin_anew(&config),
        }
    }
}

/// Opens journal and keys of an installation that does not run.
fn open(config: &Config) -> anyhow::Result<(Journal, KeyDir)> {
    let keys = KeyDir::open(&config.keys.directory, false).context("keys")?;
    let ring = keys.ring().context("keys")?;
    let store = crate::server::open_store(config, false)?;
    Ok((crate::journal::open(config, &store, &ring)?, keys))
}

fn close(journal: &Journal) {
    tokio::runtime::Handle::current().block_on(journal.close());
}

/// Lets a restored journal go on with its log, if nothing is missing of its newest checkpoint, and no witness knows a newer one.
pub(super) fn resume(config: &Config, newest: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(newest).with_context(|| newest.display().to_string())?;
    let (journal, keys) = open(config)?;
    let signer = keys.log_key(&config.journal.origin).context("the key of the journal")?;
    let key = signer.verifier().clone();
    let head = SignedCheckpoint::open(&text, key.name(), std::slice::from_ref(&key))
        .with_context(|| format!("{} is no checkpoint of this log", newest.display()))?;
    ask_witnesses(config, &key, &head)?;
    let size = Publisher::resume(&journal, signer, &text);
    close(&journal);
    println!("the journal goes on: all {} published entries are here", size?);
    Ok(())
}

fn begin_anew(config: &Config) -> anyhow::Result<()> {
    let (journal, keys) = open(config)?;
    let signer = keys.log_key(&config.journal.origin).context("the key of the new log")?;
    let size = Publisher::begin_anew(&journal, signer, &crate::journal::blobs_beside(config, ".former")?);
    close(&journal);
    println!("a new log {:?} begins with the {} entries that are here", config.journal.origin, size?);
    println!(
        "tell witnesses, auditors and connected systems: receipts of entries after them stand for nothing any more"
    );
    Ok(())
}

/// Asks every witness what it cosigned last. As long as fewer than a quorum are silent, one of those who answer knows of
/// whatever a quorum has cosigned.
fn ask_witnesses(config: &Config, key: &VerifierKey, given: &SignedCheckpoint) -> anyhow::Result<()> {
    let journal = &config.journal;
    let trust =
        (!journal.witness_ca.as_os_str().is_empty()).then(|| crate::client::tls(&journal.witness_ca, None));
    let trust = trust.transpose().context("journal.witness_ca")?;
    let (head, mut silent) = (given.checkpoint().head(), Vec::new());
    for witness in &journal.witnesses {
        let endpoint = Endpoint::new(&witness.url, trust.clone(), CallLimits::default())
            .with_context(|| format!("journal.witnesses: {}", witness.url))?;
        let latest = format!("latest?origin={}", key.name());
        let answer = tokio::runtime::Handle::current().block_on(endpoint.get_below(&latest));
        let known = match &answer {
            Ok(answer) if answer.status == 404 => continue,
            Ok(answer) if answer.status == 200 => {
                SignedCheckpoint::open(&answer.body, key.name(), std::slice::from_ref(key)).ok()
            }
            _ => None,
        };
        let Some(known) = known else {
            silent.push(witness.url.as_str());
            continue;
        };
        let known = known.checkpoint().head();
        anyhow::ensure!(
            known.size <= head.size,
            "the witness at {} has cosigned {} entries, but the checkpoint given covers {}: it is not the newest",
            witness.url,
            known.size,
            head.size
        );
        anyhow::ensure!(
            known.size != head.size || known.root == head.root,
            "the witness at {} has cosigned another history of {} entries: keep everything and tell the auditors",
            witness.url,
            known.size
        );
    }
    let enough = journal.quorum == 0 || silent.len() < journal.quorum;
    anyhow::ensure!(
        enough,
        "too few witnesses answer to know what they have cosigned: {}",
        silent.join(", ")
    );
    for url in silent {
        println!("warning: the witness at {url} does not answer");
    }
    Ok(())
}

/// Verifies what was restored: the size and the root of the journal, every tile and bundle of the published log, proofs of
/// single entries, and that sealed values open; in a check, also every record. Gives what there is to say.
pub(super) fn verify(
    config: &Config,
    keys: &KeyDir,
    store: &Store,
    manifest: &Manifest,
    thorough: bool,
) -> anyhow::Result<String> {
    let ring = keys.ring().context("keys")?;
    let journal = crate::journal::open(config, store, &ring)?;
    let head = journal.read_head()?;
    let whole =
        head.size == manifest.journal.size && hex::encode(head.frontier.root()) == manifest.journal.root;
    anyhow::ensure!(whole, "the journal is not that of the backup");
    let signer = keys.log_key(&config.journal.origin).context("the key of the journal")?;
    anyhow::ensure!(
        signer.verifier().to_string() == manifest.journal.key,
        "the key folder holds the key of another log than the backup"
    );
    let mut words = format!("a journal of {} entries", head.size);
    if manifest.journal.published > 0 {
        let policy = crate::journal::policy(config, signer.verifier())?;
        let published = Publisher::repair(&journal, signer)?;
        let log = crate::verify::whole(journal.blobs(), &policy)?;
        let proved = prove(&journal, published)?;
        words = format!("{words}, {log}; {proved} entries proved one by one");
    }
    close(&journal);
    if thorough {
        dancu_exchange::Exchange::open(store.clone(), ring.clone()).context("exchange")?;
        let people = dancu_registry::Registry::open(store.clone(), ring).context("registry")?;
        words = format!("{words}; rules and {} people open", people.count());
    }
    Ok(words)
}

/// Proves entries spread over the log against its root, from the restored tiles, and opens them.
fn prove(journal: &Journal, size: u64) -> anyhow::Result<u64> {
    let files = LogFiles::new(journal.blobs().clone());
    let newest = files.checkpoint()?.context("the published checkpoint is missing")?;
    let root = SignedCheckpoint::parse(&newest)?.checkpoint().head().root;
    let mut tiles = TileReader::new(size, |tile| files.tile(tile)?.context("a tile is missing"));
    let step = (size / SAMPLES).max(1);
    let mut proved = 0;
    let mut index = 0;
    while index < size {
        let stored = journal.read_stored(index, 1)?.pop().context("an entry is missing")?;
        let path = inclusion_proof(&mut tiles, index, size)?;
        verify_inclusion(&leaf_hash(&stored.entry), index, size, &path, &root)
            .map_err(|refused| anyhow::anyhow!("entry {index}: {refused}"))?;
        tokio::runtime::Handle::current()
            .block_on(journal.entry(index))
            .with_context(|| format!("entry {index} does not open"))?;
        proved += 1;
        index += step;
    }
    Ok(proved)
}
