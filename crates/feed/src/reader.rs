//! The journal as messages.
use crate::levels::Levels;
use crate::message::Message;
use crate::{Now, entry};
use dancu_journal::{Filter, Journal, JournalError};
use dancu_keys::KeyRing;
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

    /// Messages of the entries from one number up to another below the size, in order, without a gap. An entry that does
    /// not read as it was written gets a message that says so: the feed neither stops at it nor passes it over.
    pub(crate) async fn read(&self, numbers: Range<u64>) -> Result<Vec<(u64, Message)>, JournalError> {
        let Some(count) = numbers.end.checked_sub(numbers.start).and_then(|count| u32::try_from(count).ok())
        else {
            return Ok(Vec::new());
        };
        if count == 0 {
            return Ok(Vec::new());
        }
        let filter = Filter { systems: None, before: Some(numbers.end) };
        match self.journal.latest(filter, count).await {
            Ok(mut entries) => {
                entries.reverse();
                let message = |one| entry::message(&self.levels, &self.ring, one);
                Ok(entries.iter().map(|one| (one.index, message(one))).collect())
            }
            Err(JournalError::Corrupt { .. }) => self.one_by_one(numbers).await,
            Err(error) => Err(error),
        }
    }

    async fn one_by_one(&self, numbers: Range<u64>) -> Result<Vec<(u64, Message)>, JournalError> {
        let mut messages = Vec::new();
        for index in numbers {
            let unreadable = |what: &str| entry::unreadable(&self.levels, index, what, (self.now)());
            let message = match self.journal.entry(index).await {
                Ok(Some(one)) => entry::message(&self.levels, &self.ring, &one),
                Ok(None) => unreadable("the entry is missing"),
                Err(JournalError::Corrupt { what, .. }) => unreadable(what),
                Err(error) => return Err(error),
            };
            messages.push((index, message));
        }
        Ok(messages)
    }

    /// Returns after a while, or when the journal has grown.
    pub(crate) async fn grown(&self) {
        tokio::time::sleep(LOOK).await;
    }
}
