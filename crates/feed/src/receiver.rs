//! To whom messages go.
use crate::FeedError;
use crate::message::{Message, Origin};
use crate::{cef, rfc5424};
use rustls_pki_types::ServerName;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// The form of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 5424 with structured data
    Rfc5424,
    /// CEF:0 inside RFC 5424
    Cef,
}

impl Format {
    /// By its name in the configuration, `rfc5424` or `cef`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "rfc5424" => Some(Self::Rfc5424),
            "cef" => Some(Self::Cef),
            _ => None,
        }
    }

    pub(crate) fn write(self, origin: &Origin, message: &Message) -> String {
        match self {
            Self::Rfc5424 => rfc5424::write(origin, message),
            Self::Cef => cef::write_syslog(origin, message),
        }
    }
}

/// TLS to a receiver.
#[derive(Clone)]
pub struct Tls {
    /// Whose certificates are trusted, and our own, if there is one
    pub config: Arc<rustls::ClientConfig>,
    /// Name that the receiver's certificate must have
    pub server_name: ServerName<'static>,
}

/// A receiver of messages: a syslog collector.
#[derive(Clone)]
pub struct Receiver {
    /// Name in metrics, in the lease and in the name of the cursor: lower-case letters, digits and `-`
    pub name: String,
    /// `host:port`
    pub address: String,
    /// Form of the messages
    pub format: Format,
    /// TLS; none only towards this machine
    pub tls: Option<Tls>,
}

impl Receiver {
    /// Whether it can be a receiver.
    pub(crate) fn check(&self) -> Result<(), FeedError> {
        let refused = |what| Err(FeedError::Receiver { name: self.name.clone(), what });
        let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if self.name.is_empty() || self.name.len() > 40 || !self.name.bytes().all(letter) {
            return refused("its name must be lower-case letters, digits and -, 40 at most");
        }
        let Some((host, port)) = self.address.rsplit_once(':') else {
            return refused("its address must be host:port");
        };
        if port.parse::<u16>().is_err() || host.is_empty() {
            return refused("its address must be host:port");
        }
        let host: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
        if self.tls.is_none() && !host.is_ok_and(|ip| ip.is_loopback()) {
            return refused("without TLS its address must be a loopback address in digits");
        }
        Ok(())
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = self.tls.is_some();
        let mut f = f.debug_struct("Receiver");
        f.field("name", &self.name).field("address", &self.address).field("format", &self.format);
        f.field("tls", &tls).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_to_this_machine() {
        let check = |name: &str, address: &str| {
            let (name, address) = (name.to_owned(), address.to_owned());
            Receiver { name, address, format: Format::Cef, tls: None }.check()
        };
        for address in ["127.0.0.1:514", "127.9.9.9:1", "[::1]:6514"] {
            check("soc-1", address).unwrap();
        }
        for address in
            ["10.0.0.1:514", "localhost:514", "127.0.0.1", ":514", "127.0.0.1:x", "[::2]:1", "0.0.0.0:1"]
        {
            assert!(check("soc-1", address).is_err(), "{address}");
        }
        for name in ["", "SOC", "a/b", "a b", &"x".repeat(41)] {
            assert!(check(name, "127.0.0.1:514").is_err(), "{name}");
        }
        assert_eq!(Format::from_name("cef"), Some(Format::Cef));
        assert_eq!(Format::from_name("leef"), None);
    }
}
