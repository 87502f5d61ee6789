//! The one road that every transaction takes, whatever its protocol and on whatever ground:
//! authenticate, decide, registry, encode, journal, sign. Decoding is done by the door that calls.
use crate::authenticate::{Authenticator, Caller, Presented, system_of, workplace, workstation_of};
use crate::codec::{Codec, Envelope};
use crate::consult::{Budgets, Desk, Found, consult};
use crate::door::Peer;
use crate::entry::Context;
use crate::limits::{Place, Turnstile};
use crate::metrics::RoadMetrics;
use crate::reply::{failed, reply, unjournalled};
use crate::sandbox::{Ground, Sandbox, Tested};
use crate::{Clock, Correlation, Evidence, Freshness, Guard, Uses, repeat};
use dancu_catalogue::{Code, Lang};
use dancu_exchange::{Exchange, Snapshot};
use dancu_feed::{Event, Events};
use dancu_journal::publish::Publisher;
use dancu_journal::{Journal, JournalError};
use dancu_keys::{KeyRing, SignedEntry, Signer};
use dancu_message::{Answer, Refusal, Request, Service, WireError};
use dancu_policy::{Ask, Permit, decide};
use dancu_registry::Registry;
use std::sync::Arc;
use std::time::Instant;

/// The stations of the road.
pub struct Road {
    /// Who may what
    pub exchange: Exchange,
    /// The citizens
    pub registry: Registry,
    /// Where systems in their technical test are answered from
    pub sandbox: Sandbox,
    /// The access log
    pub journal: Journal,
    /// What can be found and proved in the log
    pub evidence: Evidence,
    /// Publishes the access log, and proves what is in it
    pub publisher: Publisher,
    /// Name of the log, which every signature states
    pub log: String,
    /// Signs every answer
    pub signer: Arc<Signer>,
    /// Hashes and seals what only this service may read
    pub ring: KeyRing,
    /// Where alarms are told
    pub events: Events,
    /// Proves who asks
    pub authenticator: Authenticator,
    /// Who is braked, and about whom answers are neutral
    pub guard: Guard,
    /// What a caller may cost
    pub turnstile: Turnstile,
    /// Now
    pub clock: Arc<dyn Clock>,
    /// Counters
    pub metrics: RoadMetrics,
    /// Whether the rules are of now
    pub freshness: Freshness,
    /// When accounts were last used
    pub uses: Uses,
    /// For how long the answer to an `Idempotency-Key` is kept, microseconds
    pub idempotency_us: i64,
}

/// One transaction on its way: usually one request, in a batch up to a thousand.
pub struct Call {
    /// The other end of the connection
    pub peer: Peer,
    /// What it presents to prove who it is
    pub presented: Presented,
    /// The requests, each read or not; at least one
    pub requests: Vec<Result<Request, WireError>>,
    /// The service, as far as the door can tell it of a message that could not be read
    pub service: Option<Service>,
    /// Protocol by which they came, for the journal
    pub protocol: &'static str,
    /// Message id that an exchange platform gave (X-Road id)
    pub platform_id: Option<String>,
    /// `Idempotency-Key` and SHA-256 of the body it came with
    pub idempotency: Option<(String, [u8; 32])>,
    /// Language of sentences
    pub lang: Lang,
    /// When reading began
    pub began: Instant,
    /// The encoding end
    pub codec: Arc<dyn Codec>,
    /// A place among all calls in work, taken before the body was read, or why there is none
    pub place: Result<Place, Code>,
}

/// What leaves.
pub struct Reply {
    /// HTTP status
    pub status: u16,
    /// `Content-Type`
    pub content_type: &'static str,
    /// The body
    pub body: Vec<u8>,
    /// Detached JWS over the body, the journal number and the time
    pub signature: Option<String>,
    /// Numbers of the entries, one for each request; empty when the journal could not be written
    pub journal: Vec<u64>,
    /// Leaf hash of the first of these entries
    pub leaf: Option<[u8; 32]>,
    /// The answers, for a page that shows them; empty when an earlier reply is repeated
    pub answers: Vec<Answer>,
    /// What the caller quotes when it asks about this reply
    pub correlation: Correlation,
    /// The reply repeats that of an earlier call with the same `Idempotency-Key`
    pub repeated: bool,
    /// The system is in its technical test: nothing in it is of anybody real
    pub sandbox: bool,
}

/// One request with the answer that leaves if the commit agrees.
pub(crate) struct Prepared {
    pub(crate) correlation: Correlation,
    pub(crate) permit: Option<Permit>,
    pub(crate) found: Found,
    pub(crate) times: Times,
    pub(crate) bytes: Vec<u8>,
}

/// Microseconds spent at each station.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) decode: u32,
    pub(crate) authenticate: u32,
    pub(crate) decide: u32,
    pub(crate) registry: u32,
}

