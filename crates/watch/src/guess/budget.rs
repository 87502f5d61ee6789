//! The budgets in memory: bounded, and quick to ask.
use super::release::Releases;
use super::{Mismatch, Person, Release, SLOTS, Standing};
use crate::GuessSetting;
use arc_swap::ArcSwap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Locks, so that callers seldom wait for each other.
const SHARDS: usize = 64;
/// Persons in a bucket; a person has one bucket.
const WAYS: usize = 8;

/// Mismatches about many people, for at most so many people. When a bucket is full, whoever is least suspect in it is forgotten;
/// which bucket a person has, an attacker cannot choose, because persons are named by keyed hashes.
pub struct Budget {
    setting: ArcSwap<GuessSetting>,
    shards: Vec<Mutex<Vec<Vec<Spent>>>>,
    releases: RwLock<Releases>,
    /// Whether there is any release: usually there is none, and nobody waits for the lock
    released: AtomicBool,
}

/// What is known of one person.
#[derive(Clone, Copy)]
struct Spent {
    person: Person,
    /// Answers are neutral before this time
    neutral_until_us: i64,
    /// When the budget was last spent
    struck_us: i64,
    /// How often in a row it was spent before that
    strikes: u8,
    count: u8,
    claims: [u32; SLOTS],
    times_us: [i64; SLOTS],
}

/// A budget that is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpentBudget {
    /// Whose
    pub person: Person,
    /// Answers are neutral before this time, microseconds since 1970
    pub until_us: i64,
    /// The how manieth time in a row that is, from 1
    pub times: u8,
}

impl Budget {
    /// For `persons` people at most, a few thousand at least.
    pub fn new(setting: GuessSetting, persons: usize) -> Self {
        let buckets = (persons / SHARDS / WAYS).max(8);
        Self {
            setting: ArcSwap::from_pointee(setting),
            shards: (0..SHARDS).map(|_| Mutex::new(vec![Vec::new(); buckets])).collect(),
            releases: RwLock::default(),
            released: AtomicBool::new(false),
        }
    }

    /// Counts by another setting from now on.
    pub fn set(&self, setting: GuessSetting) {
        self.setting.store(Arc::new(setting));
    }

    /// How it is counted.
    pub fn setting(&self) -> GuessSetting {
        **self.setting.load()
    }

    /// How answers about a person stand for this account. To be asked before each answer that says anything of a person.
    pub fn standing(&self, person: &Person, account: &str, now_us: i64) -> Standing {
        let until_us = self.neutral_until(person);
        if now_us >= until_us || self.is_released(person, account, now_us) {
            return Standing::Open;
        }
        Standing::Neutral { until_us }
    }

    fn is_released(&self, person: &Person, account: &str, now_us: i64) -> bool {
        self.released.load(Ordering::Relaxed)
            && self.releases.read().unwrap_or_else(PoisonError::into_inner).lets_on(person, account, now_us)
    }

    /// Notes a claim that disagreed; gives what the other servers are to be told.
    pub fn mismatch(&self, person: &Person, account: &str, claim: u32, now_us: i64) -> Mismatch {
        let spent = now_us < self.neutral_until(person);
        let released = (spent && self.is_released(person, account, now_us)).then(|| account.to_owned());
        let mismatch = Mismatch { person: *person, claim, at_us: now_us, released };
        self.take(&mismatch);
        mismatch
    }

    /// Takes up a mismatch, of this or another server; the same one may come again.
    pub fn take(&self, mismatch: &Mismatch) {
        if let Some(account) = &mismatch.released {
            let mut releases = self.releases.write().unwrap_or_else(PoisonError::into_inner);
            releases.spend(&mismatch.person, account, mismatch.claim);
            return;
        }
        let setting = self.setting.load();
        let Some((mut shard, bucket)) = self.bucket(&mismatch.person) else { return };
        let Some(bucket) = shard.get_mut(bucket) else { return };
        let at = bucket.iter().position(|spent| spent.person == mismatch.person);
        let at = at.unwrap_or_else(|| make_room(bucket, mismatch, &setting));
        if let Some(spent) = bucket.get_mut(at) {
            spent.note(mismatch, &setting);
        }
    }

    /// Lets an account on.
    pub fn release(&self, release: Release, now_us: i64) {
        let mut releases = self.releases.write().unwrap_or_else(PoisonError::into_inner);
        releases.add(release, now_us);
        self.released.store(!releases.is_empty(), Ordering::Relaxed);
    }

    fn neutral_until(&self, person: &Person) -> i64 {
        let Some((shard, bucket)) = self.bucket(person) else { return i64::MIN };
        let spent = shard.get(bucket).and_then(|bucket| bucket.iter().find(|spent| spent.person == *person));
        spent.map_or(i64::MIN, |spent| spent.neutral_until_us)
    }

