//! The rules of signing in, in plain memory.
use crate::house::{DAY, HOUR, MINUTE};
use dancu_keys::Secret;

/// What the rules say, in plain memory.
pub(super) struct Model {
    pub(super) administers: bool,
    pub(super) now: i64,
    pub(super) password: Secret,
    pub(super) set_at: i64,
    pub(super) handed_until: Option<i64>,
    pub(super) key: Option<Secret>,
    pub(super) last_step: i64,
    pub(super) failures: u16,
    /// Until when; without end when somebody locked it by hand
    pub(super) locked: Option<i64>,
    pub(super) version: u32,
    pub(super) attempts: Vec<Attempt>,
    pub(super) sessions: Vec<Open>,
    pub(super) chosen: u32,
}

pub(super) struct Attempt {
    pub(super) token: Secret,
    pub(super) version: u32,
    pub(super) ends: i64,
    pub(super) proved: bool,
    pub(super) over: bool,
}

pub(super) struct Open {
    pub(super) token: Secret,
    pub(super) version: u32,
    pub(super) seen: i64,
    pub(super) ends: i64,
    pub(super) over: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Factor,
    Enrol,
    Choose,
    In,
}

impl Model {
    pub(super) fn is_locked(&self) -> bool {
        self.locked.is_some_and(|until| until > self.now)
    }

    /// A lock whose time is over ends when somebody knocks.
    pub(super) fn take_try(&mut self) -> bool {
        if self.is_locked() {
            return false;
        }
        if self.locked.take().is_some() {
            self.failures = 0;
        }
        true
    }

    pub(super) fn wrong(&mut self) {
        self.failures += 1;
        if self.failures >= 5 {
            self.locked = Some(self.now + 12 * HOUR);
        }
    }

    pub(super) fn live_attempt(&self) -> Option<usize> {
        let newest = self.attempts.len().checked_sub(1)?;
        let attempt = &self.attempts[newest];
        let live = !attempt.over && attempt.ends > self.now && attempt.version == self.version;
        (live && !self.is_locked()).then_some(newest)
    }

    pub(super) fn stage(&self, proved: bool) -> Stage {
        let old = self.administers && self.set_at + 59 * DAY <= self.now;
        if !proved && self.key.is_some() {
            Stage::Factor
        } else if !proved && self.administers {
            Stage::Enrol
        } else if self.handed_until.is_some() || old {
            Stage::Choose
        } else {
            Stage::In
        }
    }

    pub(super) fn idle(&self) -> i64 {
        if self.administers { 5 * MINUTE } else { 15 * MINUTE }
    }

    pub(super) fn hand_locked(&self) -> bool {
        self.locked == Some(i64::MAX)
    }

    pub(super) fn lives(&self, session: &Open) -> bool {
        let changed = session.version != self.version || self.hand_locked();
        !session.over && !changed && session.ends > self.now && session.seen + self.idle() > self.now
    }
}
