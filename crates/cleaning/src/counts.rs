//! How many rows were answered how.
use dancu_linkage::{Action, Agreement, Answer, Column, Verdict};
use serde::{Deserialize, Serialize};

/// Answers by verdict, by action, and by column that differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    verdicts: [u64; Verdict::ALL.len()],
    actions: [u64; Action::ALL.len()],
    /// Where a person was found; chunks of an earlier version have none
    #[serde(default)]
    differs: [u64; Column::ALL.len()],
}

impl Counts {
    /// Counts these answers.
    pub fn of(answers: &[Answer]) -> Self {
        let mut counts = Self::default();
        for answer in answers {
            if let Some(count) = counts.verdicts.get_mut(answer.verdict as usize) {
                *count += 1;
            }
            if let Some(count) = counts.actions.get_mut(answer.action as usize) {
                *count += 1;
            }
            for (column, agreement) in answer.reasons.iter() {
                if let (true, Some(count)) =
                    (is_different(agreement), counts.differs.get_mut(column as usize))
                {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// Adds those of another part.
    pub fn add(&mut self, other: &Self) {
        let own = self.verdicts.iter_mut().chain(&mut self.actions).chain(&mut self.differs);
        let others = other.verdicts.iter().chain(&other.actions).chain(&other.differs);
        for (own, other) in own.zip(others) {
            *own = own.saturating_add(*other);
        }
    }

    /// Rows of a verdict.
    pub fn verdict(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(verdict as usize).copied().unwrap_or_default()
    }

    /// Rows with an action.
    pub fn action(&self, action: Action) -> u64 {
        self.actions.get(action as usize).copied().unwrap_or_default()
    }

    /// Rows whose column is not what is on record, marks and letter case aside.
    pub fn differs(&self, column: Column) -> u64 {
        self.differs.get(column as usize).copied().unwrap_or_default()
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.verdicts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

fn is_different(agreement: Agreement) -> bool {
    !matches!(agreement, Agreement::Absent | Agreement::Same | Agreement::Unaccented)
}
