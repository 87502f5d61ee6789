//! Who asks: certificate → system, then HTTP Basic in either way, at every call.
use crate::basic::{BasicPair, timestamp_us};
use crate::door::{ChainVerdict, Peer};
use crate::limits::Turnstile;
use dancu_catalogue::Code;
use dancu_exchange::{Credential, Snapshot};
use dancu_keys::{PasswordCache, percall};
use std::sync::Arc;
use tokio::sync::Semaphore;

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
    slow: Semaphore,
}

impl Authenticator {
    /// With room for `remembered` proved passwords and `slow` Argon2 computations at once.
    pub fn new(cache: PasswordCache, slow: usize) -> Self {
        Self { cache: Arc::new(cache), slow: Semaphore::new(slow) }
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
        turnstile.may_try(&system, now_us)?;
        let proved = self.check(snapshot, &system, pair, now_us).await;
        match proved {
            Ok(replayable) => Ok(Caller { system, login: None, replayable }),
            Err(code) => {
                if code == Code::CredentialsWrong {
                    turnstile.failed(&system, now_us);
                }
                Err(code)
            }
        }
    }

    /// Checks one pair; `Ok(true)` when it was a hash of this call.
    async fn check(
        &self,
        snapshot: &Snapshot,
        system: &str,
        pair: &BasicPair,
        now_us: i64,
    ) -> Result<bool, Code> {
        let credential = snapshot.credential(&pair.user).filter(|c| &*c.system == system);
        match (&pair.timestamp, credential) {
            (Some(timestamp), Some(credential)) if credential.secret.is_some() => {
                let window_s = snapshot.rules.system(system).map_or(0, |s| s.system.per_call_window_s);
                per_call(credential, pair, timestamp, window_s, now_us).map(|()| true)
            }
            (_, Some(Credential { password: Some(phc), .. })) => {
                self.password(&pair.user, &pair.password, phc).await.map(|()| false)
            }
            _ => Err(Code::CredentialsWrong),
        }
    }

    /// Checks a password of an officer's page or a system.
    pub async fn password(&self, user: &str, password: &str, phc: &Arc<str>) -> Result<(), Code> {
        if self.cache.knows(user, password.as_bytes(), phc) {
            return Ok(());
        }
        let _turn = self.slow.acquire().await.map_err(|_| Code::ShuttingDown)?;
        let (cache, user, password) = (Arc::clone(&self.cache), user.to_owned(), password.to_owned());
        let phc = Arc::clone(phc);
        let checked =
            tokio::task::spawn_blocking(move || cache.check(&user, password.as_bytes(), &phc)).await;
        match checked {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(Code::CredentialsWrong),
            Ok(Err(error)) => {
                tracing::error!(%error, "a stored password hash cannot be read");
                Err(Code::Internal)
            }
            Err(_) => Err(Code::Internal),
        }
    }
}

/// The system that the certificate of a connection belongs to.
pub fn system_of(snapshot: &Snapshot, peer: &Peer, now_us: i64) -> Result<Arc<str>, Code> {
    let shown = peer.certificate.as_deref().ok_or(Code::CertificateMissing)?;
    let registered = snapshot.certificate(&shown.fingerprint);
    match registered {
        Some(certificate) if certificate.revoked => Err(Code::CertificateRevoked),
        _ if !shown.in_date(now_us) => Err(Code::CertificateExpired),
        Some(certificate) if shown.chain == ChainVerdict::Trusted => Ok(Arc::clone(&certificate.system)),
        _ => Err(Code::CertificateUnknown),
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
    let Some(secret) = &credential.secret else { return Err(Code::CredentialsWrong) };
    // Every configured URL is tried, the right one first or last: the time tells nothing about which fits.
    let fits = credential
        .service_urls
        .iter()
        .fold(false, |fits, url| percall::matches(url, &pair.user, timestamp, secret, &pair.password) | fits);
    if fits { Ok(()) } else { Err(Code::CredentialsWrong) }
}
