//! The officer's own household and surname.
use super::table::Table;
use super::window::{Distinct, MOST, Window};
use super::{ACCOUNTS, Cx, Found, SYSTEMS, Scope, count};
use dancu_policy::Id;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OwnHousehold(Table<Id, Window>);

impl OwnHousehold {
    pub(super) fn new() -> Self {
        Self(Table::new(ACCOUNTS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.looked() && cx.seen.kin.own)?;
        let subject = cx.seen.subject?;
        let looks = self.0.of(account);
        let made = looks.add(cx.hit(), cx.window_us());
        (made >= cx.threshold(Scope::Account)).then(|| Found {
            of: Scope::Account,
            about: Some(subject),
            hits: looks.hits(),
            figures: vec![("look_ups", count(made))],
        })
    }
}

/// Cases of an account, and those among them of people with the officer's surname. A family at the counter is one case;
/// a look-up without a case is one by itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Own {
    all: Distinct<[u8; 16]>,
    same: Distinct<[u8; 16]>,
}

/// Surnames that an organisation's officers met lately, each by the hash of who met it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Met(VecDeque<(u64, u64)>);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OwnSurname {
    accounts: Table<Id, Own>,
    /// By organisation
    places: Table<Id, Met>,
}

/// Meetings of colleagues below which nothing is known of the place.
const ENOUGH: u64 = 60;

impl OwnSurname {
    pub(super) fn new() -> Self {
        Self { accounts: Table::new(ACCOUNTS), places: Table::new(SYSTEMS) }
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.looked())?;
        let (surname, officers) = (cx.seen.kin.surname?, cx.seen.kin.officers?);
        let matter = cx.seen.case.hash().or(cx.seen.subject)?;
        let (hit, window) = (cx.hit(), cx.window_us());
        let own = self.accounts.of(account);
        let before = own.all.len();
        let all = own.all.add(matter, hit, window);
        // Who works for one organisation works in one place, where some names are commoner than elsewhere.
        let who = &cx.seen.who;
        let met = self.places.of(who.organisation.as_ref().unwrap_or(&who.system));
        if all > before {
            met.add(surname, short(account));
        }
        if surname != officers {
            return None;
        }
        let same = own.same.add(matter, hit, window);
        if same < cx.threshold(Scope::Account) {
            return None;
        }
        let (theirs, of) = met.among_others(officers, short(account));
        let unlikely = chance(same, all, theirs, of) * f64::from(cx.set.param("one_in")) < 1.0;
        (of >= ENOUGH && unlikely).then(|| Found {
            of: Scope::Account,
            about: None,
            hits: own.same.hits(),
            figures: vec![
                ("same_surname", count(same)),
                ("cases", count(all)),
                ("colleagues_same_surname", theirs),
                ("colleagues_cases", of),
            ],
        })
    }
}

/// At most how likely it is that of `all` cases `same` or more bear a name that colleagues met `theirs` times in `of`: the
/// union bound of the binomial tail, C(all, same) · p^same, with a share that is not taken too low for want of meetings.
/// Products and quotients only, so that every machine comes to the same number.
fn chance(same: usize, all: usize, theirs: u64, of: u64) -> f64 {
    let real = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let share = (real(theirs) + 4.0) / (real(of) + 4.0);
    let factor = |n: u64| real(count(all - same) + n) / real(n) * share;
    (1..=count(same)).map(factor).product()
}

impl Met {
    fn add(&mut self, surname: u64, who: u64) {
        if self.0.len() >= MOST * 4 {
            self.0.pop_front();
        }
        self.0.push_back((surname, who));
    }

    /// How often others met the surname, and of how many meetings.
    fn among_others(&self, surname: u64, who: u64) -> (u64, u64) {
        let others = self.0.iter().filter(|(_, by)| *by != who);
        others.fold((0, 0), |(same, all), (met, _)| (same + u64::from(*met == surname), all + 1))
    }
}

/// FNV-1a of an account's id: a short name within one system, not a secret.
fn short(account: &str) -> u64 {
    account
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::chance;

    #[test]
    fn the_bound_lies_above_the_binomial_tail_and_near_it() {
        // p = 4/104, n = 20, P(X >= 6) = 7.5e-5 by summation.
        let bound = chance(6, 20, 0, 100);
        assert!((7.5e-5..2.0e-4).contains(&bound), "{bound}");
        assert!(chance(12, 20, 0, 100) < 1e-11);
        assert!(chance(6, 20, 40, 100) > 0.05, "a common name");
    }
}
