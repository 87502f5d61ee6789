//! The way of an event into the spool: never waits, never blocks its sender, holds a flood back.
use crate::metrics::Metrics;
use crate::spool::Spool;
use crate::{Event, FeedError, Now, entry};
use dancu_keys::KeyRing;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// Events that may wait for the disk.
const QUEUE: usize = 4096;
/// Events written together.
const BATCH: usize = 256;
/// Events of one kind in a minute that are written one by one; of further ones, how many there were. So nobody can push
/// the alarms out of the spool by failing to sign in a million times.
const A_MINUTE: u32 = 120;
/// How often the counts of a past minute are looked for when nothing else happens.
const LOOK: Duration = Duration::from_secs(5);

/// Where events are told. Cheap to clone. Off, it forgets them.
#[derive(Clone, Default)]
pub struct Events {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    /// None only while it ends
    sender: Option<SyncSender<Told>>,
    writer: Option<JoinHandle<()>>,
    overflow: Arc<AtomicU64>,
    ring: KeyRing,
    now: Now,
}

impl Inner {
    fn tell(&self, told: Told) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.try_send(told).is_ok())
    }
}

/// Whoever lets go of the last handle waits until what was told is on disk: the spool is free then for whoever opens it next.
impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

enum Told {
    Event(i64, Event),
    /// Answered when everything before it is durable
    Flush(SyncSender<()>),
}

impl Events {
    /// Forgets what it is told.
    pub fn off() -> Self {
        Self::default()
    }

    /// Tells of an event, now. Returns at once; the event is on disk a moment later.
    pub fn emit(&self, event: Event) {
        let Some(inner) = &self.inner else { return };
        if !inner.tell(Told::Event((inner.now)(), event)) {
            inner.overflow.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The keyed hash by which a source address may be named; the same as in entries. None when off.
    pub fn source_hash(&self, address: &str) -> Option<String> {
        self.inner.as_ref().map(|inner| entry::source_hash(&inner.ring, address))
    }

    /// The keyed hash by which an account may be named. None when off.
    pub fn account_hash(&self, account: &str) -> Option<String> {
        let inner = self.inner.as_ref()?;
        Some(hex::encode(inner.ring.keyed_hash("feed.account", account.as_bytes())))
    }

    /// Returns when all that was told before is on disk, or lost for good. Blocks.
    pub fn flush(&self) {
        let Some(inner) = &self.inner else { return };
        let (done, wait) = sync_channel(1);
        if inner.sender.as_ref().is_some_and(|sender| sender.send(Told::Flush(done)).is_ok()) {
            let _ = wait.recv();
        }
    }

    /// Starts the thread that writes. The number of the next event is told to `grown` after each batch.
    pub(crate) fn start(
        spool: Arc<Spool>,
        metrics: Metrics,
        ring: KeyRing,
        now: Now,
        grown: watch::Sender<u64>,
    ) -> Result<Self, FeedError> {
        let (sender, receiver) = sync_channel(QUEUE);
        let overflow = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            spool,
            metrics,
            receiver,
            overflow: Arc::clone(&overflow),
            now: Arc::clone(&now),
            grown,
            limiter: Limiter::default(),
            owed: 0,
        };
        let thread = std::thread::Builder::new().name("feed-events".to_owned());
        let writer = thread.spawn(move || writer.run());
        let writer = Some(writer.map_err(|_| FeedError::Internal("no thread for the events"))?);
        Ok(Self { inner: Some(Arc::new(Inner { sender: Some(sender), writer, overflow, ring, now })) })
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("on", &self.inner.is_some()).finish()
    }
}

struct Writer {
    spool: Arc<Spool>,
    metrics: Metrics,
    receiver: Receiver<Told>,
    overflow: Arc<AtomicU64>,
    now: Now,
    grown: watch::Sender<u64>,
    limiter: Limiter,
    /// Dropped events that no event has told of yet
    owed: u64,
}

impl Writer {
    fn run(mut self) {
        loop {
            let mut flushed = Vec::new();
            let mut batch = Vec::new();
            match self.receiver.recv_timeout(LOOK) {
                Ok(told) => self.take(told, &mut batch, &mut flushed),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while let (true, Ok(told)) = (batch.len() < BATCH, self.receiver.try_recv()) {
                self.take(told, &mut batch, &mut flushed);
            }
            self.write(batch);
            for done in flushed {
                let _ = done.send(());
            }
        }
    }

    fn take(&mut self, told: Told, batch: &mut Vec<(i64, Event)>, flushed: &mut Vec<SyncSender<()>>) {
        match told {
            Told::Event(at_us, event) if self.limiter.passes(event.name(), at_us) => {
                batch.push((at_us, event));
            }
            Told::Event(..) => {}
            Told::Flush(done) => flushed.push(done),
        }
    }

    fn write(&mut self, mut batch: Vec<(i64, Event)>) {
        let now_us = (self.now)();
        batch.extend(self.limiter.owed(now_us).map(|event| (now_us, event)));
        let overflow = self.overflow.swap(0, Ordering::Relaxed);
        self.metrics.dropped(overflow);
        self.owed += overflow;
        if self.owed > 0 {
            batch.push((now_us, Event::Lost { first: None, count: self.owed }));
        }
        if batch.is_empty() {
            return;
        }
        // What serialises to JSON was made here; there is nothing in it that could not.
        let records: Vec<_> = batch
            .iter()
            .map(|(at_us, event)| (*at_us, serde_json::to_vec(event).unwrap_or_default()))
            .collect();
        match self.spool.append(&records) {
            Ok(next) => {
                self.owed = 0;
                self.spool.settle(None, now_us);
                self.grown.send_replace(next);
            }
            Err(error) => {
                tracing::error!(%error, "events cannot be written to the feed's spool");
                let lost = batch.len() as u64 - u64::from(self.owed > 0);
                self.metrics.dropped(lost);
                self.owed += lost;
            }
        }
    }
}

/// Counts events by kind and minute.
#[derive(Debug, Default)]
struct Limiter {
    kinds: HashMap<&'static str, Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    count: u32,
    held_back: u64,
    /// Held back in earlier minutes
    owed: u64,
}

impl Limiter {
    fn passes(&mut self, kind: &'static str, at_us: i64) -> bool {
        let minute = self.kinds.entry(kind).or_default();
        if minute.number != at_us.div_euclid(60_000_000) {
            (minute.number, minute.count) = (at_us.div_euclid(60_000_000), 0);
            minute.owed += std::mem::take(&mut minute.held_back);
        }
        minute.count = minute.count.saturating_add(1);
        let passes = minute.count <= A_MINUTE;
        minute.held_back += u64::from(!passes);
        passes
    }

