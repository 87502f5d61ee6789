//! Files in a folder of this machine.
//!
//! A file is written under a temporary name and renamed, so that readers see it whole. Writers hold a lock on the
//! folder itself: shared while they put, alone while they swap and while what others left unfinished is swept away.
use super::{Backend, BlobError};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of unfinished files begin. No path has such a part.
const UNFINISHED: &str = ".new-";

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    count: AtomicU64,
}

impl Folder {
    pub(super) fn open(root: &Path) -> Result<Self, BlobError> {
        fs::create_dir_all(root)?;
        let folder = Self { root: root.to_owned(), count: AtomicU64::new(0) };
        folder.sweep()?;
        Ok(folder)
    }

    /// Removes what was unfinished when its process ended. With the lock held alone, nobody is in the middle.
    fn sweep(&self) -> Result<(), BlobError> {
        let lock = self.handle()?;
        // While somebody writes, or where locks do not work, what is unfinished may stay: there will be another time.
        if lock.try_lock().is_err() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The folder as a file: what is locked and synced. The lock ends with it.
    fn handle(&self) -> io::Result<File> {
        File::open(&self.root)
    }

    fn full(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file under a temporary name.
    fn write_unfinished(&self, content: &[u8]) -> io::Result<(PathBuf, File)> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("{UNFINISHED}{}-{self:p}-{count}", std::process::id());
        let name = self.root.join(name);
        let mut file = File::create(&name)?;
        file.write_all(content)?;
        Ok((name, file))
    }

    /// Gives an unfinished file its name, in a folder that is made if it is not there.
    fn finish(&self, unfinished: &Path, path: &str) -> io::Result<()> {
        let target = self.full(path);
        match fs::rename(unfinished, &target) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                target.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::rename(unfinished, &target)
            }
            result => result,
        }
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.full(path)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // What would be a folder on the way is a file.
            Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list_into(&self, folder: &str, paths: &mut Vec<String>) -> io::Result<()> {
        let entries = match fs::read_dir(self.full(folder)) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(());
            }
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if entry.file_type()?.is_dir() {
                self.list_into(&path, paths)?;
            } else {
                paths.push(path);
            }
        }
        Ok(())
    }
}

impl Backend for Folder {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(self.read(path)?)
    }

    fn put_all(&self, files: &[(String, Vec<u8>)]) -> Result<(), BlobError> {
        let lock = self.handle()?;
        lock.lock_shared()?;
        for (path, content) in files {
            let (unfinished, _) = self.write_unfinished(content)?;
            self.finish(&unfinished, path)?;
        }
        Ok(())
    }

    fn swap(&self, path: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<bool, BlobError> {
        let lock = self.handle()?;
        lock.lock()?;
        if self.read(path)?.as_deref() != expected {
            return Ok(false);
        }
        let (unfinished, file) = self.write_unfinished(new)?;
        file.sync_all()?;
        self.finish(&unfinished, path)?;
        // The new name is durable when its folder is.
        let target = self.full(path);
        File::open(target.parent().unwrap_or(&self.root))?.sync_all()?;
        Ok(true)
    }

    fn delete(&self, path: &str) -> Result<(), BlobError> {
        let target = self.full(path);
        match fs::remove_file(&target) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(error.into());
            }
            _ => {}
        }
        // Folders exist for their files alone. One that still has some stays.
        if let Some(parent) = target.parent().filter(|parent| *parent != self.root) {
            let _ = fs::remove_dir(parent);
        }
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, BlobError> {
        let mut paths = Vec::new();
        self.list_into(folder, &mut paths)?;
        paths.sort_unstable();
        Ok(paths)
    }

    /// One call for the whole file system. A call for each file would cost two waits for the disk a file (content and
    /// folder), hundreds a second; this one costs about as much as one of them, and also takes in what a process that
    /// was killed had put.
    fn sync(&self) -> Result<(), BlobError> {
        let handle = self.handle()?;
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&handle).map_err(io::Error::from)?;
        #[cfg(not(target_os = "linux"))]
        {
            handle.sync_all()?;
            rustix::fs::sync();
        }
        Ok(())
    }
}
