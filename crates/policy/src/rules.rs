//! The rules of one moment, arranged so that a decision takes one look-up for the system and one each for the rest.
use crate::decide::given;
use crate::{Account, AccountState, Agreement, Id, Law, Organisation, System};
use dancu_citizen::PersonalId;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// Everything that a decision knows. The default knows nothing and so permits nothing.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(crate) law: Law,
    organisations: HashMap<Id, Arc<Organisation>>,
    systems: HashMap<Id, SystemRules>,
    /// Organisations that demand enrolled workstations of their officers
    workstations: HashSet<Id>,
}

/// A system with what belongs to it. `Debug` shows no login and no officer.
#[derive(Clone)]
pub struct SystemRules {
    /// The system
    pub system: Arc<System>,
    /// Its organisation, when it is on record
    pub organisation: Option<Arc<Organisation>>,
    /// Its agreements, by id
    pub agreements: Vec<Arc<Agreement>>,
    logins: HashMap<Arc<str>, Arc<Account>>,
    officers: HashMap<PersonalId, Vec<Arc<Account>>>,
}

impl Rules {
    /// Arranges plain lists. Of two entries with one id the later counts; an agreement or account of a system that is
    /// not in the list is left out, and one of an organisation that is not leaves the system without any.
    pub fn new(
        law: Law,
        organisations: impl IntoIterator<Item = Organisation>,
        systems: impl IntoIterator<Item = System>,
        agreements: impl IntoIterator<Item = Agreement>,
        accounts: impl IntoIterator<Item = Account>,
    ) -> Self {
        let organisations: HashMap<Id, Arc<Organisation>> =
            organisations.into_iter().map(|o| (o.id.clone(), Arc::new(o))).collect();
        let mut systems: HashMap<Id, SystemRules> = systems
            .into_iter()
            .map(|s| (s.id.clone(), SystemRules::new(organisations.get(&s.organisation).cloned(), s)))
            .collect();
        for agreement in agreements {
            if let Some(of) = systems.get_mut(&agreement.system) {
                of.agreements.push(Arc::new(agreement));
            }
        }
        for account in accounts {
            if let Some(of) = systems.get_mut(&account.system) {
                of.add_account(account);
            }
        }
        for of in systems.values_mut() {
            of.arrange();
        }
        Self { law, organisations, systems, workstations: HashSet::new() }
    }

    /// These organisations demand that their officers work from enrolled workstations.
    #[must_use]
    pub fn demanding_workstations(mut self, organisations: impl IntoIterator<Item = Id>) -> Self {
        self.workstations = organisations.into_iter().collect();
        self
    }

    /// Whether an organisation demands it.
    pub fn demands_workstations(&self, organisation: &str) -> bool {
        self.workstations.contains(organisation)
    }

    /// The system of an id.
    pub fn system(&self, id: &str) -> Option<&SystemRules> {
        self.systems.get(id)
    }

    /// All systems, in no order.
    pub fn systems(&self) -> impl Iterator<Item = &SystemRules> {
        self.systems.values()
    }

    /// The organisation of an id.
    pub fn organisation(&self, id: &str) -> Option<&Arc<Organisation>> {
        self.organisations.get(id)
    }

    /// The law over time.
    pub fn law(&self) -> &Law {
        &self.law
    }
}

impl SystemRules {
    fn new(organisation: Option<Arc<Organisation>>, system: System) -> Self {
        Self {
            system: Arc::new(system),
            organisation,
            agreements: Vec::new(),
            logins: HashMap::new(),
            officers: HashMap::new(),
        }
    }

    fn add_account(&mut self, account: Account) {
        let account = Arc::new(account);
        if let Some(number) = account.officer_number {
            self.officers.entry(number).or_default().push(Arc::clone(&account));
        }
        self.logins.insert(Arc::clone(&account.login), account);
    }

    /// The order in which things were put in must not show in a decision.
    fn arrange(&mut self) {
        self.agreements.sort_by(|a, b| a.id.cmp(&b.id));
        for held in self.officers.values_mut() {
            held.sort_by(|a, b| {
                (a.state != AccountState::Active, &a.id).cmp(&(b.state != AccountState::Active, &b.id))
            });
        }
    }

    /// The account of a login.
    pub fn by_login(&self, login: &str) -> Option<&Arc<Account>> {
        self.logins.get(login)
    }

    /// The account that a `MaCanBo` names: by the officer's 12-digit number, or by a login, as older callers send it.
    /// Of several accounts of one officer it is an active one, the first by id.
    pub fn by_officer(&self, officer: &str) -> Option<&Arc<Account>> {
        let by_number =
            PersonalId::parse(officer).ok().and_then(|n| self.officers.get(&n)).and_then(|held| held.first());
        by_number.or_else(|| self.logins.get(officer))
    }

    /// The account that a call would be charged to, whether or not it may pass: for the journal of a refusal.
    pub fn account_of(&self, login: Option<&str>, officer: Option<&str>) -> Option<&Arc<Account>> {
        match given(login) {
            Some(login) => self.by_login(login),
            None => self.by_officer(given(officer)?),
        }
    }

    /// All accounts, in no order.
    pub fn accounts(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.logins.values()
    }
}

impl fmt::Debug for SystemRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemRules")
            .field("system", &self.system)
            .field("agreements", &self.agreements)
            .field("accounts", &self.logins.len())
            .finish_non_exhaustive()
    }
}
