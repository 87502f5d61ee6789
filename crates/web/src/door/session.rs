//! Sessions of signed-in officers. They live in memory: a restart signs everybody out, and loses nothing else.
use crate::pages::RecentCall;
use dancu_registry::PersonKey;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Calls that a session remembers for its list.
const RECENT: usize = 10;

/// A signed-in officer.
#[derive(Clone)]
pub(crate) struct Session {
    /// Login, the account of every call
    pub(crate) login: Arc<str>,
    /// Hash of the password that was proved; another one on record ends the session
    pub(crate) proved: Arc<str>,
    /// Token that every form of the session carries
    pub(crate) csrf: Arc<str>,
    /// Latest calls, newest first
    pub(crate) recent: VecDeque<RecentCall>,
    /// Signatures of the latest answers, by journal number
    pub(crate) signatures: VecDeque<(u64, String)>,
    /// What the last counter search found
    pub(crate) found: Option<FoundBefore>,
    opened_us: i64,
    last_us: i64,
}

/// The last counter search: whom it found, by the opaque choice, and on what ground.
#[derive(Clone)]
pub(crate) struct FoundBefore {
    pub(crate) choices: HashMap<String, PersonKey>,
    pub(crate) purpose: Option<String>,
    pub(crate) case_number: Option<String>,
}

/// However busy, an officer proves who they are once a working day.
const LONGEST_US: i64 = 12 * 3_600_000_000;

/// All sessions of this server.
pub struct Sessions {
    idle_us: i64,
    open: Mutex<HashMap<String, Session>>,
}

impl Sessions {
    /// Sessions that end after so many minutes without a request.
    pub fn new(idle_minutes: u32) -> Self {
        Self { idle_us: i64::from(idle_minutes) * 60_000_000, open: Mutex::default() }
    }

    /// Opens a session; gives the value of its cookie. `None` when the system has no randomness.
    pub(crate) fn open(&self, login: &str, proved: &Arc<str>, now_us: i64) -> Option<String> {
        let (token, csrf) = (random_token()?, random_token()?);
        let session = Session {
            login: login.into(),
            proved: Arc::clone(proved),
            csrf: csrf.into(),
            recent: VecDeque::new(),
            signatures: VecDeque::new(),
            found: None,
            opened_us: now_us,
            last_us: now_us,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, s| now_us - s.last_us <= self.idle_us);
        open.insert(token.clone(), session);
        Some(token)
    }

    /// The session of a cookie, unless it has been idle for too long; being asked for keeps it awake.
    pub(crate) fn get(&self, token: &str, now_us: i64) -> Option<Session> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = open.get_mut(token)?;
        if now_us - session.last_us > self.idle_us || now_us - session.opened_us > LONGEST_US {
            open.remove(token);
            return None;
        }
        session.last_us = now_us;
        Some(session.clone())
    }

    /// Ends a session.
    pub(crate) fn close(&self, token: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Remembers a call for the list of latest calls.
    pub(crate) fn remember(&self, token: &str, call: RecentCall, signature: Option<String>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = open.get_mut(token) {
            session.signatures.extend(signature.map(|s| (call.journal, s)));
            if session.signatures.len() > RECENT {
                session.signatures.pop_front();
            }
            session.recent.push_front(call);
            session.recent.truncate(RECENT);
        }
    }

    /// Remembers whom a search found.
    pub(crate) fn set_found(&self, token: &str, found: FoundBefore) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = open.get_mut(token) {
            session.found = Some(found);
        }
    }
}

/// 128 random bits as text.
pub(crate) fn random_token() -> Option<String> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(random.iter().fold(String::with_capacity(32), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_closed() {
        let sessions = Sessions::new(15);
        let proved: Arc<str> = "phc".into();
        let token = sessions.open("a", &proved, 0).unwrap();
        let minute = 60_000_000;
        assert!(sessions.get(&token, 14 * minute).is_some());
        assert!(sessions.get(&token, 29 * minute).is_some(), "use keeps it awake");
        assert!(sessions.get(&token, 45 * minute).is_none());
        let token = sessions.open("a", &proved, 0).unwrap();
        for minutes in (0..12 * 60).step_by(10) {
            assert!(sessions.get(&token, minutes * minute).is_some());
        }
        assert!(sessions.get(&token, 12 * 60 * minute + 1).is_none(), "no session outlives the day");
        let token = sessions.open("a", &proved, 0).unwrap();
        sessions.close(&token);
        assert!(sessions.get(&token, 0).is_none());
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(random_token().unwrap(), random_token().unwrap());
    }
}
