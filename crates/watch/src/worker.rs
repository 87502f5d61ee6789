//! The thread that keeps the watch behind the log.
use crate::{Follower, Hands, Stepped, Watch, WatchError};
use dancu_journal::index::{Clock, Running, Work};
use std::sync::Arc;
use std::time::Duration;

/// Pause after a failure, or behind another server, in pauses.
const LONGER: u32 = 5;

impl Watch {
    /// Starts the thread that judges what comes and hands out what is to be done. Blocks.
    pub fn start(&self, clock: Clock, hands: Arc<dyn Hands>) -> Result<Running, WatchError> {
        let judging = Judging { watch: self.clone(), follower: self.follower()?, clock, hands };
        Ok(Running::start("watch", judging)?)
    }

    fn note_lag(&self) -> Result<(), WatchError> {
        let behind = self.inner.log.size()?.saturating_sub(self.position()?);
        self.inner.metrics.lag_entries.set(i64::try_from(behind).unwrap_or(i64::MAX));
        Ok(())
    }
}

/// The work of the watch.
struct Judging {
    watch: Watch,
    follower: Follower,
    clock: Clock,
    hands: Arc<dyn Hands>,
}

impl Work for Judging {
    fn turn(&mut self) -> Duration {
        let idle = self.watch.inner.options.pause;
        let stepped = self.follower.step((self.clock)());
        let whole = self.watch.inner.options.batch as u64;
        let mut pause = match &stepped {
            Ok(Stepped::Done(some)) if *some >= whole => Duration::ZERO,
            Ok(Stepped::Overtaken) => Duration::ZERO,
            // At the end of the log: what comes meanwhile is judged together, in one transaction.
            Ok(Stepped::Done(_) | Stepped::End) => idle,
            // Another server judges; this one is there should it stop.
            Ok(Stepped::Standby) => idle * LONGER,
            Err(error) => failed(error, idle),
        };
        if matches!(stepped, Ok(Stepped::Done(_) | Stepped::End)) {
            let handed = self.watch.hand_out(&*self.hands).and_then(|_| self.watch.note_lag());
            if let Err(error) = handed {
                pause = failed(&error, idle);
            }
        }
        pause
    }

    fn end(self) {
        if let Err(error) = self.follower.leave() {
            tracing::warn!(%error, "what the watch rules remember was not kept; they learn it from the log again");
        }
    }
}

fn failed(error: &WatchError, idle: Duration) -> Duration {
    tracing::warn!(%error, "the watch rules are behind");
    idle * LONGER
}
