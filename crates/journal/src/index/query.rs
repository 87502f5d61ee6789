//! What a supervisor asks, and whether an entry answers it.
use super::term::{Kind, Term};
use crate::{Entry, Outcome, Part, subject_hash};
use dancu_keys::KeyRing;
use std::fmt;
use std::ops::RangeInclusive;

/// What to look for: entries for which everything holds that is asked.
#[derive(Clone, Default)]
pub struct Query {
    /// Organisation of the calling system
    pub organisation: Option<String>,
    /// System that called
    pub system: Option<String>,
    /// Account used
    pub account: Option<String>,
    /// Number or name of the officer, as the caller gave it
    pub officer: Option<String>,
    /// Service
    pub service: Option<String>,
    /// How it ended
    pub outcome: Option<Outcome>,
    /// Case (file) number
    pub case_number: Option<String>,
    /// Code of the procedure that is the registered purpose
    pub procedure: Option<String>,
    /// Person, as the keyed hash of her number ([`crate::subject_hash`])
    pub subject: Option<[u8; 16]>,
    /// What ties a call to logs and to its answer
    pub correlation: Option<[u8; 16]>,
    /// Not before this time, microseconds since 1970
    pub from_us: Option<i64>,
    /// Not after this time, microseconds since 1970
    pub to_us: Option<i64>,
    /// Below this number only: the next page
    pub before: Option<u64>,
    /// Entries at most
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first
    pub entries: Vec<Entry>,
    /// [`Query::before`] of the next page, if there is one
    pub next: Option<u64>,
}

impl Query {
    /// Its terms, those first that few entries have.
    pub(super) fn terms(&self, ring: &KeyRing) -> Vec<Term> {
        let texts = [
            (Kind::Case, self.case_number.as_deref()),
            (Kind::Officer, self.officer.as_deref()),
            (Kind::Account, self.account.as_deref()),
            (Kind::Procedure, self.procedure.as_deref()),
            (Kind::System, self.system.as_deref()),
            (Kind::Organisation, self.organisation.as_deref()),
            (Kind::Outcome, self.outcome.map(Outcome::name)),
            (Kind::Service, self.service.as_deref()),
        ];
        let person = self.subject.as_ref().map(Term::person);
        let others = texts.into_iter().filter_map(|(kind, text)| Some(Term::new(ring, kind, text?)));
        let correlation = self.correlation.as_ref().map(|of| Term::correlation(ring, of));
        correlation.into_iter().chain(person).chain(others).collect()
    }

    /// The time asked for; `None` for all times.
    pub(super) fn period(&self) -> Option<RangeInclusive<i64>> {
        let all = self.from_us.is_none() && self.to_us.is_none();
        (!all).then(|| self.from_us.unwrap_or(i64::MIN)..=self.to_us.unwrap_or(i64::MAX))
    }

    /// Whether the entry is one that is asked for: the index knows hashes only, and hashes may collide. What was erased
    /// from an entry no longer finds it.
    pub(super) fn is_met_by(&self, ring: &KeyRing, entry: &Entry) -> bool {
        let call = &entry.call;
        let says = |asked: &Option<String>, said: Option<&str>| {
            asked.as_deref().is_none_or(|asked| said == Some(asked))
        };
        !matches!(entry.kind, crate::Kind::Context)
            && says(&self.organisation, call.organisation.as_deref())
            && says(&self.system, call.system_id.as_deref())
            && says(&self.account, call.account_id.as_deref())
            && says(&self.officer, call.personal.get(Part::Officer))
            && says(&self.service, Some(&call.service))
            && says(&self.case_number, call.personal.get(Part::CaseNumber))
            && says(&self.procedure, call.procedure.as_deref())
            && self.correlation.is_none_or(|asked| call.correlation == asked)
            && self.outcome.is_none_or(|asked| call.outcome == asked)
            && self.subject.is_none_or(|asked| {
                call.personal.get(Part::Subject).is_some_and(|number| subject_hash(ring, number) == asked)
            })
            && self.period().is_none_or(|period| period.contains(&call.at_us))
    }
}

/// Shows what is asked by, and no person.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("organisation", &self.organisation)
            .field("system", &self.system)
            .field("service", &self.service)
            .field("outcome", &self.outcome)
            .field("procedure", &self.procedure)
            .field("by_correlation", &self.correlation.is_some())
            .field("by_account", &self.account.is_some())
            .field("by_officer", &self.officer.is_some())
            .field("by_case", &self.case_number.is_some())
            .field("by_person", &self.subject.is_some())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