impl Road {
    /// Takes one transaction from its decoded form to its signed reply. Refusals go to the end of the road too.
    pub async fn travel(&self, mut call: Call) -> Reply {
        let now_us = self.clock.now_us();
        let snapshot = self.exchange.snapshot();
        let mut times = Times { decode: micros(call.began), ..Times::default() };

        let began = Instant::now();
        let (caller, _place) = self.admit(&snapshot, &call.place, &call.peer, &call.presented, now_us).await;
        times.authenticate = micros(began);
        if caller.is_err() {
            call.refuse_whole();
        }
        if caller.is_err() && self.is_flood(&call.peer, now_us) {
            // A stranger who would fill the journal is only counted; nobody's data are concerned.
            let reply = self.sign(unjournalled(&call, Code::TooManyRequests, now_us), now_us);
            self.metrics.note(&reply);
            return reply;
        }

        let began = Instant::now();
        let ground = Ground::of(&snapshot, &caller, &call, now_us);
        let on = (&*snapshot, ground);
        let rulings: Vec<Ruling> =
            call.requests.iter().map(|request| self.rule(on, &caller, &call, request, now_us)).collect();
        times.decide = micros(began);
        let caller = caller.ok();
        let tested = if ground.is_sandbox() { Tested::of(&call, caller.as_ref()) } else { None };

        repeat::bind(&mut call, &rulings, ground.is_sandbox());
        // A store that cannot be read is met again at the commit, which has the last word.
        let earlier = repeat::earlier(self, &call, caller.as_ref(), now_us).await;
        let reply = if let Ok(Some(reply)) = earlier {
            reply
        } else {
            let mut prepared = Vec::with_capacity(rulings.len());
            for (request, ruling) in call.requests.iter().zip(rulings) {
                let request = request.as_ref().ok();
                prepared.push(self.prepare(&call, request, ruling, ground, times, now_us).await);
            }
            self.commit(on, call, caller, prepared, now_us).await
        };
        let reply = Reply { sandbox: ground.is_sandbox(), ..reply };
        self.metrics.note(&reply);
        if let Some(tested) = tested {
            self.note_test(tested, &reply, now_us).await;
        }
        reply
    }

    /// Writes the calls of a technical test down, before the answer leaves: whoever has it finds the record complete.
    async fn note_test(&self, tested: Tested, reply: &Reply, now_us: i64) {
        let calls = tested.calls(&reply.answers, &reply.journal, now_us);
        let record = Arc::clone(&self.sandbox.record);
        if !calls.is_empty() {
            // A record that failed has said so; the answer stands.
            let _ = tokio::task::spawn_blocking(move || record.note(&calls)).await;
        }
    }

    /// Proves who asks and finds a place among the calls of its system.
    pub(crate) async fn admit(
        &self,
        snapshot: &Snapshot,
        place: &Result<Place, Code>,
        peer: &Peer,
        presented: &Presented,
        now_us: i64,
    ) -> (Result<Caller, Code>, Option<Place>) {
        if let Err(code) = place {
            return (Err(*code), None);
        }
        if self.freshness.is_stale() {
            return (Err(Code::StoreUnavailable), None);
        }
        let proved = self.authenticator.prove(snapshot, peer, presented, &self.turnstile, now_us).await;
        if let (Presented::Session(_), Some(seen)) = (presented, workstation_of(snapshot, peer, now_us)) {
            self.exchange.see_workstation(&seen.id, now_us);
        }
        match proved.and_then(|caller| Ok((self.turnstile.enter_system(&caller.system)?, caller))) {
            Ok((place, caller)) => (Ok(caller), Some(place)),
            Err(code) => (Err(code), None),
        }
    }

    /// Whether a peer that is no registered system has been refused too often in this minute.
    pub(crate) fn is_flood(&self, peer: &Peer, now_us: i64) -> bool {
        let known = system_of(&self.exchange.snapshot(), peer, now_us).is_ok();
        let flood = if known { None } else { self.turnstile.flood(peer.address, now_us) };
        if let Some(count) = flood.filter(|count| *count == self.turnstile.limits().strangers_per_minute + 1)
        {
            let source = self.events.source_hash(&peer.address.to_string());
            self.events.emit(Event::Strangers { count: u64::from(count), source });
        }
        flood.is_some()
    }

