//! What people and portals do beside calls, and that it is written down before it has any effect.
use crate::authenticate::Session;
use crate::door::Peer;
use crate::{Correlation, Road};
use dancu_catalogue::Code;
use dancu_citizen::FieldSet;
use dancu_exchange::Snapshot;
use dancu_journal::{Answered, Call, Draft, Outcome, Personal, subject_hash};
use std::sync::Arc;

/// Who does it.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A signed-in officer
    Officer(Session),
    /// A signed-in citizen, at the pages of this system
    Citizen {
        /// System that the pages act as
        system: Arc<str>,
        /// Her number
        number: Number,
    },
    /// Somebody of staff at the console
    Staff {
        /// Account
        account: Arc<str>,
        /// Role in which it is done
        role: &'static str,
        /// Organisation of the account; none: the managing body
        organisation: Option<Arc<str>>,
    },
    /// A registered system that proved itself by its certificate
    System {
        /// The system
        system: Arc<str>,
        /// Number of the person for whom it asks
        number: Number,
    },
    /// A rule of the service itself
    Rule {
        /// Which
        name: &'static str,
    },
    /// A machine on its own behalf; of what system, as far as that is known
    Machine {
        /// The system
        system: Option<Arc<str>>,
    },
}

/// A person's number; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Number(pub String);

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Number(…)")
    }
}

/// One deed. What a citizen does herself has her as the actor; what others do about her is an entry of her history.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The other end of the connection
    pub peer: Peer,
    /// Who does it
    pub by: Actor,
    /// What: a name that the journal is searched by
    pub service: &'static str,
    /// About whom, when somebody else does it
    pub about: Option<Number>,
    /// Case or file number
    pub case_number: Option<String>,
    /// Why, in words; the citizen whom it is about reads them
    pub purpose: Option<String>,
    /// What exactly was asked or done, for whoever examines it later; kept as the request id is
    pub asked: Option<String>,
    /// Message id that an exchange platform gave (X-Road id)
    pub platform_id: Option<String>,
    /// Fields of the person's record that are shown by it
    pub released: FieldSet,
    /// Allowed, or why not
    pub ruling: Result<(), Code>,
}

impl Deed {
    /// A deed that is allowed, about nobody, on no further ground.
    pub fn new(peer: Peer, by: Actor, service: &'static str) -> Self {
        Self {
            peer,
            by,
            service,
            about: None,
            case_number: None,
            purpose: None,
            asked: None,
            platform_id: None,
            released: FieldSet::EMPTY,
            ruling: Ok(()),
        }
    }
}

impl Road {
    /// Writes a deed down; gives the number of its entry. When it cannot be written the deed must not happen.
    ///
    /// # Errors
    ///
    /// The deed's own refusal, once it is written down, or why it could not be.
    pub async fn record(&self, deed: Deed) -> Result<u64, Code> {
        let ruling = deed.ruling;
        let entry = self.entry_of(deed);
        let receipt = self.journal.append(Draft::from(entry)).await.map_err(|error| {
            tracing::error!(%error, "the journal cannot be written");
            error.code()
        })?;
        ruling.and(receipt.ruling).map(|()| receipt.index)
    }

    fn entry_of(&self, deed: Deed) -> Call {
        let snapshot = self.exchange.snapshot();
        let doer = doer(&snapshot, &deed.by);
        let now_us = self.clock.now_us();
        let subject = deed.about.map(|number| number.0);
        Call {
            at_us: now_us,
            correlation: Correlation::random(now_us).0,
            form: doer.form.to_owned(),
            service: deed.service.to_owned(),
            system_id: doer.system,
            account_id: doer.account,
            role: doer.role,
            agency_code: doer.agency_code,
            organisation: doer.organisation,
            certificate: deed.peer.certificate.as_ref().map(|c| c.fingerprint),
            subject: subject.as_deref().map(|number| subject_hash(&self.ring, number)),
            outcome: match deed.ruling {
                Ok(()) if deed.released.is_empty() => Outcome::Answered(Answered::Served),
                Ok(()) => Outcome::Answered(Answered::Released),
                Err(code) => Outcome::Refused(code),
            },
            released: deed.released,
            rules_version: u64::try_from(snapshot.version).unwrap_or_default(),
            personal: Personal {
                request_id: deed.asked,
                officer: doer.officer,
                case_number: deed.case_number,
                purpose: deed.purpose,
                source_address: Some(deed.peer.address.to_string()),
                subject,
                platform_message_id: deed.platform_id,
                ..Personal::default()
            },
            ..Call::default()
        }
    }
}

/// Who does it, as an entry names it.
struct Doer {
    form: &'static str,
    system: Option<String>,
    account: Option<String>,
    role: Option<String>,
    agency_code: Option<String>,
    organisation: Option<String>,
    officer: Option<String>,
}

fn doer(snapshot: &Snapshot, by: &Actor) -> Doer {
    let organisation_of = |system: &str| {
        let of = snapshot.rules.system(system).and_then(|of| of.organisation.as_ref());
        of.map(|organisation| organisation.id.to_string())
    };
    let citizen = |form, system: &Arc<str>, number: &Number| Doer {
        form,
        system: Some(system.to_string()),
        account: None,
        role: Some("citizen".to_owned()),
        agency_code: None,
        organisation: organisation_of(system),
        officer: Some(number.0.clone()),
    };
    match by {
        Actor::Officer(session) => {
            let of = snapshot.rules.system(&session.system);
            let account = of.and_then(|of| of.by_login(&session.login));
            Doer {
                form: "page",
                system: Some(session.system.to_string()),
                account: account.map(|a| a.id.to_string()),
                role: account.map(|a| a.role.name().to_owned()),
                agency_code: account.map(|a| a.agency_code.to_string()),
                organisation: organisation_of(&session.system),
                officer: Some(session.login.to_string()),
            }
        }
        Actor::Citizen { system, number } => citizen("page", system, number),
        Actor::System { system, number } => citizen("rest", system, number),
        Actor::Machine { system } => Doer {
            form: "est",
            system: system.as_ref().map(ToString::to_string),
            account: None,
            role: None,
            agency_code: None,
            organisation: system.as_ref().and_then(|system| organisation_of(system)),
            officer: None,
        },
        Actor::Rule { name } => Doer {
            form: "rule",
            system: None,
            account: None,
            role: None,
            agency_code: None,
            organisation: None,
            officer: Some(format!("rule:{name}")),
        },
        Actor::Staff { account, role, organisation } => Doer {
            form: "console",
            system: None,
            account: Some(account.to_string()),
            role: Some((*role).to_owned()),
            agency_code: None,
            organisation: organisation.as_ref().map(ToString::to_string),
            officer: Some(account.to_string()),
        },
    }
}
