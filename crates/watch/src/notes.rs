//! What people write to an alert beside judging it, and what they did about its brake.
use crate::sealer::{Sealer, number};
use crate::{Watch, WatchError};
use dancu_storage::Tx;
use std::fmt;

const TABLE: &str = "watch_alert_note";

/// What a note is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Words alone
    Note,
    /// Calls were stopped by hand
    Brake,
    /// Calls were let pass again
    Release,
}

impl NoteKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Note, Self::Brake, Self::Release];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Brake => "brake",
            Self::Release => "release",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A note to an alert. `Debug` shows neither who nor any words.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// What of
    pub kind: NoteKind,
    /// When, microseconds since 1970
    pub at_us: i64,
    /// Who
    pub by: String,
    /// In their words
    pub text: String,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("kind", &self.kind).field("at_us", &self.at_us).finish_non_exhaustive()
    }
}

impl Watch {
    /// Writes words to an alert, whatever its state. Blocks.
    pub fn note(&self, alert: u64, by: &str, text: &str, now_us: i64) -> Result<(), WatchError> {
        let key = number(alert)?;
        self.inner.store.run_tx("watch.note", |tx| {
            let known = tx.query_opt("SELECT number FROM watch_alert WHERE number = $1", &[key.into()])?;
            known.ok_or(WatchError::Unknown("alert"))?;
            add(tx, &self.inner.sealer, alert, NoteKind::Note, by, text, now_us)
        })
    }

    /// The notes to an alert, the first first. Blocks.
    pub fn notes(&self, alert: u64) -> Result<Vec<Note>, WatchError> {
        let parameters = [number(alert)?.into()];
        let rows = self.inner.store.read("watch.notes", |tx| {
            tx.query(
                "SELECT note, kind, at_us, who, words FROM watch_alert_note WHERE alert = $1 ORDER BY note",
                &parameters,
            )
        })?;
        let notes = rows.iter().map(|row| {
            let place = format!("{alert}/{}", row.int(0)?);
            let open = |field, sealed| self.inner.sealer.open_text(TABLE, &place, field, sealed);
            Ok(Note {
                kind: NoteKind::from_name(row.text(1)?).ok_or(WatchError::Damaged(TABLE))?,
                at_us: row.int(2)?,
                by: open("who", row.bytes(3)?)?,
                text: open("words", row.bytes(4)?)?,
            })
        });
        notes.collect()
    }
}

/// Adds a note to an alert that there is.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    alert: u64,
    kind: NoteKind,
    by: &str,
    text: &str,
    now_us: i64,
) -> Result<(), WatchError> {
    let key = number(alert)?;
    let sql = "SELECT COALESCE(MAX(note), 0) FROM watch_alert_note WHERE alert = $1";
    let next = tx.query_opt(sql, &[key.into()])?.map_or(Ok(0), |row| row.int(0))? + 1;
    let place = format!("{key}/{next}");
    let seal = |field, text: &str| sealer.seal(TABLE, &place, field, text.as_bytes());
    tx.execute(
        "INSERT INTO watch_alert_note (alert, note, kind, at_us, who, words) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            key.into(),
            next.into(),
            kind.name().into(),
            now_us.into(),
            seal("who", by)?.into(),
            seal("words", text)?.into(),
        ],
    )?;
    Ok(())
}
