//! What can go wrong here. No message names a person.
use crate::SettingError;
use dancu_journal::JournalError;
use dancu_keys::SealError;
use dancu_storage::StoreError;

/// Why the watch cannot do what it was asked; nothing was changed then, unless the store says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log cannot be read
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A sealed text cannot be sealed or opened
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A rule's setting that cannot be
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The calendar of days off cannot be read
    #[error(transparent)]
    Calendar(#[from] dancu_policy::LawError),
    /// Something named is not on record
    #[error("there is no {0} of this name or number")]
    Unknown(&'static str),
    /// A step that the alert's state does not allow
    #[error("an alert that is {0} cannot become {1}")]
    Step(&'static str, &'static str),
    /// Whoever proposed a setting puts it into force too, or refuses it
    #[error("whoever proposed it does not decide on it")]
    SamePerson,
    /// A proposal that is decided on already
    #[error("the proposal is {0} already")]
    Decided(&'static str),
    /// A dry run is under way already
    #[error("a dry run is under way")]
    Busy,
    /// A stored row holds something that this program does not know
    #[error("table {0} holds a row that does not read")]
    Damaged(&'static str),
    /// A fault of this program
    #[error("watch: {0}")]
    Internal(&'static str),
}
