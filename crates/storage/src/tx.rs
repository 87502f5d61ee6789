//! One transaction, as its closure sees it.

use std::ops::ControlFlow;

use crate::faults::Faults;
use crate::{Row, StoreError, Value, lint, postgres, sqlite};

/// A transaction under way, or a consistent read.
///
/// The first statement that fails dooms the transaction, on both engines alike: later statements fail with the same
/// error, and nothing is committed even if the closure returns `Ok`. So whoever wants to know whether a row exists
/// asks with `ON CONFLICT DO NOTHING` or `query_opt`, and does not try and see.
pub struct Tx<'s> {
    session: Session<'s>,
    faults: Option<&'s Faults>,
    doomed: Option<StoreError>,
}

/// A connection of either engine, lent to one transaction.
pub(crate) enum Session<'s> {
    Sqlite(sqlite::Lease<'s>),
    Postgres(postgres::Lease<'s>),
}

impl Tx<'_> {
    /// Runs a statement that returns no rows; gives the number of rows changed.
    pub fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        self.guarded(sql, |session| match session {
            Session::Sqlite(session) => session.execute(sql, params),
            Session::Postgres(session) => session.execute(sql, params),
        })
    }

    /// Runs one statement once for each row of parameters, in their order; gives the number of rows changed.
    /// Prepared once; on PostgreSQL all are sent without waiting for the answers in between.
    pub fn execute_many<R: AsRef<[Value]>>(
        &mut self,
        sql: &'static str,
        rows: &[R],
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.guarded(sql, |session| match session {
            Session::Sqlite(session) => session.execute_many(sql, rows),
            Session::Postgres(session) => session.execute_many(sql, rows),
        })
    }

    /// All rows of the result.
    pub fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.rows(sql, params, |row| {
            rows.push(row.clone());
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The only row of the result, if there is one; more than one is an error.
    pub fn query_opt(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        let mut only = None;
        let mut more = false;
        self.rows(sql, params, |row| {
            more = only.is_some();
            only.get_or_insert_with(|| row.clone());
            if more { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if more {
            Err(StoreError::Other("more than one row where one was expected".into()))
        } else {
            Ok(only)
        }
    }

    /// Hands each row to `each` as it arrives, without keeping any; the first error ends it.
    pub fn for_each<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        mut each: impl FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        self.scan(sql, params, |row| each(row).map(ControlFlow::Continue))
    }

    /// As [`Tx::for_each`], and `each` may end it without an error.
    pub fn scan<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        params: &[Value],
        mut each: impl FnMut(&Row) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut failed = None;
        self.rows(sql, params, |row| {
            each(row).unwrap_or_else(|error| {
                failed = Some(error);
                ControlFlow::Break(())
            })
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// The engine's plan for a statement, line by line: for tests that a query uses its index. Not portable, of course.
    pub fn explain(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<String>, StoreError> {
        self.guarded(sql, |session| match session {
            Session::Sqlite(session) => session.explain(sql, params),
            Session::Postgres(session) => session.explain(sql, params),
        })
    }

    fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value],
        each: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.guarded(sql, |session| match session {
            Session::Sqlite(session) => session.rows(sql, params, each),
            Session::Postgres(session) => session.rows(sql, params, each),
        })
    }

    /// Every statement passes here: nothing runs after a failure, and failures are remembered.
    fn guarded<T>(
        &mut self,
        sql: &'static str,
        statement: impl FnOnce(&mut Session<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        lint::assert_portable(sql);
        if let Some(doomed) = &self.doomed {
            return Err(doomed.clone());
        }
        let struck = self.faults.map_or(Ok(()), |faults| faults.strike("a statement"));
        let result = struck.and_then(|()| statement(&mut self.session));
        self.doomed = result.as_ref().err().cloned();
        result
    }
}

/// For the store.
impl<'s> Tx<'s> {
    pub(crate) fn new(session: Session<'s>, faults: Option<&'s Faults>) -> Self {
        Self { session, faults, doomed: None }
    }

    /// Whether a statement failed in a way that another attempt may not.
    pub(crate) fn collided(&self) -> bool {
        self.doomed.as_ref().is_some_and(StoreError::is_retryable)
    }

    /// Runs a statement that defines part of the schema.
    pub(crate) fn define(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.guarded(sql, |session| match session {
            Session::Sqlite(session) => session.define(sql),
            Session::Postgres(session) => session.define(sql),
        })
    }

    /// Which of the two engines: for what asks the engine about itself.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.session, Session::Sqlite(_))
    }

    pub(crate) fn commit(self) -> Result<(), StoreError> {
        if let Some(doomed) = self.doomed {
            return Err(doomed);
        }
        self.faults.map_or(Ok(()), |faults| faults.strike("COMMIT"))?;
        match self.session {
            Session::Sqlite(session) => session.commit(),
            Session::Postgres(session) => session.commit(),
        }
    }
}
