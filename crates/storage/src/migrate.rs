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

/// What was applied, and the row that those who migrate at the same time take turns at.
const BOOK: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS schema_migration (
        owner TEXT NOT NULL,       -- the crate that owns the tables
        id TEXT NOT NULL,          -- Migration::id
        checksum INTEGER NOT NULL, -- of Migration::sql
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

    fn open_book(&self) -> Result<(), StoreError> {
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
    let applied = tx.query_opt("SELECT checksum FROM schema_migration WHERE owner = $1 AND id = $2", &key)?;
    let sum = checksum(migration.sql);
    if let Some(applied) = applied {
        if applied.int(0)? == sum {
            return Ok(());
        }
        let text = format!("migration {owner}/{} was changed after it was applied", migration.id);
        return Err(StoreError::Schema(text.into()));
    }
    tx.execute("UPDATE schema_turn SET taken = taken + 1 WHERE id = 1", &[])?;
    tx.define(migration.sql)?;
    let [owner, id] = key;
    tx.execute(
        "INSERT INTO schema_migration (owner, id, checksum) VALUES ($1, $2, $3)",
        &[owner, id, sum.into()],
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
