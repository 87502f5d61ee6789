//! What can go wrong here. No message holds a number, a name or a text of a row.
use dancu_catalogue::Code;
use dancu_journal::JournalError;
use dancu_keys::SealError;
use dancu_storage::StoreError;
use dancu_storage::blob::BlobError;

/// Why an operation failed; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum CleaningError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files failed
    #[error(transparent)]
    Files(#[from] BlobError),
    /// A value cannot be sealed or opened with the keys at hand
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The journal cannot be written; what it does not tell must not happen
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The rules do not allow it, or a quota is used up; the journal says so too
    #[error("refused: {}", .0.name())]
    Refused(Code),
    /// There is no such job, or it does not exist for who asks
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// Kind of thing
        what: &'static str,
        /// Its id
        id: String,
    },
    /// Its state does not allow it any more, or not yet
    #[error("not in this state: {0}")]
    NotNow(&'static str),
    /// So many jobs of the organisation wait to be confirmed already
    #[error("{0} files of the organisation wait to be confirmed: confirm or cancel one first")]
    Unconfirmed(u64),
    /// A row cannot be taken
    #[error("row {row}: {why}")]
    Row {
        /// Number of the row, from 1
        row: u64,
        /// Why
        why: &'static str,
    },
    /// The input cannot be read; a message of who reads it, without contents
    #[error("input: {0}")]
    Input(String),
    /// Something that has to be asked first does not answer now; why, without contents
    #[error("cannot be asked now: {0}")]
    Unanswered(String),
    /// The result cannot be written
    #[error("output: {0}")]
    Output(String),
    /// What leaves cannot be signed
    #[error("the package cannot be signed: {0}")]
    Sign(#[from] dancu_papers::sign::SignError),
    /// Rows that were to be compared are not answered one by one
    #[error("the matcher answered {answers} of {rows} rows")]
    Answers {
        /// Rows asked
        rows: usize,
        /// Answers given
        answers: usize,
    },
    /// The people in memory are damaged: nothing that they answered counts, and others have to answer
    #[error("the people in memory are damaged")]
    PeopleDamaged,
    /// Stored bytes are not what this program wrote
    #[error("stored data are damaged: {0}")]
    Damaged(&'static str),
    /// No random number can be had
    #[error("no randomness")]
    NoRandomness,
}

impl CleaningError {
    /// Whether asking again gives the same: what is stored is lost or damaged. Not so where store, files or journal do not
    /// answer, or a key is missing on this server.
    pub fn lasts(&self) -> bool {
        match self {
            Self::Damaged(_) | Self::Answers { .. } | Self::Row { .. } => true,
            Self::Seal(error) => matches!(error, SealError::Form | SealError::Altered),
            _ => false,
        }
    }

    pub(crate) fn unknown(what: &'static str, id: &str) -> Self {
        Self::Unknown { what, id: id.to_owned() }
    }
}

impl From<std::io::Error> for CleaningError {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error.to_string())
    }
}

impl From<dancu_stock::ResultError> for CleaningError {
    fn from(error: dancu_stock::ResultError) -> Self {
        Self::Output(error.to_string())
    }
}

impl From<dancu_stock::PackageError> for CleaningError {
    fn from(error: dancu_stock::PackageError) -> Self {
        match error {
            dancu_stock::PackageError::Signature(error) => Self::Sign(error),
            error => Self::Output(error.to_string()),
        }
    }
}
