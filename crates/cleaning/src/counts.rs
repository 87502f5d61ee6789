//! How many rows were answered how.
use dancu_linkage::{Action, Answer, Verdict};
use serde::{Deserialize, Serialize};

/// Answers by verdict and by action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    verdicts: [u64; Verdict::ALL.len()],
    actions: [u64; Action::ALL.len()],
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
        }
        counts
    }

    /// Adds those of another part.
    pub fn add(&mut self, other: &Self) {
        let own = self.verdicts.iter_mut().chain(&mut self.actions);
        for (own, other) in own.zip(other.verdicts.iter().chain(&other.actions)) {
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

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.verdicts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}
