//! Whether one entry is withheld.
use super::Index;
use crate::JournalError;

impl Index {
    /// Until when an entry is withheld from its citizen, microseconds since 1970; none when it is not. Blocks.
    pub fn withheld_until(&self, entry: u64, now_us: i64) -> Result<Option<i64>, JournalError> {
        Ok(self.withheld(&[entry], now_us)?.remove(&entry))
    }
}
