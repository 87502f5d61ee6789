//! Counters of the road, for Prometheus. Labels are codes and outcomes, never a person or a case.
use crate::road::Reply;
use dancu_message::{Answer, LookUp, Verification};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    outcome: &'static str,
}

/// What the road counts.
#[derive(Clone, Debug, Default)]
pub struct RoadMetrics {
    answers: Family<Ending, Counter>,
    repeated: Counter,
    sandbox: Counter,
}

impl RoadMetrics {
    /// Makes the counters visible.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("dancu_answers", "Answers by outcome or reason code", self.answers.clone());
        registry.register(
            "dancu_answers_repeated",
            "Answers repeated for an Idempotency-Key",
            self.repeated.clone(),
        );
        registry.register(
            "dancu_answers_sandbox",
            "Replies to systems in their technical test, from synthetic people; in no other count",
            self.sandbox.clone(),
        );
    }

    pub(crate) fn note(&self, reply: &Reply) {
        if reply.sandbox {
            self.sandbox.inc();
            return;
        }
        if reply.repeated {
            self.repeated.inc();
        }
        for answer in &reply.answers {
            let outcome = match answer {
                Answer::Verification(Verification { outcome, .. })
                | Answer::LookUp(LookUp { outcome, .. }) => outcome.name(),
                Answer::Refusal(refusal) => refusal.code.name(),
            };
            self.answers.get_or_create(&Ending { outcome }).inc();
        }
    }
}
