//! Files of any size under paths, beside the tables: in memory, in a folder, or in a bucket that speaks S3.
//!
//! Most files are written once and never change; the few that do are replaced by compare-and-swap.
mod error;
mod folder;
mod memory;
mod path;
#[cfg(feature = "s3")]
mod s3;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

pub use self::error::BlobError;
#[cfg(feature = "s3")]
pub use self::s3::{S3Config, S3Keys};

/// Files under paths. Clones are the same files.
///
/// Every call blocks until it is done: in asynchronous code, call from a blocking thread. A path is like
/// `tile/0/x001/067.p/8`: parts of ASCII letters, digits, `.`, `_` and `-`, none of which begins with a dot.
#[derive(Debug, Clone)]
pub struct Blobs(Arc<dyn Backend>);

impl Blobs {
    /// Files that end with the last clone.
    pub fn memory() -> Self {
        Self(Arc::new(memory::Memory::default()))
    }

    /// Files in a folder, which is made if it is not there. Several processes may share it, on one machine: their
    /// locks are not those of a network file system.
    pub fn folder(path: &Path) -> Result<Self, BlobError> {
        Ok(Self(Arc::new(folder::Folder::open(path)?)))
    }

    /// Files in a bucket that speaks S3 and honours `If-Match` and `If-None-Match` on `PUT`. The runtime carries the
    /// requests; calls must not come from one of its asynchronous tasks.
    #[cfg(feature = "s3")]
    pub fn s3(config: &S3Config, runtime: tokio::runtime::Handle) -> Result<Self, BlobError> {
        Ok(Self(Arc::new(s3::S3::open(config, runtime)?)))
    }

    /// A file's content; `None` if there is no such file.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(path::check(path)?)
    }

    /// Writes files, in no particular order, over what is there. Each is seen whole or not at all; after a failure,
    /// some may be written. They are durable after [`Blobs::sync`].
    pub fn put_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), BlobError> {
        files.iter().try_for_each(|(path, _)| path::check(path).map(drop))?;
        self.0.put_all(files)
    }

    /// Replaces a file if its content is `expected` (`None`: if there is none), and tells whether it did. What it wrote
    /// is durable. Of several that expect the same, one succeeds, in whichever process they are; who wants what another
    /// has just written, byte for byte, may be told that it did.
    pub fn swap(&self, path: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, BlobError> {
        self.0.swap(path::check(path)?, expected, new)
    }

    /// Removes a file; one that is not there is no mistake.
    pub fn delete(&self, path: &str) -> Result<(), BlobError> {
        self.0.delete(path::check(path)?)
    }

    /// Paths of all files in and below a folder, sorted; `""` for all there are.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, BlobError> {
        if !folder.is_empty() {
            path::check(folder)?;
        }
        self.0.list(folder)
    }

    /// Makes durable whatever was put before, by any process of this machine.
    pub fn sync(&self) -> Result<(), BlobError> {
        self.0.sync()
    }
}

/// A place for files. Paths that come here are checked.
trait Backend: Debug + Send + Sync {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError>;
    fn put_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), BlobError>;
    fn swap(&self, path: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, BlobError>;
    fn delete(&self, path: &str) -> Result<(), BlobError>;
    fn list(&self, folder: &str) -> Result<Vec<String>, BlobError>;
    fn sync(&self) -> Result<(), BlobError>;
}
