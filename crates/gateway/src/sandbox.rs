//! The sandbox: calls of a system in its technical test take the same road, are judged by rules of their own, and are
//! answered from synthetic people.
use crate::authenticate::{Caller, Presented, system_of};
use crate::road::Call;
use dancu_catalogue::Code;
use dancu_exchange::Snapshot;
use dancu_message::{Answer, Outcome, Service};
use dancu_policy::Rules;
use dancu_registry::TestPeople;
use std::fmt;
use std::sync::Arc;

/// What the sandbox answers from, and where its calls are written down.
#[derive(Clone)]
pub struct Sandbox {
    /// Synthetic people, in memory only
    pub people: TestPeople,
    /// The record of the technical tests
    pub record: Arc<dyn TestRecord>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("people", &self.people).finish_non_exhaustive()
    }
}

/// Writes down what systems called in their technical test. Blocks.
pub trait TestRecord: Send + Sync + 'static {
    /// Calls whose entries are in the journal.
    fn note(&self, calls: &[TestCall]);
}

/// One call of a system in its technical test. `Debug` does not show the number.
#[derive(Clone, PartialEq, Eq)]
pub struct TestCall {
    /// The system
    pub system: Arc<str>,
    /// What it asked for; none when that could not be read
    pub service: Option<Service>,
    /// Personal identification number in its request
    pub number: Option<String>,
    /// `verified`, `shown`, `mismatch`, `not_found`, `not_usable`, `refused`, `malformed`
    pub outcome: &'static str,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Its entry in the journal
    pub entry: Option<u64>,
}

impl fmt::Debug for TestCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCall")
            .field("system", &self.system)
            .field("service", &self.service)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// On which ground a call is judged and answered: the real one, or the sandbox. There is no third.
#[derive(Clone, Copy)]
pub(crate) enum Ground<'s> {
    Real(&'s Rules),
    Sandbox(&'s Rules),
}

impl<'s> Ground<'s> {
    /// The ground of a caller. Pages are never in the sandbox: those who sign in there are people at work.
    pub(crate) fn of(
        snapshot: &'s Snapshot,
        caller: &Result<Caller, Code>,
        call: &Call,
        now_us: i64,
    ) -> Self {
        let sandbox = match (&call.presented, caller) {
            (Presented::Session(_), _) => None,
            (Presented::Basic(_), Ok(caller)) => snapshot.sandbox(&caller.system, now_us),
            (Presented::Basic(_), Err(_)) => {
                let named = system_of(snapshot, &call.peer, now_us).ok();
                named.and_then(|system| snapshot.sandbox(&system, now_us))
            }
        };
        sandbox.map_or(Self::Real(&snapshot.rules), Self::Sandbox)
    }

    pub(crate) fn rules(self) -> &'s Rules {
        match self {
            Self::Real(rules) | Self::Sandbox(rules) => rules,
        }
    }

    pub(crate) fn is_sandbox(self) -> bool {
        matches!(self, Self::Sandbox(_))
    }
}

/// What was asked, kept until it is known how it ended. Whoever did not prove itself tests nothing.
pub(crate) struct Tested {
    system: Arc<str>,
    asked: Vec<(Option<Service>, Option<String>, bool)>,
}

impl Tested {
    pub(crate) fn of(call: &Call, caller: Option<&Caller>) -> Option<Self> {
        let asked = call.requests.iter().map(|request| match request {
            Ok(request) => {
                let number = request.claim.personal_id.map(dancu_citizen::PersonalId::expose);
                (Some(request.service), number, true)
            }
            Err(_) => (call.service, None, false),
        });
        Some(Self { system: Arc::clone(&caller?.system), asked: asked.collect() })
    }

    /// The calls with their outcomes. What failed on our side is no test.
    pub(crate) fn calls(self, answers: &[Answer], journal: &[u64], now_us: i64) -> Vec<TestCall> {
        let ended = answers.iter().zip(self.asked).enumerate();
        let call = |(at, (answer, (service, number, read))): (usize, (&Answer, _))| {
            let outcome = outcome(answer, read)?;
            let (system, entry) = (Arc::clone(&self.system), journal.get(at).copied());
            Some(TestCall { system, service, number, outcome, at_us: now_us, entry })
        };
        ended.filter_map(call).collect()
    }
}

fn outcome(answer: &Answer, read: bool) -> Option<&'static str> {
    let name = |outcome, agreed| match outcome {
        Outcome::Verified => agreed,
        Outcome::Mismatch => "mismatch",
        Outcome::NotFound => "not_found",
        Outcome::NotUsable => "not_usable",
    };
    match answer {
        Answer::Verification(verification) => Some(name(verification.outcome, "verified")),
        Answer::LookUp(look_up) => Some(name(look_up.outcome, "shown")),
        Answer::Refusal(refusal) if refusal.code.status() >= 500 => None,
        Answer::Refusal(_) => Some(if read { "refused" } else { "malformed" }),
    }
}