    /// Decides one request of a call, and whether who asks is braked.
    fn rule(
        &self,
        on: (&Snapshot, Ground<'_>),
        caller: &Result<Caller, Code>,
        call: &Call,
        request: &Result<Request, WireError>,
        now_us: i64,
    ) -> Ruling {
        let permit = rule(on, caller, call, request, now_us)?;
        self.guard.pass(&permit, now_us).map_err(|code| Refusal { code, field: None })?;
        if !on.1.is_sandbox() {
            self.uses.note(&permit.account.id, now_us);
        }
        Ok(permit)
    }

    /// Asks the registry what the ruling allows, and encodes the answer.
    async fn prepare(
        &self,
        call: &Call,
        request: Option<&Request>,
        ruling: Ruling,
        ground: Ground<'_>,
        mut times: Times,
        now_us: i64,
    ) -> Prepared {
        let began = Instant::now();
        let (permit, found) = match (ruling, request) {
            (Ok(permit), Some(request)) => {
                let (guard, ring) = (&self.guard, &self.ring);
                let found = match ground {
                    Ground::Real(_) => {
                        let budgets = Some(Budgets { guard, ring, now_us });
                        consult(&Desk { people: &self.registry, budgets }, &permit, request).await
                    }
                    Ground::Sandbox(_) => {
                        let desk = Desk { people: &self.sandbox.people, budgets: None };
                        consult(&desk, &permit, request).await
                    }
                };
                (Some(permit), found)
            }
            (Ok(_), None) => (None, Found::refused(Refusal { code: Code::Internal, field: None })),
            (Err(refusal), _) => (None, Found::refused(refusal)),
        };
        times.registry = micros(began);

        let correlation = Correlation::random(now_us);
        let bytes = call.codec.encode(&found.answer, &Envelope { request, correlation, lang: call.lang });
        Prepared { correlation, permit, found, times, bytes }
    }

    /// Writes the entries, replaces what the commit overruled, and signs.
    async fn commit(
        &self,
        (snapshot, ground): (&Snapshot, Ground<'_>),
        call: Call,
        caller: Option<Caller>,
        prepared: Vec<Prepared>,
        now_us: i64,
    ) -> Reply {
        let (call, prepared) = (Arc::new(call), Arc::new(prepared));
        let (caller, ring, sandbox) = (caller.as_ref(), &self.ring, ground.is_sandbox());
        let context = Context { call: &call, caller, snapshot, ring, now_us, sandbox };
        let drafts = (0..prepared.len()).map(|position| context.draft(&prepared, position)).collect();
        let once = repeat::once(&call, caller, &prepared, now_us + self.idempotency_us);
        match self.journal.append_all(drafts, once).await {
            Ok(receipts) => self.sign(reply(&call, &prepared, &receipts), now_us),
            Err(JournalError::DuplicateKey) => repeat::raced(self, &context, &prepared).await,
            Err(error) => {
                tracing::error!(%error, "the journal cannot be written");
                let first = prepared.first().map(|p| &p.found.answer);
                let code = match first {
                    // The store was gone already at the registry's station; that is the cause to tell.
                    Some(Answer::Refusal(r)) if r.code == Code::StoreUnavailable => r.code,
                    _ => error.code(),
                };
                self.sign(failed(&call, &prepared, code), now_us)
            }
        }
    }

    /// Signs a reply. Nothing leaves unsigned: should the signer fail, the body is dropped.
    pub(crate) fn sign(&self, mut reply: Reply, now_us: i64) -> Reply {
        let entry = reply.journal.first().zip(reply.leaf.as_ref());
        let entry = entry.map(|(index, leaf)| SignedEntry { index: *index, leaf, log: &self.log });
        match self.signer.sign_detached(&reply.body, entry.as_ref(), now_us.div_euclid(1_000_000)) {
            Ok(signature) => reply.signature = Some(signature),
            Err(error) => {
                tracing::error!(%error, "an answer could not be signed");
                reply.status = Code::Internal.status();
                reply.body.clear();
                reply.answers.clear();
            }
        }
        reply
    }
}

impl Call {
    /// Whoever may not ask gets one answer and one entry, however many requests came along.
    pub(crate) fn refuse_whole(&mut self) {
        self.requests.truncate(1);
        self.idempotency = None;
        if let Some(single) = self.codec.whole() {
            self.codec = single;
        }
    }
}

impl Prepared {
    /// Nothing prepared: stands where only the ending matters.
    pub(crate) fn empty(correlation: Correlation) -> Self {
        let found = Found::refused(Refusal { code: Code::Internal, field: None });
        Self { correlation, permit: None, found, times: Times::default(), bytes: Vec::new() }
    }

    /// Another answer to the same request.
    pub(crate) fn encode(
        &self,
        codec: &dyn Codec,
        request: Option<&Request>,
        lang: Lang,
        answer: &Answer,
    ) -> Vec<u8> {
        codec.encode(answer, &Envelope { request, correlation: self.correlation, lang })
    }
}

/// Why a request may not be answered, or what it may have.
pub(crate) type Ruling = Result<Permit, Refusal>;

/// Decides one request of a call.
fn rule(
    (snapshot, ground): (&Snapshot, Ground<'_>),
    caller: &Result<Caller, Code>,
    call: &Call,
    request: &Result<Request, WireError>,
    now_us: i64,
) -> Ruling {
    let caller = caller.as_ref().map_err(|code| Refusal { code: *code, field: None })?;
    let request = request.as_ref().map_err(|unread| Refusal::from(unread.clone()))?;
    let ask = Ask {
        system: &caller.system,
        service: request.service,
        login: caller.login.as_deref().or(request.account.as_deref()),
        officer: request.officer.as_deref().or(caller.login.as_deref()),
        agency_code: request.agency_code.as_deref(),
        purpose: request.purpose.as_deref(),
        case_number: request.case_number.as_deref(),
        fields: request.fields,
        older_form: request.form == dancu_message::Form::SoapOlder,
        source: call.peer.address,
        workplace: workplace(snapshot, &call.peer, &call.presented, now_us),
        now_us,
    };
    decide(ground.rules(), &ask).map_err(|code| Refusal { code, field: None })
}

fn micros(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX)
}
