//! What the counting tells of itself.
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) counted: Counter,
    pub(crate) unreadable: Counter,
    pub(crate) lag_entries: Gauge,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("usage");
        registry.register("entries", "Entries taken up by this server's counting", self.counted.clone());
        registry.register(
            "unreadable",
            "Entries passed over because they do not read",
            self.unreadable.clone(),
        );
        registry.register(
            "lag_entries",
            "Entries not counted yet, at the server that counts",
            self.lag_entries.clone(),
        );
    }
}
