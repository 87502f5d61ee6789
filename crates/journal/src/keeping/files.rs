//! Reading from the files of the archive.
use super::archive::Archived;
use super::part::{self, ArchivedRow, ROW_GROUP};
use crate::stored::BUNDLE;
use crate::{JournalError, run};
use dancu_storage::blob::Blobs;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Row groups kept in memory: some megabytes.
const GROUPS: usize = 16;
const BUNDLES_IN_GROUP: u64 = ROW_GROUP as u64 / BUNDLE;

/// A row group that was read: path, which changes when a file does, number, rows.
type ReadGroup = (String, u64, Arc<Vec<ArchivedRow>>);

/// The files, and the row groups read last.
pub(crate) struct ArchiveFiles {
    blobs: Blobs,
    /// The newest in front
    groups: Mutex<VecDeque<ReadGroup>>,
}

impl ArchiveFiles {
    pub(crate) fn new(blobs: Blobs) -> Self {
        Self { blobs, groups: Mutex::default() }
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// The sealed parts of a bundle, as the store had them.
    pub(crate) fn sealed(&self, file: &Archived, bundle: u64) -> Result<Vec<u8>, JournalError> {
        let corrupt = |what| JournalError::Corrupt { index: bundle * BUNDLE, what };
        let place =
            bundle.checked_sub(file.first).ok_or_else(|| corrupt("the archive names another file"))?;
        let rows = self.group(file, place / BUNDLES_IN_GROUP)?;
        let start = usize::try_from(place % BUNDLES_IN_GROUP * BUNDLE).unwrap_or(usize::MAX);
        let mut sealed = Vec::new();
        for (row, index) in rows.iter().skip(start).zip(bundle * BUNDLE..(bundle + 1) * BUNDLE) {
            if row.index != index {
                return Err(corrupt("the archive holds another entry"));
            }
            run::push(&mut sealed, row.sealed.as_deref().unwrap_or_default())?;
        }
        Ok(sealed)
    }

    fn group(&self, file: &Archived, number: u64) -> Result<Arc<Vec<ArchivedRow>>, JournalError> {
        let groups = || self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |(path, of, _): &&ReadGroup| *path == file.path && *of == number;
        if let Some((_, _, known)) = groups().iter().find(is_it) {
            return Ok(Arc::clone(known));
        }
        let corrupt = |what| JournalError::Corrupt { index: file.first * BUNDLE, what };
        let bytes = self.blobs.get(&file.path)?.ok_or_else(|| corrupt("a file of the archive is missing"))?;
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let rows = part::read_group_at(bytes.into(), at);
        let rows = Arc::new(rows.map_err(|_| corrupt("a file of the archive does not read"))?);
        let mut groups = groups();
        groups.truncate(GROUPS - 1);
        groups.push_front((file.path.clone(), number, Arc::clone(&rows)));
        Ok(rows)
    }
}
