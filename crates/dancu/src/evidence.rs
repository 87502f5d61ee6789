//! The index behind the log, and the proofs of what is published.
use crate::config::Config;
use crate::server::Floor;
use anyhow::Context as _;
use dancu_gateway::{Clock, Evidence, Prove};
use dancu_journal::Journal;
use dancu_journal::index::{Index, IndexOptions, Running};
use dancu_keys::KeyDir;
use dancu_storage::Store;
use dancu_tlog::vrf::VrfSecret;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Opens the index and starts the thread that keeps it behind the log. Blocks.
pub fn start(
    config: &Config,
    floor: &Floor,
    journal: &Journal,
    clock: Arc<dyn Clock>,
    (prove, provable): (Prove, Arc<dyn Fn(u64) -> bool + Send + Sync>),
) -> anyhow::Result<(Evidence, Running)> {
    let epoch_seconds = config.journal.epoch_seconds;
    let options = IndexOptions { epoch_seconds, provable, ..IndexOptions::default() };
    let index = Index::open(journal.clone(), index_store(config, &floor.store)?, vrf(&floor.keys)?, options)
        .context("index")?;
    let running = index.start(Arc::new(move || clock.now_us())).context("index")?;
    Ok((Evidence { index, prove, epoch_seconds }, running))
}

/// On the embedded engine the index has a file of its own: two writers do not wait for each other, and it can be thrown
/// away, since all of it is computed from the log.
pub fn index_store(config: &Config, store: &Store) -> anyhow::Result<Store> {
    if !config.store.postgres.is_empty() || store.engine() != "sqlite" {
        return Ok(store.clone());
    }
    let path = config.store.sqlite.with_file_name("index.db");
    if !path.exists() {
        // The engine gives its other files the mode of this one.
        crate::files::write_private(&path, &[])?;
    }
    Store::sqlite(&path).with_context(|| format!("index {}", path.display()))
}

/// Key of the citizens' map.
pub fn vrf(keys: &KeyDir) -> anyhow::Result<VrfSecret> {
    let secret = keys.vrf_seed().context("key of the citizens' map")?;
    let mut seed = Zeroizing::new([0_u8; 32]);
    seed.copy_from_slice(secret.expose().get(..32).context("key of the citizens' map")?);
    Ok(VrfSecret::from_seed(&seed))
}
