//! What is said of a row: whom it means, how surely, why, and what to do.
use crate::Column;
use dancu_citizen::{IdCardNumber, PersonNumber, PersonalId, named};

named! {
    /// Whom the row means.
    #[derive(Default)]
    #[repr(u8)]
    Verdict {
        /// Nobody in the registry is like this
        #[default]
        NotFound = "not_found",
        /// One person, and all that the row says agrees
        Match = "match",
        /// One person for certain, though something that the row says differs
        MatchWithDifferences = "match_with_differences",
        /// One person perhaps: somebody is to look
        Doubtful = "doubtful",
        /// Several people fit alike
        Ambiguous = "ambiguous",
        /// The row says too little, or nothing that can be read
        Unreadable = "unreadable",
    }
}

named! {
    /// What to do about the row.
    #[derive(Default)]
    #[repr(u8)]
    Action {
        /// Take it as it is
        #[default]
        Accept = "accept",
        /// Put the registry's value into the agency's stock
        Correct = "correct",
        /// Ask the citizen
        AskCitizen = "ask_citizen",
        /// An officer is to look at both, side by side
        Review = "review",
    }
}

named! {
    /// How a field of the row agrees with the record.
    #[derive(Default)]
    #[repr(u8)]
    Agreement {
        /// The row, or the record, says nothing here
        #[default]
        Absent = "absent",
        /// The same
        Same = "same",
        /// The same letters without the marks
        Unaccented = "unaccented",
        /// The same letters with other marks
        OtherMarks = "other_marks",
        /// A letter or digit added, dropped, replaced, or two neighbours swapped
        Typing = "typing",
        /// The same words in another order, or one of them missing
        Words = "words",
        /// A value that the person had before
        Former = "former",
        /// Day and month stand in each other's place
        DayMonthSwapped = "day_month_swapped",
        /// One side knows less, and what it says is right: the year only, or 1 January standing for it
        LessPrecise = "less_precise",
        /// A unit that was merged or renamed into the one on record
        MovedUnit = "moved_unit",
        /// It cannot be read
        Unreadable = "unreadable",
        /// Another value
        Different = "different",
    }
}

/// How each column agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reasons([Agreement; Column::ALL.len()]);

impl Reasons {
    /// Of one column.
    pub fn get(&self, column: Column) -> Agreement {
        self.0.get(column as usize).copied().unwrap_or_default()
    }

    /// Sets that of one column.
    pub fn set(&mut self, column: Column, agreement: Agreement) {
        if let Some(place) = self.0.get_mut(column as usize) {
            *place = agreement;
        }
    }

    /// Columns of which something is to be said.
    pub fn iter(&self) -> impl Iterator<Item = (Column, Agreement)> + '_ {
        let all = Column::ALL.into_iter().map(|column| (column, self.get(column)));
        all.filter(|(_, agreement)| *agreement != Agreement::Absent)
    }
}

/// As in a file: `personal_id:same full_name:unaccented`.
impl std::fmt::Display for Reasons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, (column, agreement)) in self.iter().enumerate() {
            let gap = if place > 0 { " " } else { "" };
            write!(f, "{gap}{}:{}", column.name(), agreement.name())?;
        }
        Ok(())
    }
}

/// The answer to one row. Its number is personal data; `Debug` does not show it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whom the row means
    pub verdict: Verdict,
    /// What to do
    pub action: Action,
    /// Weight of evidence for the best candidate, in hundredths of bits; 0 where there is none
    pub score: i32,
    /// How each column agrees with the best candidate
    pub reasons: Reasons,
    /// Where the best candidate stands among the people that were asked
    pub place: Option<u32>,
    /// The best candidate's number, where there is one; whether it may be told is the caller's to decide
    pub personal_id: Option<PersonalId>,
    /// The best candidate's old card number, where there is no other
    pub id_card_number: Option<IdCardNumber>,
}

impl Answer {
    /// The number that names the best candidate: by it the journal tells of her, and her history finds it.
    pub fn number(&self) -> Option<PersonNumber> {
        number(self.personal_id, self.id_card_number)
    }
}

/// The number by which people are told of: the personal one, else the old card's.
pub(crate) fn number(id: Option<PersonalId>, card: Option<IdCardNumber>) -> Option<PersonNumber> {
    id.map(PersonNumber::PersonalId).or(card.map(PersonNumber::IdCard))
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("verdict", &self.verdict)
            .field("action", &self.action)
            .field("score", &self.score)
            .field("reasons", &self.reasons)
            .finish_non_exhaustive()
    }
}
