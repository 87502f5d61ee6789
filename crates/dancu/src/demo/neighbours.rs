//! Whom the demo's log relies on: two witnesses and a small time-stamping authority, each with a folder, a key and a port of
//! its own. In earnest they are other people's.
use crate::beside::{Running, authority, witness};
use crate::clock::SystemClock;
use crate::config::{Config, JournalWitness};
use anyhow::Context as _;
use dancu_tlog::note::VerifierKey;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names of the witnesses, which are those of their folders.
const WITNESSES: [&str; 2] = ["witness-1", "witness-2"];
/// Folder of the authority.
const AUTHORITY: &str = "tsa";
/// Ports above that of the HTTPS door: the admin address has 1000.
const FIRST_PORT: u16 = 1001;

/// A witness, for `demo.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WitnessFacts {
    pub name: String,
    pub vkey: String,
    pub url: String,
}

/// The authority, for `demo.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TimestampFacts {
    pub url: String,
    /// certificate to check its stamps with
    pub ca: PathBuf,
}

/// The neighbours, running.
pub(super) struct Neighbours {
    running: Vec<Running>,
    pub witnesses: Vec<WitnessFacts>,
    pub timestamp: TimestampFacts,
}

impl Neighbours {
    /// Starts them, and makes those first that are not there yet. `log` is the key of the log that they witness.
    pub(super) async fn start(dir: &Path, port: u16, log: &VerifierKey) -> anyhow::Result<Self> {
        let mut neighbours =
            Self { running: Vec::new(), witnesses: Vec::new(), timestamp: TimestampFacts::default() };
        for (name, number) in WITNESSES.into_iter().zip(0..) {
            neighbours.add_witness(dir, name, address(port, number)?, log).await?;
        }
        neighbours.add_authority(dir, address(port, 2)?).await?;
        Ok(neighbours)
    }

    async fn add_witness(
        &mut self,
        dir: &Path,
        name: &'static str,
        listen: SocketAddr,
        log: &VerifierKey,
    ) -> anyhow::Result<()> {
        let (folder, log) = (dir.join(name), log.to_string());
        let opened = tokio::task::spawn_blocking(move || {
            let file = folder.join(witness::FILE);
            if !file.exists() {
                let config =
                    witness::WitnessConfig { listen, logs: vec![log], ..witness::WitnessConfig::default() };
                witness::init(&folder, &format!("localhost/{name}"), &config)?;
            }
            witness::Opened::open(&file, Arc::new(SystemClock))
        });
        let opened = opened.await?.context(name)?;
        let url = format!("http://{listen}");
        let facts = WitnessFacts { name: name.to_owned(), vkey: opened.key().to_string(), url };
        self.running.push(opened.at(listen).start().await.context(name)?);
        self.witnesses.push(facts);
        Ok(())
    }

    async fn add_authority(&mut self, dir: &Path, listen: SocketAddr) -> anyhow::Result<()> {
        let folder = dir.join(AUTHORITY);
        let file = folder.join(authority::FILE);
        if !file.exists() {
            let config = authority::AuthorityConfig { listen, ..authority::AuthorityConfig::default() };
            authority::init(&folder, &config)?;
        }
        self.running
            .push(authority::start(&file, Some(listen), Arc::new(SystemClock)).await.context(AUTHORITY)?);
        self.timestamp = TimestampFacts {
            url: format!("http://{listen}/tsa"),
            ca: std::path::absolute(folder.join("ca.pem"))?,
        };
        Ok(())
    }

    /// Tells the service of them. One witness of the two is enough: while one is away the other still holds the log to its
    /// word, and an outage of one is no alarm.
    pub(super) fn introduce(&self, config: &mut Config) {
        let witness =
            |facts: &WitnessFacts| JournalWitness { key: facts.vkey.clone(), url: facts.url.clone() };
        if !config.journal.witnesses.is_empty() || !config.timestamps.url.is_empty() {
            // Whoever configured others wants those.
            return;
        }
        config.journal.witnesses = self.witnesses.iter().map(witness).collect();
        config.journal.quorum = 1;
        config.timestamps.url.clone_from(&self.timestamp.url);
        config.timestamps.ca.clone_from(&self.timestamp.ca);
    }

    pub(super) async fn stop(self) {
        for running in self.running {
            running.stop().await;
        }
    }
}

fn address(port: u16, number: u16) -> anyhow::Result<SocketAddr> {
    let port = port.checked_add(FIRST_PORT + number).context("the port is too high")?;
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}
