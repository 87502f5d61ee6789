//! How old the rules in memory may be. A revocation made on another server arrives with the next refresh; a server that
//! cannot refresh would go on letting everybody in, so after a while it lets nobody in.
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the rules were last read from the store.
#[derive(Debug)]
pub struct Freshness {
    start: Instant,
    /// Milliseconds from the start to the last good refresh
    renewed: AtomicU64,
    limit: Duration,
}

impl Freshness {
    /// Fresh from now, for so long.
    pub fn new(limit: Duration) -> Self {
        Self { start: Instant::now(), renewed: AtomicU64::new(0), limit }
    }

    /// The rules were read.
    pub fn renew(&self) {
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.renewed.store(millis, Ordering::Relaxed);
    }

    /// Whether the rules are too old to decide by.
    pub fn is_stale(&self) -> bool {
        let age =
            self.start.elapsed().saturating_sub(Duration::from_millis(self.renewed.load(Ordering::Relaxed)));
        age > self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_without_a_refresh_grow_stale() {
        let freshness = Freshness::new(Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        assert!(freshness.is_stale());
        let freshness = Freshness::new(Duration::from_hours(1));
        assert!(!freshness.is_stale());
        freshness.renew();
        assert!(!freshness.is_stale());
    }
}
