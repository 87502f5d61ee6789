//! The files of a log in a folder.
use dancu_tlog::audit::Files;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

pub(super) struct Folder(pub(super) PathBuf);

impl Files for Folder {
    type Error = Error;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, Error>>, Error> {
        let mut paths = Vec::new();
        walk(&self.0, "", &mut paths)?;
        Ok(paths.into_iter().map(Ok))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match std::fs::read(self.0.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }
}

/// All that is no folder, links included: they are not followed.
fn walk(folder: &Path, below: &str, paths: &mut Vec<String>) -> Result<(), Error> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{below}{}", name.to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
