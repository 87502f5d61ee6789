//! Who sits at a page: sessions in memory, each behind an unguessable token, that end when nobody moves.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// However busy, people prove who they are once a working day.
const LONGEST_US: i64 = 12 * 3_600_000_000;

/// Open sessions of one kind.
pub(super) struct Sittings<S> {
    idle_us: i64,
    open: Mutex<HashMap<String, Sitting<S>>>,
}

struct Sitting<S> {
    session: S,
    opened_us: i64,
    last_us: i64,
}

impl<S: Clone> Sittings<S> {
    /// Sessions that end after so many minutes without a request.
    pub(super) fn new(idle_minutes: u32) -> Self {
        Self { idle_us: i64::from(idle_minutes) * 60_000_000, open: Mutex::default() }
    }

    /// Opens a session; gives the value of its cookie. `None` when the system has no randomness.
    pub(super) fn open(&self, session: S, now_us: i64) -> Option<String> {
        let token = random_token()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, s| now_us - s.last_us <= self.idle_us);
        open.insert(token.clone(), Sitting { session, opened_us: now_us, last_us: now_us });
        Some(token)
    }

    /// The session of a cookie, unless it has been idle for too long; being asked for keeps it awake.
    pub(super) fn get(&self, token: &str, now_us: i64) -> Option<S> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let sitting = open.get_mut(token)?;
        if now_us - sitting.last_us > self.idle_us || now_us - sitting.opened_us > LONGEST_US {
            open.remove(token);
            return None;
        }
        sitting.last_us = now_us;
        Some(sitting.session.clone())
    }

    /// Ends a session.
    pub(super) fn close(&self, token: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Changes a session that is open.
    pub(super) fn change(&self, token: &str, change: impl FnOnce(&mut S)) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sitting) = open.get_mut(token) {
            change(&mut sitting.session);
        }
    }
}

/// 128 random bits as text.
pub(crate) fn random_token() -> Option<String> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_closed() {
        let sessions = Sittings::new(15);
        let token = sessions.open("a", 0).unwrap();
        let minute = 60_000_000;
        assert!(sessions.get(&token, 14 * minute).is_some());
        assert!(sessions.get(&token, 29 * minute).is_some(), "use keeps it awake");
        assert!(sessions.get(&token, 45 * minute).is_none());
        let token = sessions.open("a", 0).unwrap();
        for minutes in (0..12 * 60).step_by(10) {
            assert!(sessions.get(&token, minutes * minute).is_some());
        }
        assert!(sessions.get(&token, 12 * 60 * minute + 1).is_none(), "no session outlives the day");
        let token = sessions.open("a", 0).unwrap();
        sessions.change(&token, |s| *s = "b");
        assert_eq!(sessions.get(&token, 0), Some("b"));
        sessions.close(&token);
        assert!(sessions.get(&token, 0).is_none());
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(random_token().unwrap(), random_token().unwrap());
    }
}
