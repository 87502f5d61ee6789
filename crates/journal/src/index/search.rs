//! Searching: block by block from the newest down, all terms at once, each hit looked at.
use super::offsets::BLOCK;
use super::query::{Found, Query};
use super::rows::{self, number};
use super::term::{Kind, Term};
use super::times::Times;
use super::{Index, log};
use crate::{Entry, JournalError};
use dancu_storage::Tx;
use std::ops::RangeInclusive;

/// Blocks looked at in one go, at first for terms that few entries have, and at most.
const MANY_BLOCKS: usize = 64;

/// Where entries may be that are asked for: blocks, newest first, with the places in each.
type Hits = Vec<(u64, Vec<u16>)>;

impl Index {
    /// The newest entries asked for, newest first. Knows what is indexed, which is a moment behind the log. Blocks.
    pub fn search(&self, query: &Query) -> Result<Found, JournalError> {
        let mut search = Search::begin(self, query)?;
        let mut found = Found::default();
        while found.entries.len() <= query.limit {
            let Some(hits) = search.next_hits()? else { break };
            search.look_at(&hits, &mut found.entries)?;
        }
        if found.entries.len() > query.limit {
            found.entries.truncate(query.limit);
            found.next = found.entries.last().map(|entry| entry.index);
        }
        Ok(found)
    }
}

struct Search<'i> {
    index: &'i Index,
    query: &'i Query,
    terms: Vec<Term>,
    period: Option<RangeInclusive<i64>>,
    /// Entries from here on are not asked for
    before: u64,
    /// Not looked at yet, oldest first
    blocks: Vec<u64>,
    /// How many to look at next
    stride: usize,
}

impl<'i> Search<'i> {
    fn begin(index: &'i Index, query: &'i Query) -> Result<Self, JournalError> {
        let terms = query.terms(&index.inner.ring);
        let period = query.period();
        let (before, blocks) = index.inner.store.read("index.blocks", |tx| {
            let position = super::head(tx)?.position;
            let before = query.before.map_or(position, |before| before.min(position));
            Ok::<_, JournalError>((before, blocks(tx, before, period.as_ref())?))
        })?;
        let stride = if terms.first().is_some_and(is_rare) { MANY_BLOCKS } else { 1 };
        Ok(Self { index, query, terms, period, before, blocks, stride })
    }

    /// Places where all terms stand, in the next few blocks; `None` when all were looked at.
    fn next_hits(&mut self) -> Result<Option<Hits>, JournalError> {
        let rest = self.blocks.len().saturating_sub(self.stride);
        let some = self.blocks.split_off(rest);
        self.stride = (self.stride * 2).min(MANY_BLOCKS);
        if some.is_empty() {
            return Ok(None);
        }
        let store = &self.index.inner.store;
        store.read("index.search", |tx| self.meet(tx, &some)).map(Some)
    }

    fn meet(&self, tx: &mut Tx<'_>, blocks: &[u64]) -> Result<Hits, JournalError> {
        let mut hits = match (self.terms.split_first(), blocks.first().zip(blocks.last())) {
            (Some((term, _)), Some((first, last))) => rows::places(tx, term, *first..=*last)?,
            _ => blocks.iter().map(|block| (*block, (0..=u16::MAX).collect())).collect(),
        };
        for term in self.terms.iter().skip(1) {
            hits = rows::keep_common(tx, term, hits)?;
        }
        hits.retain(|block, places| blocks.binary_search(block).is_ok() && self.cut(*block, places));
        if let Some(period) = &self.period {
            for (block, places) in &mut hits {
                let times = rows::times(tx, *block)?.unwrap_or_default();
                retain_period(*block, places, &times, period);
            }
        }
        Ok(hits.into_iter().rev().collect())
    }

    /// Takes out what is not below [`Search::before`]; whether anything is left.
    fn cut(&self, block: u64, places: &mut Vec<u16>) -> bool {
        let below = self.before.saturating_sub(block * BLOCK);
        let end = places.partition_point(|place| u64::from(*place) < below);
        places.truncate(end);
        !places.is_empty()
    }

    /// Opens the entries and keeps those that are asked for, until there is one more than the limit.
    fn look_at(&self, hits: &Hits, found: &mut Vec<Entry>) -> Result<(), JournalError> {
        let numbers = hits.iter().flat_map(|(block, places)| {
            places.iter().rev().map(move |place| block * BLOCK + u64::from(*place))
        });
        let mut numbers = numbers.peekable();
        while found.len() <= self.query.limit && numbers.peek().is_some() {
            let some: Vec<u64> = numbers.by_ref().take(self.query.limit + 1 - found.len()).collect();
            let entries = log::pick(&*self.index.inner.log, &some)?;
            let ring = &self.index.inner.ring;
            found.extend(entries.into_iter().filter(|entry| self.query.is_met_by(ring, entry)));
        }
        Ok(())
    }
}

/// Terms that few entries have stand in short rows, and far apart.
fn is_rare(term: &Term) -> bool {
    matches!(term.kind, Kind::Correlation | Kind::Person | Kind::Case | Kind::Officer | Kind::Account)
}

/// Leaves out the slots that lie outside the period.
fn retain_period(block: u64, places: &mut Vec<u16>, times: &Times, period: &RangeInclusive<i64>) {
    places.retain(|place| times.may_hold(block * BLOCK + u64::from(*place), period));
}

/// Blocks below `before` that may hold entries of the period, ascending.
fn blocks(
    tx: &mut Tx<'_>,
    before: u64,
    period: Option<&RangeInclusive<i64>>,
) -> Result<Vec<u64>, JournalError> {
    let Some(last) = before.checked_sub(1) else { return Ok(Vec::new()) };
    let (from, to) = period.map_or((i64::MIN, i64::MAX), |period| (*period.start(), *period.end()));
    let mut blocks = Vec::new();
    tx.for_each(
        "SELECT block FROM index_block WHERE block <= $1 AND at_last >= $2 AND at_first <= $3 ORDER BY block",
        &[number(last / BLOCK)?, from.into(), to.into()],
        |row| {
            blocks.push(row.number(0)?);
            Ok::<_, JournalError>(())
        },
    )?;
    Ok(blocks)
}
