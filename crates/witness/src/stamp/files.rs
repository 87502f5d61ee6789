//! Where the stamps are kept: `<folder>/<size>.checkpoint`, the signed note as it was stamped, and `<folder>/<size>.tsr`,
//! the authority's answer about it. Beside the log and not among its files, which a verifier counts.
use dancu_storage::blob::{BlobError, Blobs};

/// The stamps of one log. Clones are the same files. Calls block.
#[derive(Clone, Debug)]
pub struct StampFiles {
    blobs: Blobs,
    folder: String,
}

impl StampFiles {
    /// In a folder of the files, `""` for all of them; it must not be one of the log's.
    pub fn new(blobs: Blobs, folder: &str) -> Self {
        Self { blobs, folder: folder.to_owned() }
    }

    /// The authority's answer for a size.
    pub fn stamp(&self, size: u64) -> Result<Option<Vec<u8>>, BlobError> {
        self.blobs.get(&self.path(size, "tsr"))
    }

    /// The checkpoint that was stamped at a size.
    pub fn checkpoint(&self, size: u64) -> Result<Option<Vec<u8>>, BlobError> {
        self.blobs.get(&self.path(size, "checkpoint"))
    }

    /// Sizes below `before` for which there are stamps, largest first, so many at most.
    pub fn sizes(&self, before: u64, limit: usize) -> Result<Vec<u64>, BlobError> {
        let size_of = |path: &String| path.rsplit('/').next()?.strip_suffix(".tsr")?.parse().ok();
        let mut sizes: Vec<u64> =
            self.blobs.list(&self.folder)?.iter().filter_map(size_of).filter(|size| *size < before).collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        sizes.truncate(limit);
        Ok(sizes)
    }

    /// Keeps a checkpoint that is to be stamped, unless one of this size is there already; gives the one that is there.
    pub(super) fn lay_down(&self, size: u64, checkpoint: &[u8]) -> Result<Vec<u8>, BlobError> {
        let path = self.path(size, "checkpoint");
        if self.blobs.swap(&path, None, checkpoint)? {
            return Ok(checkpoint.to_vec());
        }
        Ok(self.blobs.get(&path)?.unwrap_or_else(|| checkpoint.to_vec()))
    }

    /// Keeps the answer for a size, unless another server has; what is there holds as well.
    pub(super) fn keep(&self, size: u64, reply: &[u8]) -> Result<(), BlobError> {
        self.blobs.swap(&self.path(size, "tsr"), None, reply).map(drop)
    }

    fn path(&self, size: u64, kind: &str) -> String {
        match self.folder.as_str() {
            "" => format!("{size}.{kind}"),
            folder => format!("{folder}/{size}.{kind}"),
        }
    }
}
