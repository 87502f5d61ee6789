//! A small time-stamping authority in a folder: `timestamp.toml`, the certificate and its key.
use super::{Running, folder};
use crate::config::Log;
use crate::files;
use anyhow::Context as _;
use dancu_keys::timestamp::Tsa;
use dancu_witness::Clock;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the configuration in the folder.
pub const FILE: &str = "timestamp.toml";

/// What an authority is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorityConfig {
    /// Address of its HTTP service
    pub listen: SocketAddr,
    /// Its certificate and those above it, PEM, from the folder of this file
    pub certificate: PathBuf,
    /// The certificate's private key, PEM
    pub key: PathBuf,
    /// Object identifier of the policy under which it stamps; the default is one that RFC 5612 sets aside for examples
    pub policy: String,
    /// Logs of this process
    pub log: Log,
}

impl Default for AuthorityConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9446)),
            certificate: "tsa.pem".into(),
            key: "tsa.key".into(),
            policy: "1.3.6.1.4.1.32473.1".to_owned(),
            log: Log { filter: "info".to_owned(), format: "json".to_owned() },
        }
    }
}

/// Makes the folder of a new authority with a root of its own, `ca.pem`, whose path it gives. For trials: whoever relies on
/// stamps in a dispute has them from an authority that others trust.
pub fn init(dir: &Path, config: &AuthorityConfig) -> anyhow::Result<PathBuf> {
    let file = folder::make(dir, FILE)?;
    let authority = crate::demo::pki::Authority::create(dir)?;
    authority.time_stamping("tsa")?;
    files::write_private(&file, toml::to_string(config)?.as_bytes())?;
    Ok(authority.certificate())
}

/// Opens the authority and starts serving, at another address than the file says if one is given.
pub async fn start(file: &Path, at: Option<SocketAddr>, clock: Arc<dyn Clock>) -> anyhow::Result<Running> {
    let config = load(file)?;
    let read = |path: &Path| {
        let path = folder::beside(file, path);
        std::fs::read(&path).with_context(|| format!("{}", path.display()))
    };
    let key = files::read_private(&folder::beside(file, &config.key))?;
    let tsa = Tsa::from_pem(&read(&config.certificate)?, key.as_bytes(), &config.policy)?;
    Running::start(at.unwrap_or(config.listen), dancu_witness::stamp::authority_router(Arc::new(tsa), clock))
        .await
}

/// Reads the configuration.
pub fn load(file: &Path) -> anyhow::Result<AuthorityConfig> {
    folder::load(file)
}
