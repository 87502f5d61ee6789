//! A receiver that does what a test tells it: read, stall, break, stay silent.
use rcgen::{CertificateParams, KeyPair};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::{PrivateKeyDer, ServerName};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How it behaves at a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Temper {
    /// Reads everything, ends when the sender does
    Good,
    /// Reads so many messages, then nothing, then breaks the connection with the rest unread
    Stalls(usize),
    /// Reads everything, and answers the sender's end with a reset
    Resets,
    /// Reads everything, and answers the sender's end not at all
    Silent,
}

/// Messages received, in their order.
#[derive(Clone, Default)]
pub(crate) struct Heard {
    pub(crate) messages: Arc<Mutex<Vec<String>>>,
    pub(crate) connections: Arc<AtomicU64>,
}

impl Heard {
    pub(crate) fn all(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }

    /// Numbers of entries, in the order of their arrival.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.all().iter().filter_map(|message| number(message)).collect()
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.all().into_iter().filter(|message| number(message).is_none()).collect()
    }

    /// Waits for all entries below this number, a minute at most: patience, not a measure of speed.
    pub(crate) async fn until(&self, end: u64) {
        let last = end - 1;
        for _ in 0..6000 {
            if self.numbers().contains(&last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("entry {last} did not arrive; {:?}", self.numbers().last());
    }
}

fn number(message: &str) -> Option<u64> {
    let after = message.split_once(" index=\"").or_else(|| message.split_once(" externalId="))?.1;
    after.split(['"', ' ']).next()?.parse().ok()
}

/// Listens until it is dropped.
pub(crate) struct Collector {
    pub(crate) address: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Collector {
    pub(crate) fn start(address: &str, heard: Heard, temper: Temper, tls: Option<Arc<ServerConfig>>) -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        let address: std::net::SocketAddr = address.parse().unwrap();
        socket.bind(&address.into()).unwrap();
        socket.listen(16).unwrap();
        let listener = TcpListener::from_std(socket.into()).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                heard.connections.fetch_add(1, Ordering::Relaxed);
                let (heard, tls) = (heard.clone(), tls.clone());
                tokio::spawn(async move {
                    let linger = socket2::SockRef::from(&tcp).try_clone().unwrap();
                    match tls {
                        None => serve(tcp, linger, heard, temper).await,
                        Some(tls) => {
                            if let Ok(stream) = TlsAcceptor::from(tls).accept(tcp).await {
                                serve(stream, linger, heard, temper).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, task }
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    socket: socket2::Socket,
    heard: Heard,
    temper: Temper,
) {
    let mut read = 0;
    while let Some(message) = message(&mut stream).await {
        heard.messages.lock().unwrap().push(message);
        read += 1;
        if temper == Temper::Stalls(read) {
            tokio::time::sleep(Duration::from_millis(700)).await;
            // Whatever is unread is lost with the connection.
            socket.set_linger(Some(Duration::ZERO)).unwrap();
            return;
        }
    }
    match temper {
        Temper::Resets => socket.set_linger(Some(Duration::ZERO)).unwrap(),
        Temper::Silent => tokio::time::sleep(Duration::from_mins(1)).await,
        _ => {}
    }
}

/// One message by octet counting; none at the end.
async fn message(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut length = 0_usize;
    loop {
        match stream.read_u8().await.ok()? {
            b' ' => break,
            digit => length = length * 10 + usize::from(digit.checked_sub(b'0').filter(|d| *d < 10).unwrap()),
        }
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await.ok()?;
    Some(String::from_utf8(message).unwrap())
}

/// TLS in which both sides show a certificate of their own.
pub(crate) fn mutual_tls() -> (Arc<ServerConfig>, dancu_feed::Tls) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let issue = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
        (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    };
    let ((server, server_key), (client, client_key)) = (issue("soc.example"), issue("dancu.example"));
    let trust = |certificate| {
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        roots
    };
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
        Arc::new(trust(client.clone())),
        Arc::clone(&provider),
    );
    let server_config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![server.clone()], server_key)
        .unwrap();
    let client_config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trust(server))
        .with_client_auth_cert(vec![client], client_key)
        .unwrap();
    let server_name = ServerName::try_from("soc.example").unwrap();
    (Arc::new(server_config), dancu_feed::Tls { config: Arc::new(client_config), server_name })
}
