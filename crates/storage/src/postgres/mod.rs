//! The server engine: PostgreSQL, and what speaks its protocol.

mod failure;
mod pool;
mod tls;
mod wire;

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::join_all;
use rustls::ClientConfig;
use tokio::runtime::Handle;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Statement};

use self::failure::{begin_error, commit_error, is_aftermath, store_error};
use self::pool::{Connection, Pool};
use crate::store::Access;
use crate::{Row, StoreError, Value, dialect};

/// Rows handed over in one go: entering the runtime for each would cost more than the row.
const CHUNK: usize = 512;
/// Statements sent before their answers are awaited.
const PIPELINE: usize = 1024;

pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) fn new(
        url: &str,
        max_connections: usize,
        handle: Handle,
        tls: Option<Arc<ClientConfig>>,
    ) -> Result<Self, StoreError> {
        Ok(Self { pool: Pool::new(url, max_connections, handle, tls)? })
    }

    /// Begins a transaction, or nothing for a single statement. A connection that lay idle may have died unnoticed;
    /// then the next one is tried, at last a new one.
    pub(crate) fn begin(&self, access: Access) -> Result<Lease<'_>, StoreError> {
        loop {
            let connection = self.pool.take()?;
            let fresh = connection.fresh;
            let mut lease = Lease { pool: &self.pool, connection: Some(connection), access, open: false };
            match lease.begin() {
                Err(StoreError::Unavailable(_)) if !fresh => lease.abandon(),
                result => return result.map(|()| lease),
            }
        }
    }
}

/// A connection while one transaction uses it. Dropped without COMMIT, it rolls back.
pub(crate) struct Lease<'s> {
    pool: &'s Pool,
    connection: Option<Connection>,
    access: Access,
    /// Whether a transaction is open.
    open: bool,
}

