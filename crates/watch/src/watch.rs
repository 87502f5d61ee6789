//! The watch: what all its parts share.
use crate::brakes::{self, Brakes};
use crate::metrics::Metrics;
use crate::read::Reader;
use crate::runs::Runs;
use crate::sealer::Sealer;
use crate::world::{Cases, World};
use crate::{Settings, WatchError, head, overlay, schema};
use arc_swap::ArcSwap;
use dancu_journal::index::Log;
use dancu_keys::KeyRing;
use dancu_policy::Calendar;
use dancu_storage::Store;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How the watch works.
#[derive(Clone, Debug)]
pub struct Options {
    /// Entries judged in one transaction, at most
    pub batch: usize,
    /// How long to wait for more entries at the end of the log
    pub pause: Duration,
    /// How long another server waits for one that is silent
    pub lease: Duration,
    /// What the rules remember is kept every so many entries
    pub keep_every: u64,
    /// Entries from which the rules learn when nothing was kept, and before a dry run
    pub warm_up: u64,
    /// Where judging begins on a store that has none of the watch's tables: at the first entry, or (false) at the next one
    pub from_first: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 8192,
            pause: Duration::from_millis(200),
            lease: Duration::from_secs(10),
            keep_every: 100_000,
            warm_up: 1_000_000,
            from_first: true,
        }
    }
}

/// Rules over the live journal, their alerts and brakes. Clones are the same watch. Its calls block, but [`Watch::brakes`] and
/// [`Watch::settings`]; asynchronous code moves them to the blocking pool.
#[derive(Clone)]
pub struct Watch {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) reader: Reader,
    pub(crate) calendar: Calendar,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    /// The file
    pub(crate) base: Settings,
    /// The file, and what the store lays over it, with the version that it was read at
    settings: ArcSwap<(u64, Settings)>,
    brakes: Brakes,
    brakes_version: AtomicU64,
    /// Dry runs of this server
    pub(crate) runs: Runs,
}

/// What the watch is made of.
pub struct Parts {
    /// The journal, or another log
    pub log: Arc<dyn Log>,
    /// Seals texts; the journal's own ring
    pub ring: KeyRing,
    /// Officers and families
    pub world: Arc<dyn World>,
    /// Cases
    pub cases: Arc<dyn Cases>,
    /// Rules, as a file sets them
    pub settings: Settings,
}

impl Watch {
    /// Brings the tables up to date. Does not judge by itself: see [`Watch::start`] and [`Watch::follower`]. Blocks.
    pub fn open(store: Store, parts: Parts, options: Options, now_us: i64) -> Result<Self, WatchError> {
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let first = if options.from_first { 0 } else { parts.log.size()? };
        store.run_tx("watch.begin", |tx| head::begin(tx, first))?;
        let Parts { log, ring, world, cases, settings } = parts;
        let sealer = Sealer(ring.clone());
        let (brakes_version, loaded, in_force) = store.read("watch.open", |tx| {
            let head = head::read(tx)?;
            let loaded = (head.version, overlay::load(tx, &settings, &sealer)?);
            Ok::<_, WatchError>((head.brakes, loaded, brakes::load(tx, now_us)?))
        })?;
        let (brakes, metrics) = (Brakes::default(), Metrics::default());
        brakes.set(in_force);
        let inner = Inner {
            sealer,
            log,
            reader: Reader { ring, world, cases },
            calendar: Calendar::built_in()?,
            options,
            metrics,
            base: settings,
            settings: ArcSwap::from_pointee(loaded),
            brakes,
            brakes_version: AtomicU64::new(brakes_version),
            runs: Runs::default(),
            store,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Follows what other servers changed: brakes and rules; whether anything had. To be called some times a second: without a change
    /// it costs one row. Blocks.
    pub fn refresh(&self, now_us: i64) -> Result<bool, WatchError> {
        let inner = &self.inner;
        let head = inner.store.read("watch.head", head::read)?;
        let mut changed = self.settings_at(head.version)?;
        if head.brakes != inner.brakes_version.load(Ordering::Acquire) {
            let in_force = inner.store.read("watch.brakes", |tx| brakes::load(tx, now_us))?;
            inner.metrics.brakes.set(i64::try_from(in_force.len()).unwrap_or(i64::MAX));
            inner.brakes.set(in_force);
            inner.brakes_version.store(head.brakes, Ordering::Release);
            changed = true;
        }
        Ok(changed)
    }

    /// Reads the rules anew unless they are of this version.
    pub(crate) fn settings_at(&self, version: u64) -> Result<bool, WatchError> {
        let inner = &self.inner;
        if inner.settings.load().0 == version {
            return Ok(false);
        }
        let loaded = inner.store.read("watch.settings", |tx| {
            let head = head::read(tx)?;
            Ok::<_, WatchError>((head.version, overlay::load(tx, &inner.base, &inner.sealer)?))
        })?;
        inner.settings.store(Arc::new(loaded));
        Ok(true)
    }

    /// The rules in force, with the version that they were read at. Never blocks.
    pub fn settings(&self) -> Arc<(u64, Settings)> {
        self.inner.settings.load_full()
    }

    /// Who is braked. Never blocks.
    pub fn brakes(&self) -> Brakes {
        self.inner.brakes.clone()
    }

    /// Entries judged so far, that is, number of the next one. Blocks.
    pub fn position(&self) -> Result<u64, WatchError> {
        Ok(self.inner.store.read("watch.head", head::read)?.position)
    }

    /// Offers the counters to a registry.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.metrics.register(registry);
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("options", &self.inner.options).finish_non_exhaustive()
    }
}
