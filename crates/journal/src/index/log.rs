//! The log as the index sees it.
use crate::{Depth, Entry, Journal, JournalError, Receipt, Record};

/// A log of entries in order. The index reads it, and appends its epochs and withholdings to it.
///
/// The journal is one; a bench or a test may bring another. All calls block.
pub trait Log: Send + Sync {
    /// How many entries there are.
    fn size(&self) -> Result<u64, JournalError>;

    /// Entries in order, opened, from this number on: at most `limit`, and at least one if there is one.
    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError>;

    /// As [`Log::entries`], for whoever follows the log: what the entries say and their leaf hashes, not what proves them.
    /// `encoded`, `context` and `opening` may be empty, `erased` and `parts_gone` untold.
    fn told(&self, from: u64, limit: usize, depth: Depth) -> Result<Vec<Entry>, JournalError> {
        let _ = depth;
        self.entries(from, limit)
    }

    /// Appends a record, durably.
    fn append(&self, record: Record) -> Result<Receipt, JournalError>;
}

impl Log for Journal {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.read_head()?.size)
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.read_stored(from, limit)?.into_iter().map(|stored| self.open_stored(stored)).collect()
    }

    fn told(&self, from: u64, limit: usize, depth: Depth) -> Result<Vec<Entry>, JournalError> {
        self.read_stored(from, limit)?.iter().map(|stored| self.tell_stored(stored, depth)).collect()
    }

    fn append(&self, record: Record) -> Result<Receipt, JournalError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|_| JournalError::Internal("no runtime to append from"))?;
        runtime.block_on(self.append_record(record))
    }
}

/// Entries in order as [`Log::told`] gives them, and the number of the one after them, for whoever follows a log and must not
/// stop at one that does not read: it is passed over and told of; the alarm about it is the verifier's. Blocks.
pub fn readable(
    log: &dyn Log,
    from: u64,
    limit: usize,
    depth: Depth,
    mut passed: impl FnMut(u64),
) -> Result<(Vec<Entry>, u64), JournalError> {
    match log.told(from, limit, depth) {
        Err(JournalError::Corrupt { .. }) => {}
        read => {
            let entries = read?;
            let next = entries.last().map_or(from, |last| last.index + 1);
            return Ok((entries, next));
        }
    }
    let until = log.size()?.min(from.saturating_add(limit as u64));
    let mut entries = Vec::new();
    for index in from..until {
        match log.told(index, 1, depth) {
            Ok(one) => entries.extend(one),
            Err(JournalError::Corrupt { .. }) => passed(index),
            Err(error) => return Err(error),
        }
    }
    Ok((entries, until))
}

/// Entries that far apart are read in one go: a group or a bundle is read whole anyway.
const NEAR: u64 = 16;

/// The entries of these numbers, in their order (which must be all ascending or all descending).
pub(super) fn pick(log: &dyn Log, indexes: &[u64]) -> Result<Vec<Entry>, JournalError> {
    let mut picked = Vec::with_capacity(indexes.len());
    for near in indexes.chunk_by(|a, b| a.abs_diff(*b) <= NEAR) {
        let (first, last) = (near.iter().min().copied(), near.iter().max().copied());
        let (Some(first), Some(last)) = (first, last) else { continue };
        let mut run = range(log, first, last + 1)?;
        run.retain(|entry| near.contains(&entry.index));
        if near.first() > near.last() {
            run.reverse();
        }
        if run.len() != near.len() {
            return Err(JournalError::Internal("index: the log does not hold an indexed entry"));
        }
        picked.extend(run);
    }
    Ok(picked)
}

/// All entries from `first` to before `end`, as far as there are.
pub(super) fn range(log: &dyn Log, first: u64, end: u64) -> Result<Vec<Entry>, JournalError> {
    gather(first, end, |next, limit| log.entries(next, limit))
}

/// As [`range`], as [`Log::told`] gives them.
pub(super) fn told(log: &dyn Log, first: u64, end: u64) -> Result<Vec<Entry>, JournalError> {
    gather(first, end, |next, limit| log.told(next, limit, Depth::Personal))
}

fn gather(
    first: u64,
    end: u64,
    mut read: impl FnMut(u64, usize) -> Result<Vec<Entry>, JournalError>,
) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    let mut next = first;
    while next < end {
        let limit = usize::try_from(end - next).unwrap_or(usize::MAX);
        let some = read(next, limit)?;
        let Some(last) = some.last() else { break };
        next = last.index + 1;
        entries.extend(some);
    }
    Ok(entries)
}
