//! Why a witness could not decide.
use dancu_storage::StoreError;
use dancu_tlog::cosignature::CosignError;

/// A failure of the witness itself, not of what it was asked. Nothing was cosigned.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// the store refused; perhaps the new checkpoint is stored all the same, which binds the witness and hurts nobody
    #[error(transparent)]
    Store(#[from] StoreError),
    /// what is stored cannot be read
    #[error("the stored checkpoint of {0} is damaged")]
    Damaged(String),
    /// others changed the log's row again and again
    #[error("the latest checkpoint of the log changed too often meanwhile")]
    Busy,
    /// the key is not one for cosignatures, or the clock is before 1970
    #[error(transparent)]
    Cosign(#[from] CosignError),
    /// the clock is before 1970
    #[error("the clock is before 1970")]
    Clock,
}
