//! The result of a call, as the officer sees and prints it.
use crate::Texts;
use crate::parts::{Badge, Fact, FactGroup, Facts, Outcome, RefusalText, Service, Verdict};

/// The verdict on one field.
#[derive(Clone)]
pub struct FieldRow {
    /// Name of the field on the screen
    pub label: String,
    /// What the officer typed; empty when not asked
    pub asked: String,
    /// The verdict
    pub verdict: Verdict,
    /// Why, one sentence; empty to say what the verdict means in general
    pub reason: String,
}

impl FieldRow {
    pub(super) fn badge(&self, texts: Texts) -> Badge {
        self.verdict.badge(texts)
    }

    pub(super) fn words(&self, texts: Texts) -> String {
        if self.reason.is_empty() { self.verdict.meaning(texts) } else { self.reason.clone() }
    }
}

/// Where the call is written down.
#[derive(Clone)]
pub struct JournalNote {
    /// Journal number; its road is at `/road/{index}`
    pub index: u64,
    /// Date and time
    pub at: String,
    /// Correlation identifier of the answer
    pub correlation: String,
}

/// The result of one call. No `Debug`: it is personal.
#[derive(Clone)]
pub struct CallResult {
    /// Which service answered
    pub service: Service,
    /// What came of it
    pub outcome: Outcome,
    /// Why the record may not be used, in words: "Đã chết ngày 12/03/2020"
    pub state: Option<String>,
    /// Why the call was refused
    pub refusal: Option<RefusalText>,
    /// Verdict per field (verify)
    pub verdicts: Vec<FieldRow>,
    /// The fields handed over, in groups (look up)
    pub groups: Vec<FactGroup>,
    /// On what ground: purpose and case, as printed
    pub ground: Vec<Fact>,
    /// Where the call is written down; none when it could not be
    pub journal: Option<JournalNote>,
}

impl CallResult {
    pub(super) fn sentence(&self, texts: Texts) -> String {
        self.outcome.sentence(texts)
    }

    pub(super) fn ground_list(&self, texts: Texts) -> Facts {
        Facts::new(texts, &self.ground)
    }
}
