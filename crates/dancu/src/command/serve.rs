//! `dancu serve`: the service by its configuration.
use crate::config::Config;
use crate::server::Server;
use clap::Args;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// Serve by a configuration file
#[derive(Debug, Args)]
pub struct Serve {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "dancu.toml")]
    config: PathBuf,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(&self.config, super::environment())?;
        crate::log::start(&config.log)?;
        let server = Server::start(&config, Vec::new()).await?;
        tracing::info!(address = %server.address, admin = %server.admin, "serving");
        until_told_to_stop(server).await
    }
}

/// Serves until SIGTERM or SIGINT, then ends gracefully.
pub async fn until_told_to_stop(server: Server) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: open calls end, new ones are refused");
    server.stop().await;
    Ok(())
}
