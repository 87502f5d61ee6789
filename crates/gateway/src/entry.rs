//! What the journal is told of a transaction.
use crate::authenticate::{Caller, system_of};
use crate::consult::Found;
use crate::road::{Call, Prepared};
use dancu_catalogue::Code;
use dancu_citizen::FieldSet;
use dancu_exchange::Snapshot;
use dancu_journal::{Answered, Charge, Draft, Outcome, Personal, RefusalHash, ReplayKey, Scope, Steps};
use dancu_keys::KeyRing;
use dancu_message::{Answer, Refusal, Request};
use std::sync::Arc;

/// What every entry of one transaction has in common.
pub(crate) struct Context<'a> {
    pub(crate) call: &'a Arc<Call>,
    pub(crate) caller: Option<&'a Caller>,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) ring: &'a KeyRing,
    pub(crate) now_us: i64,
    /// Nobody real was asked about: the entry says so, and nobody's history, quota or use counts it
    pub(crate) sandbox: bool,
}

impl Context<'_> {
    /// The draft of one request.
    pub(crate) fn draft(&self, prepared: &Arc<Vec<Prepared>>, position: usize) -> Draft {
        let Some(one) = prepared.get(position) else { return Draft::default() };
        let request = self.call.requests.get(position).and_then(|r| r.as_ref().ok());
        let charged = one.permit.iter().filter(|_| !self.sandbox);
        let charges = charged.flat_map(|p| &p.charges).map(charge).collect();
        Draft {
            call: self.entry(one, request),
            replay: self.replay_key(request),
            charges,
            refusal_sha256: Some(refusal_hash(self.call, prepared, position)),
        }
    }

    fn entry(&self, one: &Prepared, request: Option<&Request>) -> dancu_journal::Call {
        let rules = self.system().and_then(|system| self.snapshot.rules.system(&system));
        let login = self.caller.and_then(|c| c.login.as_deref()).or_else(|| request?.account.as_deref());
        let account = rules.and_then(|of| of.account_of(login, request.and_then(|r| r.officer.as_deref())));
        let account = account.filter(|_| !self.sandbox);
        // A synthetic person may bear a number that somebody real bears too.
        let subject = one.found.subject(request).filter(|_| !self.sandbox);
        dancu_journal::Call {
            at_us: self.now_us,
            correlation: one.correlation.0,
            form: self.call.protocol.to_owned(),
            service: service(request, self.sandbox).to_owned(),
            integration: request.map(|r| r.integration_code.clone()),
            procedure: one.permit.as_ref().map(|p| p.purpose.to_string()),
            system_id: self.system().map(|system| system.to_string()),
            account_id: account.map(|a| a.id.to_string()),
            role: account.map(|a| a.role.name().to_owned()),
            agency_code: request
                .and_then(|r| r.agency_code.clone())
                .or_else(|| account.map(|a| a.agency_code.to_string())),
            organisation: rules.and_then(|of| of.organisation.as_ref()).map(|o| o.id.to_string()),
            certificate: self.call.peer.certificate.as_ref().map(|c| c.fingerprint),
            // Not in the entry: whoever reads it makes it of the number.
            subject: None,
            inputs: request.map(inputs).unwrap_or_default(),
            released: one.found.released,
            verdicts: one.found.verdicts(),
            outcome: outcome(&one.found),
            steps: Steps {
                decode_us: one.times.decode,
                authenticate_us: one.times.authenticate,
                decide_us: one.times.decide,
                registry_us: one.times.registry,
            },
            response_sha256: Some(crate::sha256(&one.bytes)),
            rules_version: u64::try_from(self.snapshot.version).unwrap_or_default(),
            agreement_id: one.permit.as_ref().map(|p| p.agreement.id.to_string()),
            consent_id: None,
            personal: Personal {
                request_id: request.map(|r| r.request_id.clone()),
                officer: request.and_then(|r| r.officer.clone()).or_else(|| login.map(str::to_owned)),
                case_number: request.and_then(|r| r.case_number.clone()),
                purpose: request.and_then(|r| purpose(r, one.permit.is_some())),
                source_address: Some(self.call.peer.address.to_string()),
                subject,
                platform_message_id: self.call.platform_id.clone(),
                order: None,
            },
        }
    }

    /// The entry of a call whose `Idempotency-Key` belongs to another call.
    pub(crate) fn misuse(&self, prepared: &[Prepared], body: &[u8]) -> Draft {
        let request = self.call.requests.iter().find_map(|r| r.as_ref().ok());
        let Some(one) = prepared.first() else { return Draft::default() };
        Draft::from(dancu_journal::Call {
            outcome: Outcome::Refused(Code::IdempotencyKeyReused),
            released: FieldSet::EMPTY,
            verdicts: Vec::new(),
            response_sha256: Some(crate::sha256(body)),
            ..self.entry(one, request)
        })
    }

    /// The system that asks; of a caller that did not prove itself, the one that its certificate names.
    fn system(&self) -> Option<Arc<str>> {
        let proved = self.caller.map(|c| Arc::clone(&c.system));
        proved.or_else(|| system_of(self.snapshot, &self.call.peer, self.now_us).ok())
    }

    /// A hash of this call could be sent again; the request id then counts once within the window.
    fn replay_key(&self, request: Option<&Request>) -> Option<ReplayKey> {
        let caller = self.caller.filter(|c| c.replayable)?;
        let window_s = self.snapshot.rules.system(&caller.system)?.system.replay_window_s;
        Some(ReplayKey {
            system: caller.system.to_string(),
            request_id_hash: self.ring.keyed_hash("request-id", request?.request_id.as_bytes()),
            window_us: i64::from(window_s) * 1_000_000,
        })
    }
}

