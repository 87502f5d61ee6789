//! Passwords: Argon2id, and a cache that makes the second check of a good password cheap.
use crate::KeyError;
use argon2::password_hash::{Error as HashError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::{hmac, rand};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// Cost of an Argon2id hash (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordParams {
    /// Memory in KiB
    pub memory_kib: u32,
    /// Passes over the memory
    pub passes: u32,
    /// Lanes
    pub lanes: u32,
}

impl Default for PasswordParams {
    /// OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// Hashes a password with a fresh 16-byte salt; gives a PHC string (`$argon2id$v=19$…`).
pub fn hash(password: &[u8], params: PasswordParams) -> Result<String, KeyError> {
    let refused = KeyError::Crypto("hash a password");
    let Ok(params) = Params::new(params.memory_kib, params.passes, params.lanes, None) else {
        return Err(refused);
    };
    let mut salt = [0_u8; 16];
    rand::fill(&mut salt).map_err(|_| KeyError::Crypto("draw a salt"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_with_salt(password, &salt).map(|phc| phc.to_string()).map_err(|_| refused)
}

/// Whether the password fits the PHC string, by the costs written in it. Takes tens of milliseconds.
pub fn verify(password: &[u8], phc: &str) -> Result<bool, KeyError> {
    match Argon2::default().verify_password(password, phc) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(_) => Err(KeyError::Crypto("read a password hash")),
    }
}

/// Remembers which passwords were found good, so that the next call costs microseconds.
///
/// What is kept under a user's name is an HMAC, under a key of this process, over user, PHC string and password. The PHC
/// string is the *current* one at the time of asking: a changed or removed credential misses at once. Refusals
/// are not remembered; limiting them is the caller's work.
pub struct PasswordCache {
    key: hmac::Key,
    generations: Mutex<Generations>,
    per_generation: usize,
}

/// The newer half takes entries until it is full; then the older half is dropped and takes its place.
#[derive(Default)]
struct Generations {
    newer: HashMap<Box<str>, Tag>,
    older: HashMap<Box<str>, Tag>,
}

type Tag = [u8; 32];

impl PasswordCache {
    /// A cache for about `capacity` users, with a random key of its own.
    pub fn new(capacity: usize) -> Result<Self, KeyError> {
        let mut key = [0_u8; 32];
        rand::fill(&mut key).map_err(|_| KeyError::Crypto("draw a key"))?;
        Ok(Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            generations: Mutex::default(),
            per_generation: (capacity / 2).max(1),
        })
    }

    /// Whether this password was found good for this user under this very PHC string.
    pub fn knows(&self, user: &str, password: &[u8], phc: &str) -> bool {
        let proof = self.proof(user, password, phc);
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = generations.newer.get(user) {
            return kept.ct_eq(&proof).into();
        }
        let known = generations.older.get(user).is_some_and(|kept| kept.ct_eq(&proof).into());
        if known {
            self.put(&mut generations, user, proof);
        }
        known
    }

    /// Remembers a password that [`verify`] has just found good.
    pub fn remember(&self, user: &str, password: &[u8], phc: &str) {
        let proof = self.proof(user, password, phc);
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(&mut generations, user, proof);
    }

    /// [`knows`](Self::knows), else [`verify`] and [`remember`](Self::remember). The slow way blocks this thread.
    pub fn check(&self, user: &str, password: &[u8], phc: &str) -> Result<bool, KeyError> {
        if self.knows(user, password, phc) {
            return Ok(true);
        }
        let good = verify(password, phc)?;
        if good {
            self.remember(user, password, phc);
        }
        Ok(good)
    }

    fn put(&self, generations: &mut Generations, user: &str, proof: Tag) {
        if generations.newer.len() >= self.per_generation && !generations.newer.contains_key(user) {
            generations.older = std::mem::take(&mut generations.newer);
        }
        generations.newer.insert(user.into(), proof);
    }

    fn proof(&self, user: &str, password: &[u8], phc: &str) -> Tag {
        self.tag(&[b"proof", user.as_bytes(), phc.as_bytes(), password])
    }

    /// HMAC over the parts, each led by its length so that no two lists read alike.
    fn tag(&self, parts: &[&[u8]]) -> Tag {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}

impl std::fmt::Debug for PasswordCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordCache(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordParams = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };

    #[test]
    fn hash_and_verify() {
        let phc = hash(b"demo", CHEAP).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_ne!(phc, hash(b"demo", CHEAP).unwrap(), "the salt is fresh");
        assert!(verify(b"demo", &phc).unwrap());
        assert!(!verify(b"demO", &phc).unwrap());
        assert!(matches!(verify(b"demo", "not a PHC string"), Err(KeyError::Crypto(_))));
    }

    #[test]
    fn default_is_owasp() {
        assert!(hash(b"x", PasswordParams::default()).unwrap().contains("$m=19456,t=2,p=1$"));
    }

    #[test]
    fn cache_is_bound_to_user_password_and_phc() {
        let cache = PasswordCache::new(10).unwrap();
        let phc = hash(b"demo", CHEAP).unwrap();
        assert!(!cache.knows("a", b"demo", &phc));
        assert!(!cache.check("a", b"other", &phc).unwrap());
        assert!(!cache.knows("a", b"other", &phc), "refusals are not remembered");
        assert!(cache.check("a", b"demo", &phc).unwrap());
        assert!(cache.knows("a", b"demo", &phc));
        assert!(!cache.knows("b", b"demo", &phc));
        assert!(
            !cache.knows("a", b"demo", &hash(b"demo", CHEAP).unwrap()),
            "a new credential misses at once"
        );
    }

    #[test]
    fn cache_is_bounded_and_keeps_what_is_used() {
        let cache = PasswordCache::new(20).unwrap();
        cache.remember("kept", b"p", "phc");
        for n in 0..100 {
            cache.remember(&n.to_string(), b"p", "phc");
            assert!(cache.knows("kept", b"p", "phc"));
        }
        let generations = cache.generations.lock().unwrap();
        assert!(generations.newer.len() + generations.older.len() <= 20);
    }
}
