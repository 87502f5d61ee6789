//! Who asks: certificate → system, then HTTP Basic in either way, at every call.
use crate::basic::{BasicPair, timestamp_us};
use crate::door::{ChainVerdict, Peer};
use crate::limits::Turnstile;
use dancu_catalogue::Code;
use dancu_exchange::{Credential, Snapshot, Workstation};
use dancu_keys::{KeyError, PasswordCache, PasswordParams, Secret, password, percall};
use dancu_policy::Workplace;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// What a call presents to prove who asks.
#[derive(Clone, Debug)]
pub enum Presented {
    /// HTTP Basic inside mutual TLS
    Basic(Result<BasicPair, Code>),
    /// A signed-in officer at a page; the session was proved by the web door
    Session(Session),
}

/// A signed-in officer.
#[derive(Clone, Debug)]
pub struct Session {
    /// The registered system that the pages act as
    pub system: Arc<str>,
    /// The officer's login, the account of every call
    pub login: Arc<str>,
}

/// A caller that proved who it is.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Id of the system
    pub system: Arc<str>,
    /// The officer's login, where the session says it
    pub login: Option<Arc<str>>,
    /// The call was proved by a hash of its own, which could be sent again: its `MaYeuCau` counts once
    pub replayable: bool,
}

/// Checks credentials; holds the cache of passwords already proved.
#[derive(Debug)]
pub struct Authenticator {
    cache: Arc<PasswordCache>,
    /// Argon2 takes tens of megabytes and milliseconds; only so many at once
    machines: Semaphore,
    people: Semaphore,
    /// Hash of a password that nobody has
    dummy: Arc<str>,
}

impl Authenticator {
    /// With so many Argon2 computations at once in each lane, at this cost for callers that do not exist.
    pub fn new(cache: PasswordCache, slow: usize, params: PasswordParams) -> Result<Self, KeyError> {
        let mut nobody = [0_u8; 16];
        aws_lc_rs::rand::fill(&mut nobody).map_err(|_| KeyError::Crypto("draw a password"))?;
        Ok(Self {
            cache: Arc::new(cache),
            machines: Semaphore::new(slow),
            people: Semaphore::new(slow),
            dummy: password::hash(&nobody, params)?.into(),
        })
    }

