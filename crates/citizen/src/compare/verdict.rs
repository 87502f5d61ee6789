//! Verdicts and their reasons, with the names they bear on every wire.
use crate::named;
use serde::{Deserialize, Serialize};

named! {
    /// What is said of a field.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Verdict {
        /// Agrees with the record
        Match = "match",
        /// Agrees with the record once its marks are left out; the claim had none
        MatchUnaccented = "match_unaccented",
        /// Differs by what people and forms often get wrong; told only where the agreement grants it
        Near = "near",
        /// Does not agree
        Mismatch = "mismatch",
        /// The record says nothing here
        NotOnRecord = "not_on_record",
        /// The claim says nothing here
        NotAsked = "not_asked",
        /// The agreement does not give this field
        NotAllowed = "not_allowed",
    }
}

named! {
    /// Why a field got its verdict.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Reason {
        /// The same value
        Equal = "equal",
        /// The same name, the claim without marks
        UnaccentedEqual = "unaccented_equal",
        /// The record knows the year only, and the year is the same
        YearOnly = "year_only",
        /// The record knows year and month only, and they are the same
        MonthOnly = "month_only",
        /// The same letters with other marks
        MarksDiffer = "marks_differ",
        /// One letter added, dropped, replaced, or two neighbours swapped
        SmallEdit = "small_edit",
        /// A name the person bore before
        FormerName = "former_name",
        /// Day and month stand in each other's place
        DayMonthSwapped = "day_month_swapped",
        /// The claim says less than the record, and what it says is right
        LessPrecise = "less_precise",
        /// A replaced number, linked to the one in force
        LinkedOldNumber = "linked_old_number",
        /// Another value
        Different = "different",
        /// The record says nothing here
        NotOnRecord = "not_on_record",
        /// The claim says nothing here
        NotAsked = "not_asked",
        /// The agreement does not give this field
        NotAllowed = "not_allowed",
    }
}

impl Reason {
    /// The verdict that this reason gives.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Equal | Self::YearOnly | Self::MonthOnly => Verdict::Match,
            Self::UnaccentedEqual => Verdict::MatchUnaccented,
            Self::MarksDiffer
            | Self::SmallEdit
            | Self::FormerName
            | Self::DayMonthSwapped
            | Self::LessPrecise
            | Self::LinkedOldNumber => Verdict::Near,
            Self::Different => Verdict::Mismatch,
            Self::NotOnRecord => Verdict::NotOnRecord,
            Self::NotAsked => Verdict::NotAsked,
            Self::NotAllowed => Verdict::NotAllowed,
        }
    }
}

impl Verdict {
    /// Whether the field counts as right.
    pub fn agrees(self) -> bool {
        matches!(self, Self::Match | Self::MatchUnaccented)
    }
}

/// A verdict with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldVerdict {
    /// What is said
    pub verdict: Verdict,
    /// Why
    pub reason: Reason,
}

impl FieldVerdict {
    /// The claim said nothing.
    pub const NOT_ASKED: Self = Self { verdict: Verdict::NotAsked, reason: Reason::NotAsked };
    /// The caller may not have this field verified.
    pub const NOT_ALLOWED: Self = Self { verdict: Verdict::NotAllowed, reason: Reason::NotAllowed };
    /// A plain mismatch.
    pub const MISMATCH: Self = Self { verdict: Verdict::Mismatch, reason: Reason::Different };

    /// The verdict that a reason gives.
    pub fn of(reason: Reason) -> Self {
        Self { verdict: reason.verdict(), reason }
    }

    /// Whether the field counts as right.
    pub fn agrees(self) -> bool {
        self.verdict.agrees()
    }

    /// As the caller is told it: where near is not granted it is a mismatch like any other.
    pub(super) fn told(self, near: bool) -> Self {
        if self.verdict == Verdict::Near && !near { Self::MISMATCH } else { self }
    }
}
