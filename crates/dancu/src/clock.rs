//! The real clock: the one place that reads it.
use dancu_gateway::Clock;

/// The wall clock of this machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl dancu_witness::Clock for SystemClock {
    fn now_us(&self) -> i64 {
        Clock::now_us(self)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the roof is where time comes from")]
    fn now_us(&self) -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that is ahead of another one: what deadlines do can be seen without waiting for them.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// By how much, microseconds
    pub by_us: i64,
}

impl Clock for Ahead {
    fn now_us(&self) -> i64 {
        Clock::now_us(&SystemClock).saturating_add(self.by_us)
    }
}
