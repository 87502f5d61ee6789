//! How far a receiver has come: a small file beside the spool, replaced whole.
use dancu_storage::Marks;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Two marks in a numbered stream; all below each has reached it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    /// Written to a connection
    pub(crate) sent: u64,
    /// Read by the receiver
    pub(crate) settled: u64,
}

impl Position {
    /// Where a new connection begins when the last one did not end well: at what nobody knows to be read, and so many
    /// before it, which a receiver that was killed may have read and not kept.
    pub(crate) fn again(self, resend: u64) -> u64 {
        self.settled.saturating_sub(resend)
    }
}

impl From<Position> for Marks {
    fn from(of: Position) -> Self {
        Self { reached: of.sent, settled: of.settled }
    }
}

impl From<Marks> for Position {
    fn from(of: Marks) -> Self {
        Self { sent: of.reached, settled: of.settled }
    }
}

/// How far a receiver has come in both streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// Entries of the journal
    pub(crate) entries: Position,
    /// Events of this server
    pub(crate) events: Position,
}

impl Cursor {
    /// Where the cursor of a receiver lies.
    pub(crate) fn path(folder: &Path, receiver: &str) -> PathBuf {
        folder.join(format!("cursor-{receiver}.json"))
    }

    /// Reads it; none if there is none. One that does not read is as good as none: everything is sent again.
    pub(crate) fn load(path: &Path) -> io::Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let read = serde_json::from_slice(&text).ok();
        if read.is_none() {
            tracing::warn!(path = %path.display(), "a cursor of the feed does not read; messages are sent again");
        }
        Ok(read)
    }

    /// Replaces it, durably.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        replace(path, &serde_json::to_vec(self)?)
    }
}

/// Writes a whole file, durably, so that a reader or a crash meets the old one or the new one.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut create = OpenOptions::new();
    let mut file = create.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = Cursor::path(folder.path(), "soc");
        assert_eq!(Cursor::load(&path).unwrap(), None);
        let cursor = Cursor {
            entries: Position { sent: 900, settled: 500 },
            events: Position { sent: 3, settled: 3 },
        };
        cursor.save(&path).unwrap();
        assert_eq!(Cursor::load(&path).unwrap(), Some(cursor));
        Cursor::default().save(&path).unwrap();
        assert_eq!(Cursor::load(&path).unwrap(), Some(Cursor::default()));
        std::fs::write(&path, "{\"entries\":").unwrap();
        assert_eq!(Cursor::load(&path).unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn what_may_be_unread_goes_again() {
        let again = |sent, settled, resend| Position { sent, settled }.again(resend);
        assert_eq!(again(1000, 400, 200), 200);
        assert_eq!(again(1000, 1000, 200), 800);
        assert_eq!(again(100, 100, 200), 0);
        assert_eq!(again(1000, 1000, 0), 1000);
    }
}