    /// A turn at Argon2, for whoever hashes passwords elsewhere: it is held while they are hashed.
    ///
    /// # Errors
    ///
    /// `Overloaded` when the turn does not come within a few seconds.
    pub async fn turn(&self, lane: Lane) -> Result<SemaphorePermit<'_>, Code> {
        match tokio::time::timeout(PATIENCE, lane.of(self).acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Code::Overloaded),
        }
    }

    /// Proves who asks, or says why not. `system` is known as soon as the certificate is, for the journal.
    pub async fn prove(
        &self,
        snapshot: &Snapshot,
        peer: &Peer,
        presented: &Presented,
        turnstile: &Turnstile,
        now_us: i64,
    ) -> Result<Caller, Code> {
        let pair = match presented {
            Presented::Session(session) => {
                return Ok(Caller {
                    system: Arc::clone(&session.system),
                    login: Some(Arc::clone(&session.login)),
                    replayable: false,
                });
            }
            Presented::Basic(pair) => pair,
        };
        let system = system_of(snapshot, peer, now_us)?;
        let pair = pair.as_ref().map_err(|code| *code)?;
        let replayable = self.check(snapshot, &system, pair, turnstile, now_us).await?;
        Ok(Caller { system, login: None, replayable })
    }

    /// Checks one pair; `Ok(true)` when it was a hash of this call.
    async fn check(
        &self,
        snapshot: &Snapshot,
        system: &str,
        pair: &BasicPair,
        turnstile: &Turnstile,
        now_us: i64,
    ) -> Result<bool, Code> {
        let attempt = Attempt { turnstile, who: system, now_us, lane: Lane::Machines };
        let credential = snapshot.credential(&pair.user).filter(|c| &*c.system == system);
        match (&pair.timestamp, credential) {
            (Some(timestamp), Some(credential)) if secrets(credential, now_us).next().is_some() => {
                let window_s = snapshot.rules.system(system).map_or(0, |s| s.system.per_call_window_s);
                turnstile.may_try(system, now_us)?;
                let proved = per_call(credential, pair, timestamp, window_s, now_us);
                if proved == Err(Code::CredentialsWrong) {
                    turnstile.attempt(system, now_us)?;
                }
                proved.map(|()| true)
            }
            (_, credential) => {
                let former = credential.and_then(|c| c.former(now_us));
                let stored = Stored {
                    present: credential.and_then(|c| c.password.as_ref()),
                    former: former.and_then(|former| former.password.as_ref()),
                };
                self.any_password(attempt, &pair.user, &pair.password, stored).await.map(|()| false)
            }
        }
    }

    /// Checks a password. A guess is counted before it is tried and given back when it was right, so that many at once
    /// cannot pass the limit. Without a stored hash a dummy is checked: the time tells nothing about who exists.
    pub async fn password(
        &self,
        attempt: Attempt<'_>,
        user: &str,
        password: &str,
        stored: Option<&Arc<str>>,
    ) -> Result<(), Code> {
        self.any_password(attempt, user, password, Stored { present: stored, former: None }).await
    }

    /// As `password`; during an overlap the former password is as good. One that was proved before costs no Argon2,
    /// whichever of the two it is.
    async fn any_password(
        &self,
        attempt: Attempt<'_>,
        user: &str,
        password: &str,
        stored: Stored<'_>,
    ) -> Result<(), Code> {
        if stored.is_known(&self.cache, user, password) {
            return Ok(());
        }
        attempt.turnstile.may_try(attempt.who, attempt.now_us)?;
        let _turn = self.turn(attempt.lane).await?;
        // A system that starts with many calls at once proves its password with the first of them.
        if stored.is_known(&self.cache, user, password) {
            return Ok(());
        }
        attempt.turnstile.attempt(attempt.who, attempt.now_us)?;
        let (cache, user, password) = (Arc::clone(&self.cache), user.to_owned(), password.to_owned());
        let known = stored.present.is_some() || stored.former.is_some();
        let dummy = Some(&self.dummy).filter(|_| !known);
        let (present, former) = (stored.present.or(dummy).cloned(), stored.former.cloned());
        let checked = tokio::task::spawn_blocking(move || {
            let check = |slot: &str, phc: Option<&Arc<str>>| {
                phc.map_or(Ok(false), |phc| cache.check(slot, password.as_bytes(), phc))
            };
            Ok(check(&user, present.as_ref())? || check(&former_slot(&user), former.as_ref())?)
        });
        match checked.await {
            Ok(Ok(true)) if known => {
                attempt.turnstile.forgive(attempt.who);
                Ok(())
            }
            Ok(Ok(_)) => Err(Code::CredentialsWrong),
            Ok(Err::<_, KeyError>(error)) => {
                tracing::error!(%error, "a stored password hash cannot be read");
                Err(Code::Internal)
            }
            Err(_) => Err(Code::Internal),
        }
    }
}

/// Hashes of the passwords that are taken for a user name.
#[derive(Clone, Copy)]
struct Stored<'a> {
    present: Option<&'a Arc<str>>,
    /// During the overlap of a rotation
    former: Option<&'a Arc<str>>,
}

impl Stored<'_> {
    /// Whether one of them was proved with this password before.
    fn is_known(self, cache: &PasswordCache, user: &str, password: &str) -> bool {
        let password = password.as_bytes();
        if self.present.is_some_and(|phc| cache.knows(user, password, phc)) {
            return true;
        }
        let Some(phc) = self.former else { return false };
        let slot = former_slot(user);
        if cache.knows(&slot, password, phc) {
            return true;
        }
        // It was the present one when it was proved; its slot will be the new one's.
        let known = cache.knows(user, password, phc);
        if known {
            cache.remember(&slot, password, phc);
        }
        known
    }
}

