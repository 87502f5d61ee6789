//! When a transaction is run again, and after how long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::faults::mix;

/// After so many attempts the collision is the caller's.
const ATTEMPTS: u32 = 40;
/// No attempt begins later than this after the first.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest pause is about this long.
const LONGEST_PAUSE_US: u64 = 100_000;

/// The attempts of one transaction.
pub(crate) struct Attempts {
    started: Instant,
    made: u32,
}

impl Attempts {
    pub(crate) fn first() -> Self {
        Self { started: Instant::now(), made: 1 }
    }

    /// How many attempts came after the first.
    pub(crate) fn retries(&self) -> u32 {
        self.made - 1
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits before the next attempt; `false` when there shall be none.
    pub(crate) fn wait(&mut self) -> bool {
        if self.made >= ATTEMPTS || self.started.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(pause(self.made));
        self.made += 1;
        true
    }
}

/// Doubles from one millisecond; the jitter keeps two that collided from meeting again.
fn pause(attempt: u32) -> Duration {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let longest = 1000_u64.checked_shl(attempt.min(16)).unwrap_or(u64::MAX).min(LONGEST_PAUSE_US);
    let draw = mix(u64::from(std::process::id()) << 32 ^ COUNT.fetch_add(1, Ordering::Relaxed));
    Duration::from_micros(longest / 4 + draw % longest)
}
