//! What a witness counts.
use crate::Outcome;
use dancu_tlog::witness::Refusal;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Counters of one witness; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    requests: Family<Came, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Came {
    outcome: &'static str,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("witness");
        registry.register(
            "requests",
            "Requests to cosign, by outcome (cosigned, conflict, fork, not_consistent, not_signed, unknown_origin, \
             old_above_new, malformed, failed); fork and not_consistent are to be looked into",
            self.requests.clone(),
        );
    }

    /// Counts a decision; `None` for a failure of the witness.
    pub(crate) fn decided(&self, outcome: Option<&Outcome>) {
        self.count(match outcome {
            Some(Outcome::Cosigned(_)) => "cosigned",
            Some(Outcome::Conflict { .. }) => "conflict",
            Some(Outcome::Fork { .. }) => "fork",
            Some(Outcome::Refused(Refusal::NotConsistent)) => "not_consistent",
            Some(Outcome::Refused(Refusal::NotSigned)) => "not_signed",
            Some(Outcome::Refused(Refusal::UnknownOrigin)) => "unknown_origin",
            Some(Outcome::Refused(Refusal::OldAboveNew)) => "old_above_new",
            None => "failed",
        });
    }

    pub(crate) fn malformed(&self) {
        self.count("malformed");
    }

    fn count(&self, outcome: &'static str) {
        self.requests.get_or_create(&Came { outcome }).inc();
    }
}
