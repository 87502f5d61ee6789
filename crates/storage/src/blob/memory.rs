//! Files in memory.
use super::{Backend, BlobError};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(super) struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory {
    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Memory {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(self.files().get(path).cloned())
    }

    fn put_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), BlobError> {
        self.files().extend(files.iter().cloned());
        Ok(())
    }

    fn swap(&self, path: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, BlobError> {
        let mut files = self.files();
        let as_expected = files.get(path).map(Vec::as_slice) == expected;
        if as_expected {
            files.insert(path.to_owned(), new.to_vec());
        }
        Ok(as_expected)
    }

    fn delete(&self, path: &str) -> Result<(), BlobError> {
        self.files().remove(path);
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, BlobError> {
        let below = |path: &str| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        Ok(self.files().keys().filter(|path| below(path)).cloned().collect())
    }

    fn sync(&self) -> Result<(), BlobError> {
        Ok(())
    }
}

impl Debug for Memory {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} files)", self.files().len())
    }
}
