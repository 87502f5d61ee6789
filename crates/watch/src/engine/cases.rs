//! Look-ups without a case, or under one that does not exist.
use super::table::Table;
use super::window::{Distinct, Window};
use super::{ACCOUNTS, Cx, Found, Scope, count};
use crate::Case;
use dancu_policy::Id;
use serde::{Deserialize, Serialize};

/// Look-ups of an account, and those among them without a case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Without {
    all: Window,
    bare: Window,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NoCase(Table<Id, Without>);

impl NoCase {
    pub(super) fn new() -> Self {
        Self(Table::new(ACCOUNTS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.looked())?;
        let (of, window) = (self.0.of(account), cx.window_us());
        let all = of.all.add(cx.hit(), window);
        if cx.seen.case != Case::None {
            return None;
        }
        let bare = of.bare.add(cx.hit(), window);
        let share = count(bare) * 100 / count(all);
        (bare >= cx.threshold(Scope::Account) && share >= cx.param("share_percent")).then(|| Found {
            of: Scope::Account,
            about: None,
            hits: of.bare.hits(),
            figures: vec![("without_case", count(bare)), ("look_ups", count(all)), ("share_percent", share)],
        })
    }
}

/// Look-ups of an account under a case, and the cases among them that do not exist.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cases {
    all: Window,
    unknown: Distinct<[u8; 16]>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UnknownCase(Table<Id, Cases>);

impl UnknownCase {
    pub(super) fn new() -> Self {
        Self(Table::new(ACCOUNTS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.looked())?;
        if cx.seen.case == Case::None {
            return None;
        }
        let (of, window) = (self.0.of(account), cx.window_us());
        let all = of.all.add(cx.hit(), window);
        let Case::Unknown(case) = cx.seen.case else { return None };
        let unknown = of.unknown.add(case, cx.hit(), window);
        let share = count(unknown) * 100 / count(all);
        (unknown >= cx.threshold(Scope::Account) && share >= cx.param("share_percent")).then(|| Found {
            of: Scope::Account,
            about: None,
            hits: of.unknown.hits(),
            figures: vec![
                ("unknown_cases", count(unknown)),
                ("look_ups_with_case", count(all)),
                ("share_percent", share),
            ],
        })
    }
}
