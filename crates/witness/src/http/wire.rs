//! One connection and one exchange on it.
use super::{Answer, CallError};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(super) type Sender = SendRequest<Full<Bytes>>;

/// Opens a connection; it is driven in the background until its sender is dropped.
pub(super) async fn connect(
    address: &str,
    tls: Option<&(Arc<ClientConfig>, ServerName<'static>)>,
) -> Result<Sender, CallError> {
    let refused = |error: std::io::Error| CallError::Connect(error.to_string());
    let stream = TcpStream::connect(address).await.map_err(refused)?;
    stream.set_nodelay(true).map_err(refused)?;
    match tls {
        Some((config, name)) => {
            let connector = TlsConnector::from(Arc::clone(config));
            drive(connector.connect(name.clone(), stream).await.map_err(refused)?).await
        }
        None => drive(stream).await,
    }
}

async fn drive<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S) -> Result<Sender, CallError> {
    let (sender, connection) =
        handshake(TokioIo::new(stream)).await.map_err(|error| CallError::Connect(error.to_string()))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection to a peer ended");
        }
    });
    Ok(sender)
}

/// Sends one request and reads its answer whole.
pub(super) async fn exchange(
    sender: &mut Sender,
    request: http::Request<Full<Bytes>>,
    limit: usize,
) -> Result<Answer, CallError> {
    let answer = sender.send_request(request).await.map_err(|error| CallError::Broken(error.to_string()))?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            CallError::TooLarge
        } else {
            CallError::Broken(error.to_string())
        }
    })?;
    let content_type =
        parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Ok(Answer { status: parts.status.as_u16(), content_type: essence, body: body.to_bytes().to_vec() })
}
