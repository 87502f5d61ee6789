//! The peer: the same door over the same TLS, with a handler that returns a constant.
use anyhow::Context as _;
use dancu_gateway::door::{Door, DoorLimits, TlsFiles, TlsMaterial};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The peer's process: serves a constant of the size of a verification's answer, and prints its address, until the
/// process is ended. Apart from the load generator, as the server under test is.
pub(crate) async fn serve(directory: &Path) -> anyhow::Result<()> {
    let tls = TlsMaterial::load(&TlsFiles {
        certificate: directory.join("tls/server.pem"),
        key: directory.join("tls/server.key"),
        client_ca: vec![directory.join("tls/ca.pem")],
        tls12: false,
    })?;
    let limits = DoorLimits {
        connections: 4096,
        connections_per_address: 4096,
        handshake: Duration::from_secs(10),
        headers: Duration::from_secs(30),
        idle: Duration::from_mins(1),
        header_bytes: 16 * 1024,
        drain: Duration::from_secs(1),
    };
    let body = "x".repeat(280);
    let router = axum::Router::new().fallback(move || {
        let body = body.clone();
        async move { body }
    });
    let door = Door::bind(SocketAddr::from(([127, 0, 0, 1], 0)), tls, limits, Arc::new(Now)).await?;
    let address = door.address()?;
    println!("{address}");
    let (_open, stopped) = watch::channel(false);
    door.serve(router, stopped).await;
    Ok(())
}

/// The real clock.
struct Now;

impl dancu_gateway::Clock for Now {
    fn now_us(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// A running peer; ended when dropped.
pub(crate) struct Bare {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Bare {
    pub(crate) fn start(directory: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("bare")
            .arg(directory)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse()? })
    }
}

impl Bare {
    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
