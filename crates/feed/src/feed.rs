//! The feed as the roof sees it.
use crate::cursor::{Cursor, replace};
use crate::metrics::Metrics;
use crate::reader::Reader;
use crate::sender::{Sender, Shared};
use crate::spool::{Bounds, Spool};
use crate::{Events, FeedError, Levels, Now, Origin, Receiver};
use dancu_journal::Journal;
use dancu_keys::KeyRing;
use dancu_storage::{Lease, Store};
use prometheus_client::registry::Registry;
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How the feed works.
#[derive(Clone, Debug)]
pub struct Options {
    /// To whom; at least one
    pub receivers: Vec<Receiver>,
    /// Folder of the spool and the cursors, this server's own
    pub folder: PathBuf,
    /// Bytes that events may take in the spool
    pub spool_bytes: u64,
    /// For how long events are kept that nobody has taken
    pub spool_age: Duration,
    /// Messages sent again, after a connection that did not end well, besides all that are not known to be read
    pub resend: u64,
    /// Messages of a stream that are read and sent together
    pub batch: u32,
    /// Messages after which a connection is ended, to learn that they were read
    pub settle: u64,
    /// For how long a server has the entries to itself without renewing
    pub lease: Duration,
    /// Longest pause between two connections
    pub longest_pause: Duration,
    /// Who sends
    pub origin: Origin,
}

impl Options {
    /// Whether the receivers can be what they are said to be.
    pub fn check(&self) -> Result<(), FeedError> {
        let mut names = HashSet::new();
        for receiver in &self.receivers {
            receiver.check()?;
            if !names.insert(&receiver.name) {
                let name = receiver.name.clone();
                return Err(FeedError::Receiver { name, what: "there are two of this name" });
            }
        }
        Ok(())
    }
}

/// A feed that was opened; [`Feed::run`] sends.
pub struct Feed {
    shared: Arc<Shared>,
    senders: Vec<Sender>,
    events: Events,
    metrics: Metrics,
}

impl Feed {
    /// Opens spool, cursors and the table of leases. Blocks.
    pub fn open(
        options: Options,
        journal: Journal,
        store: &Store,
        ring: KeyRing,
        now: Now,
    ) -> Result<Self, FeedError> {
        options.check()?;
        let reader = Reader {
            journal,
            levels: Arc::new(Levels::built_in()?),
            ring: ring.clone(),
            now: Arc::clone(&now),
        };
        let (cursors, spool) = open_spool(&options)?;
        let holder = holder(&options.folder)?;
        let (tell, grown) = watch::channel(spool.next());
        let (spool, metrics) = (Arc::new(spool), Metrics::default());
        let events = Events::start(Arc::clone(&spool), metrics.clone(), ring, now, tell)?;
        let shared = Arc::new(Shared { options, reader, spool, grown });
        let duration_us = i64::try_from(shared.options.lease.as_micros()).unwrap_or(i64::MAX);
        let senders =
            shared.options.receivers.iter().zip(cursors).enumerate().map(|(place, (receiver, cursor))| {
                let work = format!("feed.{}", receiver.name);
                Ok(Sender {
                    receiver: receiver.clone(),
                    place,
                    lease: Lease::open(store, &work, &holder, duration_us)?,
                    cursor,
                    path: Cursor::path(&shared.options.folder, &receiver.name),
                    metrics: metrics.of(&receiver.name),
                    shared: Arc::clone(&shared),
                    broken_ends: 0,
                })
            });
        let senders = senders.collect::<Result<_, FeedError>>()?;
        Ok(Self { shared, senders, events, metrics })
    }

    /// Where events are told.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Offers the counters to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }

    /// Sends to all receivers until told to stop; then what is left, within a few seconds.
    pub async fn run(self, stopped: watch::Receiver<bool>) {
        let senders: Vec<_> =
            self.senders.into_iter().map(|sender| tokio::spawn(sender.run(stopped.clone()))).collect();
        for sender in senders {
            if sender.await.is_err() {
                tracing::error!("a sender of the feed has failed");
            }
        }
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("receivers", &self.shared.options.receivers).finish_non_exhaustive()
    }
}

/// The cursors first: the spool must give no number again that one of them has passed.
fn open_spool(options: &Options) -> Result<(Vec<Cursor>, Spool), FeedError> {
    let mut cursors = Vec::new();
    for receiver in &options.receivers {
        let path = Cursor::path(&options.folder, &receiver.name);
        let cursor = Cursor::load(&path).map_err(|source| FeedError::Spool { path, source })?;
        cursors.push(cursor.unwrap_or_default());
    }
    let bounds = Bounds {
        bytes: options.spool_bytes,
        age_us: i64::try_from(options.spool_age.as_micros()).unwrap_or(i64::MAX),
    };
    let settled = cursors.iter().map(|cursor| cursor.events.settled).collect();
    let used = cursors.iter().map(|cursor| cursor.events.sent).max().unwrap_or_default();
    let spool = Spool::open(&options.folder.join("events"), bounds, settled, used)?;
    Ok((cursors, spool))
}

/// The random name of this server, kept with its spool, so that it has its lease again after a restart.
fn holder(folder: &Path) -> Result<String, FeedError> {
    let path = folder.join("server");
    if let Ok(name) = std::fs::read_to_string(&path)
        && name.len() == 32
    {
        return Ok(name);
    }
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| FeedError::Internal("the system gives no randomness"))?;
    let name = hex::encode(random);
    replace(&path, name.as_bytes()).map_err(|source| FeedError::Spool { path, source })?;
    Ok(name)
}
