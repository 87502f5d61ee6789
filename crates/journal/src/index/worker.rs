//! The thread that keeps the index behind the log.
use super::Index;
use crate::JournalError;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The time of day, microseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Pause after a failure, in pauses.
const AFTER_FAILURE: u32 = 10;

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
        let every = Duration::from_secs(u64::from(self.inner.options.epoch_seconds));
        let mut last_epoch = Instant::now();
        loop {
            let mut pause = self.inner.options.pause;
            match self.step() {
                Ok(0) => {}
                Ok(_) => pause = Duration::ZERO,
                Err(error) => pause = failed(&error, "indexing", pause),
            }
            if last_epoch.elapsed() >= every {
                last_epoch = Instant::now();
                if let Err(error) = self.epoch(clock()) {
                    pause = failed(&error, "epoch", pause);
                }
            }
            if !matches!(stop.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                return;
            }
        }
    }
}

fn failed(error: &JournalError, what: &'static str, pause: Duration) -> Duration {
    tracing::warn!(%error, what, "the journal's index is behind");
    pause * AFTER_FAILURE
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
