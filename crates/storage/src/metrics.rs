//! What the transactions of a store cost, by their names.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Counters of all transactions of a store and its clones.
#[derive(Debug, Clone)]
pub struct Metrics {
    finished: Family<Finished, Counter>,
    retries: Family<Named, Counter>,
    duration: Family<Named, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Finished {
    name: &'static str,
    outcome: &'static str,
}

/// Upper bounds in seconds: a read in memory takes microseconds, a commit a disk's fsync.
const BUCKETS: [f64; 14] =
    [0.000_02, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        Self {
            finished: Family::default(),
            retries: Family::default(),
            duration: Family::new_with_constructor(histogram),
        }
    }
}

impl Metrics {
    /// Offers the counters to a registry, which shows them from then on.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("store");
        registry.register(
            "transactions",
            "Transactions by name and outcome (ok, error)",
            self.finished.clone(),
        );
        registry.register(
            "transaction_retries",
            "Transactions run again after a collision",
            self.retries.clone(),
        );
        registry.register_with_unit(
            "transaction_duration",
            "Time of a transaction with its retries",
            Unit::Seconds,
            self.duration.clone(),
        );
    }

    /// How often transactions of this name were run again.
    pub fn retries(&self, name: &'static str) -> u64 {
        self.retries.get_or_create(&Named { name }).get()
    }

    /// How many transactions of this name ended well.
    pub fn succeeded(&self, name: &'static str) -> u64 {
        self.finished.get_or_create(&Finished { name, outcome: "ok" }).get()
    }

    pub(crate) fn record(&self, name: &'static str, ok: bool, retries: u32, duration: Duration) {
        let outcome = if ok { "ok" } else { "error" };
        self.finished.get_or_create(&Finished { name, outcome }).inc();
        self.retries.get_or_create(&Named { name }).inc_by(u64::from(retries));
        self.duration.get_or_create(&Named { name }).observe(duration.as_secs_f64());
    }
}
