//! Numbers of one block that lie near each other, or rise in small steps, whatever was asked in between.
use super::table::Table;
use super::window::Hit;
use super::{ACCOUNTS, Cx, Deed, Found, SYSTEMS, Scope, count};
use crate::Number;
use dancu_policy::{Id, VietnamTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Numbers of one account or system that are remembered.
const NUMBERS: usize = 2048;
/// Blocks in which runs are followed.
const BLOCKS: usize = 1024;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sequence {
    accounts: Table<Id, Asked>,
    systems: Table<Id, Asked>,
}

/// What one account or system asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asked {
    numbers: BTreeMap<Number, Hit>,
    /// The same, the longest ago first
    order: VecDeque<(Number, u64)>,
    /// By block
    runs: Table<u64, Run>,
}

impl Default for Asked {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), order: VecDeque::new(), runs: Table::new(BLOCKS) }
    }
}

/// Numbers of a block that rose from call to call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Run {
    last: Option<Number>,
    hits: Vec<Hit>,
}

/// What makes a sequence.
struct Measure {
    near: u64,
    stride: u64,
    heap: usize,
    rising: usize,
    window_us: i64,
}

impl Sequence {
    pub(super) fn new() -> Self {
        Self { accounts: Table::new(ACCOUNTS), systems: Table::new(SYSTEMS) }
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let asked = matches!(cx.deed, Deed::Verify | Deed::Look) && cx.seen.ended.is_answered();
        let number = cx.seen.number.filter(|_| asked)?;
        let measure = |scope| Measure {
            near: cx.param("near"),
            stride: cx.param("stride"),
            heap: cx.threshold(scope),
            rising: cx.raise(cx.param("ascending"), scope),
            window_us: cx.window_us(),
        };
        // Taken up in both, so that numbers shared out over accounts show too. Children get theirs in the order of their
        // registration, by many registrars of one system.
        let newborn = is_newborn(cx, number);
        let system = (!newborn).then(|| self.systems.of(&cx.seen.who.system));
        let by_system = system.and_then(|system| system.ask(number, cx.hit(), &measure(Scope::System)));
        let by_account = cx
            .account()
            .and_then(|account| self.accounts.of(account).ask(number, cx.hit(), &measure(Scope::Account)));
        match (by_account, by_system) {
            (Some((figure, hits)), _) => Some(found(Scope::Account, figure, hits)),
            (None, Some((figure, hits))) => Some(found(Scope::System, figure, hits)),
            (None, None) => None,
        }
    }
}

/// Born within the last so many years.
fn is_newborn(cx: &Cx<'_>, number: Number) -> bool {
    let year = VietnamTime::of(cx.seen.at_us).map(|time| u64::try_from(time.date.year()).unwrap_or(0));
    let born = number.birth_year().map(u64::from);
    matches!((year, born), (Some(year), Some(born)) if born + cx.param("newborn_years") > year)
}

fn found(of: Scope, figure: &'static str, hits: Vec<Hit>) -> Found {
    Found { of, about: None, figures: vec![(figure, count(hits.len()))], hits }
}

impl Asked {
    /// Notes a number; the heap or the run that it completes.
    fn ask(&mut self, number: Number, hit: Hit, by: &Measure) -> Option<(&'static str, Vec<Hit>)> {
        self.forget(hit.at_us - by.window_us);
        let again = self.numbers.insert(number, hit).is_some();
        self.order.push_back((number, hit.entry));
        if again {
            return None;
        }
        let rising = self.rise(number, hit, by);
        let heap = self.heap(number, by.near);
        if heap.len() >= by.heap {
            return Some(("near_numbers", heap));
        }
        rising.map(|hits| ("ascending_numbers", hits))
    }

    /// Drops what is too old or too much.
    fn forget(&mut self, before_us: i64) {
        while let Some((number, entry)) = self.order.front().copied() {
            let current = self.numbers.get(&number).filter(|hit| hit.entry == entry);
            let old = current.is_none_or(|hit| hit.at_us <= before_us);
            if !old && self.numbers.len() < NUMBERS {
                break;
            }
            if current.is_some() {
                self.numbers.remove(&number);
            }
            self.order.pop_front();
        }
    }

    /// The numbers around this one without a gap wider than `near`.
    fn heap(&self, number: Number, near: u64) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut edge = number;
        for (below, hit) in self.numbers.range(..=number).rev() {
            if edge.behind(*below).is_none_or(|gap| gap > near) {
                break;
            }
            hits.push(*hit);
            edge = *below;
        }
        edge = number;
        for (above, hit) in self.numbers.range(number..).skip(1) {
            if above.behind(edge).is_none_or(|gap| gap > near) {
                break;
            }
            hits.push(*hit);
            edge = *above;
        }
        hits
    }

    /// Goes on with the run of the block, or begins a new one.
    fn rise(&mut self, number: Number, hit: Hit, by: &Measure) -> Option<Vec<Hit>> {
        let run = self.runs.of(&number.block());
        let step = run.last.and_then(|last| number.behind(last));
        let old = run.hits.first().is_some_and(|first| first.at_us <= hit.at_us - by.window_us);
        if old || step.is_none_or(|step| step == 0 || step > by.stride) {
            run.hits.clear();
        }
        run.last = Some(number);
        if run.hits.len() >= super::window::MOST {
            run.hits.remove(0);
        }
        run.hits.push(hit);
        (run.hits.len() >= by.rising).then(|| run.hits.clone())
    }
}
