//! What an entry weighs on disk, with all that is kept for it.
use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Bytes of a store's pages that are in use. Pages that hot entries have left are used again by the next.
pub(super) fn store(path: &Path) -> anyhow::Result<u64> {
    let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let ask = |name: &str| store.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    Ok(u64::try_from((ask("page_count")? - ask("freelist_count")?) * ask("page_size")?)?)
}

/// Bytes of all files in a folder.
pub(super) fn folder(path: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { folder(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
