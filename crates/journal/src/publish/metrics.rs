//! What the publisher counts.
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters of one publisher; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    published: Gauge,
    witnessed: Gauge,
    checkpoints: Counter,
    lost: Counter,
    errors: Counter,
    halted: Gauge,
    quorum_missing: Gauge,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("journal");
        registry.register("published", "Entries under the newest checkpoint", self.published.clone());
        registry.register(
            "witnessed",
            "Entries under the newest checkpoint with a quorum of witnesses",
            self.witnessed.clone(),
        );
        registry.register("checkpoints", "Checkpoints released by this server", self.checkpoints.clone());
        registry.register(
            "publish_races",
            "Checkpoints that another server was quicker to release",
            self.lost.clone(),
        );
        registry.register(
            "publish_errors",
            "Attempts to publish that failed and are made again",
            self.errors.clone(),
        );
        registry.register(
            "halted",
            "1 when store and published log do not agree, so that no entry is taken",
            self.halted.clone(),
        );
        registry.register(
            "witness_quorum_missing",
            "1 when entries are without a quorum of witnesses for longer than configured",
            self.quorum_missing.clone(),
        );
    }

    pub(super) fn released(&self) {
        self.checkpoints.inc();
    }

    pub(super) fn lost(&self) {
        self.lost.inc();
    }

    pub(super) fn failed(&self) {
        self.errors.inc();
    }

    pub(super) fn halted(&self) {
        self.halted.set(1);
    }

    pub(super) fn sizes(&self, published: u64, witnessed: u64) {
        self.published.set(i64::try_from(published).unwrap_or(i64::MAX));
        self.witnessed.set(i64::try_from(witnessed).unwrap_or(i64::MAX));
    }

    pub(super) fn quorum_missing(&self, missing: bool) {
        self.quorum_missing.set(i64::from(missing));
    }
}
