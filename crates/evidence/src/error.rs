//! What goes wrong when a file is made, and when one is checked.
use dancu_journal::JournalError;
use dancu_journal::publish::ProofError;
use dancu_keys::SealError;
use dancu_papers::sign::SignError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;

/// Why there is no evidence file. No message tells of a person.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// More entries than go into one file
    #[error("there are more than {0} entries: ask for a shorter time or for one account")]
    TooMany(usize),
    /// No entry at all
    #[error("there is no entry of that kind in that time")]
    Nothing,
    /// No entry of this number, or one that says nothing by itself
    #[error("there is no entry {0}")]
    NoEntry(u64),
    /// What was asked for is not provable yet
    #[error("the newest entries are not confirmed by the witnesses yet: try again in a minute")]
    NotYet,
    /// No certificate to sign with
    #[error("no certificate is configured to sign evidence files with (evidence.certificate, evidence.key)")]
    NoSigner,
    /// There is no such file
    #[error("there is no evidence file {0:?}")]
    Unknown(String),
    /// Another server began it and ended before it was done
    #[error("the work was interrupted")]
    Interrupted,
    /// A stored value does not read
    #[error("a row of evidence_file cannot be read: {0}")]
    Damaged(&'static str),
    /// The journal
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A proof
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The signature
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file store
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Sealing
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The archive cannot be written
    #[error("the archive cannot be written: {0}")]
    Archive(&'static str),
}

impl EvidenceError {
    /// A word for the page and the row, that tells whoever asked what to do.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooMany(_) => "too-many",
            Self::Nothing => "nothing",
            Self::NoEntry(_) => "no-entry",
            Self::NotYet => "not-yet",
            Self::NoSigner => "no-signer",
            Self::Sign(_) => "signature",
            Self::Interrupted => "interrupted",
            _ => "failed",
        }
    }
}

/// Why a file is no evidence.
#[derive(Debug, thiserror::Error)]
pub enum NotEvidence {
    /// Not an archive of the form that it must have
    #[error("the archive: {0}")]
    Archive(&'static str),
    /// The signature is not good, or not by somebody trusted
    #[error("the signature: {0}")]
    Signature(#[from] SignError),
    /// The list of files is not that of the files
    #[error("the manifest is not that of the files in the archive")]
    Manifest,
    /// A file does not read, or says other things than the proofs
    #[error("{0}")]
    Content(String),
    /// A proof is not good
    #[error("{file}: {why}")]
    Proof {
        /// Which
        file: String,
        /// Why
        why: String,
    },
}
