//! What can be found in the log, and proved of it.
use crate::examine::blocking;
use dancu_catalogue::Code;
use dancu_journal::index::{History, HistoryProof, Index, Page};
use dancu_journal::{JournalError, Part};
use std::fmt;
use std::sync::Arc;

/// Gives the proofs of published entries (C2SP tlog-proof), each disclosing these personal parts. Blocks.
pub type Prove = Arc<dyn Fn(&[(u64, &'static [Part])]) -> Result<Vec<String>, JournalError> + Send + Sync>;

/// The index behind the log, and the proofs of what is published. Cheap to clone.
#[derive(Clone)]
pub struct Evidence {
    /// Search, each person's history
    pub index: Index,
    /// Proofs of entries
    pub prove: Prove,
    /// Seconds between two epochs, to tell when what is new will be proved
    pub epoch_seconds: u32,
}

impl Evidence {
    /// A page of a person's history, and how many entries of the log had been taken up when it was read.
    pub async fn history(&self, number: &str, page: Page, now_us: i64) -> Result<(u64, History), Code> {
        let (index, number) = (self.index.clone(), number.to_owned());
        blocking(move || Ok((index.position()?, index.history(&number, page, now_us)?))).await
    }

    /// A person's history with its proofs, those of the entries on a page; none before the first epoch.
    pub async fn history_proof(
        &self,
        number: &str,
        page: Page,
        now_us: i64,
    ) -> Result<Option<HistoryProof>, Code> {
        let (evidence, number) = (self.clone(), number.to_owned());
        blocking(move || evidence.index.history_proof(&number, page, now_us, &*evidence.prove)).await
    }

    /// Until when an entry is withheld from its citizen, microseconds since 1970; none when it is not.
    pub async fn withheld_until(&self, entry: u64, now_us: i64) -> Result<Option<i64>, Code> {
        let index = self.index.clone();
        blocking(move || index.withheld_until(entry, now_us)).await
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("epoch_seconds", &self.epoch_seconds).finish_non_exhaustive()
    }
}
