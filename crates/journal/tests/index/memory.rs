//! A log in memory.
use dancu_journal::index::Log;
use dancu_journal::{Call, Entry, JournalError, Kind, Opening, Receipt, Record};
use dancu_tlog::leaf_hash;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct MemoryLog {
    pub(crate) entries: Mutex<Vec<Entry>>,
    /// Appending fails before it writes
    pub(crate) refuses: AtomicBool,
    /// Appending fails after it wrote
    pub(crate) forgets: AtomicBool,
}

impl MemoryLog {
    pub(crate) fn of(calls: impl IntoIterator<Item = Call>) -> Self {
        let log = Self::default();
        calls.into_iter().for_each(|call| log.push(Kind::Call, call));
        log
    }

    pub(crate) fn push(&self, kind: Kind, call: Call) {
        let mut entries = self.entries.lock().unwrap();
        let index = entries.len() as u64;
        let encoded = format!("{index} {kind:?} {call:?}").into_bytes();
        let leaf_hash = leaf_hash(&encoded);
        let (erased, context, opening) = (Vec::new(), None, Opening::default());
        let parts_gone = false;
        entries.push(Entry { index, kind, call, erased, parts_gone, encoded, leaf_hash, context, opening });
    }

    pub(crate) fn len(&self) -> u64 {
        self.entries.lock().unwrap().len() as u64
    }
}

impl Log for MemoryLog {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.len())
    }

    /// In groups of ten, as a journal gives them.
    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let entries = self.entries.lock().unwrap();
        Ok(entries.iter().skip(from as usize).take(limit.min(10)).cloned().collect())
    }

    fn append(&self, record: Record) -> Result<Receipt, JournalError> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(JournalError::Unavailable);
        }
        let (kind, call) = match record {
            Record::Epoch { at_us, epoch } => (Kind::Epoch(epoch), Call { at_us, ..Call::default() }),
            Record::Withholding { at_us, correlation, entry, until_us, personal } => {
                let call = Call { at_us, correlation, personal, ..Call::default() };
                (Kind::Withholding { entry, until_us }, call)
            }
            Record::Act { call, first, after, rule } => (Kind::Act { first, after, rule }, *call),
        };
        self.push(kind, call);
        if self.forgets.load(Ordering::Relaxed) {
            return Err(JournalError::Unknown);
        }
        let last = self.entries.lock().unwrap().last().cloned().unwrap();
        Ok(Receipt { index: last.index, leaf_hash: last.leaf_hash, at_us: last.call.at_us, ruling: Ok(()) })
    }
}
