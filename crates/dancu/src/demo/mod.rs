//! `dancu demo`: everything on an embedded store, with a synthetic nation, in one folder.
mod cleaned;
mod curious;
mod facts;
mod governed;
mod neighbours;
mod offices;
pub mod pki;
mod seed;
mod world;

pub use facts::Facts;
pub use seed::SEED;

use crate::clock::Ahead;
use crate::command::{environment, serve::Signals};
use crate::config::{Config, Log};
use crate::server::{Floor, Server};
use anyhow::Context as _;
use clap::Args;
use dancu_keys::KeyDir;
use dancu_tlog::note::VerifierKey;
use neighbours::Neighbours;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A day, microseconds.
const DAY_US: i64 = 86_400_000_000;

/// Start everything on an embedded store with a synthetic nation
#[derive(Debug, Args)]
pub struct Demo {
    /// Throw the old demo away and make a new one
    #[arg(long)]
    fresh: bool,
    /// Folder of the demo
    #[arg(long, env = "DANCU_DEMO_DIR", default_value = "demo-data")]
    dir: PathBuf,
    /// Port of the HTTPS door; the console is 1 above, the admin address 1,000
    #[arg(long, env = "DANCU_DEMO_PORT", default_value_t = 8443)]
    port: u16,
    /// Synthetic citizens
    #[arg(long, env = "DANCU_DEMO_CITIZENS", default_value_t = 100_000)]
    citizens: u64,
    /// Serve as if it were so many days later, to see what deadlines do; what was done then cannot be undone by going back
    #[arg(long, env = "DANCU_DEMO_LATER", value_name = "DAYS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=366))]
    later: u16,
    /// Make the demo and end, without serving
    #[arg(long)]
    seed_only: bool,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut config = self.config()?;
        crate::log::start(&config.log)?;
        if self.fresh && self.dir.exists() {
            remove(&self.dir)?;
        }
        let is_new = !facts::exists(&self.dir);
        if is_new {
            if self.dir.exists() {
                // A demo without its facts was cut off while it was made; nothing in it was ever used.
                remove(&self.dir)?;
            }
            let (dir, config, citizens) = (self.dir.clone(), config.clone(), self.citizens);
            tokio::task::spawn_blocking(move || seed::seed(&dir, &config, citizens)).await??;
        }
        if self.seed_only {
            facts::update(&self.dir, &config, None)?;
            return Ok(());
        }
        let signals = Signals::listen()?;
        let neighbours = Neighbours::start(&self.dir, self.port, &log_key(&config)?).await?;
        neighbours.introduce(&mut config);
        let facts = facts::update(&self.dir, &config, Some(&neighbours))?;
        let floor = {
            let config = config.clone();
            tokio::task::spawn_blocking(move || Floor::open(&config, false)).await??
        };
        let clock = Arc::new(Ahead { by_us: i64::from(self.later) * DAY_US });
        let server = Server::start_on(&config, floor, clock, facts.guests()).await?;
        if is_new {
            let (office, road) = (server.office().clone(), Arc::clone(server.road()));
            let put_in = move || cleaned::put_in(&office, &road, &crate::clean::teller(&road.journal));
            if let Err(error) = tokio::task::spawn_blocking(put_in).await? {
                tracing::warn!("there is no cleaned stock to look at: {error:#}");
            }
        }
        if is_new && let Err(error) = curious::call(&facts).await {
            tracing::warn!("there is no abuse to look at: {error:#}");
        }
        facts.print(&self.dir, server.admin);
        signals.end(server).await;
        neighbours.stop().await;
        Ok(())
    }

    fn config(&self) -> anyhow::Result<Config> {
        let mut config = Config::for_directory(&self.dir);
        config.listen.address.set_port(self.port);
        config.admin.address.set_port(self.port.checked_add(1000).context("the port is too high")?);
        config.listen.public_url = format!("https://localhost:{}", self.port);
        let console = self.port.checked_add(1).context("the port is too high")?;
        config.console.address.set_port(console);
        config.console.public_url = format!("https://localhost:{console}");
        // Old clients in the field speak TLS 1.2; the demo welcomes them.
        config.listen.tls12 = true;
        config.web.demo = true;
        "demo".clone_into(&mut config.web.citizen_sign_in);
        // Somebody who tries it wants to see proofs without waiting.
        config.journal.epoch_seconds = 5;
        config.tracker.systems = vec!["cong-dan".to_owned()];
        // A demo of an earlier version kept no key of its authority.
        let key = self.dir.join("tls/ca.key");
        if key.exists() || !facts::exists(&self.dir) {
            (config.pki.certificate, config.pki.key) = (self.dir.join("tls/ca.pem"), key);
        }
        let seal = self.dir.join("tls/seal.key");
        if seal.exists() || !facts::exists(&self.dir) {
            (config.evidence.certificate, config.evidence.key) = (self.dir.join("tls/seal.pem"), seal);
        }
        config.log =
            Log { format: "text".to_owned(), filter: "warn,rustls=error,tokio_postgres=warn".to_owned() };
        Config::parse_over(&config, environment())
    }
}

/// The key of the demo's log, by which its witnesses know it.
fn log_key(config: &Config) -> anyhow::Result<VerifierKey> {
    let keys = KeyDir::open(&config.keys.directory, false).context("keys")?;
    Ok(keys.log_key(&config.journal.origin).context("the key of the journal")?.verifier().clone())
}

/// Removes a folder that is a demo: anything else would be somebody's data.
fn remove(dir: &Path) -> anyhow::Result<()> {
    let known = ["demo.json", "feed", "journal", "keys", "store", "tls", "tsa", "witness-"];
    let foreign = std::fs::read_dir(dir)?
        .filter_map(Result::ok)
        .find(|entry| !known.iter().any(|k| entry.file_name().to_string_lossy().starts_with(k)));
    if let Some(entry) = foreign {
        anyhow::bail!(
            "{} is not a demo folder (it holds {}); choose another with --dir",
            dir.display(),
            entry.file_name().display()
        );
    }
    std::fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))
}
