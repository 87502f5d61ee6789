//! The thread that keeps the watch behind the log.
use crate::{Follower, Hands, Stepped, Watch, WatchError};
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// The time of day, microseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Pause after a failure, or behind another server, in pauses.
const LONGER: u32 = 5;

/// A working watch. Stops when it is dropped, after the batch under way.
pub struct Running {
    /// Dropped to stop
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts the thread that judges what comes and hands out what is to be done. Blocks.
    pub fn start(&self, clock: Clock, hands: Arc<dyn Hands>) -> Result<Running, WatchError> {
        let (stop, stopped) = channel();
        let follower = self.follower()?;
        let watch = self.clone();
        let thread = std::thread::Builder::new().name("watch".to_owned());
        let thread = thread.spawn(move || watch.run(follower, &stopped, &clock, &*hands));
        let thread = thread.map_err(|_| WatchError::Internal("no thread for the watch"))?;
        Ok(Running { stop: Some(stop), thread: Some(thread) })
    }

    fn run(&self, mut follower: Follower, stop: &Receiver<()>, clock: &Clock, hands: &dyn Hands) {
        let idle = self.inner.options.pause;
        loop {
            let stepped = follower.step(clock());
            let mut pause = match &stepped {
                Ok(Stepped::Done(_) | Stepped::Overtaken) => Duration::ZERO,
                Ok(Stepped::End) => idle,
                // Another server judges; this one is there should it stop.
                Ok(Stepped::Standby) => idle * LONGER,
                Err(error) => failed(error, idle),
            };
            if matches!(stepped, Ok(Stepped::Done(_) | Stepped::End)) {
                let handed = self.hand_out(hands).and_then(|_| self.note_lag());
                if let Err(error) = handed {
                    pause = failed(&error, idle);
                }
            }
            if !matches!(stop.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                break;
            }
        }
        if let Err(error) = follower.leave() {
            tracing::warn!(%error, "what the watch rules remember was not kept; they learn it from the log again");
        }
    }

    fn note_lag(&self) -> Result<(), WatchError> {
        let behind = self.inner.log.size()?.saturating_sub(self.position()?);
        self.inner.metrics.lag_entries.set(i64::try_from(behind).unwrap_or(i64::MAX));
        Ok(())
    }
}

fn failed(error: &WatchError, idle: Duration) -> Duration {
    tracing::warn!(%error, "the watch rules are behind");
    idle * LONGER
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
