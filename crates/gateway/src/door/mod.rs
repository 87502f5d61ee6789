//! The TLS door: who may connect, how long anything may take, and how it closes.
mod accept;
mod guests;
mod inside;
mod peer;
mod stream;
mod tls;

pub use accept::{Door, DoorLimits, Router};
pub use inside::Inside;
pub use peer::{ChainVerdict, Peer, PeerCertificate};
pub use tls::{TlsError, TlsFiles, TlsMaterial};
