//! `dancu serve`: the service by its configuration.
use crate::config::Config;
use crate::server::Server;
use clap::Args;
use std::path::PathBuf;
use tokio::signal::unix::{Signal, SignalKind, signal};

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
        let signals = Signals::listen()?;
        let server = Server::start(&config, crate::pages::Guests::default()).await?;
        tracing::info!(address = %server.address, admin = %server.admin, "serving");
        signals.end(server).await;
        Ok(())
    }
}

/// SIGTERM and SIGINT, heard from before the service says that it is ready.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Until one comes.
    pub async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Serves until one comes, then ends gracefully.
    pub async fn end(self, server: Server) {
        self.wait().await;
        tracing::info!("stopping: open calls end, new ones are refused");
        server.stop().await;
    }
}
