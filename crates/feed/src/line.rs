//! One connection to a receiver: messages go out, nothing comes in but the end.
use crate::receiver::Receiver;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// For a connection with its handshake.
const CONNECT: Duration = Duration::from_secs(10);
/// In which the receiver must take something; a longer stall ends the connection.
const STALL: Duration = Duration::from_mins(1);
/// Silence after which the network is asked whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// For a reset to arrive that crossed with the receiver's own end.
const CROSSING: Duration = Duration::from_millis(100);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// How the other side ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// In order, with the `close_notify` of TLS
    Closed,
    /// TCP ended in order, without a word of TLS: a receiver does so that is killed, and many do so always
    Cut,
    /// By a reset or an error
    Broken,
}

/// What is known of the messages after our own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The receiver ended in order after us: it has read all
    Read,
    /// Its machine has read all; what it was killed over, it may not have kept
    Unsure,
    /// It ended otherwise: some may be unread
    Broken,
    /// It does not answer
    Silent,
}

/// An open connection.
pub(crate) struct Line {
    writer: WriteHalf<Box<dyn Stream>>,
    ended: watch::Receiver<Option<Ended>>,
    /// The same socket, to ask it for its error
    probe: socket2::Socket,
}

impl Line {
    /// Connects. Without TLS only to this machine.
    pub(crate) async fn open(receiver: &Receiver) -> io::Result<Self> {
        timeout(CONNECT, connect(receiver)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    /// Writes; returns early when the other side ends.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (writer, ended) = (&mut self.writer, &mut self.ended);
        let write = async {
            // In pieces, so that the stall is measured on progress and not on the whole.
            for piece in bytes.chunks(16 * 1024) {
                let written = timeout(STALL, async {
                    writer.write_all(piece).await?;
                    writer.flush().await
                });
                written.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            }
            Ok(())
        };
        tokio::select! {
            written = write => written,
            _ = ended.wait_for(Option::is_some) => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Returns when the other side has ended.
    pub(crate) async fn ended(&mut self) {
        let _ = self.ended.wait_for(Option::is_some).await;
    }

    /// Ends our half and waits for the other. A close over unread bytes is a reset (RFC 1122 4.2.2.13), so an orderly end
    /// after ours says that everything was read.
    pub(crate) async fn close(mut self, patience: Duration) -> Close {
        // An end before ours says nothing.
        if self.ended.borrow().is_some() {
            return Close::Broken;
        }
        if !matches!(timeout(patience, self.writer.shutdown()).await, Ok(Ok(()))) {
            return Close::Broken;
        }
        let ended = timeout(patience, self.ended.wait_for(Option::is_some)).await;
        let close = match ended.map(|ended| ended.map(|e| *e)) {
            Ok(Ok(Some(Ended::Closed))) => Close::Read,
            Ok(Ok(Some(Ended::Cut))) => Close::Unsure,
            Ok(_) => return Close::Broken,
            Err(_) => return Close::Silent,
        };
        tokio::time::sleep(CROSSING).await;
        if matches!(self.probe.take_error(), Ok(None)) { close } else { Close::Broken }
    }
}

async fn connect(receiver: &Receiver) -> io::Result<Line> {
    let tcp = TcpStream::connect(&receiver.address).await?;
    if receiver.tls.is_none() {
        only_here(tcp.peer_addr()?)?;
    }
    tcp.set_nodelay(true)?;
    let socket = socket2::SockRef::from(&tcp);
    socket
        .set_tcp_keepalive(&socket2::TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(STALL))?;
    let probe = socket.try_clone()?;
    let is_tls = receiver.tls.is_some();
    let stream: Box<dyn Stream> = match &receiver.tls {
        None => Box::new(tcp),
        Some(tls) => {
            let connector = TlsConnector::from(std::sync::Arc::clone(&tls.config));
            Box::new(connector.connect(tls.server_name.clone(), tcp).await?)
        }
    };
    let (mut reader, writer) = tokio::io::split(stream);
    let (tell, ended) = watch::channel(None);
    // Reads what a receiver may say (TLS tickets): bytes that nobody reads would turn our own close into a reset.
    tokio::spawn(async move {
        let mut ignored = [0; 1024];
        let how = loop {
            tokio::select! {
                read = reader.read(&mut ignored) => match read {
                    Ok(0) => break if is_tls { Ended::Closed } else { Ended::Cut },
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Ended::Cut,
                    Err(_) => break Ended::Broken,
                },
                () = tell.closed() => return,
            }
        };
        tell.send_replace(Some(how));
    });
    Ok(Line { writer, ended, probe })
}

fn only_here(peer: SocketAddr) -> io::Result<()> {
    if peer.ip().is_loopback() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "without TLS only to a loopback address"))
}
