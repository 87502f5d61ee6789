//! A witness in a folder: `witness.toml`, `witness.key` and its store.
use super::{Running, folder};
use crate::config::Log;
use crate::files;
use anyhow::Context as _;
use axum::Router;
use dancu_storage::Store;
use dancu_tlog::note::{SignatureType, SignerKey, VerifierKey};
use dancu_witness::{Clock, KnownLog, Witness};
use prometheus_client::registry::Registry;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Name of the configuration in the folder.
pub const FILE: &str = "witness.toml";

/// What a witness is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WitnessConfig {
    /// Address of its HTTP service
    pub listen: SocketAddr,
    /// Path below which its interface lies, as `/w1`; empty for the root
    pub prefix: String,
    /// Its private key, from the folder of this file
    pub key: PathBuf,
    /// Its embedded store, from the folder of this file; never restore it from a backup
    pub store: PathBuf,
    /// Verifier keys of the logs that it witnesses; a key's name is the log's origin
    pub logs: Vec<String>,
    /// Logs of this process
    pub log: Log,
}

impl Default for WitnessConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9444)),
            prefix: String::new(),
            key: "witness.key".into(),
            store: "store/witness.db".into(),
            logs: Vec::new(),
            log: Log { filter: "info".to_owned(), format: "json".to_owned() },
        }
    }
}

/// Makes the folder of a new witness and gives the key that verifies its cosignatures.
pub fn init(dir: &Path, name: &str, config: &WitnessConfig) -> anyhow::Result<VerifierKey> {
    known_logs(&config.logs)?;
    let file = folder::make(dir, FILE)?;
    let mut seed = Zeroizing::new([0_u8; 32]);
    aws_lc_rs::rand::fill(seed.as_mut()).map_err(|_| anyhow::anyhow!("the system gives no randomness"))?;
    let key = SignerKey::from_seed(name, SignatureType::CosignatureV1, &seed).context("the name")?;
    let text = Zeroizing::new(format!("{}\n", *key.expose()));
    files::write_private(&folder::beside(&file, &config.key), text.as_bytes())?;
    files::write_private(&file, toml::to_string(config)?.as_bytes())?;
    Ok(key.verifier().clone())
}

/// A witness that was opened, and what it counts.
pub struct Opened {
    config: WitnessConfig,
    witness: Arc<Witness>,
    metrics: Registry,
}

impl Opened {
    /// Opens key and store. Blocks.
    pub fn open(file: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let config: WitnessConfig = folder::load(file)?;
        let path = folder::beside(file, &config.key);
        let key = files::read_private(&path)?;
        let key: SignerKey = key.trim_end().parse().with_context(|| format!("{}", path.display()))?;
        let store = open_store(&folder::beside(file, &config.store))?;
        let witness = Witness::open(store, key, known_logs(&config.logs)?, clock)?;
        let mut metrics = Registry::default();
        witness.register_metrics(&mut metrics);
        Ok(Self { config, witness: Arc::new(witness), metrics })
    }

    /// Serves at another address than the file says: the demo's ports are those of its start.
    #[must_use]
    pub fn at(mut self, listen: SocketAddr) -> Self {
        self.config.listen = listen;
        self
    }

    /// What the file says.
    pub fn config(&self) -> &WitnessConfig {
        &self.config
    }

    /// The key that verifies its cosignatures.
    pub fn key(&self) -> &VerifierKey {
        self.witness.key()
    }

    /// Starts serving; metrics are at `/metrics` of the same address, for they tell nothing that is not public.
    pub async fn start(self) -> anyhow::Result<Running> {
        let interface = dancu_witness::router(self.witness);
        let prefix = self.config.prefix.trim_end_matches('/');
        let router = if prefix.is_empty() { interface } else { Router::new().nest(prefix, interface) };
        let figures = crate::admin::figures_router(self.metrics);
        Running::start(self.config.listen, router.merge(figures)).await
    }
}

fn open_store(path: &Path) -> anyhow::Result<Store> {
    if let Some(parent) = path.parent() {
        files::private_directory(parent)?;
    }
    if !path.exists() {
        // The engine gives its other files the mode of this one.
        files::write_private(path, &[])?;
    }
    Store::sqlite(path).with_context(|| format!("store {}", path.display()))
}

/// Logs by their keys; several keys of one name are keys of one log.
fn known_logs(keys: &[String]) -> anyhow::Result<Vec<KnownLog>> {
    let mut logs: Vec<KnownLog> = Vec::new();
    for text in keys {
        let key: VerifierKey = text.parse().with_context(|| format!("log {text:?}"))?;
        anyhow::ensure!(key.signature_type() == SignatureType::Ed25519, "log {text:?}: not the key of a log");
        match logs.iter_mut().find(|log| log.origin == key.name()) {
            Some(log) => log.keys.push(key),
            None => logs.push(KnownLog { origin: key.name().to_owned(), keys: vec![key] }),
        }
    }
    Ok(logs)
}