    /// An event for each kind that was held back in a minute that is over.
    fn owed(&mut self, now_us: i64) -> impl Iterator<Item = Event> {
        self.kinds.iter_mut().filter_map(move |(kind, minute)| {
            if minute.number < now_us.div_euclid(60_000_000) {
                minute.owed += std::mem::take(&mut minute.held_back);
            }
            let count = std::mem::take(&mut minute.owed);
            (count > 0).then(|| Event::Suppressed { kind: (*kind).to_owned(), count })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::{Bounds, Kept};
    use dancu_keys::Secret;
    use std::sync::atomic::AtomicI64;

    const MINUTE: i64 = 60_000_000;

    struct Scene {
        _folder: tempfile::TempDir,
        clock: Arc<AtomicI64>,
        spool: Arc<Spool>,
        events: Events,
    }

    fn scene() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let bounds = Bounds { bytes: 1 << 20, age_us: i64::MAX };
        let spool = Arc::new(Spool::open(folder.path(), bounds, vec![0], 0).unwrap());
        let clock = Arc::new(AtomicI64::new(MINUTE));
        let now: Now = {
            let clock = Arc::clone(&clock);
            Arc::new(move || clock.load(Ordering::Relaxed))
        };
        let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
        let (grown, _) = watch::channel(0);
        let events = Events::start(Arc::clone(&spool), Metrics::default(), ring, now, grown).unwrap();
        Scene { _folder: folder, clock, spool, events }
    }

    fn written(spool: &Spool) -> Vec<(i64, Event)> {
        let kept: Vec<Kept> = spool.read(0, 10_000).unwrap();
        kept.into_iter().map(|kept| (kept.at_us, serde_json::from_slice(&kept.content).unwrap())).collect()
    }

    #[test]
    fn what_was_told_is_on_disk_after_a_flush() {
        let scene = scene();
        for event in Event::samples() {
            scene.events.emit(event);
        }
        scene.events.flush();
        let told: Vec<_> = Event::samples().into_iter().map(|event| (MINUTE, event)).collect();
        assert_eq!(written(&scene.spool), told);
        Events::off().emit(Event::Stopping);
        Events::off().flush();
        assert_eq!(Events::off().source_hash("x"), None);
        assert!(scene.events.source_hash("203.0.113.9").is_some());
    }

    #[test]
    fn a_flood_of_one_kind_is_counted_and_leaves_the_others_alone() {
        let scene = scene();
        for _ in 0..1000 {
            scene.events.emit(Event::Stopping);
        }
        scene.events.emit(Event::QuorumBack { size: 1 });
        scene.events.flush();
        assert_eq!(written(&scene.spool).len(), A_MINUTE as usize + 1);
        assert_eq!(written(&scene.spool).last().unwrap().1, Event::QuorumBack { size: 1 });

        scene.clock.fetch_add(MINUTE, Ordering::Relaxed);
        scene.events.emit(Event::Stopping);
        scene.events.flush();
        let written = written(&scene.spool);
        let held_back = Event::Suppressed { kind: "stopping".to_owned(), count: 1000 - u64::from(A_MINUTE) };
        assert_eq!(written.last().unwrap(), &(2 * MINUTE, held_back));
        assert_eq!(written.len(), A_MINUTE as usize + 3, "a new minute has its own measure");
    }
}