    /// Budgets that are spent now, those that end soonest first, so many at most.
    pub fn spent(&self, now_us: i64, limit: usize) -> Vec<SpentBudget> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let spent = shard.iter().flatten().filter(|spent| spent.neutral_until_us > now_us);
            all.extend(spent.map(|spent| SpentBudget {
                person: spent.person,
                until_us: spent.neutral_until_us,
                times: spent.strikes.saturating_add(1),
            }));
        }
        all.sort_by_key(|spent| (spent.until_us, spent.person));
        all.truncate(limit);
        all
    }

    /// A person's shard, locked, and the place of the bucket in it.
    fn bucket(&self, person: &Person) -> Option<(MutexGuard<'_, Vec<Vec<Spent>>>, usize)> {
        let [shard, _, b, c, d, e, ..] = *person;
        let shard = self.shards.get(usize::from(shard) % SHARDS)?;
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(u32::from_be_bytes([b, c, d, e])).unwrap_or(0) % shard.len().max(1);
        Some((shard, place))
    }

    /// People of whom anything is known.
    pub fn len(&self) -> usize {
        let held = |shard: &Mutex<Vec<Vec<Spent>>>| {
            shard.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Vec::len).sum::<usize>()
        };
        self.shards.iter().map(held).sum()
    }

    /// Whether nothing is known of anybody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A place for a person who was not in the bucket.
fn make_room(bucket: &mut Vec<Spent>, for_whom: &Mismatch, setting: &GuessSetting) -> usize {
    let fresh = Spent::new(for_whom.person);
    bucket.retain(|spent| !spent.is_over(for_whom.at_us, setting));
    if bucket.len() < WAYS {
        bucket.push(fresh);
        return bucket.len() - 1;
    }
    let least = bucket.iter().enumerate().min_by_key(|(_, spent)| spent.suspicion(for_whom.at_us));
    let at = least.map_or(0, |(at, _)| at);
    if let Some(place) = bucket.get_mut(at) {
        *place = fresh;
    }
    at
}

impl Spent {
    fn new(person: Person) -> Self {
        Self {
            person,
            neutral_until_us: i64::MIN,
            struck_us: i64::MIN,
            strikes: 0,
            count: 0,
            claims: [0; SLOTS],
            times_us: [0; SLOTS],
        }
    }

    fn note(&mut self, mismatch: &Mismatch, setting: &GuessSetting) {
        let (claim, at_us) = (mismatch.claim, mismatch.at_us);
        // Of a neutral time, or before its end: nothing was learned by it, or it is counted already.
        if at_us < self.neutral_until_us {
            return;
        }
        let mut kept = Self { count: 0, ..*self };
        let newest = self.known().fold(at_us, |newest, (_, at_us)| newest.max(at_us));
        for (known, known_us) in self.known().filter(|(_, at_us)| *at_us > newest - setting.window_us) {
            if known == claim {
                return;
            }
            kept.push(known, known_us);
        }
        if at_us > newest - setting.window_us {
            kept.push(claim, at_us);
        }
        if kept.count >= setting.mismatches.max(1) {
            kept.strike(newest, setting);
        }
        *self = kept;
    }

    /// The budget is spent.
    fn strike(&mut self, at_us: i64, setting: &GuessSetting) {
        let again = self.struck_us > at_us.saturating_sub(setting.memory_us);
        self.strikes = if again { self.strikes.saturating_add(1).min(16) } else { 0 };
        let length = setting.neutral_us.saturating_mul(1 << self.strikes).min(setting.neutral_max_us);
        (self.neutral_until_us, self.struck_us, self.count) = (at_us.saturating_add(length), at_us, 0);
    }

    fn push(&mut self, claim: u32, at_us: i64) {
        let at = usize::from(self.count);
        if let (Some(place), Some(time)) = (self.claims.get_mut(at), self.times_us.get_mut(at)) {
            (*place, *time) = (claim, at_us);
            self.count += 1;
        }
    }

    fn known(&self) -> impl Iterator<Item = (u32, i64)> + '_ {
        self.claims.iter().copied().zip(self.times_us).take(usize::from(self.count))
    }

    /// Whether nothing of it matters any more.
    fn is_over(&self, now_us: i64, setting: &GuessSetting) -> bool {
        self.neutral_until_us <= now_us
            && self.struck_us <= now_us.saturating_sub(setting.memory_us)
            && self.known().all(|(_, at_us)| at_us <= now_us - setting.window_us)
    }

    /// What speaks against forgetting: neutral, then struck, then many mismatches, then late ones.
    fn suspicion(&self, now_us: i64) -> (bool, bool, u8, i64) {
        let latest = self.known().map(|(_, at_us)| at_us).max().unwrap_or(i64::MIN);
        (self.neutral_until_us > now_us, self.struck_us > i64::MIN, self.count, latest)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("setting", &self.setting()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
