//! Counters of the road, for Prometheus. Labels are codes and outcomes, never a person or a case.
use crate::road::Reply;
use crate::vietnam_day;
use dancu_citizen::CivilDate;
use dancu_message::{Answer, LookUp, Verification};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    outcome: &'static str,
}

/// What the road counts.
#[derive(Clone, Debug, Default)]
pub struct RoadMetrics {
    answers: Family<Ending, Counter>,
    repeated: Counter,
    today: Arc<Mutex<Day>>,
}

/// What a day saw so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Today {
    /// Requests answered or refused
    pub calls: u64,
    /// Of these, refused
    pub refused: u64,
}

#[derive(Debug)]
struct Day {
    day: CivilDate,
    counts: Today,
}

impl Default for Day {
    fn default() -> Self {
        Self { day: vietnam_day(0), counts: Today::default() }
    }
}

impl RoadMetrics {
    /// Makes the counters visible.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("dancu_answers", "Answers by outcome or reason code", self.answers.clone());
        registry.register("dancu_answers_repeated", "Answers repeated for an Idempotency-Key", self.repeated.clone());
    }

    /// Calls of this server since midnight in Vietnam.
    pub fn today(&self, now_us: i64) -> Today {
        let today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day == vietnam_day(now_us) { today.counts } else { Today::default() }
    }

    fn count_today(&self, reply: &Reply, now_us: i64) {
        let refused = reply.answers.iter().filter(|a| matches!(a, Answer::Refusal(_))).count() as u64;
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        let day = vietnam_day(now_us);
        if today.day != day {
            *today = Day { day, counts: Today::default() };
        }
        today.counts.calls += reply.answers.len() as u64;
        today.counts.refused += refused;
    }

    pub(crate) fn note(&self, reply: &Reply, now_us: i64) {
        self.count_today(reply, now_us);
        if reply.repeated {
            self.repeated.inc();
        }
        for answer in &reply.answers {
            let outcome = match answer {
                Answer::Verification(Verification { outcome, .. }) | Answer::LookUp(LookUp { outcome, .. }) => {
                    outcome.name()
                }
                Answer::Refusal(refusal) => refusal.code.name(),
            };
            self.answers.get_or_create(&Ending { outcome }).inc();
        }
    }
}
