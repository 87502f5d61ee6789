//! Reading the journal.
use crate::{
    Entry, Idempotent, Journal, JournalError, Kind, Scope, Stored, encode, head, idempotency, quota,
};

/// How far [`Journal::by_correlation`] and [`Journal::latest`] look back. What is older is found by the index.
pub const LOOK_BACK: u64 = 4096;

/// Entries read at once on the way back.
const STEP: u64 = 256;

/// Which entries [`Journal::latest`] gives.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these systems only (the systems of an organisation, for instance); none: of all, and of no system too
    pub systems: Option<Vec<String>>,
    /// Below this number only: the next page
    pub before: Option<u64>,
}

impl Journal {
    /// The entry of this number.
    pub async fn entry(&self, index: u64) -> Result<Option<Entry>, JournalError> {
        self.blocking(move |journal| {
            let stored = journal.read_stored(index, 1)?.pop();
            stored.map(|stored| journal.open_stored(stored)).transpose()
        })
        .await
    }

    /// The entries of one call among the newest [`LOOK_BACK`], oldest first; a batch has many.
    pub async fn by_correlation(&self, correlation: &[u8; 16]) -> Result<Vec<Entry>, JournalError> {
        let correlation = *correlation;
        self.blocking(move |journal| {
            let mut found = Vec::new();
            let size = journal.read_head()?.size;
            journal.walk_back(size, |journal, stored| {
                let decoded = encode::decode(&stored.entry);
                // What a context says of this, it does not have.
                if decoded.is_ok_and(|of| of.kind != Kind::Context && of.call.correlation == correlation) {
                    found.push(journal.open_stored(stored)?);
                }
                Ok(true)
            })?;
            found.reverse();
            Ok(found)
        })
        .await
    }

    /// The newest entries that are no contexts, newest first, found within [`LOOK_BACK`] entries.
    pub async fn latest(&self, filter: Filter, limit: u32) -> Result<Vec<Entry>, JournalError> {
        let limit = limit as usize;
        self.blocking(move |journal| {
            let mut found = Vec::new();
            let size = journal.read_head()?.size;
            let before = filter.before.unwrap_or(size).min(size);
            let wanted = |entry: &Entry| {
                let Some(systems) = &filter.systems else { return entry.kind != Kind::Context };
                entry.call.system_id.as_ref().is_some_and(|system| systems.contains(system))
                    && entry.kind != Kind::Context
            };
            journal.walk_back(before, |journal, stored| {
                if found.len() < limit {
                    found.extend(Some(journal.open_stored(stored)?).filter(&wanted));
                }
                Ok(found.len() < limit)
            })?;
            Ok(found)
        })
        .await
    }

    /// How many entries there are, by the head row: the number of the next one.
    pub async fn len(&self) -> Result<u64, JournalError> {
        self.store().read_async("journal.len", head::size).await
    }

    /// Whether there is no entry.
    pub async fn is_empty(&self) -> Result<bool, JournalError> {
        Ok(self.len().await? == 0)
    }

    /// How many entries there are, counted group by group: equals [`Journal::len`] in a sound journal.
    pub async fn count(&self) -> Result<u64, JournalError> {
        self.blocking(|journal| journal.shelves().count()).await
    }

    /// How many entries came at or after a moment. Entries are numbered as they are committed, so their times run with
    /// their numbers but for the width of a group; the count is exact to that width, and costs some twenty point reads.
    pub async fn count_since(&self, at_us: i64) -> Result<u64, JournalError> {
        self.blocking(move |journal| journal.shelves().count_since(at_us)).await
    }

    /// Calls counted against a quota on a day.
    pub async fn quota_used(&self, scope: Scope, id: &str, day: i64) -> Result<u64, JournalError> {
        let id = id.to_owned();
        self.store().read_async("journal.quota_used", move |tx| quota::used(tx, scope, &id, day)).await
    }

    /// What is known of an idempotency key.
    pub async fn find_idempotent(
        &self,
        system: &str,
        key: &str,
        body_hash: &[u8; 32],
        now_us: i64,
    ) -> Result<Idempotent, JournalError> {
        let (ring, system, key, body_hash) = (self.ring(), system.to_owned(), key.to_owned(), *body_hash);
        let found = self.store().read_async("journal.find_idempotent", move |tx| {
            idempotency::find(tx, &ring, (&system, &key), &body_hash, now_us)
        });
        found.await
    }

    /// Shows the entries below a number, newest first, until it is told to stop.
    fn walk_back(
        &self,
        before: u64,
        mut each: impl FnMut(&Self, Stored) -> Result<bool, JournalError>,
    ) -> Result<(), JournalError> {
        let end = before.saturating_sub(LOOK_BACK);
        let mut until = before;
        while until > end {
            let from = until.saturating_sub(STEP).max(end);
            let stored = self.shelves().read(from, usize::try_from(until - from).unwrap_or(0))?;
            for stored in stored.into_iter().rev() {
                if !each(self, stored)? {
                    return Ok(());
                }
            }
            until = from;
        }
        Ok(())
    }

    /// Runs what blocks where it may.
    async fn blocking<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Self) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let journal = self.clone();
        match tokio::task::spawn_blocking(move || run(&journal)).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(JournalError::Unavailable),
        }
    }
}
