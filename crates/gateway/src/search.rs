//! The counter's search (HC-7) on the road: the same stations as a look-up, with a question instead of a claim.
use crate::authenticate::{Presented, Session};
use crate::door::Peer;
use crate::road::Road;
use crate::{Correlation, entry};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use dancu_journal::{Answered, Draft, Outcome, Personal};
use dancu_policy::{Ask, Permit, Service, decide};
use dancu_registry::{Hit, Search};

/// A search by a signed-in officer.
pub struct SearchCall {
    /// The other end of the connection
    pub peer: Peer,
    /// Who searches
    pub session: Session,
    /// What for
    pub search: Search,
    /// Purpose or procedure code
    pub purpose: Option<String>,
    /// Number of the case in hand
    pub case_number: Option<String>,
}

/// What a hit shows; the agreement must grant a look-up of each.
const SHOWN: FieldSet = FieldSet::EMPTY
    .with(Field::FullName)
    .with(Field::PersonalId)
    .with(Field::BirthDate)
    .with(Field::Sex)
    .with(Field::PermanentResidence);

impl Road {
    /// Searches, if the officer may; the search is charged and journalled before anybody is shown.
    pub async fn search(&self, call: SearchCall) -> Result<Vec<Hit>, Code> {
        let now_us = self.clock.now_us();
        let snapshot = self.exchange.snapshot();
        let presented = Presented::Session(call.session.clone());
        let (caller, _places) = self.admit(&snapshot, &call.peer, &presented, now_us).await;
        let decided = caller.and_then(|_| {
            decide(
                &snapshot.rules,
                &Ask {
                    system: &call.session.system,
                    service: Service::LookUp,
                    login: Some(&call.session.login),
                    officer: Some(&call.session.login),
                    agency_code: None,
                    purpose: call.purpose.as_deref(),
                    case_number: call.case_number.as_deref(),
                    fields: Some(SHOWN),
                    older_form: false,
                    source: call.peer.address,
                    now_us,
                },
            )
        });
        let hits = decided.as_ref().map(|_| self.registry.search(&call.search)).map_err(|code| *code);
        let draft = draft(&call, decided.ok(), &hits, now_us);
        let receipt = self.journal.append(draft).await.map_err(|error| {
            tracing::error!(%error, "the journal cannot be written");
            error.code()
        })?;
        receipt.ruling?;
        hits
    }
}

fn draft(call: &SearchCall, permit: Option<Permit>, hits: &Result<Vec<Hit>, Code>, now_us: i64) -> Draft {
    let outcome = match hits {
        Ok(hits) if hits.is_empty() => Outcome::Answered(Answered::NotFound),
        Ok(_) => Outcome::Answered(Answered::Served),
        Err(code) => Outcome::Refused(*code),
    };
    let shown = matches!(hits, Ok(hits) if !hits.is_empty());
    Draft {
        charges: permit.iter().flat_map(|p| &p.charges).map(entry::charge).collect(),
        ..Draft::from(dancu_journal::Call {
            at_us: now_us,
            correlation: Correlation::random(now_us).0,
            form: "page".to_owned(),
            service: "search".to_owned(),
            procedure: call.purpose.clone(),
            system_id: Some(call.session.system.to_string()),
            account_id: permit.as_ref().map(|p| p.account.id.to_string()),
            role: permit.as_ref().map(|p| p.account.role.name().to_owned()),
            organisation: permit.as_ref().map(|p| p.system.organisation.to_string()),
            agreement_id: permit.as_ref().map(|p| p.agreement.id.to_string()),
            inputs: inputs(&call.search),
            released: if shown { SHOWN } else { FieldSet::EMPTY },
            outcome,
            personal: Personal {
                officer: Some(call.session.login.to_string()),
                case_number: call.case_number.clone(),
                source_address: Some(call.peer.address.to_string()),
                ..Personal::default()
            },
            ..dancu_journal::Call::default()
        })
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
