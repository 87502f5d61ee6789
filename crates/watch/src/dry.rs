//! A dry run: what other rules would have found in the past, beside what those in force find.
use crate::read::Asked;
use crate::{Engine, Finding, Rule, Setting, Settings, Watch, WatchError};
use dancu_policy::{Id, VietnamTime};
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

/// Findings that a dry run keeps, of each side.
const MOST: usize = 10_000;

/// What a dry run found. Nothing was written, and nobody was braked.
#[derive(Clone, Debug, Default)]
pub struct DryRun {
    /// Entries judged
    pub entries: u64,
    /// What the tried rules find
    pub tried: Vec<Finding>,
    /// What the rules in force find
    pub current: Vec<Finding>,
    /// Findings on both sides: of one rule, about the same account and person, on one day
    pub both: usize,
    /// Places in `tried` of those that only the tried rules find
    pub new: Vec<usize>,
    /// Places in `current` of those that the tried rules do not find
    pub gone: Vec<usize>,
    /// There were more than are kept
    pub truncated: bool,
    /// It was ended by who asked
    pub stopped: bool,
}

impl Watch {
    /// Judges entries of the past by the rules in force, and by the same with some set otherwise (a rule is switched off by
    /// `enabled = false`). Both begin with what they learn from the [`crate::Options::warm_up`] entries before. Thresholds that
    /// false alarms raised count on both sides as they did then; what the world says of families is of today. Several findings of
    /// one rule, account, person and day count as one. `progress` hears how many of how many entries are judged, and may end it.
    /// Blocks, for long.
    pub fn dry_run(
        &self,
        tried: &[(Rule, Setting)],
        entries: Range<u64>,
        mut progress: impl FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<DryRun, WatchError> {
        let inner = &self.inner;
        let current = self.settings();
        let mut other: Settings = current.1.clone();
        for (rule, setting) in tried {
            other = other.replaced(*rule, setting.clone())?;
        }
        let mut engines = [Engine::new(inner.calendar.clone()), Engine::new(inner.calendar.clone())];
        let end = entries.end.min(inner.log.size()?);
        let first = entries.start.saturating_sub(inner.options.warm_up);
        let mut run = DryRun::default();
        let mut next = first;
        while next < end {
            let left = usize::try_from(end - next).unwrap_or(usize::MAX);
            let (batch, reached) = self.read(next, inner.options.batch.min(left))?;
            if reached == next {
                break;
            }
            let from = std::mem::replace(&mut next, reached);
            let mut asked = Asked::default();
            for seen in batch.iter().filter_map(|entry| inner.reader.seen(entry, &mut asked)) {
                let [by_current, by_other] = &mut engines;
                let found = [by_current.see(&current.1, &seen), by_other.see(&other, &seen)];
                if seen.entry >= entries.start {
                    run.take(found);
                }
            }
            run.entries += reached.saturating_sub(from.max(entries.start));
            if progress(next - first, end - first).is_break() {
                run.stopped = true;
                break;
            }
        }
        run.compare();
        Ok(run)
    }
}

/// What makes two findings the same to a reader.
type Same = (Rule, Id, Option<Id>, Option<[u8; 16]>, i32);

fn same(finding: &Finding) -> Same {
    let day = VietnamTime::of(finding.at_us).map_or(0, |time| time.day);
    (finding.rule, finding.who.system.clone(), finding.who.account.clone(), finding.about, day)
}

impl DryRun {
    fn take(&mut self, [current, tried]: [Vec<Finding>; 2]) {
        for (to, from) in [(&mut self.current, current), (&mut self.tried, tried)] {
            self.truncated |= to.len() + from.len() > MOST;
            let room = MOST.saturating_sub(to.len());
            to.extend(from.into_iter().take(room));
        }
    }

    fn compare(&mut self) {
        let mut left: HashMap<Same, usize> = HashMap::new();
        for finding in &self.current {
            left.entry(same(finding)).or_insert(0);
        }
        for (at, finding) in self.tried.iter().enumerate() {
            match left.get_mut(&same(finding)) {
                Some(met) => *met += 1,
                None => self.new.push(at),
            }
        }
        let met = |finding: &Finding| left.get(&same(finding)).is_some_and(|met| *met > 0);
        self.gone = self.current.iter().enumerate().filter(|(_, one)| !met(one)).map(|(at, _)| at).collect();
        self.both = self.tried.len() - self.new.len();
    }
}
