//! The journal as messages.
use crate::levels::Levels;
use crate::message::Message;
use crate::{Now, entry};
use dancu_journal::{Journal, JournalError, Stored};
use dancu_keys::{KeyRing, SealError};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Reads entries by number and makes messages of them.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) journal: Journal,
    pub(crate) levels: Arc<Levels>,
    pub(crate) ring: KeyRing,
    pub(crate) now: Now,
}

/// How often is looked for entries of other servers.
const LOOK: Duration = Duration::from_millis(200);

impl Reader {
    /// The number that the next entry will have.
    pub(crate) async fn size(&self) -> Result<u64, JournalError> {
        self.journal.len().await
    }

    /// Messages of the entries from one number up to another that is not above the size, in order, without a gap. An entry
    /// that does not read as it was written gets a message that says so: the feed neither stops at it nor passes it over.
    pub(crate) async fn read(&self, numbers: Range<u64>) -> Result<Vec<(u64, Message)>, JournalError> {
        let reader = self.clone();
        let read = tokio::task::spawn_blocking(move || reader.messages(numbers)).await;
        read.map_err(|_| JournalError::Internal("reading ended early"))?
    }

    fn messages(&self, numbers: Range<u64>) -> Result<Vec<(u64, Message)>, JournalError> {
        let count = usize::try_from(numbers.end.saturating_sub(numbers.start)).unwrap_or(0);
        if count == 0 {
            return Ok(Vec::new());
        }
        match self.journal.read_stored(numbers.start, count) {
            Ok(stored) if stored.len() == count => {
                numbers.zip(stored).map(|(index, one)| self.open(index, one)).collect()
            }
            Ok(_) | Err(JournalError::Corrupt { .. }) => numbers.map(|index| self.one(index)).collect(),
            Err(error) => Err(error),
        }
    }

    /// One entry by itself, where several do not read together.
    fn one(&self, index: u64) -> Result<(u64, Message), JournalError> {
        match self.journal.read_stored(index, 1) {
            Ok(mut stored) => match stored.pop() {
                Some(stored) => self.open(index, stored),
                None => Ok(self.unreadable(index, None, "the entry is missing")),
            },
            Err(JournalError::Corrupt { what, .. }) => Ok(self.unreadable(index, None, what)),
            Err(error) => Err(error),
        }
    }

    fn open(&self, index: u64, stored: Stored) -> Result<(u64, Message), JournalError> {
        let leaf = dancu_tlog::leaf_hash(&stored.entry);
        match self.journal.open_stored(stored) {
            Ok(entry) => Ok((index, entry::message(&self.levels, &self.ring, &entry))),
            Err(JournalError::Corrupt { what, .. }) => Ok(self.unreadable(index, Some(leaf), what)),
            // Another server has a new key that this one will read in a moment.
            Err(error @ JournalError::Seal(SealError::UnknownKey(_))) => Err(error),
            Err(JournalError::Seal(_)) => {
                Ok(self.unreadable(index, Some(leaf), "its personal parts do not open"))
            }
            Err(error) => Err(error),
        }
    }

    fn unreadable(&self, index: u64, leaf: Option<[u8; 32]>, what: &str) -> (u64, Message) {
        (index, entry::unreadable(&self.levels, index, leaf, what, (self.now)()))
    }

    /// Returns when the journal has grown beyond a size here, or after a moment in which it may have grown elsewhere.
    pub(crate) async fn grown(&self, beyond: u64) {
        let mut grown = self.journal.grown();
        let here = async {
            if grown.wait_for(|size| *size > beyond).await.is_err() {
                // The writer has ended and tells nothing more.
                std::future::pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout(LOOK, here).await;
    }
}
