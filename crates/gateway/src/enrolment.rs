//! How a system comes to a certificate over the wire: decided, issued, written down, and only then registered.
use crate::deed::{Actor, Deed};
use crate::door::Peer;
use crate::{BasicPair, Road};
use dancu_catalogue::Code;
use dancu_exchange::{CertificateEntry, ExchangeError, Snapshot};
use dancu_pki::{Authority, Issued, Purpose, RequestRefused, SigningRequest, Subject, Term, Terms};
use dancu_policy::may_enrol;
use std::sync::Arc;

/// The authority that issues, and how long its certificates hold.
#[derive(Debug)]
pub struct Enrolment {
    /// Issues
    pub authority: Authority,
    /// How long certificates, overlaps and codes hold
    pub terms: Terms,
}

/// What a caller proved, before its request is read.
pub(crate) struct Entitled {
    system: Arc<str>,
    by: By,
}

impl Entitled {
    /// The system.
    pub(crate) fn system(&self) -> Arc<str> {
        Arc::clone(&self.system)
    }
}

/// How it proved it.
enum By {
    Code(String),
    /// Its present certificate
    Certificate([u8; 32]),
}

/// Why not, and which system it is, as far as that is known.
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) system: Option<Arc<str>>,
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Self { code, system: None }
    }
}

impl Road {
    /// Whether a system may have its first certificate: by its id and a one-time code, in HTTP Basic.
    pub(crate) async fn entitled_by_code(&self, peer: &Peer, pair: &BasicPair) -> Result<Entitled, Refused> {
        let now_us = self.clock.now_us();
        let snapshot = self.exchange.snapshot();
        // Nobody learns from the answer which systems there are.
        let of = snapshot.rules.system(&pair.user).ok_or(Code::EnrolmentCodeWrong)?;
        let system = Arc::clone(&of.system.id);
        let refused = |code| Refused { code, system: Some(Arc::clone(&system)) };
        // Guesses are counted apart from those of the system's calls: who guesses here must not keep it from calling.
        let guesses = format!("enrol\u{1}{system}");
        self.turnstile.attempt(&guesses, now_us).map_err(refused)?;
        let (exchange, of_system, code) = (self.exchange.clone(), Arc::clone(&system), pair.password.clone());
        let counts = blocking(move || exchange.enrolment_code_counts(&of_system, &code, now_us));
        if !counts.await.map_err(refused)? {
            return Err(refused(Code::EnrolmentCodeWrong));
        }
        self.turnstile.forgive(&guesses);
        may_enrol(&snapshot.rules, &system, peer.address, now_us).map_err(refused)?;
        Ok(Entitled { by: By::Code(pair.password.clone()), system })
    }

    /// Whether a system may have the next certificate: by its present one.
    pub(crate) fn entitled_by_certificate(&self, peer: &Peer) -> Result<Entitled, Refused> {
        let now_us = self.clock.now_us();
        let snapshot = self.exchange.snapshot();
        let system = crate::authenticate::system_of(&snapshot, peer, now_us)?;
        let shown = peer.certificate.as_ref().ok_or(Code::CertificateMissing)?;
        may_enrol(&snapshot.rules, &system, peer.address, now_us)
            .map_err(|code| Refused { code, system: Some(Arc::clone(&system)) })?;
        Ok(Entitled { by: By::Certificate(shown.fingerprint), system })
    }

    /// Issues a certificate over the request's key: the entry in the journal first, then it is registered, then it is
    /// given out. Gives the number of the entry too.
    pub(crate) async fn enrol(
        &self,
        enrolment: &Enrolment,
        peer: &Peer,
        entitled: Entitled,
        body: &[u8],
    ) -> Result<(Issued, u64), Refused> {
        let now_us = self.clock.now_us();
        let Entitled { system, by } = entitled;
        let refused = |code| Refused { code, system: Some(Arc::clone(&system)) };
        let issued = self.issue(enrolment, &system, body, now_us).map_err(refused)?;
        let service = match by {
            By::Code(_) => "enrol",
            By::Certificate(_) => "renew_certificate",
        };
        let deed = Self::enrolment_deed(peer, Some(Arc::clone(&system)), service);
        let asked = format!("certificate={} until_s={}", hex::encode(issued.fingerprint), issued.not_after_s);
        let journal = self.record(Deed { asked: Some(asked), ..deed }).await.map_err(refused)?;
        self.register(enrolment, &system, by, &issued, now_us).await.map_err(refused)?;
        Ok((issued, journal))
    }

