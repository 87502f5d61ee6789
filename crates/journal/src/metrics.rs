//! What the journal counts about itself.
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Counters of one journal; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    entries: Family<Ended, Counter>,
    errors: Counter,
    group_size: Histogram,
    commit: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    ruling: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            entries: Family::default(),
            errors: Counter::default(),
            group_size: Histogram::new(exponential_buckets(1.0, 2.0, 12)),
            commit: Histogram::new(exponential_buckets(0.000_1, 2.0, 16)),
        }
    }
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("journal");
        registry.register(
            "entries",
            "Entries committed, by ruling (permitted, refused)",
            self.entries.clone(),
        );
        registry.register("append_errors", "Drafts without a receipt", self.errors.clone());
        registry.register("group_size", "Entries committed together", self.group_size.clone());
        registry.register_with_unit("commit", "Time of a group's commit", Unit::Seconds, self.commit.clone());
    }

    pub(crate) fn committed(&self, permitted: u64, refused: u64, took: Duration) {
        self.entries.get_or_create(&Ended { ruling: "permitted" }).inc_by(permitted);
        self.entries.get_or_create(&Ended { ruling: "refused" }).inc_by(refused);
        let size = u32::try_from(permitted + refused).unwrap_or(u32::MAX);
        self.group_size.observe(f64::from(size));
        self.commit.observe(took.as_secs_f64());
    }

    pub(crate) fn failed(&self, drafts: usize) {
        self.errors.inc_by(drafts as u64);
    }
}
