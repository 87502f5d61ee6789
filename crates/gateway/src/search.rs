//! The counter's search (HC-7) on the road: the same stations as a look-up, with a question instead of a claim.
use crate::authenticate::{Presented, Session, workstation_of};
use crate::door::Peer;
use crate::road::Road;
use crate::{Correlation, entry};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, IdCardNumber, LifeState, PersonalId};
use dancu_exchange::Snapshot;
use dancu_journal::{Answered, Draft, Outcome, Personal, subject_hash};
use dancu_keys::KeyRing;
use dancu_policy::{Ask, Permit, Service, Workplace, decide};
use dancu_registry::{Hit, Hits, PersonKey, RegistryError, Search};

/// Who searches, and on what ground.
#[derive(Clone)]
pub struct Ground {
    /// The other end of the connection
    pub peer: Peer,
    /// Who searches
    pub session: Session,
    /// Purpose or procedure code
    pub purpose: Option<String>,
    /// Number of the case in hand
    pub case_number: Option<String>,
}

/// Who was found.
pub struct Found {
    /// As many as were asked for
    pub hits: Vec<Hit>,
    /// There are more, or may be
    pub more: bool,
}

/// What a hit shows; the agreement must grant a look-up of each.
const SHOWN: FieldSet = FieldSet::EMPTY
    .with(Field::FullName)
    .with(Field::PersonalId)
    .with(Field::BirthDate)
    .with(Field::Sex)
    .with(Field::PermanentResidence);

/// Asks the registry where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, Code> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "people cannot be read");
            Err(Code::StoreUnavailable)
        }
        Err(_) => Err(Code::Internal),
    }
}

impl Road {
    /// Searches, if the officer may. The search is charged and journalled first; then each person found gets an entry of
    /// their own, so that the journal can tell them that they were seen; then they are shown.
    pub async fn search(&self, ground: &Ground, search: &Search) -> Result<Found, Code> {
        let now_us = self.clock.now_us();
        let station = self.station(ground, now_us).await;
        let mut asked = search.clone();
        asked.limit = search.limit + 1;
        let registry = self.registry.clone();
        let found = match &station.permit {
            Ok(_) => blocking(move || registry.search(&asked)).await,
            Err(code) => Err(*code),
        };
        let outcome = match &found {
            Ok(hits) if hits.people.is_empty() => Outcome::Answered(Answered::NotFound),
            Ok(_) => Outcome::Answered(Answered::Served),
            Err(code) => Outcome::Refused(*code),
        };
        let charges = station.permit.iter().flat_map(|p| &p.charges).map(entry::charge).collect();
        let card = station.may_show_card();
        let entry = dancu_journal::Call { inputs: inputs(search), outcome, ..station.entry };
        self.note(vec![Draft { charges, ..Draft::from(entry.clone()) }]).await?;
        let Hits { people: mut hits, more } = found?;
        let more = more || hits.len() > search.limit;
        hits.truncate(search.limit);
        // What a look-up would not show, a search does not either.
        hits.retain(|hit| !matches!(hit.state, LifeState::Cancelled | LifeState::Locked));
        let seen = hits.iter().map(|hit| Draft::from(seen(hit, card, &entry, &self.ring))).collect();
        self.note(seen).await?;
        for hit in hits.iter_mut().filter(|_| !card) {
            hit.id_card_number = None;
        }
        Ok(Found { hits, more })
    }

    /// Shows the number of a person who was found, if the officer still may; decided and journalled anew.
    pub async fn reveal(&self, ground: &Ground, person: PersonKey) -> Result<Option<Hit>, Code> {
        let now_us = self.clock.now_us();
        let station = self.station(ground, now_us).await;
        let card = station.may_show_card();
        let registry = self.registry.clone();
        let read = blocking(move || registry.hit(person)).await;
        // Whether the officer may comes first; who may is told when the person cannot be read.
        let (permit, mut hit) = match (station.permit, read) {
            (Ok(_), Err(code)) | (Err(code), _) => (Err(code), None),
            (Ok(permit), Ok(hit)) => (Ok(permit), hit),
        };
        let draft = match (&permit, &hit) {
            (Ok(_), Some(hit)) => seen(hit, card, &station.entry, &self.ring),
            (Ok(_), None) => dancu_journal::Call {
                outcome: Outcome::Answered(Answered::NotFound),
                ..station.entry.clone()
            },
            (Err(code), _) => {
                dancu_journal::Call { outcome: Outcome::Refused(*code), ..station.entry.clone() }
            }
        };
        self.note(vec![Draft::from(draft)]).await?;
        if let (false, Some(hit)) = (card, &mut hit) {
            hit.id_card_number = None;
        }
        permit.map(|_| hit)
    }

