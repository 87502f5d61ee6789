//! Why nothing is sealed, or not opened.
use super::MOST_BYTES;
use dancu_papers::sign::SignError;
use dancu_pki::envelope::{EnvelopeError, OpenRefused};
use std::io;

/// Why nothing is sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A name that no file of a package can have, or one twice, or too many
    #[error("the names of the files are not plain, or there are too many of them")]
    Names,
    /// More than [`MOST_BYTES`]
    #[error("the files have more than {MOST_BYTES} bytes")]
    TooBig,
    /// A file changed while it was sealed
    #[error("a file was changed while it was sealed")]
    Changed,
    /// It could not be signed
    #[error(transparent)]
    Sign(#[from] SignError),
    /// It could not be encrypted
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Reading or writing failed
    #[error("reading or writing failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

/// Why a package is not opened. Nothing of it is left in the folder.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No sealed package
    #[error("it is no sealed package")]
    Form,
    /// Pieces are missing
    #[error("the package is cut short")]
    Truncated,
    /// Sealed to another certificate
    #[error("the package is sealed to another recipient")]
    ForeignRecipient,
    /// Signed by nobody who is trusted here
    #[error("the package is signed by nobody who is trusted here: {0}")]
    UnknownSigner(SignError),
    /// Changed after it was sealed or signed
    #[error("the package was changed")]
    Tampered,
    /// Sealed in a way that is not taken
    #[error(transparent)]
    Way(OpenRefused),
    /// Pieces of several packages or signers
    #[error("the pieces are not of one package")]
    Mixed,
    /// It was opened before
    #[error("the package was opened before")]
    Replayed,
    /// More than is opened
    #[error("the package has more than {MOST_BYTES} bytes or too many files")]
    TooBig,
    /// Reading or writing failed
    #[error("reading or writing failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

impl OpenError {
    /// A name that stays: [`crate::Texts::named`] has the words of `refused` for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Truncated => "truncated",
            Self::ForeignRecipient => "foreign_recipient",
            Self::UnknownSigner(_) => "unknown_signer",
            Self::Tampered => "tampered",
            Self::Way(_) => "way",
            Self::Mixed => "mixed",
            Self::Replayed => "replayed",
            Self::TooBig => "too_big",
            Self::Io(_) => "io",
        }
    }

    /// Every name.
    pub const NAMES: [&'static str; 10] = [
        "form",
        "truncated",
        "foreign_recipient",
        "unknown_signer",
        "tampered",
        "way",
        "mixed",
        "replayed",
        "too_big",
        "io",
    ];
}
