//! What can go wrong with a file.
use std::borrow::Cow;
use std::io;

/// A failure of the file store. It names paths and causes, never contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// Not the path of a file: an empty part, one that begins with a dot, or an unusual character
    #[error("not a path of the file store")]
    Path,
    /// The settings do not name a place for files
    #[error("the file store cannot be set up: {0}")]
    Setup(Cow<'static, str>),
    /// The place does not answer, or may not be used
    #[error("the file store cannot be reached: {0}")]
    Unavailable(Cow<'static, str>),
    /// No room on the disk
    #[error("the file store has no room left")]
    Full,
    /// Anything else
    #[error("file store: {0}")]
    Other(Cow<'static, str>),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::NotFound => {
                Self::Unavailable(error.to_string().into())
            }
            _ => Self::Other(error.to_string().into()),
        }
    }
}
