//! Writing the embedded engine's log back into its file, beside those who commit and not within a commit.
//!
//! The engine's own way is that a commit which finds the log long writes it back before it returns: some milliseconds, with two
//! more waits for the disk, twice a second under load. Here a thread does that on a connection of its own, which hinders no
//! writer; then, with no commit under way, it writes back the little that came meanwhile, so that the next commit begins the
//! log anew instead of lengthening it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::sqlite::open;

/// Pages of 4 KiB after which the log is written back: 16 MiB.
const LONG: usize = 4096;
/// Pages after which the commit does it itself, because the thread cannot: 64 MiB.
const TOO_LONG: usize = 4 * LONG;

/// Who writes the log back.
pub(crate) struct Checkpoints {
    path: PathBuf,
    writer: Weak<Mutex<Connection>>,
    /// Pages in the log from which on it is written back; more than usual while readers hold on to old pages
    due: AtomicUsize,
    running: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpoints {
    /// Follows the commits of a writer, whose own checkpoints end.
    pub(crate) fn follow(writer: &Arc<Mutex<Connection>>, path: &Path) -> rusqlite::Result<Arc<Self>> {
        let checkpoints = Arc::new(Self {
            path: path.to_owned(),
            writer: Arc::downgrade(writer),
            due: AtomicUsize::new(LONG),
            running: AtomicBool::new(false),
            thread: Mutex::default(),
        });
        // Weak: the connection holds the hook, and a thread of this holds the connection.
        let follower = Arc::downgrade(&checkpoints);
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.wal_hook(Some(move |log: &mut rusqlite::hooks::Wal, pages: i32| {
            let pages = usize::try_from(pages).unwrap_or(0);
            if pages >= TOO_LONG {
                // The commit stands whatever becomes of this; the next one tries again.
                let _ = log.checkpoint();
            } else if let Some(checkpoints) = follower.upgrade() {
                checkpoints.seen(pages);
            }
            Ok(())
        }))?;
        Ok(checkpoints)
    }

    /// Told after each commit how many pages the log has.
    fn seen(self: &Arc<Self>, pages: usize) {
        if pages < LONG {
            self.due.store(LONG, Ordering::Relaxed);
        }
        if pages < self.due.load(Ordering::Relaxed) || self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        self.due.store(pages + LONG / 4, Ordering::Relaxed);
        let checkpoints = Arc::clone(self);
        let thread = std::thread::Builder::new().name("sqlite-checkpoint".to_owned());
        let spawned = thread.spawn(move || {
            if let Err(error) = checkpoints.run() {
                tracing::warn!(%error, "the log of the embedded store was not written back; trying again");
            }
            checkpoints.running.store(false, Ordering::Release);
        });
        match spawned {
            Ok(handle) => *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle),
            Err(_) => self.running.store(false, Ordering::Release),
        }
    }

    /// Writes the log back: most of it beside the commits, the rest between two of them.
    fn run(&self) -> rusqlite::Result<()> {
        let connection = open(&self.path)?;
        checkpoint(&connection)?;
        let Some(writer) = self.writer.upgrade() else { return Ok(()) };
        let _between = writer.lock().unwrap_or_else(PoisonError::into_inner);
        checkpoint(&connection)
    }

    /// Waits for the thread, if one is at work, so that nobody has the file open after its store.
    pub(crate) fn end(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic was reported by the thread itself.
            let _ = thread.join();
        }
    }
}

/// Writes back as far as nobody has to be waited for.
fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use crate::{Store, StoreError, Value};

    /// Pages of the log file, as it lies on the disk.
    fn log_pages(path: &std::path::Path) -> usize {
        let log = path.with_extension("db-wal");
        usize::try_from(std::fs::metadata(log).map_or(0, |file| file.len())).unwrap() / 4096
    }

    #[test]
    fn the_log_stays_short_however_much_is_written_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::sqlite(&path).unwrap();
        store.configure_sqlite("PRAGMA synchronous = OFF").unwrap();
        store
            .configure_sqlite("CREATE TABLE piece (number BIGINT PRIMARY KEY, content BYTEA NOT NULL)")
            .unwrap();
        let rounds = 1500_i64;
        for number in 0..rounds {
            // Some 32 pages a commit, 48,000 in all: three times the length at which a commit must help itself.
            let content = vec![u8::try_from(number % 251).unwrap(); 128 * 1024];
            let written: Result<u64, StoreError> = store.run_tx("piece", |tx| {
                let values: [Value; 2] = [number.into(), content.clone().into()];
                tx.execute("INSERT INTO piece (number, content) VALUES ($1, $2)", &values)
            });
            written.unwrap();
        }
        assert!(log_pages(&path) < 2 * super::TOO_LONG, "{}", log_pages(&path));
        drop(store);
        assert_eq!(log_pages(&path), 0, "who leaves last writes all back");
        let store = Store::sqlite(&path).unwrap();
        let sum: Result<_, StoreError> =
            store.read("sum", |tx| tx.query_opt("SELECT count(*), sum(length(content)) FROM piece", &[]));
        let row = sum.unwrap().unwrap();
        assert_eq!((row.int(0).unwrap(), row.int(1).unwrap()), (rounds, rounds * 128 * 1024));
    }
}
