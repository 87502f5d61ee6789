//! Removing what has expired.
use crate::{Journal, JournalError};
use dancu_storage::Value;

/// Rows per transaction: short enough that the writer hardly waits.
const AT_ONCE: u64 = 500;

const REPLAY: &str = "DELETE FROM journal_replay WHERE (system_id, request) IN \
     (SELECT system_id, request FROM journal_replay WHERE expires_us <= $1 ORDER BY expires_us LIMIT $2)";
const IDEMPOTENCY: &str = "DELETE FROM journal_idempotency WHERE (system_id, key) IN \
     (SELECT system_id, key FROM journal_idempotency WHERE expires_us <= $1 ORDER BY expires_us LIMIT $2)";

impl Journal {
    /// Removes request ids and idempotency keys that have expired, in small transactions. Gives how many. To be called
    /// now and then, by one server or by all. Entries and counters are never removed here.
    pub async fn sweep(&self, now_us: i64) -> Result<u64, JournalError> {
        Ok(self.sweep_table(REPLAY, now_us).await? + self.sweep_table(IDEMPOTENCY, now_us).await?)
    }

    async fn sweep_table(&self, delete: &'static str, now_us: i64) -> Result<u64, JournalError> {
        let params: [Value; 2] = [now_us.into(), Value::Int(AT_ONCE.cast_signed())];
        let mut removed = 0;
        loop {
            let params = params.clone();
            let now = self.store().run_tx_async("journal.sweep", move |tx| {
                tx.execute(delete, &params).map_err(JournalError::from)
            });
            let now = now.await?;
            removed += now;
            if now < AT_ONCE {
                return Ok(removed);
            }
        }
    }
}
