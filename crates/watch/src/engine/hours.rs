//! Calls at night and on days off, by an account whose colleagues do not work then.
use super::table::Table;
use super::window::{Distinct, Window};
use super::{ACCOUNTS, Cx, Deed, Found, SYSTEMS, Scope, count};
use dancu_policy::{Id, VietnamTime};
use serde::{Deserialize, Serialize};

const DAY_US: i64 = 86_400_000_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OffHours {
    /// Calls of an account at night, and on days off: a night shift that ends on a Saturday morning is one of the night
    accounts: Table<(Id, bool), Window>,
    /// By organisation
    places: Table<Id, Place>,
}

/// When an organisation works.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    first_us: Option<i64>,
    /// Accounts that worked at night; those that worked on a day off, by day
    nights: Distinct<Id>,
    days_off: Distinct<Id>,
}

impl OffHours {
    pub(super) fn new() -> Self {
        Self { accounts: Table::new(ACCOUNTS), places: Table::new(SYSTEMS) }
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let answered = cx.seen.ended.is_answered() && cx.deed != Deed::Shown;
        let account = cx.account().filter(|_| answered)?;
        let time = VietnamTime::of(cx.seen.at_us)?;
        let who = &cx.seen.who;
        let place = self.places.of(who.organisation.as_ref().unwrap_or(&who.system));
        let (hit, window) = (cx.hit(), cx.window_us());
        let first_us = *place.first_us.get_or_insert(hit.at_us);
        let night = is_night(cx, time.minute);
        if !night && !cx.calendar.is_off(time.day) {
            return None;
        }
        let working = if night { &mut place.nights } else { &mut place.days_off };
        let colleagues = working.others(cx, account);
        let calls = self.accounts.of(&(account.clone(), night));
        let made = calls.add(hit, window);
        let alone = colleagues < cx.param("peers");
        let known = hit.at_us - first_us >= days_us(cx, "learn_days");
        // Colleagues of the same shift may begin a little later.
        let since_us = calls.hits().first().map_or(hit.at_us, |hit| hit.at_us);
        let spread = hit.at_us - since_us >= i64::from(cx.set.param("spread_s")) * 1_000_000;
        let threshold = cx.threshold(Scope::Account);
        let enough = made >= threshold && (spread || made >= 2 * threshold);
        (enough && alone && known).then(|| Found {
            of: Scope::Account,
            about: None,
            hits: calls.hits(),
            figures: vec![("calls", count(made)), ("colleagues", colleagues), ("at_night", night.into())],
        })
    }
}

impl Distinct<Id> {
    /// Notes that an account works; gives how many others did so lately. More than some need not be told apart: a busy hospital
    /// costs no more than a small one.
    fn others(&mut self, cx: &Cx<'_>, account: &Id) -> u64 {
        let most = usize::try_from(cx.param("peers")).unwrap_or(0) + 8;
        self.prune(cx.seen.at_us, days_us(cx, "peer_days"));
        if self.len() < most || self.contains(account) {
            self.add(account.clone(), cx.hit(), days_us(cx, "peer_days"));
        }
        count(self.iter().filter(|one| *one != account).count())
    }
}

fn days_us(cx: &Cx<'_>, name: &str) -> i64 {
    i64::from(cx.set.param(name)) * DAY_US
}

/// Within the night, which runs over midnight.
fn is_night(cx: &Cx<'_>, minute: u16) -> bool {
    let minute = u64::from(minute);
    minute >= cx.param("night_from") || minute < cx.param("night_to")
}