impl Lease<'_> {
    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql, &shape(&[params])?)?;
        let connection = self.connection()?;
        let result = self.pool.block_on(connection.client.execute_raw(&statement, params));
        self.checked(result)
    }

    pub(crate) fn execute_many<R: AsRef<[Value]>>(
        &mut self,
        sql: &'static str,
        rows: &[R],
    ) -> Result<u64, StoreError> {
        let statement = self.prepare(sql, &shape(rows)?)?;
        let mut changed = 0;
        for rows in rows.chunks(PIPELINE) {
            let client = &self.connection()?.client;
            let sent = rows.iter().map(|params| client.execute_raw(&statement, params.as_ref()));
            let answers = self.pool.block_on(join_all(sent));
            changed += self.checked(first_failure(answers))?;
        }
        Ok(changed)
    }

    pub(crate) fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value],
        each: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(sql, &shape(&[params])?)?;
        self.run(&statement, params, each)
    }

    /// Runs a statement that defines part of the schema.
    pub(crate) fn define(&mut self, sql: &str) -> Result<(), StoreError> {
        let result = self.pool.block_on(self.connection()?.client.batch_execute(&dialect::for_postgres(sql)));
        self.checked(result)
    }

    pub(crate) fn explain(&mut self, sql: &str, params: &[Value]) -> Result<Vec<String>, StoreError> {
        let sql = dialect::explain(sql, dialect::Engine::Postgres);
        let types: Vec<Type> =
            shape(&[params])?.into_iter().map(|kind| kind.unwrap_or(Type::UNKNOWN)).collect();
        let prepared = self.pool.block_on(self.connection()?.client.prepare_typed(&sql, &types));
        let statement = self.checked(prepared)?;
        let mut plan = Vec::new();
        self.run(&statement, params, |row| {
            plan.extend(row.text(0).map(str::to_owned));
            ControlFlow::Continue(())
        })?;
        Ok(plan)
    }

    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        if self.connection()?.client.is_closed() {
            return Err(StoreError::Unavailable("the connection was lost".into()));
        }
        self.open = false;
        let result = self.pool.block_on(self.connection()?.client.batch_execute("COMMIT"));
        match (result, self.access) {
            (Ok(()), _) => Ok(()),
            (Err(error), Access::Write) => Err(commit_error(&error)),
            (Err(error), Access::Read | Access::Snapshot | Access::Single) => Err(store_error(&error)),
        }
    }

    /// Gives the connection up: whoever comes next gets another one.
    fn abandon(mut self) {
        if self.connection.take().is_some() {
            self.pool.give_back(None);
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let begin = match self.access {
            Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
            Access::Read => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
            Access::Snapshot => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
            Access::Single => return Ok(()),
        };
        let result = self.pool.block_on(self.connection()?.client.batch_execute(begin));
        result.map_err(|error| begin_error(&error))?;
        self.open = true;
        Ok(())
    }

    fn run(
        &mut self,
        statement: &Statement,
        params: &[Value],
        mut each: impl FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let found = self.pool.block_on(self.connection()?.client.query_raw(statement, params));
        let mut chunks = pin!(self.checked(found)?.ready_chunks(CHUNK));
        let mut row = Row::default();
        let mut wanted = true;
        while let Some(chunk) = self.pool.block_on(chunks.next()) {
            for raw in chunk {
                let raw = self.checked(raw)?;
                // In a transaction the rest is read even if nobody wants it: an error there ends the transaction,
                // and COMMIT would turn into ROLLBACK without a word.
                if wanted {
                    wire::fill(&mut row, &raw)?;
                    wanted = each(&row).is_continue();
                }
            }
            if !wanted && !self.open {
                break;
            }
        }
        Ok(())
    }

    /// The statement from the connection's cache, where it fits the types of the parameters.
    fn prepare(&mut self, sql: &'static str, shape: &[Option<Type>]) -> Result<Statement, StoreError> {
        let connection = self.connection()?;
        let cached = connection.statements.get(sql).into_iter().flatten();
        if let Some(statement) = cached.into_iter().find(|statement| fits(statement, shape)) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = shape.iter().map(|kind| kind.clone().unwrap_or(Type::UNKNOWN)).collect();
        let text = dialect::for_postgres(sql);
        let prepared = self.pool.block_on(connection.client.prepare_typed(&text, &types));
        let statement = self.checked(prepared)?;
        if statement.params().len() != shape.len() {
            let text = format!("{} values for {} parameters", shape.len(), statement.params().len());
            return Err(StoreError::Schema(text.into()));
        }
        let connection = self.connection.as_mut().ok_or_else(returned)?;
        connection.statements.entry(sql).or_default().push(statement.clone());
        Ok(statement)
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or_else(returned)
    }

    /// Maps an error, and gives up a connection whose prepared statements a migration made stale.
    fn checked<T>(&mut self, result: Result<T, Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            let stale = failure::is_stale_plan(&error);
            if stale && let Some(connection) = &mut self.connection {
                connection.statements.clear();
                return StoreError::Serialization("a prepared statement became stale".into());
            }
            store_error(&error)
        })
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let reusable = !connection.client.is_closed()
            && (!self.open || self.pool.block_on(connection.client.batch_execute("ROLLBACK")).is_ok());
        self.pool.give_back(reusable.then_some(connection));
    }
}

fn returned() -> StoreError {
    StoreError::Other("the connection was given back".into())
}

/// The type of each parameter; `None` where every row has NULL. The types are told to the server rather than guessed
/// by it from the context, so that an integer has 64 bits everywhere, as on SQLite.
fn shape<R: AsRef<[Value]>>(rows: &[R]) -> Result<Vec<Option<Type>>, StoreError> {
    let mut shape: Vec<Option<Type>> = Vec::new();
    for row in rows.iter().map(AsRef::as_ref) {
        if shape.is_empty() {
            shape.resize(row.len(), None);
        }
        if shape.len() != row.len() {
            return Err(StoreError::Type("rows of different lengths".into()));
        }
        for (known, value) in shape.iter_mut().zip(row) {
            let kind = wire::type_of(value);
            if known.is_none() {
                *known = kind;
            } else if kind.is_some() && *known != kind {
                return Err(StoreError::Type(
                    format!("a column of parameters with {} and another type", value.kind()).into(),
                ));
            }
        }
    }
    Ok(shape)
}

fn fits(statement: &Statement, shape: &[Option<Type>]) -> bool {
    let params = statement.params();
    params.len() == shape.len() && params.iter().zip(shape).all(|(a, b)| b.as_ref().is_none_or(|b| a == b))
}

/// The sum of all, or the failure that made the others fail.
fn first_failure(answers: Vec<Result<u64, Error>>) -> Result<u64, Error> {
    let mut changed = 0;
    let mut failure: Option<Error> = None;
    for answer in answers {
        match answer {
            Ok(count) => changed += count,
            Err(error) if failure.as_ref().is_none_or(is_aftermath) => failure = Some(error),
            Err(_) => {}
        }
    }
    failure.map_or(Ok(changed), Err)
}