    /// Writes a refusal down; gives its code, or why it could not be written. Of strangers there is no flood of entries.
    pub(crate) async fn refuse_enrolment(
        &self,
        peer: &Peer,
        refused: Refused,
        service: &'static str,
    ) -> Code {
        if self.is_flood(peer, self.clock.now_us()) {
            return Code::TooManyRequests;
        }
        let deed = Deed { ruling: Err(refused.code), ..Self::enrolment_deed(peer, refused.system, service) };
        self.record(deed).await.err().unwrap_or(refused.code)
    }

    fn enrolment_deed(peer: &Peer, system: Option<Arc<str>>, service: &'static str) -> Deed {
        Deed::new(peer.clone(), Actor::Machine { system }, service)
    }

    fn issue(&self, enrolment: &Enrolment, system: &str, body: &[u8], now_us: i64) -> Result<Issued, Code> {
        enrolment.certify(&self.exchange.snapshot(), system, body, now_us)
    }

    async fn register(
        &self,
        enrolment: &Enrolment,
        system: &Arc<str>,
        by: By,
        issued: &Issued,
        now_us: i64,
    ) -> Result<(), Code> {
        let entry = CertificateEntry {
            fingerprint: issued.fingerprint,
            system: Arc::clone(system),
            not_after_us: issued.not_after_s.saturating_mul(1_000_000),
        };
        let exchange = self.exchange.clone();
        match by {
            By::Code(code) => {
                // Somebody else may have used it in the meantime.
                let used = blocking(move || exchange.enrol(&code, &entry, now_us)).await?;
                if used { Ok(()) } else { Err(Code::EnrolmentCodeWrong) }
            }
            By::Certificate(old) => {
                let ends_us = enrolment.terms.end_us(Term::CertificateOverlap, now_us).unwrap_or(now_us);
                blocking(move || exchange.renew_certificate(&old, &entry, ends_us, now_us)).await
            }
        }
    }
}

impl Enrolment {
    /// A certificate for a system over the key of a request (PKCS #10; base64 or PEM). It counts for nothing until it is
    /// registered.
    ///
    /// # Errors
    ///
    /// What is wrong with the request; `SystemNotConnected` for a system that is not on record.
    pub fn certify(
        &self,
        snapshot: &Snapshot,
        system: &str,
        body: &[u8],
        now_us: i64,
    ) -> Result<Issued, Code> {
        let subject = subject(snapshot, system).ok_or(Code::SystemNotConnected)?;
        self.issue(&request_of(body)?, Purpose::System, &subject, Term::SystemCertificate, now_us)
            .ok_or(Code::Internal)
    }

    /// A certificate for a workstation of an organisation, of this name.
    ///
    /// # Errors
    ///
    /// What is wrong with the request.
    pub fn certify_workstation(&self, subject: &Subject, body: &[u8], now_us: i64) -> Result<Issued, Code> {
        self.issue(&request_of(body)?, Purpose::Workstation, subject, Term::WorkstationCertificate, now_us)
            .ok_or(Code::Internal)
    }

    fn issue(
        &self,
        request: &SigningRequest,
        purpose: Purpose,
        subject: &Subject,
        term: Term,
        now_us: i64,
    ) -> Option<Issued> {
        let seconds = |us: i64| us.div_euclid(1_000_000);
        let until_us = self.terms.end_us(term, now_us)?;
        let issued = self.authority.issue(request, purpose, subject, seconds(now_us), seconds(until_us));
        issued.inspect_err(|error| tracing::error!(%error, "a certificate could not be issued")).ok()
    }
}

fn request_of(body: &[u8]) -> Result<SigningRequest, Code> {
    dancu_pki::est::request(body).map_err(|refused| match refused {
        RequestRefused::Key => Code::CsrKeyRefused,
        RequestRefused::TooLarge => Code::BodyTooLarge,
        RequestRefused::Malformed | RequestRefused::Signature => Code::CsrInvalid,
    })
}

/// Whom the certificate names: what is on record, whatever the request says.
fn subject(snapshot: &Snapshot, system: &str) -> Option<Subject> {
    let of = snapshot.rules.system(system)?;
    let organisation = of.organisation.as_ref()?;
    Some(Subject {
        id: system.to_owned(),
        organisation: organisation.name.clone(),
        agency_code: organisation.code.to_string(),
    })
}

async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, ExchangeError> + Send + 'static,
) -> Result<T, Code> {
    let done = tokio::task::spawn_blocking(run).await.map_err(|_| Code::Internal)?;
    done.map_err(|error| match error {
        // The certificate by which it came was revoked in the meantime.
        ExchangeError::Unknown { .. } => Code::CertificateRevoked,
        ExchangeError::Store(error) => {
            tracing::error!(%error, "an enrolment could not be registered");
            Code::StoreUnavailable
        }
        error => {
            tracing::error!(%error, "an enrolment could not be registered");
            Code::Internal
        }
    })
}
