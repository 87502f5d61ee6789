//! The peer: the same door over the same TLS, with a handler that returns a constant.
use dancu_gateway::door::{Door, DoorLimits, TlsFiles, TlsMaterial};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// Serves a constant of the size of a verification's answer until told to stop.
pub(crate) async fn serve(directory: &Path) -> anyhow::Result<(SocketAddr, watch::Sender<bool>)> {
    let tls = TlsMaterial::load(&TlsFiles {
        certificate: directory.join("tls/server.pem"),
        key: directory.join("tls/server.key"),
        client_ca: directory.join("tls/ca.pem"),
        tls12: false,
    })?;
    let limits = DoorLimits {
        connections: 4096,
        handshake: Duration::from_secs(10),
        headers: Duration::from_secs(30),
        header_bytes: 16 * 1024,
        drain: Duration::from_secs(1),
    };
    let body = "x".repeat(280);
    let router = axum::Router::new().fallback(move || {
        let body = body.clone();
        async move { body }
    });
    let door = Door::bind(SocketAddr::from(([127, 0, 0, 1], 0)), tls, limits).await?;
    let address = door.address()?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(door.serve(router, stopped));
    Ok((address, stop))
}
