//! The thread that keeps the index behind the log.
use super::step::Stepped;
use super::{Index, IndexOptions};
use crate::JournalError;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The time of day, microseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Pause after a failure, or behind another server, in pauses.
const LONGER: u32 = 10;

/// A working index. Stops when it is dropped, after the batch under way.
pub struct Running {
    /// Dropped to stop
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Index {
    /// Starts the thread that indexes what comes and makes epochs.
    pub fn start(&self, clock: Clock) -> Result<Running, JournalError> {
        let (stop, stopped) = channel();
        let index = self.clone();
        let thread = std::thread::Builder::new().name("journal-index".to_owned());
        let thread = thread.spawn(move || index.run(&stopped, &clock));
        let thread = thread.map_err(|_| JournalError::Internal("no thread for the index"))?;
        Ok(Running { stop: Some(stop), thread: Some(thread) })
    }

    /// Works until the other end of `stop` is dropped.
    fn run(&self, stop: &Receiver<()>, clock: &Clock) {
        let mut turns = Turns::of(&self.inner.options);
        loop {
            let idle = self.inner.options.pause;
            let mut pause = match self.advance() {
                Ok(Stepped::Done(_)) => Duration::ZERO,
                // Another server does the work; this one is there should it stop.
                Ok(Stepped::Overtaken) => idle * LONGER,
                Ok(Stepped::End) => idle,
                Err(error) => failed(&error, "indexing", idle),
            };
            let epoch = if turns.epoch.is_over() {
                self.epoch(clock()).map(drop)
            } else if turns.going_on.is_over() {
                self.go_on(clock())
            } else {
                Ok(())
            };
            if let Err(error) = epoch {
                pause = failed(&error, "epoch", idle);
            }
            if !matches!(stop.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                return;
            }
        }
    }
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
