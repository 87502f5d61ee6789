//! What may run beside a service, and better elsewhere: a witness of logs, a small time-stamping authority. Each has a
//! folder of its own with its configuration, key and store.
pub mod authority;
mod folder;
pub mod witness;

use axum::Router;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A small service that runs until it is told to stop.
#[derive(Debug)]
pub struct Running {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    async fn start(listen: SocketAddr, router: Router) -> anyhow::Result<Self> {
        use anyhow::Context as _;
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(dancu_witness::serve::serve(listener, router, stopped));
        Ok(Self { address, stop, task })
    }

    /// Lets open requests end.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(Duration::from_secs(6), self.task).await;
    }
}