pub(crate) fn charge(charge: &dancu_policy::Charge) -> Charge {
    Charge {
        scope: match charge.scope {
            dancu_policy::Scope::Account => Scope::Account,
            dancu_policy::Scope::System => Scope::System,
        },
        id: charge.id.to_string(),
        day: i64::from(charge.day),
        limit: u64::from(charge.limit),
        calls: 1,
    }
}

/// Hash of the body that leaves when the commit refuses a prepared answer.
fn refusal_hash(call: &Arc<Call>, prepared: &Arc<Vec<Prepared>>, position: usize) -> RefusalHash {
    let (call, prepared) = (Arc::clone(call), Arc::clone(prepared));
    RefusalHash::new(move |code| {
        let Some(one) = prepared.get(position) else { return [0; 32] };
        let request = call.requests.get(position).and_then(|request| request.as_ref().ok());
        let answer = Answer::Refusal(Refusal { code, field: None });
        crate::sha256(&one.encode(&*call.codec, request, call.lang, &answer))
    })
}

/// The purpose in words; of a call that got no permit also its code, which may be anything that the caller typed.
fn purpose(request: &Request, permitted: bool) -> Option<String> {
    let code = request.purpose.clone().filter(|_| !permitted);
    let parts: Vec<String> = code.into_iter().chain(request.purpose_text.clone()).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// What was asked for, as the journal names it. In the sandbox the names are others, so that nothing that counts calls by
/// service counts these.
fn service(request: Option<&Request>, sandbox: bool) -> &'static str {
    use dancu_message::Service;
    match (request.map(|request| request.service), sandbox) {
        (Some(service), false) => service.name(),
        (None, false) => "unread",
        (Some(Service::Verify), true) => "sandbox_verify",
        (Some(Service::LookUp), true) => "sandbox_look_up",
        (None, true) => "sandbox_unread",
    }
}

fn inputs(request: &Request) -> dancu_citizen::FieldSet {
    use dancu_citizen::Field;
    let claim = &request.claim;
    [
        (Field::PersonalId, claim.personal_id.is_some()),
        (Field::IdCardNumber, claim.id_card_number.is_some()),
        (Field::FullName, claim.full_name.is_some()),
        (Field::BirthDate, claim.birth_date.is_some()),
        (Field::Sex, claim.sex.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, said)| said.then_some(field))
    .collect()
}

fn outcome(found: &Found) -> Outcome {
    use dancu_message::Outcome as Said;
    let answered = |outcome: Said, verified: Answered| match outcome {
        Said::Verified => verified,
        Said::Mismatch => Answered::Mismatch,
        Said::NotFound => Answered::NotFound,
        Said::NotUsable => Answered::NotUsable,
    };
    match &found.answer {
        Answer::Refusal(refusal) => Outcome::Refused(refusal.code),
        Answer::Verification(v) => Outcome::Answered(answered(v.outcome, Answered::Verified)),
        Answer::LookUp(l) => Outcome::Answered(answered(l.outcome, Answered::Released)),
    }
}
