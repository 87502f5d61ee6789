//! A peer by its URL.
use super::wire::{Sender, connect, exchange};
use super::{Answer, CallError, CallLimits};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request, Uri};
use http_body_util::Full;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Why a URL cannot be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    /// not `http://host…` or `https://host…`
    #[error("not an http or https URL with a host")]
    Malformed,
    /// user and password in a URL end in logs
    #[error("a URL with a user name")]
    Credentials,
    /// `https`, and no authorities to trust were given
    #[error("https needs the authorities that are trusted")]
    NoTrust,
}

/// A peer, and the connection to it that is open.
pub struct Endpoint {
    /// host and port to connect to
    address: String,
    /// what the `Host` header says
    authority: String,
    path: String,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    limits: CallLimits,
    idle: Mutex<Option<Sender>>,
}

impl Endpoint {
    /// By its URL; for `https` with the TLS configuration that says whom to trust.
    pub fn new(url: &str, tls: Option<Arc<ClientConfig>>, limits: CallLimits) -> Result<Self, UrlRefused> {
        let uri: Uri = url.parse().map_err(|_| UrlRefused::Malformed)?;
        let authority = uri.authority().ok_or(UrlRefused::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(UrlRefused::Credentials);
        }
        let host = authority.host();
        let (tls, port) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => {
                let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
                    .map_err(|_| UrlRefused::Malformed)?;
                (Some((tls.ok_or(UrlRefused::NoTrust)?, name)), 443)
            }
            _ => return Err(UrlRefused::Malformed),
        };
        Ok(Self {
            address: format!("{host}:{}", authority.port_u16().unwrap_or(port)),
            authority: authority.to_string(),
            path: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            tls,
            limits,
            idle: Mutex::new(None),
        })
    }

    /// Posts a body to the URL itself.
    pub async fn post(&self, content_type: &str, body: Vec<u8>) -> Result<Answer, CallError> {
        self.call(Method::POST, &self.path, Some(content_type), body).await
    }

    /// Posts a body to a path below the URL.
    pub async fn post_below(
        &self,
        name: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let path = format!("{}/{name}", self.path.trim_end_matches('/'));
        self.call(Method::POST, &path, Some(content_type), body).await
    }

    /// Gets what is at a path (and query) below the URL.
    pub async fn get_below(&self, name: &str) -> Result<Answer, CallError> {
        let path = format!("{}/{name}", self.path.trim_end_matches('/'));
        self.call(Method::GET, &path, None, Vec::new()).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.authority);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| CallError::Broken(error.to_string()))?;
        tokio::time::timeout(self.limits.time, self.send(request)).await.map_err(|_| CallError::Timeout)?
    }

    /// Over the connection that is open, if it still is; over a new one otherwise. The peer may close an idle connection
    /// at any moment, so a failure on the old one says nothing; asking twice does no harm to who is asked here.
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, CallError> {
        let idle = self.idle.lock().await.take();
        if let Some(mut sender) = idle
            && sender.ready().await.is_ok()
            && let Ok(answer) = exchange(&mut sender, request.clone(), self.limits.body).await
        {
            *self.idle.lock().await = Some(sender);
            return Ok(answer);
        }
        let mut sender = connect(&self.address, self.tls.as_ref()).await?;
        let answer = exchange(&mut sender, request, self.limits.body).await?;
        *self.idle.lock().await = Some(sender);
        Ok(answer)
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Result<Endpoint, UrlRefused> {
        Endpoint::new(url, None, CallLimits::default())
    }

    #[test]
    fn urls_that_can_be_called() {
        for (url, address, path) in [
            ("http://localhost:8451", "localhost:8451", "/"),
            ("http://witness.example/w1/", "witness.example:80", "/w1/"),
            ("http://[::1]:7/a?b=c", "[::1]:7", "/a?b=c"),
        ] {
            let endpoint = endpoint(url).unwrap();
            assert_eq!((&*endpoint.address, &*endpoint.path), (address, path));
        }
    }

    #[test]
    fn urls_that_cannot() {
        for url in ["", "witness.example", "/a", "ftp://witness.example", "http://", "http:// /"] {
            assert_eq!(endpoint(url).err(), Some(UrlRefused::Malformed), "{url}");
        }
        assert_eq!(endpoint("https://witness.example").err(), Some(UrlRefused::NoTrust));
        assert_eq!(endpoint("http://user:secret@witness.example").err(), Some(UrlRefused::Credentials));
    }
}
