//! Figures of a result.
use crate::read::Fault;
use dancu_linkage::{Action, Agreement, Answer, Column, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names of what makes a row unreadable, in the order of the counters.
const FAULTS: [&str; 5] = ["ragged", "quote", "encoding", "element", "long"];

/// How many rows, by what was found of them. Parts' figures add up to those of the whole. Without personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Named", into = "Named")]
pub struct Summary {
    rows: u64,
    told: u64,
    verdicts: [u64; Verdict::ALL.len()],
    actions: [u64; Action::ALL.len()],
    reasons: [[u64; Agreement::ALL.len()]; Column::ALL.len()],
    faults: [u64; FAULTS.len()],
}

/// As it is written: stable names, what is nought left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    rows: u64,
    told: u64,
    verdicts: BTreeMap<String, u64>,
    actions: BTreeMap<String, u64>,
    reasons: BTreeMap<String, BTreeMap<String, u64>>,
    faults: BTreeMap<String, u64>,
}

impl Summary {
    /// Counts a row.
    pub fn count(&mut self, answer: &Answer) {
        self.rows += 1;
        self.told += u64::from(answer.personal_id.is_some());
        up(&mut self.verdicts, answer.verdict as usize, 1);
        up(&mut self.actions, answer.action as usize, 1);
        for (column, counts) in Column::ALL.into_iter().zip(&mut self.reasons) {
            up(counts, answer.reasons.get(column) as usize, 1);
        }
    }

    /// Counts why a row could not be read; the row itself is counted by its answer.
    pub fn count_fault(&mut self, fault: Fault) {
        let at = match fault {
            Fault::Ragged { .. } => 0,
            Fault::Quote => 1,
            Fault::Encoding(_) => 2,
            Fault::Element => 3,
            Fault::Long(_) => 4,
        };
        up(&mut self.faults, at, 1);
    }

    /// Adds those of another part.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.told += other.told;
        let sum = |own: &mut [u64], other: &[u64]| {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        };
        sum(&mut self.verdicts, &other.verdicts);
        sum(&mut self.actions, &other.actions);
        sum(&mut self.faults, &other.faults);
        for (own, other) in self.reasons.iter_mut().zip(&other.reasons) {
            sum(own, other);
        }
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows whose matched person is told.
    pub fn told(&self) -> u64 {
        self.told
    }

    /// Rows of a verdict.
    pub fn verdict(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(verdict as usize).copied().unwrap_or_default()
    }

    /// Rows of an action.
    pub fn action(&self, action: Action) -> u64 {
        self.actions.get(action as usize).copied().unwrap_or_default()
    }

    /// Rows whose column agrees that way.
    pub fn reason(&self, column: Column, agreement: Agreement) -> u64 {
        let counts = self.reasons.get(column as usize);
        counts.and_then(|counts| counts.get(agreement as usize)).copied().unwrap_or_default()
    }

    /// Rows in which a column was compared and is not the same.
    pub fn differing(&self, column: Column) -> u64 {
        let others = Agreement::ALL.iter().filter(|one| !matches!(one, Agreement::Absent | Agreement::Same));
        others.map(|agreement| self.reason(column, *agreement)).sum()
    }

    /// Rows that could not be read, by why: `ragged`, `quote`, `encoding`, `element`.
    pub fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        FAULTS.into_iter().zip(self.faults)
    }
}

fn up(counts: &mut [u64], at: usize, by: u64) {
    if let Some(count) = counts.get_mut(at) {
        *count += by;
    }
}

fn named<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> BTreeMap<String, u64> {
    counts.filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count)).collect()
}

impl From<Summary> for Named {
    fn from(summary: Summary) -> Self {
        let reasons = Column::ALL.into_iter().map(|column| {
            let counts = Agreement::ALL.iter().filter(|one| **one != Agreement::Absent);
            let counts = named(counts.map(|one| (one.name(), summary.reason(column, *one))));
            (column.name().to_owned(), counts)
        });
        Self {
            rows: summary.rows,
            told: summary.told,
            verdicts: named(Verdict::ALL.iter().map(|one| (one.name(), summary.verdict(*one)))),
            actions: named(Action::ALL.iter().map(|one| (one.name(), summary.action(*one)))),
            reasons: reasons.filter(|(_, counts)| !counts.is_empty()).collect(),
            faults: named(summary.faults()),
        }
    }
}

impl From<Named> for Summary {
    fn from(named: Named) -> Self {
        let mut summary = Self { rows: named.rows, told: named.told, ..Self::default() };
        for (name, count) in &named.verdicts {
            if let Some(verdict) = Verdict::from_name(name) {
                up(&mut summary.verdicts, verdict as usize, *count);
            }
        }
        for (name, count) in &named.actions {
            if let Some(action) = Action::from_name(name) {
                up(&mut summary.actions, action as usize, *count);
            }
        }
        for (column, counts) in Column::ALL.into_iter().zip(&mut summary.reasons) {
            let mut said = 0;
            for (name, count) in named.reasons.get(column.name()).into_iter().flatten() {
                if let Some(agreement) = Agreement::from_name(name) {
                    up(counts, agreement as usize, *count);
                    said += count;
                }
            }
            // What was not compared is not written: it is the rest.
            up(counts, Agreement::Absent as usize, named.rows.saturating_sub(said));
        }
        for (at, name) in FAULTS.into_iter().enumerate() {
            up(&mut summary.faults, at, named.faults.get(name).copied().unwrap_or_default());
        }
        summary
    }
}
