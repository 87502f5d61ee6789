//! The accept loop: handshake, limits, graceful end.
use super::guests::Guests;
use super::inside::{Inside, LAST_WORDS};
use super::stream::Polite;
use super::{Peer, PeerCertificate, TlsMaterial};
use crate::Clock;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// The routes behind the door.
pub type Router = axum::Router;

/// What one connection may cost.
#[derive(Clone, Debug)]
pub struct DoorLimits {
    /// Connections open at once; the next waits in the kernel's queue
    pub connections: usize,
    /// Connections open at once from one address
    pub connections_per_address: usize,
    /// Time for the TLS handshake
    pub handshake: Duration,
    /// Time for the request line and headers to arrive, and the longest idle time between requests
    pub headers: Duration,
    /// Longest time in which no byte moves
    pub idle: Duration,
    /// Bytes of request line and headers
    pub header_bytes: usize,
    /// Time that open calls get to end when the door closes
    pub drain: Duration,
}

/// A listening door.
pub struct Door {
    listener: TcpListener,
    tls: TlsMaterial,
    limits: DoorLimits,
    clock: Arc<dyn Clock>,
    inside: Inside,
}

impl Door {
    /// Binds the address.
    pub async fn bind(
        address: SocketAddr,
        tls: TlsMaterial,
        limits: DoorLimits,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            tls,
            limits,
            clock,
            inside: Inside::default(),
        })
    }

    /// Who is inside, to be cut when a right ends.
    pub fn inside(&self) -> Inside {
        self.inside.clone()
    }

    /// The address in use, with the port that the system chose where 0 was asked.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `closed` turns true, then lets open calls end.
    pub async fn serve(self, router: Router, mut closed: watch::Receiver<bool>) {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.tls.config));
        let slots = Arc::new(Semaphore::new(self.limits.connections));
        let graceful = GracefulShutdown::new();
        let http = http_builder(&self.limits);
        let guests = Guests::default();
        loop {
            let next = async {
                let slot = Arc::clone(&slots).acquire_owned().await;
                (slot, self.listener.accept().await)
            };
            let (slot, accepted) = tokio::select! {
                next = next => next,
                _ = closed.wait_for(|closed| *closed) => break,
            };
            let (stream, from) = match accepted {
                Ok(pair) => pair,
                Err(error) => {
                    // Out of file descriptors or the like: wait for connections to end.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Some(guest) = guests.come(from.ip().to_canonical(), self.limits.connections_per_address)
            else {
                continue;
            };
            let (acceptor, http, router) = (acceptor.clone(), http.clone(), router.clone());
            let inside = self.inside.clone();
            let now_us = self.clock.now_us();
            let (tls, limits, watcher) = (self.tls.clone(), self.limits.clone(), graceful.watcher());
            tokio::spawn(async move {
                let (_slot, _guest) = (slot, guest);
                let handshake =
                    tokio::time::timeout(limits.handshake, handshake(stream, from, &acceptor, &tls, now_us))
                        .await;
                let Ok(Some((stream, peer))) = handshake else { return };
                let mut entered = peer.certificate.as_ref().map(|shown| inside.enter(shown.fingerprint));
                let service = TowerToHyperService::new(router.map_request(
                    move |mut request: hyper::Request<Incoming>| {
                        request.extensions_mut().insert(peer.clone());
                        request.map(axum::body::Body::new)
                    },
                ));
                let connection = http
                    .serve_connection(TokioIo::new(Polite::new(stream, limits.headers, limits.idle)), service)
                    .into_owned();
                let mut connection = std::pin::pin!(watcher.watch(connection));
                let cut = async {
                    match &mut entered {
                        Some(entered) => entered.is_cut().await,
                        None => std::future::pending().await,
                    }
                };
                let ended = tokio::select! {
                    ended = &mut connection => ended,
                    () = cut => tokio::time::timeout(LAST_WORDS, connection).await.unwrap_or(Ok(())),
                };
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended");
                }
            });
        }
        let _ = tokio::time::timeout(self.limits.drain, graceful.shutdown()).await;
    }
}

async fn handshake(
    stream: TcpStream,
    from: SocketAddr,
    acceptor: &TlsAcceptor,
    tls: &TlsMaterial,
    now_us: i64,
) -> Option<(tokio_rustls::server::TlsStream<TcpStream>, Peer)> {
    // Without it a small answer waits for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let stream = acceptor.accept(stream).await.ok()?;
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let certificate = PeerCertificate::judge(shown, &tls.client_roots, now_us).map(Arc::new);
    let address = from.ip().to_canonical();
    Some((stream, Peer { address, certificate }))
}

fn http_builder(limits: &DoorLimits) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes.max(2 * 1024) * 4);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.header_bytes.saturating_mul(4)).unwrap_or(u32::MAX))
        .max_concurrent_streams(64);
    http
}
