//! `dancu timestamp`: a small time-stamping authority, and the check of stamps.
use super::serve::Signals;
use crate::beside::authority::{AuthorityConfig, FILE, init, load, start};
use crate::clock::SystemClock;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use dancu_keys::timestamp::{Authorities, verify};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Time stamps (RFC 3161): a small authority, and the check of stamps
#[derive(Debug, Subcommand)]
pub enum Timestamp {
    /// Make the folder of a new authority with a root of its own, for trials
    Init {
        /// Folder to make
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Address of its HTTP service
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Serve as an authority
    Serve(Serve),
    /// Check that a file existed at the time that a stamp says
    Verify(Verify),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Serve {
    /// Folder that `timestamp init` made
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// What was stamped, as `7.checkpoint`
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The authority's answer, as `7.tsr`
    #[arg(long = "in", value_name = "FILE")]
    answer: PathBuf,
    /// Certificates of the authorities to trust, PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
}

impl Timestamp {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Init { dir, listen } => {
                let default = AuthorityConfig::default();
                let config = AuthorityConfig { listen: listen.unwrap_or(default.listen), ..default };
                println!("{}", init(&dir, &config)?.display());
                Ok(())
            }
            Self::Serve(Serve { dir: Some(dir), .. }) => serve(&dir.join(FILE)).await,
            Self::Serve(Serve { config: Some(config), .. }) => serve(&config).await,
            Self::Serve(_) => anyhow::bail!("--dir DIR or --config FILE is needed"),
            Self::Verify(files) => files.run(),
        }
    }
}

async fn serve(file: &Path) -> anyhow::Result<()> {
    crate::log::start(&load(file)?.log)?;
    let signals = Signals::listen()?;
    let running = start(file, None, Arc::new(SystemClock)).await?;
    tracing::info!(address = %running.address, "time-stamping");
    signals.wait().await;
    running.stop().await;
    Ok(())
}

impl Verify {
    fn run(&self) -> anyhow::Result<()> {
        let read = |path: &Path| std::fs::read(path).with_context(|| format!("{}", path.display()));
        let trusted = Authorities::from_pem(&read(&self.ca)?)?;
        let stamp = verify(&read(&self.answer)?, &read(&self.data)?, None, &trusted)?;
        let time = jiff::Timestamp::from_microsecond(stamp.time_us)?;
        println!("time      {time}");
        if let Some(accuracy_us) = stamp.accuracy_us {
            println!("accuracy  {accuracy_us} µs");
        }
        println!("policy    {}\nserial    {}", stamp.policy, stamp.serial);
        Ok(())
    }
}
