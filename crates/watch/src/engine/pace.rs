//! Bursts of an account or a system, and guesses about a person.
use super::table::Table;
use super::window::Window;
use super::{ACCOUNTS, Cx, Deed, Found, PERSONS, SYSTEMS, Scope, count};
use crate::Ended;
use dancu_policy::Id;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Pace {
    calls: Window,
    refused: Window,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Burst {
    accounts: Table<Id, Pace>,
    systems: Table<Id, Window>,
}

impl Burst {
    pub(super) fn new() -> Self {
        Self { accounts: Table::new(ACCOUNTS), systems: Table::new(SYSTEMS) }
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        if cx.seen.ended == Ended::SystemQuota {
            return self.spent_system(cx);
        }
        let account = cx.account().filter(|_| cx.deed != Deed::Shown)?;
        let of = self.accounts.of(account);
        if cx.seen.ended == Ended::AccountQuota {
            let refused = of.refused.add(cx.hit(), refusals_us(cx));
            return (refused >= cx.raise(cx.param("refusals"), Scope::Account))
                .then(|| found(Scope::Account, &of.refused, "over_quota"));
        }
        let calls = of.calls.add(cx.hit(), cx.window_us());
        (calls >= cx.threshold(Scope::Account)).then(|| found(Scope::Account, &of.calls, "calls"))
    }

    /// A system's quota is spent by all of its accounts: it is the system that is told of.
    fn spent_system(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let of = self.systems.of(&cx.seen.who.system);
        let refused = of.add(cx.hit(), refusals_us(cx));
        (refused >= cx.raise(cx.param("refusals"), Scope::System))
            .then(|| found(Scope::System, of, "over_quota"))
    }
}

fn refusals_us(cx: &Cx<'_>) -> i64 {
    i64::from(cx.set.param("refusals_window_s")) * 1_000_000
}

fn found(of: Scope, window: &Window, figure: &'static str) -> Found {
    let hits = window.hits();
    Found { of, about: None, figures: vec![(figure, count(hits.len()))], hits }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Guessing(Table<[u8; 16], Window>);

impl Guessing {
    pub(super) fn new() -> Self {
        Self(Table::new(PERSONS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        // Whoever asks on after the budget is spent gets no verdict, and is counted all the same.
        let guess = matches!(cx.seen.ended, Ended::Mismatch | Ended::Paused);
        let subject = cx.seen.subject.filter(|_| guess)?;
        let window = self.0.of(&subject);
        let mismatches = window.add(cx.hit(), cx.window_us());
        (mismatches >= cx.threshold(Scope::Person)).then(|| Found {
            of: Scope::Person,
            about: Some(subject),
            hits: window.hits(),
            figures: vec![("mismatches", count(mismatches))],
        })
    }
}
