//! A small HTTP client: one peer, one connection that is kept, limits on everything that comes back.
mod endpoint;
mod wire;

pub use endpoint::{Endpoint, UrlRefused};

use std::time::Duration;

/// What one call may cost.
#[derive(Clone, Copy, Debug)]
pub struct CallLimits {
    /// time for the whole call, connecting included
    pub time: Duration,
    /// bytes of the largest body that is read
    pub body: usize,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(5), body: 64 * 1024 }
    }
}

/// An answer, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status
    pub status: u16,
    /// `Content-Type` without its parameters
    pub content_type: String,
    /// the body
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// no connection, or no TLS on it
    #[error("cannot connect: {0}")]
    Connect(String),
    /// the connection broke, or what came is no HTTP
    #[error("the connection broke: {0}")]
    Broken(String),
    /// nothing in time
    #[error("no answer in time")]
    Timeout,
    /// a body above the limit
    #[error("the answer is too large")]
    TooLarge,
}
