//! The thread that keeps the index behind the log.
use super::step::Stepped;
use super::{Index, IndexOptions};
use crate::JournalError;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Entries in a step from which on the next step waits longer.
const MANY: u64 = 1024;

/// The time of day, microseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Pause after a failure, or behind another server, in pauses.
const LONGER: u32 = 10;

/// Work that follows the log, turn by turn, on a thread of its own.
pub trait Work: Send + 'static {
    /// Does some; says how long to wait before the next turn.
    fn turn(&mut self) -> Duration;

    /// Told to stop: the last turn is over.
    fn end(self);
}

/// Work under way. Stops when it is dropped, after the turn under way.
pub struct Running {
    /// Dropped to stop
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts a thread of this name; none can be had: an error.
    pub fn start(name: &str, mut work: impl Work) -> Result<Self, JournalError> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            loop {
                let pause = work.turn();
                if !is_to_go_on(&stopped, pause) {
                    return work.end();
                }
            }
        });
        let thread = thread.map_err(|_| JournalError::Internal("no thread to follow the log"))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn is_to_go_on(stopped: &Receiver<()>, pause: Duration) -> bool {
    matches!(stopped.recv_timeout(pause), Err(RecvTimeoutError::Timeout))
}

impl Index {
    /// Starts the thread that indexes what comes and makes epochs.
    pub fn start(&self, clock: Clock) -> Result<Running, JournalError> {
        let turns = Turns::of(&self.inner.options);
        Running::start("journal-index", Indexing { index: self.clone(), clock, turns })
    }
}

/// The work of the index.
struct Indexing {
    index: Index,
    clock: Clock,
    turns: Turns,
}

impl Work for Indexing {
    fn turn(&mut self) -> Duration {
        let idle = self.index.inner.options.pause;
        let whole = self.index.inner.options.batch as u64;
        let mut pause = match self.index.advance() {
            Ok(Stepped::Done(some)) if some >= whole => Duration::ZERO,
            // It is at the end: what comes meanwhile is taken up together, in one transaction, which writes the rows of frequent
            // terms anew however few entries it adds.
            Ok(Stepped::Done(some)) if some >= MANY => idle * 3,
            Ok(Stepped::Done(_) | Stepped::End) => idle,
            // Another server does the work; this one is there should it stop.
            Ok(Stepped::Overtaken) => idle * LONGER,
            Err(error) => failed(&error, "indexing", idle),
        };
        let epoch = if self.turns.epoch.is_over() {
            self.index.epoch((self.clock)()).map(drop)
        } else if self.turns.going_on.is_over() {
            self.index.go_on((self.clock)())
        } else {
            Ok(())
        };
        if let Err(error) = epoch {
            pause = failed(&error, "epoch", idle);
        }
        pause
    }

    fn end(self) {}
}

/// What is done every so often.
struct Turns {
    epoch: Turn,
    /// An epoch under way waits for its entry to be published
    going_on: Turn,
}

struct Turn {
    every: Duration,
    last: Instant,
}

impl Turns {
    fn of(options: &IndexOptions) -> Self {
        let turn = |every| Turn { every, last: Instant::now() };
        let epoch = Duration::from_secs(u64::from(options.epoch_seconds));
        Self { epoch: turn(epoch), going_on: turn(Duration::from_secs(1)) }
    }
}

impl Turn {
    /// Whether it is time; then the next turn begins.
    fn is_over(&mut self) -> bool {
        let over = self.last.elapsed() >= self.every;
        if over {
            self.last = Instant::now();
        }
        over
    }
}

fn failed(error: &JournalError, what: &'static str, pause: Duration) -> Duration {
    tracing::warn!(%error, what, "the journal's index is behind");
    pause * LONGER
}

impl Running {
    /// Stops, and returns when the batch under way is written. Blocks.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the thread itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}
