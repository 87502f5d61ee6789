//! One module per command.
mod backup;
mod call;
mod clean;
mod docs;
mod doctor;
mod evidence;
mod exchange;
mod feed;
mod journal;
mod keeping;
mod keys;
mod nation;
pub mod registry;
mod resume;
pub mod serve;
mod timestamp;
mod transfer;
mod witness;

use crate::config::Config;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start everything on an embedded store with a synthetic nation
    Demo(crate::demo::Demo),
    /// Serve by a configuration file
    Serve(serve::Serve),
    /// Copy everything into a folder or a bucket, encrypted, while the service runs
    Backup(backup::Backup),
    /// Bring a backup back into an empty installation, or check that it would come back
    Restore(backup::Restore),
    /// Say what is wrong with a configuration, and how to mend it
    Doctor(doctor::Doctor),
    /// Who may what: organisations, systems, agreements, accounts
    #[command(subcommand)]
    Exchange(exchange::Exchange),
    /// The citizens: generate, import, export
    #[command(subcommand)]
    Registry(registry::Registry),
    /// Draw a nation, index it, save, open and question it; print the figures beside their aims
    Nation(nation::Nation),
    /// The keys: make, rotate
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The journal: verify the log, a proof, a history; archive, purge, hold
    #[command(subcommand)]
    Journal(journal::Journal),
    /// Evidence files: extracts of the journal with their proofs, signed
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// The feed to a security centre: tokens for those who fetch
    #[command(subcommand)]
    Feed(feed::Feed),
    /// Clean an agency's stock: each row with a verdict, reasons and what to do
    Clean(Box<clean::Clean>),
    /// Verify or look up from the shell
    Call(call::Call),
    /// Witness logs: cosign what continues what was seen, and nothing else
    Witness(witness::Witness),
    /// Time stamps (RFC 3161): a small authority, and the check of stamps
    #[command(subcommand)]
    Timestamp(timestamp::Timestamp),
    /// The documents made from the code
    #[command(subcommand)]
    Docs(docs::Docs),
}

impl Command {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Demo(demo) => demo.run().await,
            Self::Serve(serve) => Box::pin(serve.run()).await,
            Self::Backup(backup) => backup.run().await,
            Self::Restore(restore) => restore.run().await,
            Self::Doctor(doctor) => doctor.run().await,
            Self::Exchange(exchange) => exchange.run().await,
            Self::Registry(registry) => registry.run().await,
            Self::Nation(nation) => nation.run(),
            Self::Keys(keys) => keys.run().await,
            Self::Journal(journal) => journal.run().await,
            Self::Evidence(evidence) => evidence.run().await,
            Self::Feed(feed) => feed.run(),
            Self::Clean(clean) => clean.run().await,
            Self::Call(call) => call.run().await,
            Self::Witness(witness) => witness.run().await,
            Self::Timestamp(timestamp) => timestamp.run().await,
            Self::Docs(docs) => docs.run(),
        }
    }
}

/// Which store a command works on.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct StoreArguments {
    /// Folder of an embedded store (with its keys)
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl StoreArguments {
    /// The configuration that they mean.
    pub fn config(&self) -> anyhow::Result<Config> {
        match (&self.store, &self.config) {
            (Some(directory), _) => {
                let mut config = Config::for_directory(directory);
                // What a demo signs with.
                let seal = directory.join("tls/seal.key");
                if seal.exists() {
                    (config.evidence.certificate, config.evidence.key) =
                        (directory.join("tls/seal.pem"), seal);
                }
                Config::parse_over(&config, environment())
            }
            (None, Some(file)) => Config::load(file, environment()),
            (None, None) => anyhow::bail!("--store DIR or --config FILE is needed"),
        }
    }
}

/// The process environment; read here and nowhere else.
#[expect(clippy::disallowed_methods, reason = "the roof is where the environment is read")]
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars()
}
