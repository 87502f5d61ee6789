//! The connections to the server. They are opened when needed and thrown away when broken.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use tokio::runtime::Handle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Error, NoTls, Socket, Statement};

use super::failure::connect_error;
use super::tls::Tls;
use crate::StoreError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for a connection that others use.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);
/// After so long without an answer from the network a server counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

pub(super) struct Pool {
    config: Config,
    tls: Option<Tls>,
    handle: Handle,
    max_connections: usize,
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Idle, lent or being opened.
    open: usize,
}

pub(super) struct Connection {
    pub(super) client: Client,
    /// By the text of the statement; more than one where its parameters come in different types.
    pub(super) statements: HashMap<&'static str, Vec<Statement>>,
    /// Opened just now, so that the server was there a moment ago.
    pub(super) fresh: bool,
}

impl Pool {
    pub(super) fn new(
        url: &str,
        max_connections: usize,
        handle: Handle,
        tls: Option<Arc<ClientConfig>>,
    ) -> Result<Self, StoreError> {
        // The parser's error may quote the URL, and the URL may hold a password.
        let mut config: Config =
            url.parse().map_err(|_| StoreError::Other("the URL of the database cannot be read".into()))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config.keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
        if tls.is_some() {
            config.ssl_mode(SslMode::Require);
        } else if config.get_ssl_mode() == SslMode::Require {
            return Err(StoreError::Other("sslmode=require needs a TLS configuration".into()));
        }
        let max_connections = max_connections.max(1);
        Ok(Self {
            config,
            tls: tls.map(Tls::new),
            handle,
            max_connections,
            state: Mutex::default(),
            given_back: Condvar::new(),
        })
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// An idle connection, or a new one, or the next that is given back.
    pub(super) fn take(&self) -> Result<Connection, StoreError> {
        let mut state = self.state();
        loop {
            while let Some(connection) = state.idle.pop() {
                if !connection.client.is_closed() {
                    return Ok(connection);
                }
                state.open -= 1;
            }
            if state.open < self.max_connections {
                state.open += 1;
                drop(state);
                return self.connect().inspect_err(|_| self.give_back(None));
            }
            let (next, waited) =
                self.given_back.wait_timeout(state, TURN_TIMEOUT).unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                return Err(StoreError::Unavailable("all connections are in use".into()));
            }
            state = next;
        }
    }

    /// Ends a loan; `None` when the connection is of no use any more.
    pub(super) fn give_back(&self, connection: Option<Connection>) {
        let mut state = self.state();
        match connection {
            Some(connection) => state.idle.push(Connection { fresh: false, ..connection }),
            None => state.open -= 1,
        }
        self.given_back.notify_one();
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let opened = match &self.tls {
            Some(tls) => self.block_on(self.open(tls.clone())),
            None => self.block_on(self.open(NoTls)),
        };
        let client = opened.map_err(|error| connect_error(&error))?;
        Ok(Connection { client, statements: HashMap::new(), fresh: true })
    }

    async fn open<T>(&self, tls: T) -> Result<Client, Error>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        let (client, connection) = self.config.connect(tls).await?;
        self.handle.spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %connect_error(&error), "a connection to the database ended");
            }
        });
        Ok(client)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
