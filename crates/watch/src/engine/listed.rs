//! Planted records and well-known persons.
use super::table::Table;
use super::window::Distinct;
use super::{Cx, Deed, Found, PERSONS, Scope, count};
use crate::Case;
use crate::lists::List;
use serde::{Deserialize, Serialize};

/// Asking is enough, whatever the answer was; being shown beside others by a search is not asking.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Planted;

impl Planted {
    #[expect(clippy::unused_self, reason = "a rule like the others; it has nothing to remember")]
    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let subject = cx.is_listed(List::Planted)?;
        let asked = matches!(cx.deed, Deed::Verify | Deed::Look);
        // A threshold above one is a lesson of false alarms: nobody has a good reason, so it is as if switched off.
        let scope = if cx.account().is_some() { Scope::Account } else { Scope::System };
        (asked && cx.threshold(scope) <= 1).then(|| Found {
            of: scope,
            about: Some(subject),
            hits: vec![cx.hit()],
            figures: vec![("answered", cx.seen.ended.is_answered().into())],
        })
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WellKnown(Table<[u8; 16], Distinct<[u8; 16]>>);

impl WellKnown {
    pub(super) fn new() -> Self {
        Self(Table::new(PERSONS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let subject = cx.is_listed(List::WellKnown)?;
        cx.account().filter(|_| cx.looked())?;
        let cases = self.0.of(&subject);
        let no_case = matches!(cx.seen.case, Case::None | Case::Unknown(_));
        // Several desks have to do with one case: a patient is admitted, treated and billed.
        let met = match cx.seen.case.hash() {
            Some(case) => cases.add(case, cx.hit(), cx.window_us()),
            None => cases.prune(cx.seen.at_us, cx.window_us()),
        };
        let crowd = !no_case && met >= cx.threshold(Scope::Person);
        // Of a dampened account, only a crowd is said.
        let alone = no_case && cx.threshold(Scope::Account) <= usize::from(cx.set.threshold);
        (crowd || alone).then(|| Found {
            of: Scope::Account,
            about: Some(subject),
            hits: if crowd { cases.hits() } else { vec![cx.hit()] },
            figures: vec![("cases", count(met)), ("without_case", no_case.into())],
        })
    }
}
