//! The embedded engine: one file, one writer, many readers.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql, ffi};

use crate::checkpoints::Checkpoints;
use crate::store::Access;
use crate::{Row, StoreError, Value, dialect};

/// How long one attempt waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Readers kept open; more are opened when more read at once.
const IDLE_READERS: usize = 16;
const STATEMENTS_CACHED: usize = 256;

/// Both kinds of connections. `LIKE` compares as PostgreSQL's does. The memory map spares readers a copy.
const PRAGMAS: &str =
    "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA mmap_size = 1073741824;";

thread_local! {
    /// The file this thread writes, by the address of its engine: to begin again would wait for itself for ever.
    static WRITING: Cell<usize> = const { Cell::new(0) };
}

pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Arc<Mutex<Connection>>,
    readers: Mutex<Vec<Connection>>,
    checkpoints: Arc<Checkpoints>,
}

impl Sqlite {
    /// Opens or creates the file.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = patiently(|| open_writer(path)).map_err(|error| store_error(&error))?;
        let writer = Arc::new(Mutex::new(writer));
        let checkpoints = Checkpoints::follow(&writer, path).map_err(|error| store_error(&error))?;
        Ok(Self { path: path.to_owned(), writer, readers: Mutex::default(), checkpoints })
    }

    /// Begins a transaction, or nothing for a single statement.
    pub(crate) fn begin(&self, access: Access) -> Result<Lease<'_>, StoreError> {
        let address = std::ptr::from_ref(self) as usize;
        let lease = match access {
            Access::Write => {
                if WRITING.get() == address {
                    return Err(StoreError::Other("run_tx within run_tx on the same store".into()));
                }
                let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
                Lease::Writer { writer, outer: WRITING.replace(address) }
            }
            Access::Read | Access::Snapshot | Access::Single => {
                Lease::Reader { reader: Some(self.reader()?), home: self }
            }
        };
        match access {
            Access::Write => lease.control("BEGIN IMMEDIATE")?,
            Access::Read | Access::Snapshot => lease.control("BEGIN")?,
            Access::Single => {}
        }
        Ok(lease)
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let idle = self.idle_readers().pop();
        idle.map_or_else(|| patiently(|| open_reader(&self.path)).map_err(|error| store_error(&error)), Ok)
    }

    fn idle_readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a pragma on the writer: for tests that need a weaker or a smaller database.
    #[cfg(feature = "testing")]
    pub(crate) fn configure_writer(&self, pragma: &str) -> Result<(), StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.execute_batch(pragma).map_err(|error| store_error(&error))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.checkpoints.end();
    }
}

/// A connection while one transaction uses it. Dropped without COMMIT, it rolls back.
pub(crate) enum Lease<'s> {
    Writer { writer: MutexGuard<'s, Connection>, outer: usize },
    Reader { reader: Option<Connection>, home: &'s Sqlite },
}

impl Lease<'_> {
    pub(crate) fn execute(&self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        self.execute_many(sql, &[params])
    }

    pub(crate) fn execute_many<R: AsRef<[Value]>>(
        &self,
        sql: &'static str,
        rows: &[R],
    ) -> Result<u64, StoreError> {
        let mut statement = self.connection()?.prepare_cached(sql).map_err(|error| store_error(&error))?;
        let mut changed = 0;
        for params in rows {
            bind(&mut statement, params.as_ref())?;
            changed += statement.raw_execute().map_err(|error| store_error(&error))? as u64;
        }
        Ok(changed)
    }

    pub(crate) fn rows(
        &self,
        sql: &'static str,
        params: &[Value],
        each: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection()?.prepare_cached(sql).map_err(|error| store_error(&error))?;
        run(&mut statement, params, each)
    }

    /// Runs a statement that defines part of the schema.
    pub(crate) fn define(&self, sql: &str) -> Result<(), StoreError> {
        let sql = dialect::for_sqlite(sql);
        self.connection()?.execute_batch(&sql).map_err(|error| store_error(&error))
    }

    pub(crate) fn explain(&self, sql: &str, params: &[Value]) -> Result<Vec<String>, StoreError> {
        let sql = dialect::explain(sql, dialect::Engine::Sqlite);
        let mut statement = self.connection()?.prepare(&sql).map_err(|error| store_error(&error))?;
        let mut plan = Vec::new();
        run(&mut statement, params, |row| {
            plan.extend(row.text(3).map(str::to_owned));
            ControlFlow::Continue(())
        })?;
        Ok(plan)
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.control("COMMIT").map_err(|error| match error {
            // The log was written but perhaps not flushed: a crash may yet bring the changes back or lose them.
            StoreError::Unavailable(detail) => StoreError::CommitUnknown(detail),
            other => other,
        })
    }

    fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        self.execute(sql, &[]).map(|_| ())
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        match self {
            Self::Writer { writer, .. } => Ok(writer),
            Self::Reader { reader, .. } => {
                reader.as_ref().ok_or(StoreError::Other("the reader was given back".into()))
            }
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.connection().is_ok_and(|connection| !connection.is_autocommit()) {
            // A failed rollback leaves the connection inside the transaction, and the next BEGIN says so.
            let _ = self.control("ROLLBACK");
        }
        match self {
            Self::Writer { outer, .. } => WRITING.set(*outer),
            Self::Reader { reader, home } => {
                let mut idle = home.idle_readers();
                if idle.len() < IDLE_READERS {
                    idle.extend(reader.take());
                }
            }
        }
    }
}

fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(PRAGMAS)?;
    Ok(connection)
}

/// A reader is opened for writing all the same, because it takes part in the log's shared memory.
fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path)?;
    connection.execute_batch(PRAGMAS)?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

pub(crate) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

/// Two processes that open a new file at once may find it busy without the timeout being honoured.
fn patiently<T>(mut open: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let mut attempts = crate::retry::Attempts::first();
    loop {
        match open() {
            Err(error) if store_error(&error).is_retryable() && attempts.wait() => {}
            result => return result,
        }
    }
}

/// SQLite takes `$1` for a name and numbers the names as they appear, so each is bound by the number in its name.
fn bind(statement: &mut Statement<'_>, params: &[Value]) -> Result<(), StoreError> {
    let mut bound = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index);
        let number = name.and_then(|name| name.get(1..)?.parse::<usize>().ok()).unwrap_or(0);
        let value = number.checked_sub(1).and_then(|at| params.get(at));
        let Some(value) = value else {
            return Err(StoreError::Schema(format!("no value for parameter ${number}").into()));
        };
        statement.raw_bind_parameter(index, value).map_err(|error| store_error(&error))?;
        bound = bound.max(number);
    }
    if bound != params.len() {
        return Err(StoreError::Schema(format!("{} values for {bound} parameters", params.len()).into()));
    }
    Ok(())
}

fn run(
    statement: &mut Statement<'_>,
    params: &[Value],
    mut each: impl FnMut(&Row) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    bind(statement, params)?;
    let mut found = statement.raw_query();
    let mut row = Row::default();
    while let Some(raw) = found.next().map_err(|error| store_error(&error))? {
        row.clear();
        // Counted only now: a change of the schema is noticed at the first step.
        for column in 0..raw.as_ref().column_count() {
            match raw.get_ref(column).map_err(|error| store_error(&error))? {
                ValueRef::Null => row.push_null(),
                ValueRef::Integer(value) => row.push_int(value),
                ValueRef::Real(value) => row.push_real(value),
                ValueRef::Text(value) => row.push_text(value),
                ValueRef::Blob(value) => row.push_bytes(value),
            }
        }
        if each(&row).is_break() {
            break;
        }
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

/// SQLite's messages name tables and columns, and never values; those of syntax errors quote the statement, which is
/// a constant of the code.
fn store_error(error: &rusqlite::Error) -> StoreError {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(error, message) => (*error, message.as_deref()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (*error, Some(msg.as_str())),
        rusqlite::Error::ExecuteReturnedResults => {
            return StoreError::Other("execute of a statement that returns rows; use query".into());
        }
        _ => return StoreError::Other("unexpected answer of SQLite".into()),
    };
    let detail = format!("SQLite {}: {}", code.extended_code, message.unwrap_or("no message")).into();
    match (code.extended_code & 0xff, code.extended_code) {
        (ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED, _) => StoreError::Serialization(detail),
        (ffi::SQLITE_FULL, _) => StoreError::Full(detail),
        (ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB, _) => StoreError::Corrupt(detail),
        (ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR | ffi::SQLITE_PERM, _) => StoreError::Unavailable(detail),
        (
            _,
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID,
        ) => StoreError::Conflict(detail),
        (_, ffi::SQLITE_CONSTRAINT_DATATYPE) | (ffi::SQLITE_MISMATCH, _) => StoreError::Type(detail),
        (ffi::SQLITE_CONSTRAINT, _) => StoreError::Constraint(detail),
        (ffi::SQLITE_ERROR | ffi::SQLITE_SCHEMA, _) => StoreError::Schema(detail),
        _ => StoreError::Other(detail),
    }
}
