//! `dancu witness`: witnesses the logs of others.
use super::serve::Signals;
use crate::beside::witness::{FILE, Opened, WitnessConfig, init};
use crate::clock::SystemClock;
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Witness logs: cosign what continues what was seen, and nothing else
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Witness {
    #[command(subcommand)]
    command: Option<Making>,
    #[command(flatten)]
    place: Option<Place>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// Folder that `witness init` made
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Making {
    /// Make the folder of a new witness, and print the key that verifies its cosignatures
    Init {
        /// Folder to make
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Name of its key, as `witness.example/w1`
        #[arg(long)]
        name: String,
        /// Verifier key of a log to witness; repeat
        #[arg(long = "log", value_name = "VKEY", required = true)]
        logs: Vec<String>,
        /// Address of its HTTP service
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
}

impl Witness {
    pub async fn run(self) -> anyhow::Result<()> {
        match (self.command, self.place) {
            (Some(Making::Init { dir, name, logs, listen }), _) => {
                let default = WitnessConfig::default();
                let config = WitnessConfig { logs, listen: listen.unwrap_or(default.listen), ..default };
                println!("{}", init(&dir, &name, &config)?);
                Ok(())
            }
            (None, Some(Place { dir: Some(dir), .. })) => serve(dir.join(FILE)).await,
            (None, Some(Place { config: Some(config), .. })) => serve(config).await,
            (None, _) => anyhow::bail!("--dir DIR or --config FILE is needed"),
        }
    }
}

async fn serve(file: PathBuf) -> anyhow::Result<()> {
    let opened = tokio::task::spawn_blocking(move || Opened::open(&file, Arc::new(SystemClock))).await??;
    crate::log::start(&opened.config().log)?;
    let signals = Signals::listen()?;
    let (key, logs) = (opened.key().to_string(), opened.config().logs.len());
    let running = opened.start().await?;
    tracing::info!(address = %running.address, key, logs, "witnessing");
    signals.wait().await;
    running.stop().await;
    Ok(())
}
