//! A person's history, newest first.
use super::person::{Listing, keeping, withheld};
use super::shown::{Item, Shown};
use super::{Index, epoch, log, rows};
use crate::{Entry, JournalError, Kind, subject_hash};
use std::collections::HashMap;

/// Part of a list that runs from the newest entry to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Entries below this number only; none: from the newest
    pub before: Option<u64>,
    /// Entries at most
    pub limit: usize,
}

/// A person's history, one page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Entries about the person, on all pages
    pub count: u64,
    /// The newest epoch against which proofs are given, if there is one
    pub covered: Option<Covered>,
    /// Newest first
    pub items: Vec<Item>,
    /// [`Page::before`] of the next page, if there is one
    pub next: Option<u64>,
}

/// How far a history is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Number of the epoch
    pub epoch: u64,
    /// Number of its entry
    pub index: u64,
    /// It covers the entries below this number
    pub entries: u64,
}

impl Index {
    /// The entries about a person, with what she may see of each; those withheld at `now_us` without their content.
    /// `number` has 12 digits, or the 9 of the old card. Blocks.
    pub fn history(&self, number: &str, page: Page, now_us: i64) -> Result<History, JournalError> {
        let subject = subject_hash(&self.inner.ring, number);
        let (listing, covered) = self.inner.store.read("index.history", |tx| {
            Ok::<_, JournalError>((self.listing(tx, &subject)?, epoch::applied(tx)?))
        })?;
        let chosen = listing.page(page);
        let (items, next) = (self.items(&chosen, covered, now_us)?, chosen.first().map(|(_, index)| *index));
        let is_last = chosen.first().is_none_or(|(place, _)| *place == 1);
        Ok(History { count: listing.entries.len() as u64, covered, items, next: next.filter(|_| !is_last) })
    }

    /// Uses of a person's data in a period (microseconds since 1970, both ends included), newest first: how many there
    /// are, and those after the first `offset`, at most `limit`. Withheld ones are among them, without their content.
    /// Blocks.
    pub fn usages(
        &self,
        number: &str,
        period: std::ops::RangeInclusive<i64>,
        offset: usize,
        limit: usize,
        now_us: i64,
    ) -> Result<(u64, Vec<Item>), JournalError> {
        let subject = subject_hash(&self.inner.ring, number);
        let (places, unsure, covered) = self.inner.store.read("index.usages", |tx| {
            let listing = self.listing(tx, &subject)?;
            let keeping = keeping(tx, &subject)?;
            let mut places = listing.places();
            places.retain(|(_, index)| !keeping.contains(index));
            let unsure = rows::retain_period(tx, &mut places, &period)?;
            Ok::<_, JournalError>((places, unsure, epoch::applied(tx)?))
        })?;
        let outside: std::collections::HashSet<u64> = log::pick(&*self.inner.log, &unsure)?
            .into_iter()
            .filter(|entry| !period.contains(&entry.call.at_us))
            .map(|entry| entry.index)
            .collect();
        let places: Vec<_> = places.into_iter().filter(|(_, index)| !outside.contains(index)).collect();
        let end = places.len().saturating_sub(offset);
        let chosen = places.get(end.saturating_sub(limit)..end).unwrap_or_default();
        Ok((places.len() as u64, self.items(chosen, covered, now_us)?))
    }

    /// These entries (place in the chain, number; ascending) as shown, newest first.
    fn items(
        &self,
        chosen: &[(u64, u64)],
        covered: Option<Covered>,
        now_us: i64,
    ) -> Result<Vec<Item>, JournalError> {
        let indexes: Vec<u64> = chosen.iter().map(|(_, index)| *index).collect();
        let closed = self.withheld(&indexes, now_us)?;
        let open: Vec<u64> = indexes.into_iter().filter(|index| !closed.contains_key(index)).collect();
        let entries = log::pick(&*self.inner.log, &open)?;
        // Whether the entries are open that the withholdings among these are about.
        let targets = self.withheld(&targets(&entries), now_us)?;
        let mut entries: HashMap<u64, Entry> =
            entries.into_iter().map(|entry| (entry.index, entry)).collect();
        let item = |(place, index): &(u64, u64)| {
            let shown = match (closed.get(index), entries.remove(index)) {
                (None, Some(entry)) => Shown::of(entry, |target| !targets.contains_key(&target)),
                (until_us, _) => Shown::Withheld { until_us: until_us.copied()? },
            };
            let covered = covered.is_some_and(|covered| *index < covered.entries);
            Some(Item { index: *index, place: *place, covered, shown })
        };
        Ok(chosen.iter().rev().filter_map(item).collect())
    }

    pub(super) fn withheld(&self, indexes: &[u64], now_us: i64) -> Result<HashMap<u64, i64>, JournalError> {
        self.inner.store.read("index.withheld", |tx| withheld(tx, indexes, now_us))
    }
}

/// The entries that withholdings are about.
pub(super) fn targets(entries: &[Entry]) -> Vec<u64> {
    let target = |entry: &Entry| match entry.kind {
        Kind::Withholding { entry, .. } => Some(entry),
        _ => None,
    };
    entries.iter().filter_map(target).collect()
}

impl Listing {
    /// Place in the chain and number of each entry, ascending.
    pub(super) fn places(&self) -> Vec<(u64, u64)> {
        (1..).zip(self.entries.iter().copied()).collect()
    }

    /// Those on a page, ascending.
    pub(super) fn page(&self, page: Page) -> Vec<(u64, u64)> {
        let before = page.before.unwrap_or(u64::MAX);
        let mut places = self.places();
        places.truncate(places.partition_point(|(_, index)| *index < before));
        places.split_off(places.len().saturating_sub(page.limit))
    }
}
