//! Migrations: append-only, one statement each, each in a transaction of its own.

use crate::{Store, StoreError, Tx, Value, lint};

/// One step of a schema. Once released it never changes; a change is another step.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique within its owner, for instance `0001_person`.
    pub id: &'static str,
    /// One statement, in SQLite's type names: `INTEGER, TEXT, BLOB, REAL`. No `STRICT`: the dialect adds it.
    pub sql: &'static str,
}

/// Owner under which the tables of the book itself are known to a copy of the store.
pub(crate) const BOOK_TABLES: [&str; 3] = ["schema_migration", "schema_text", "schema_turn"];

/// What was applied, and the row that those who migrate at the same time take turns at.
const BOOK: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS schema_migration (
        owner TEXT NOT NULL,       -- the crate that owns the tables
        id TEXT NOT NULL,          -- Migration::id
        checksum INTEGER NOT NULL, -- of Migration::sql
        PRIMARY KEY (owner, id)
    )",
    "CREATE TABLE IF NOT EXISTS schema_text (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        turn INTEGER NOT NULL,     -- order in which they were applied
        statement TEXT NOT NULL,   -- Migration::sql, so that a store can say how it is built: a backup carries it
        PRIMARY KEY (owner, id)
    )",
    "CREATE TABLE IF NOT EXISTS schema_turn (
        id INTEGER NOT NULL,       -- always 1
        taken INTEGER NOT NULL,    -- how often a turn was taken
        PRIMARY KEY (id)
    )",
    "INSERT INTO schema_turn (id, taken) VALUES (1, 0) ON CONFLICT (id) DO NOTHING",
];

/// How often the book is opened: PostgreSQL fails one of two that create the same table at the same time.
const OPENINGS: u32 = 20;

impl Store {
    /// Applies those of an owner's migrations that were not applied yet, in their order. Any number of processes may
    /// do so at once. Migrations that were applied and are not in the list are left alone: a newer version of the
    /// program runs beside this one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Schema`] when a migration differs from what was applied under its id, or is not portable.
    pub fn migrate(&self, owner: &'static str, migrations: &[Migration]) -> Result<(), StoreError> {
        for migration in migrations {
            lint::check(migration.sql).map_err(|problem| {
                StoreError::Schema(format!("migration {owner}/{}: {problem}", migration.id).into())
            })?;
        }
        self.open_book()?;
        for migration in migrations {
            self.run_tx("storage.migrate", |tx| apply(tx, owner, migration))?;
        }
        Ok(())
    }

    /// The ids of the migrations applied for an owner, in the order of the ids.
    ///
    /// # Errors
    ///
    /// Any [`StoreError`]; [`StoreError::Schema`] when nothing was ever migrated.
    pub fn applied_migrations(&self, owner: &'static str) -> Result<Vec<String>, StoreError> {
        self.read("storage.applied_migrations", |tx| {
            let rows =
                tx.query("SELECT id FROM schema_migration WHERE owner = $1 ORDER BY id", &[owner.into()])?;
            rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
        })
    }

    pub(crate) fn open_book(&self) -> Result<(), StoreError> {
        for statement in BOOK {
            let mut openings = 1;
            loop {
                match self.run_tx("storage.open_book", |tx| tx.define(statement)) {
                    Err(StoreError::Conflict(_) | StoreError::Schema(_)) if openings < OPENINGS => {
                        openings += 1;
                    }
                    result => break result?,
                }
            }
        }
        Ok(())
    }
}

fn apply(tx: &mut Tx<'_>, owner: &'static str, migration: &Migration) -> Result<(), StoreError> {
    let key: [Value; 2] = [owner.into(), migration.id.into()];
    let applied = tx.query_opt(
        "SELECT m.checksum, t.turn FROM schema_migration m \
         LEFT JOIN schema_text t ON t.owner = m.owner AND t.id = m.id WHERE m.owner = $1 AND m.id = $2",
        &key,
    )?;
    let Some(applied) = applied else {
        let turn = take_turn(tx)?;
        tx.define(migration.sql)?;
        return note(tx, owner, migration.id, migration.sql, turn);
    };
    if applied.int(0)? != checksum(migration.sql) {
        let text = format!("migration {owner}/{} was changed after it was applied", migration.id);
        return Err(StoreError::Schema(text.into()));
    }
    if applied.is_null(1)? {
        // Applied by a version that did not keep the texts.
        let turn = take_turn(tx)?;
        write_text(tx, owner, migration.id, migration.sql, turn)?;
    }
    Ok(())
}

fn take_turn(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let taken = "UPDATE schema_turn SET taken = taken + 1 WHERE id = 1 RETURNING taken";
    tx.query_opt(taken, &[])?.map_or(Ok(0), |row| row.int(0))
}

/// Writes into the book that a migration is applied.
pub(crate) fn note(tx: &mut Tx<'_>, owner: &str, id: &str, sql: &str, turn: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO schema_migration (owner, id, checksum) VALUES ($1, $2, $3)",
        &[owner.into(), id.into(), checksum(sql).into()],
    )?;
    write_text(tx, owner, id, sql, turn)
}

fn write_text(tx: &mut Tx<'_>, owner: &str, id: &str, sql: &str, turn: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO schema_text (owner, id, turn, statement) VALUES ($1, $2, $3, $4)",
        &[owner.into(), id.into(), turn.into(), sql.into()],
    )?;
    Ok(())
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): finds a migration that was edited by mistake, which is all it is for.
fn checksum(sql: &str) -> i64 {
    let hash = sql.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}
