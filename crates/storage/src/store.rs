//! The store: named transactions on either engine.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::faults::Faults;
use crate::metrics::Metrics;
use crate::postgres::Postgres;
use crate::retry::Attempts;
use crate::sqlite::Sqlite;
use crate::tx::Session;
use crate::{Row, StoreError, Tx, Value};

/// A database. Clones share its connections and its metrics.
///
/// All calls block. Threads of an asynchronous runtime use the `_async` forms, which move to the blocking pool.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
    faults: Option<Arc<Faults>>,
    metrics: Metrics,
    /// Changes are not kept
    rehearsal: bool,
}

enum Engine {
    Sqlite(Box<Sqlite>),
    Postgres(Box<Postgres>),
}

/// What a connection is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A transaction that may write.
    Write,
    /// A transaction that reads.
    Read,
    /// A long read that hinders nobody and is never asked to begin again.
    Snapshot,
    /// One reading statement, a snapshot by itself.
    Single,
}

/// How an attempt failed: with what, and whether another may not.
struct Failure<E> {
    error: E,
    again: bool,
}

impl<E: From<StoreError>> From<StoreError> for Failure<E> {
    fn from(error: StoreError) -> Self {
        Self { again: error.is_retryable(), error: error.into() }
    }
}

impl Store {
    /// Opens the file or creates it. Several processes may use one file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the file cannot be opened, [`StoreError::Corrupt`] when it is no database.
    pub fn sqlite(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::new(Engine::Sqlite(Box::new(Sqlite::open(path)?))))
    }

    /// A PostgreSQL database by its URL (`postgresql://user:password@host/database`, or `host=… user=… dbname=…`).
    /// Does not connect yet, and connects again whenever the server was away. The runtime behind `handle` drives the
    /// connections and must have more than one thread or be busy on another one; calls block on it, so they must not
    /// come from its own asynchronous tasks.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] when the URL cannot be read or asks for `sslmode=require`, for which there is
    /// [`Store::postgres_tls`]. The error does not repeat the URL, since it may hold a password.
    pub fn postgres(
        url: &str,
        max_connections: usize,
        handle: tokio::runtime::Handle,
    ) -> Result<Self, StoreError> {
        Ok(Self::new(Engine::Postgres(Box::new(Postgres::new(url, max_connections, handle, None)?))))
    }

    /// As [`Store::postgres`], and never without TLS. `tls` says whose certificates are trusted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] when the URL cannot be read.
    pub fn postgres_tls(
        url: &str,
        max_connections: usize,
        handle: tokio::runtime::Handle,
        tls: Arc<rustls::ClientConfig>,
    ) -> Result<Self, StoreError> {
        Ok(Self::new(Engine::Postgres(Box::new(Postgres::new(url, max_connections, handle, Some(tls))?))))
    }

    fn new(engine: Engine) -> Self {
        Self { engine: Arc::new(engine), faults: None, metrics: Metrics::default(), rehearsal: false }
    }

    /// The same database, but at `rate_per_thousand` of all statements and commits a collision is made up. The same
    /// seed gives the same collisions to a single thread. For tests: every transaction must be safe to run twice.
    #[must_use]
    pub fn with_faults(&self, seed: u64, rate_per_thousand: u32) -> Self {
        Self { faults: Some(Arc::new(Faults::new(seed, rate_per_thousand))), ..self.clone() }
    }

    /// The same database, of whose changes none is kept: a transaction runs to its end, answers, and is rolled back. So a
    /// deed is tried out before it is written down and done.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { rehearsal: true, ..self.clone() }
    }

    /// Whether changes are not kept.
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// The engine's name, `sqlite` or `postgresql`: for the page about the system and for logs, never for decisions.
    pub fn engine(&self) -> &'static str {
        match *self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgresql",
        }
    }

    /// The counters of all transactions.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Runs a transaction that may write: serializable, and all or nothing. When it collides with another one, the
    /// closure runs again, so it must be safe to run twice: it changes nothing but the database. A closure must not
    /// begin another transaction on the same store.
    ///
    /// # Errors
    ///
    /// The closure's own, after a rollback; or a [`StoreError`]. [`StoreError::CommitUnknown`] means that the changes
    /// may have been made; every other error means that they were not.
    pub fn run_tx<T, E: From<StoreError>>(
        &self,
        name: &'static str,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(name, Access::Write, f)
    }

    /// Changes many rows in batches, a write transaction each, so that others need not wait for long. `batch` is told where
    /// the one before ended; it gives how many values it changed and where it ended itself, none when no row is left. Gives
    /// the sum.
    ///
    /// # Errors
    ///
    /// As [`Store::run_tx`]; the batches before stay changed.
    pub fn in_batches<K, E: From<StoreError>>(
        &self,
        name: &'static str,
        begin: K,
        mut batch: impl FnMut(&mut Tx<'_>, &K) -> Result<(u64, Option<K>), E>,
    ) -> Result<u64, E> {
        let (mut changed, mut after) = (0, Some(begin));
        while let Some(from) = after {
            let (values, end) = self.run_tx(name, |tx| batch(tx, &from))?;
            changed += values;
            after = end;
        }
        Ok(changed)
    }

    /// Runs a consistent read: all statements see the same state.
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`].
    pub fn read<T, E: From<StoreError>>(
        &self,
        name: &'static str,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(name, Access::Read, f)
    }

    /// Runs a consistent read that may take long, as of the whole store: it neither hinders those who write nor collides with
    /// them, and the closure runs once. On PostgreSQL it may wait for a moment at its beginning, until it has a state that no
    /// transaction under way can make inconsistent (`DEFERRABLE`).
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`].
    pub fn snapshot<T, E: From<StoreError>>(
        &self,
        name: &'static str,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut once = Some(f);
        let mut run = |tx: &mut Tx<'_>| match once.take() {
            Some(f) => f(tx),
            None => Err(StoreError::Other("a snapshot runs once".into()).into()),
        };
        let began = std::time::Instant::now();
        let result = self.attempt(Access::Snapshot, &mut run).map_err(|failure| failure.error);
        self.metrics.record(name, result.is_ok(), 0, began.elapsed());
        result
    }

    /// Reads a big result row by row, without a transaction around the one statement. `each` may end it early.
    ///
    /// # Errors
    ///
    /// The closure's own, or a [`StoreError`]. Once `each` has seen a row, the scan is not run again.
    pub fn scan<E: From<StoreError>>(
        &self,
        name: &'static str,
        sql: &'static str,
        params: &[Value],
        mut each: impl FnMut(&Row) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut seen = false;
        self.attempts(name, || {
            let failure = self.attempt(Access::Single, &mut |tx: &mut Tx<'_>| {
                tx.scan(sql, params, |row| {
                    seen = true;
                    each(row)
                })
            });
            failure.map_err(|failure| Failure { again: failure.again && !seen, ..failure })
        })
    }

    /// [`Store::run_tx`] on the blocking pool of the runtime of the caller.
    ///
    /// # Errors
    ///
    /// As [`Store::run_tx`]; [`StoreError::Unavailable`] when the runtime is shutting down.
    pub async fn run_tx_async<T, E, F>(&self, name: &'static str, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || store.run_tx(name, f)).await
    }

    /// [`Store::read`] on the blocking pool of the runtime of the caller.
    ///
    /// # Errors
    ///
    /// As [`Store::read`]; [`StoreError::Unavailable`] when the runtime is shutting down.
    pub async fn read_async<T, E, F>(&self, name: &'static str, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let store = self.clone();
        blocking(move || store.read(name, f)).await
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        name: &'static str,
        access: Access,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.attempts(name, || self.attempt(access, &mut f))
    }

    /// Repeats attempts while they collide and patience lasts.
    fn attempts<T, E>(
        &self,
        name: &'static str,
        mut attempt: impl FnMut() -> Result<T, Failure<E>>,
    ) -> Result<T, E> {
        let mut attempts = Attempts::first();
        let result = loop {
            match attempt() {
                Ok(value) => break Ok(value),
                Err(failure) if failure.again && attempts.wait() => {}
                Err(failure) => break Err(failure.error),
            }
        };
        if attempts.retries() > 0 {
            tracing::debug!(name, retries = attempts.retries(), ok = result.is_ok(), "transaction collided");
        }
        self.metrics.record(name, result.is_ok(), attempts.retries(), attempts.elapsed());
        result
    }

    fn attempt<T, E: From<StoreError>>(
        &self,
        access: Access,
        f: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, Failure<E>> {
        let session = match &*self.engine {
            Engine::Sqlite(engine) => Session::Sqlite(engine.begin(access)?),
            Engine::Postgres(engine) => Session::Postgres(engine.begin(access)?),
        };
        let mut tx = Tx::new(session, self.faults.as_deref());
        match f(&mut tx) {
            // One reading statement has nothing to commit.
            Ok(value) if access == Access::Single => Ok(value),
            // Dropped, it is rolled back.
            Ok(value) if self.rehearsal && access == Access::Write => Ok(value),
            Ok(value) => Ok(tx.commit().map(|()| value)?),
            Err(error) => Err(Failure { again: tx.collided(), error }),
        }
    }

    #[cfg(feature = "testing")]
    pub(crate) fn configure_sqlite(&self, pragma: &str) -> Result<(), StoreError> {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.configure_writer(pragma),
            Engine::Postgres(_) => Err(StoreError::Other("not the embedded engine".into())),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

async fn blocking<T, E>(run: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(StoreError::Unavailable("the runtime is shutting down".into()).into()),
    }
}