    /// Proves and decides: the stations before the registry.
    async fn station(&self, ground: &Ground, now_us: i64) -> Station {
        let snapshot = self.exchange.snapshot();
        let presented = Presented::Session(ground.session.clone());
        let place = self.turnstile.enter();
        let (caller, _place) = self.admit(&snapshot, &place, &ground.peer, &presented, now_us).await;
        let permit = caller.and_then(|_| decide(&snapshot.rules, &ground.ask(&snapshot, now_us)));
        let permit = permit.and_then(|permit| self.guard.pass(&permit, now_us).map(|()| permit));
        if let Ok(permit) = &permit {
            self.uses.note(&permit.account.id, now_us);
        }
        let entry = ground.entry(&snapshot, permit.as_ref().ok(), now_us);
        Station { permit, entry }
    }

    async fn note(&self, drafts: Vec<Draft>) -> Result<(), Code> {
        let receipts = self.journal.append_all(drafts, None).await.map_err(|error| {
            tracing::error!(%error, "the journal cannot be written");
            error.code()
        })?;
        receipts.into_iter().try_for_each(|receipt| receipt.ruling)
    }
}

/// A decided search, with what its entries have in common.
struct Station {
    permit: Result<Permit, Code>,
    entry: dancu_journal::Call,
}

impl Station {
    /// Whether the agreement lets old card numbers be seen.
    fn may_show_card(&self) -> bool {
        let agreed = self.permit.as_ref().ok().and_then(|p| p.agreement.grants.look_up);
        agreed.is_some_and(|fields| fields.contains(Field::IdCardNumber))
    }
}

/// The entry of a person who is shown.
fn seen(hit: &Hit, card: bool, entry: &dancu_journal::Call, ring: &KeyRing) -> dancu_journal::Call {
    let number = hit.personal_id.map(PersonalId::expose);
    let number = number.or_else(|| hit.id_card_number.map(IdCardNumber::expose));
    dancu_journal::Call {
        subject: number.as_deref().map(|number| subject_hash(ring, number)),
        released: if card && hit.id_card_number.is_some() { SHOWN.with(Field::IdCardNumber) } else { SHOWN },
        outcome: Outcome::Answered(Answered::Released),
        personal: Personal { subject: number, ..entry.personal.clone() },
        ..entry.clone()
    }
}

impl Ground {
    fn ask<'a>(&'a self, snapshot: &'a Snapshot, now_us: i64) -> Ask<'a> {
        let enrolled = workstation_of(snapshot, &self.peer, now_us);
        Ask {
            system: &self.session.system,
            service: Service::LookUp,
            login: Some(&self.session.login),
            officer: Some(&self.session.login),
            agency_code: None,
            purpose: self.purpose.as_deref(),
            case_number: self.case_number.as_deref(),
            fields: Some(SHOWN),
            older_form: false,
            source: self.peer.address,
            workplace: Workplace::Page(enrolled.map(|workstation| &*workstation.organisation)),
            now_us,
        }
    }

    fn entry(&self, snapshot: &Snapshot, permit: Option<&Permit>, now_us: i64) -> dancu_journal::Call {
        let rules = snapshot.rules.system(&self.session.system);
        let account = rules.and_then(|of| of.by_login(&self.session.login));
        dancu_journal::Call {
            at_us: now_us,
            correlation: Correlation::random(now_us).0,
            form: "page".to_owned(),
            service: "search".to_owned(),
            procedure: permit.map(|p| p.purpose.to_string()),
            system_id: Some(self.session.system.to_string()),
            account_id: account.map(|a| a.id.to_string()),
            role: account.map(|a| a.role.name().to_owned()),
            organisation: rules.and_then(|of| of.organisation.as_ref()).map(|o| o.id.to_string()),
            agreement_id: permit.map(|p| p.agreement.id.to_string()),
            certificate: self.peer.certificate.as_ref().map(|shown| shown.fingerprint),
            rules_version: u64::try_from(snapshot.version).unwrap_or_default(),
            personal: Personal {
                officer: Some(self.session.login.to_string()),
                case_number: self.case_number.clone(),
                source_address: Some(self.peer.address.to_string()),
                ..Personal::default()
            },
            ..dancu_journal::Call::default()
        }
    }
}

fn inputs(search: &Search) -> FieldSet {
    [
        (Field::FullName, search.name.is_some()),
        (Field::BirthDate, search.birth.is_some()),
        (Field::Sex, search.sex.is_some()),
        (Field::PersonalId, search.number.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, said)| said.then_some(field))
    .collect()
}
