//! What is counted about the witnesses.
use super::Unanswered;
use super::peer::Cosigned;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters of one client; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    answers: Family<Answered, Counter>,
    cosigned: Family<Who, Gauge>,
    witnessed: Gauge,
    missing: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    witness: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Who {
    witness: String,
}

impl Metrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("witnesses");
        registry.register(
            "answers",
            "Rounds by witness and outcome (cosigned, resting, failed, ahead, fork, refused, nonsense); fork and refused \
             are to be looked into",
            self.answers.clone(),
        );
        registry.register(
            "cosigned_size",
            "Size of the log that a witness cosigned last",
            self.cosigned.clone(),
        );
        registry.register(
            "witnessed_size",
            "Size of the log that a quorum cosigned last",
            self.witnessed.clone(),
        );
        registry.register(
            "quorum_missing",
            "1 while the newest checkpoint lacks its quorum too long",
            self.missing.clone(),
        );
    }

    pub(super) fn answered(&self, witness: &str, answer: &Result<Cosigned, Unanswered>, size: u64) {
        let outcome = match answer {
            Ok(_) => "cosigned",
            Err(Unanswered::Resting) => "resting",
            Err(Unanswered::Call(_) | Unanswered::Log(_)) => "failed",
            Err(Unanswered::Ahead { .. }) => "ahead",
            Err(Unanswered::Fork { .. }) => "fork",
            Err(Unanswered::Refused { .. }) => "refused",
            Err(Unanswered::Nonsense) => "nonsense",
        };
        self.answers.get_or_create(&Answered { witness: witness.to_owned(), outcome }).inc();
        if answer.is_ok() {
            self.cosigned.get_or_create(&Who { witness: witness.to_owned() }).set(gauge(size));
        }
    }

    pub(super) fn witnessed(&self, size: u64) {
        self.witnessed.set(gauge(size));
    }

    pub(super) fn quorum_missing(&self, is_missing: bool) {
        self.missing.set(i64::from(is_missing));
    }
}

fn gauge(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
