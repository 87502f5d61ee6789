//! Key files: read only when closed to others, written whole or not at all.
use crate::KeyError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

fn io_error(path: &Path, source: io::Error) -> KeyError {
    match source.kind() {
        io::ErrorKind::NotFound => KeyError::Missing(path.into()),
        _ => KeyError::Io { path: path.into(), source },
    }
}

/// Refuses a file that others may read, and a folder that others may write.
pub(crate) fn check_mode(path: &Path, forbidden: u32, wanted: u32) -> Result<(), KeyError> {
    let metadata = fs::metadata(path).map_err(|e| io_error(path, e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & forbidden != 0 {
            return Err(KeyError::OpenToOthers { path: path.into(), mode, wanted });
        }
    }
    #[cfg(not(unix))]
    let _ = (metadata, forbidden, wanted);
    Ok(())
}

pub(crate) fn create_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| io_error(path, e))
}

/// The content of a file that is closed to others.
pub(crate) fn read_bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    check_mode(path, 0o077, 0o600)?;
    fs::read(path).map(Zeroizing::new).map_err(|e| io_error(path, e))
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, KeyError> {
    let bytes = read_bytes(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|_| KeyError::Damaged { path: path.into(), what: "not the JSON expected" })
}

pub(crate) fn write<T: Serialize>(path: &Path, content: &T) -> Result<(), KeyError> {
    let bytes = serde_json::to_vec_pretty(content)
        .map(Zeroizing::new)
        .map_err(|_| KeyError::Damaged { path: path.into(), what: "cannot be written as JSON" })?;
    write_bytes(path, &bytes)
}

/// Writes beside the file, syncs, then takes its name: a crash leaves the old file or the new one.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let beside = path.with_extension("new");
    write_synced(&beside, bytes).map_err(|e| io_error(&beside, e))?;
    fs::rename(&beside, path).map_err(|e| io_error(path, e))?;
    match path.parent() {
        Some(folder) => File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io_error(folder, e)),
        None => Ok(()),
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A leftover of a crash may have any mode: the file is made anew.
    if path.exists() {
        fs::remove_file(path)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
