//! What the watch rules ask of exchange and registry.
use crate::server::Floor;
use dancu_citizen::{Allowed, Claim, Field, FieldSet, FullName, PersonNumber, PersonalId, Record};
use dancu_exchange::Exchange;
use dancu_gateway::Clock;
use dancu_policy::{Account, Id, SystemRules};
use dancu_registry::Registry;
use dancu_watch::{Family, Officer, World};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Families remembered at once: whoever is looked at is often looked at again, but not for long.
const FAMILIES: usize = 20_000;
/// For how long, microseconds: a corrected record counts from then on.
const REMEMBERED_US: i64 = 600_000_000;
const KIN: FieldSet = FieldSet::EMPTY.with(Field::FullName).with(Field::Household);

/// Officers by the exchange, families by the registry.
pub(super) struct Floors {
    exchange: Exchange,
    registry: Registry,
    clock: Arc<dyn Clock>,
    accounts: Mutex<Accounts>,
    families: Mutex<Families>,
}

/// Accounts by id, of one version of the exchange.
#[derive(Default)]
struct Accounts {
    version: Option<i64>,
    by_id: HashMap<Id, Arc<Account>>,
}

#[derive(Default)]
struct Families {
    since_us: i64,
    by_number: HashMap<String, Option<Family>>,
}

impl Floors {
    pub(super) fn new(floor: &Floor, clock: Arc<dyn Clock>) -> Self {
        Self {
            exchange: floor.exchange.clone(),
            registry: floor.registry.clone(),
            clock,
            accounts: Mutex::default(),
            families: Mutex::default(),
        }
    }

    fn account(&self, id: &str) -> Option<Arc<Account>> {
        let snapshot = self.exchange.snapshot();
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.version != Some(snapshot.version) {
            let all = snapshot.rules.systems().flat_map(SystemRules::accounts);
            accounts.by_id = all.map(|account| (Id::clone(&account.id), Arc::clone(account))).collect();
            accounts.version = Some(snapshot.version);
        }
        accounts.by_id.get(id).cloned()
    }

    fn read_family(&self, number: &str) -> Option<Family> {
        let claim = match PersonNumber::parse(number).ok()? {
            PersonNumber::PersonalId(n) => Claim { personal_id: Some(n), ..Claim::default() },
            PersonNumber::IdCard(n) => Claim { id_card_number: Some(n), ..Claim::default() },
        };
        let allowed = Allowed { fields: FieldSet::EMPTY, near: false };
        let found = self.registry.verify(&claim, allowed).map(|finding| finding.person).transpose()?;
        match found.and_then(|person| self.registry.record(person, KIN)) {
            Ok(record) => record.as_ref().map(family),
            Err(error) => {
                tracing::warn!(%error, "a family could not be read; kinship is not judged");
                None
            }
        }
    }
}

/// A household is named by its head: by number, which no two have in common.
fn family(record: &Record) -> Family {
    let name = record.full_name.as_ref();
    let head = record.household.as_ref().and_then(|household| household.value.head.number);
    Family {
        surname: name.map(|name| name.value.surname().to_owned()),
        household: head.map(PersonNumber::expose),
    }
}

impl World for Floors {
    fn officer(&self, _system: &str, account: &str) -> Option<Officer> {
        let account = self.account(account)?;
        let number = account.officer_number.map(PersonalId::expose);
        let surname = FullName::parse(&account.officer_name).ok().map(|name| name.surname().to_owned());
        (number.is_some() || surname.is_some()).then_some(Officer { number, surname })
    }

    fn family(&self, number: &str) -> Option<Family> {
        let now_us = self.clock.now_us();
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        if now_us - families.since_us >= REMEMBERED_US || families.by_number.len() >= FAMILIES {
            families.by_number.clear();
            families.since_us = now_us;
        }
        if let Some(known) = families.by_number.get(number) {
            return known.clone();
        }
        // One thread asks: nobody waits for this lock while the store is read.
        let read = self.read_family(number);
        families.by_number.insert(number.to_owned(), read.clone());
        read
    }

    fn workstation(&self, certificate: &[u8; 32]) -> Option<String> {
        self.exchange.snapshot().workstation(certificate).map(|workstation| workstation.id.to_string())
    }
}
