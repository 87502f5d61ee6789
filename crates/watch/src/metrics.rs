//! What the watch counts about itself. Labels are names of rules, never a person.
use crate::Rule;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    rule: &'static str,
}

/// Counters; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    alerts: Family<Of, Counter>,
    pub(crate) judged: Counter,
    pub(crate) unreadable: Counter,
    pub(crate) lag_entries: Gauge,
    pub(crate) lag_us: Gauge,
    pub(crate) leading: Gauge,
    pub(crate) brakes: Gauge,
    pub(crate) mismatches: Counter,
    pub(crate) untold: Counter,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("watch");
        registry.register("alerts", "Findings written, by rule", self.alerts.clone());
        registry.register("entries", "Entries judged by this server", self.judged.clone());
        registry.register(
            "unreadable",
            "Entries passed over because they do not read",
            self.unreadable.clone(),
        );
        registry.register(
            "lag_entries",
            "Entries not judged yet, at the server that judges",
            self.lag_entries.clone(),
        );
        registry.register(
            "lag_microseconds",
            "Age of the entry judged last when it was judged",
            self.lag_us.clone(),
        );
        registry.register("leading", "Whether this server judges", self.leading.clone());
        registry.register("brakes", "Brakes in force", self.brakes.clone());
        registry.register(
            "guess_mismatches",
            "Mismatches shared by this server for guess budgets",
            self.mismatches.clone(),
        );
        registry.register(
            "guess_untold",
            "Mismatches that were dropped because the store did not take them for too long",
            self.untold.clone(),
        );
    }

    pub(crate) fn alert(&self, rule: Rule) {
        self.alerts.get_or_create(&Of { rule: rule.name() }).inc();
    }
}
