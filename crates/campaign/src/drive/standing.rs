//! How far a unit has registered: a pure function of the list and the exchange's rules.
use super::Unit;
use crate::texts;
use dancu_catalogue::Lang;
use dancu_policy::{Account, AccountState, AgencyCode, Role, Rules, System};
use std::collections::HashMap;
use std::sync::Arc;

crate::rules::names! {
    /// How far a unit has registered.
    Standing {
        /// Not at all
        None = "none",
        /// Something is missing
        Partly = "partly",
        /// Fully
        Full = "full",
    }
}

/// What a unit lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It has no account
    Accounts,
    /// It has fewer accounts than expected
    Fewer {
        /// How many it has
        have: u32,
        /// How many are expected
        want: u32,
    },
    /// None of its accounts is in use
    Active,
    /// No system of its accounts has a signed commitment
    Commitment,
    /// Accounts whose holders' numbers are not registered
    Numbers {
        /// How many
        count: u32,
    },
}

impl Missing {
    /// In words.
    pub fn words(self, lang: Lang) -> String {
        let (key, values) = match self {
            Self::Accounts => ("drive-missing-accounts", vec![]),
            Self::Fewer { have, want } => {
                ("drive-missing-fewer", vec![("have", have.to_string()), ("want", want.to_string())])
            }
            Self::Active => ("drive-missing-active", vec![]),
            Self::Commitment => ("drive-missing-commitment", vec![]),
            Self::Numbers { count } => ("drive-missing-number", vec![("count", count.to_string())]),
        };
        texts::say(lang, key, &values)
    }
}

/// Where a unit stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitStanding {
    /// The unit
    pub unit: Unit,
    /// How far it has registered
    pub standing: Standing,
    /// What it lacks
    pub missing: Vec<Missing>,
    /// Its accounts that are not closed
    pub accounts: u32,
    /// Organisation on record whose code lies nearest above the unit's
    pub organisation: Option<String>,
}

/// Where each unit stands. An account counts for the expected unit that lies nearest at or above its agency: those of a
/// commune are not taken for accounts of the district above it, when both are expected.
pub(super) fn standings(units: Vec<Unit>, rules: &Rules) -> Vec<UnitStanding> {
    let text = |code: &AgencyCode| code.as_str().to_owned();
    let places: HashMap<String, usize> =
        units.iter().enumerate().map(|(at, unit)| (text(&unit.code), at)).collect();
    let mut held: HashMap<usize, Vec<(&Arc<Account>, &System)>> = HashMap::new();
    for of in rules.systems() {
        let open = of.accounts().filter(|account| account.state != AccountState::Closed);
        // A platform's account is nobody's registration.
        for account in open.filter(|account| account.role != Role::Platform) {
            if let Some(at) = nearest(&places, account.agency_code.as_str()) {
                held.entry(*at).or_default().push((account, &of.system));
            }
        }
    }
    let owners: HashMap<String, String> = rules
        .systems()
        .filter_map(|of| of.organisation.as_ref())
        .map(|organisation| (text(&organisation.code), organisation.id.to_string()))
        .collect();
    let stand = |(at, unit): (usize, Unit)| {
        let accounts = held.get(&at).map_or(&[][..], Vec::as_slice);
        let missing = missing(&unit, accounts);
        let standing = match (accounts.is_empty(), missing.is_empty()) {
            (true, _) => Standing::None,
            (false, true) => Standing::Full,
            (false, false) => Standing::Partly,
        };
        let owner = nearest(&owners, unit.code.as_str()).cloned();
        UnitStanding { standing, missing, accounts: count(accounts.len()), organisation: owner, unit }
    };
    units.into_iter().enumerate().map(stand).collect()
}

fn missing(unit: &Unit, accounts: &[(&Arc<Account>, &System)]) -> Vec<Missing> {
    if accounts.is_empty() {
        return vec![Missing::Accounts];
    }
    let mut missing = Vec::new();
    let (have, want) = (count(accounts.len()), unit.accounts);
    if have < want {
        missing.push(Missing::Fewer { have, want });
    }
    if !accounts.iter().any(|(account, _)| account.state == AccountState::Active) {
        missing.push(Missing::Active);
    }
    if !accounts.iter().any(|(_, system)| system.commitment_signed_on.is_some()) {
        missing.push(Missing::Commitment);
    }
    match count(accounts.iter().filter(|(account, _)| account.officer_number.is_none()).count()) {
        0 => {}
        unnumbered => missing.push(Missing::Numbers { count: unnumbered }),
    }
    missing
}

/// What stands at the longest code at or above this one: groups are taken off from its end.
fn nearest<'a, T>(by_code: &'a HashMap<String, T>, code: &str) -> Option<&'a T> {
    let mut code = code;
    loop {
        if let Some(found) = by_code.get(code) {
            return Some(found);
        }
        code = code.rsplit_once('.')?.0;
    }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
