//! The files of a log on a file store.
use dancu_storage::blob::{BlobError, Blobs};
use dancu_tlog::audit::Files;

pub(super) struct Stored(pub(super) Blobs);

impl Files for Stored {
    type Error = BlobError;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, BlobError>>, BlobError> {
        Ok(self.0.list("")?.into_iter().map(Ok))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(path)
    }
}