/// Where the cache remembers a former password: it has one slot a user, and two passwords in turn would push each other
/// out. No user name has control characters.
fn former_slot(user: &str) -> String {
    format!("{user}\u{1}former")
}

/// How long a caller waits for its turn at Argon2.
const PATIENCE: Duration = Duration::from_secs(3);

/// A guess at a password: whose limit it counts against, and in which lane it waits.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Counts the guesses
    pub turnstile: &'a Turnstile,
    /// Against whom
    pub who: &'a str,
    /// Now
    pub now_us: i64,
    /// Machines and people do not wait for each other
    pub lane: Lane,
}

/// Who waits for Argon2.
#[derive(Clone, Copy, Debug)]
pub enum Lane {
    /// Systems
    Machines,
    /// Officers at the sign-in page
    People,
}

impl Lane {
    fn of(self, authenticator: &Authenticator) -> &Semaphore {
        match self {
            Self::Machines => &authenticator.machines,
            Self::People => &authenticator.people,
        }
    }
}

/// The system that the certificate of a connection belongs to.
pub fn system_of(snapshot: &Snapshot, peer: &Peer, now_us: i64) -> Result<Arc<str>, Code> {
    let shown = peer.certificate.as_deref().ok_or(Code::CertificateMissing)?;
    let registered = snapshot.certificate(&shown.fingerprint);
    match registered {
        Some(certificate) if certificate.revoked => Err(Code::CertificateRevoked),
        Some(certificate) if certificate.ends_us.is_some_and(|ends_us| ends_us <= now_us) => {
            Err(Code::CertificateExpired)
        }
        _ if !shown.in_date(now_us) => Err(Code::CertificateExpired),
        Some(certificate) if shown.chain == ChainVerdict::Trusted => Ok(Arc::clone(&certificate.system)),
        _ => Err(Code::CertificateUnknown),
    }
}

/// The enrolled workstation that the certificate of a connection belongs to; none that is revoked.
pub fn workstation_of<'s>(snapshot: &'s Snapshot, peer: &Peer, now_us: i64) -> Option<&'s Workstation> {
    let shown = peer.certificate.as_deref()?;
    let enrolled = snapshot.workstation(&shown.fingerprint).filter(|enrolled| !enrolled.revoked)?;
    (shown.in_date(now_us) && shown.chain == ChainVerdict::Trusted).then_some(enrolled)
}

/// From where a caller works.
pub fn workplace<'s>(
    snapshot: &'s Snapshot,
    peer: &Peer,
    presented: &Presented,
    now_us: i64,
) -> Workplace<'s> {
    match presented {
        Presented::Basic(_) => Workplace::System,
        Presented::Session(_) => {
            Workplace::Page(workstation_of(snapshot, peer, now_us).map(|w| &*w.organisation))
        }
    }
}

fn per_call(
    credential: &Credential,
    pair: &BasicPair,
    timestamp: &str,
    window_s: u32,
    now_us: i64,
) -> Result<(), Code> {
    let at_us = timestamp_us(timestamp).ok_or(Code::TimestampInvalid)?;
    if now_us.abs_diff(at_us) > u64::from(window_s) * 1_000_000 {
        return Err(Code::TimestampOutOfWindow);
    }
    // Every secret is tried with every URL, the right ones first or last: the time tells nothing about which fits.
    let mut fits = false;
    for secret in secrets(credential, now_us) {
        for url in &credential.service_urls {
            fits |= percall::matches(url, &pair.user, timestamp, secret, &pair.password);
        }
    }
    if fits { Ok(()) } else { Err(Code::CredentialsWrong) }
}

/// The secrets of the hash per call that are taken now.
fn secrets(credential: &Credential, now_us: i64) -> impl Iterator<Item = &Secret> {
    let former = credential.former(now_us).and_then(|former| former.secret.as_ref());
    credential.secret.as_ref().into_iter().chain(former)
}
