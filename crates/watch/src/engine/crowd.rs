//! Many accounts over one person, one account over many people.
use super::table::Table;
use super::window::Distinct;
use super::{ACCOUNTS, Cx, Found, PERSONS, Scope, count};
use dancu_policy::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Accounts that asked for a person, each with its system.
type Askers = Distinct<(Id, Id)>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OnePerson(Table<[u8; 16], Askers>);

impl OnePerson {
    pub(super) fn new() -> Self {
        Self(Table::new(PERSONS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.meant_and_answered())?;
        let subject = cx.seen.subject?;
        let askers = self.0.of(&subject);
        let accounts = askers.add((account.clone(), cx.seen.who.system.clone()), cx.hit(), cx.window_us());
        (accounts >= cx.threshold(Scope::Person)).then(|| {
            let systems: BTreeSet<&Id> = askers.iter().map(|(_, system)| system).collect();
            Found {
                of: Scope::Person,
                about: Some(subject),
                hits: askers.hits(),
                figures: vec![("accounts", count(accounts)), ("systems", count(systems.len()))],
            }
        })
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ManyPeople(Table<Id, Distinct<[u8; 16]>>);

impl ManyPeople {
    pub(super) fn new() -> Self {
        Self(Table::new(ACCOUNTS))
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.meant_and_answered())?;
        let subject = cx.seen.subject?;
        let people = self.0.of(account);
        let persons = people.add(subject, cx.hit(), cx.window_us());
        (persons >= cx.threshold(Scope::Account)).then(|| Found {
            of: Scope::Account,
            about: None,
            hits: people.hits(),
            figures: vec![("persons", count(persons)), ("fields", count(cx.seen.fields.iter().count()))],
        })
    }
}
