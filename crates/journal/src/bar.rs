//! A journal that came back from a backup is barred: entries may be missing that were published, and whoever wrote on would
//! begin a second history. The bar goes when it is shown that none are missing, or with a new log.
use crate::{Journal, JournalError, schema};
use dancu_storage::{Store, Tx};

/// The table that holds the bar; it is no part of a backup.
pub const BARRED: &str = "journal_barred";

/// Why a barred journal takes no entry.
pub(crate) const REASON: &str = "the journal came back from a backup, and it has not been shown yet that nothing is missing \
    which was published. Nothing is signed and no entry is taken: `dancu journal resume` says what to do";

/// Bars the journal of a store: a restore begins, or has ended without the proof that nothing is missing. `key` is the public
/// key of the log whose checkpoints may reach beyond the store, empty while not all is brought back. Blocks.
///
/// # Errors
///
/// The store's.
pub fn bar(store: &Store, key: &str, now_us: i64) -> Result<(), JournalError> {
    store.migrate(schema::OWNER, schema::MIGRATIONS)?;
    store.run_tx("journal.bar", |tx| {
        tx.execute(
            "INSERT INTO journal_barred (log, key, since_us) VALUES (0, $1, $2) \
             ON CONFLICT (log) DO UPDATE SET key = EXCLUDED.key",
            &[key.into(), now_us.into()],
        )?;
        Ok(())
    })
}

/// Key of the log that the journal of a store is barred for; none when it is not.
pub(crate) fn barred(tx: &mut Tx<'_>) -> Result<Option<String>, JournalError> {
    let row = tx.query_opt("SELECT key FROM journal_barred WHERE log = 0", &[])?;
    row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

impl Journal {
    /// The public key of the log that the journal is barred for, in the form of C2SP; empty where a restore did not come to its
    /// end, none when the journal is not barred. Blocks.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn barred(&self) -> Result<Option<String>, JournalError> {
        self.store().read("journal.barred", barred)
    }

    /// Takes the bar away. Servers that run must be started anew.
    pub(crate) fn lift(&self) -> Result<(), JournalError> {
        self.store().run_tx("journal.lift", |tx| {
            tx.execute("DELETE FROM journal_barred WHERE log = 0", &[])?;
            Ok(())
        })
    }
}
