#![doc = include_str!("../README.md")]

mod dir;
mod file;
mod jwk;
mod jws;
mod log_key;
pub mod password;
pub mod percall;
mod piece;
mod ring;
mod secret;
mod signer;
mod stream;
pub mod timestamp;

pub use dir::KeyDir;
pub use jwk::{Jwk, Jwks};
pub use jws::{Protected, SignedEntry, VerifyError, verify_detached};
pub use password::{PasswordCache, PasswordParams};
pub use piece::PieceKey;
pub use ring::{KeyRing, Place, SealError};
pub use secret::Secret;
pub use signer::{Algorithm, Signer};
pub use stream::{FileKey, StreamError};

use std::path::PathBuf;

/// Why the keys cannot be used. No message holds key material.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or a key file is not there
    #[error("{} is missing; restore it from the backup of the keys", .0.display())]
    Missing(PathBuf),
    /// Others than the owner can read (or, for the folder, write) it
    #[error("{} is open to others (mode {mode:03o}); run: chmod {wanted:o} {}", .path.display(), .path.display())]
    OpenToOthers {
        /// File or folder
        path: PathBuf,
        /// Its mode bits
        mode: u32,
        /// The mode it should have
        wanted: u32,
    },
    /// The key of the log is for another one
    #[error("{} is the key of the log {found:?}, not of {wanted:?}; journal.origin stays what it was when the key was made", .path.display())]
    OtherLog {
        /// The file
        path: PathBuf,
        /// Origin in the key
        found: String,
        /// Origin configured
        wanted: String,
    },
    /// A key file is damaged
    #[error("{} is damaged: {what}", .path.display())]
    Damaged {
        /// The file
        path: PathBuf,
        /// What is wrong, without its content
        what: &'static str,
    },
    /// The operating system refused
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file
        path: PathBuf,
        /// The system's reason
        source: std::io::Error,
    },
    /// The cryptographic library refused
    #[error("the cryptographic library refused to {0}")]
    Crypto(&'static str),
    /// No such key
    #[error("no sealing key has the number {0}")]
    UnknownKey(u16),
}
