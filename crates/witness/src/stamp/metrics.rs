//! What is counted about time stamps.
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// Counters of one stamper; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    taken: Counter,
    failures: Counter,
    size: Gauge,
    time: Gauge,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("timestamps");
        registry.register("taken", "Checkpoints time-stamped by the authority", self.taken.clone());
        registry.register(
            "failures",
            "Attempts without a stamp, looked into when they go on",
            self.failures.clone(),
        );
        registry.register("newest_size", "Size of the log that was stamped last", self.size.clone());
        registry.register_with_unit(
            "newest_time",
            "Unix time of the newest stamp",
            Unit::Seconds,
            self.time.clone(),
        );
    }

    pub(super) fn taken(&self, size: u64, time_us: i64) {
        self.taken.inc();
        self.size.set(i64::try_from(size).unwrap_or(i64::MAX));
        self.time.set(time_us.div_euclid(1_000_000));
    }

    pub(super) fn failed(&self) {
        self.failures.inc();
    }
}
