//! One inquiry, and the questions that read it.
use crate::JournalError;
use dancu_storage::Row;
use std::fmt;

/// How far an inquiry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not answered
    Open,
    /// Answered
    Answered,
    /// The citizen asks no more
    Closed,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// What a citizen asked about one entry, and what became of it. `Debug` shows neither her nor any words.
#[derive(Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Id
    pub id: String,
    /// Entry that is asked about
    pub entry: u64,
    /// Organisation that is asked
    pub organisation: String,
    /// System through which it looked
    pub system: String,
    /// How far it is
    pub stage: Stage,
    /// When it was asked, microseconds since the epoch, as all times here
    pub asked_us: i64,
    /// Last microsecond for telling the citizen how it goes on
    pub reply_by_us: i64,
    /// Last microsecond for answering
    pub answer_by_us: i64,
    /// When she was told
    pub acknowledged_us: Option<i64>,
    /// When it was answered
    pub answered_us: Option<i64>,
    /// When she closed it
    pub closed_us: Option<i64>,
    /// The citizen's number
    pub number: String,
    /// Her words
    pub question: String,
    /// Their words
    pub answer: Option<String>,
    /// Login of who answered
    pub answered_by: Option<String>,
}

impl fmt::Debug for Inquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inquiry")
            .field("id", &self.id)
            .field("entry", &self.entry)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl Inquiry {
    /// Whether a deadline has passed without what was due.
    pub fn is_overdue(&self, now_us: i64) -> bool {
        let silent = self.acknowledged_us.is_none() && now_us > self.reply_by_us;
        self.stage == Stage::Open && (silent || now_us > self.answer_by_us)
    }
}

/// The sealed texts of a row, opened.
pub(super) struct Texts {
    pub(super) number: String,
    pub(super) question: String,
    pub(super) answer: Option<String>,
    pub(super) answered_by: Option<String>,
}

/// Columns before the sealed ones.
pub(super) const COLUMNS_OF_ONE: usize = 11;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, entry, organisation, system, state, asked_at_us, reply_by_us, answer_by_us, acknowledged_at_us, \
             answered_at_us, closed_at_us, person, question, answer, answered_by FROM journal_inquiry ",
            $rest
        )
    };
}

pub(super) const GET: &str = select!("WHERE id = $1");
pub(super) const ABOUT: &str = select!("WHERE subject = $1 AND entry = $2");
/// Few per citizen: one for an entry at most, all under one prefix of the unique index.
pub(super) const OF_PERSON: &str = select!("WHERE subject = $1 ORDER BY entry DESC LIMIT $2");
pub(super) const LIST: &str = select!(
    "WHERE state = $1 AND (answer_by_us > $2 OR (answer_by_us = $2 AND id > $3)) ORDER BY answer_by_us, id LIMIT $4"
);
pub(super) const LIST_OF: &str = select!(
    "WHERE organisation = $5 AND state = $1 AND (answer_by_us > $2 OR (answer_by_us = $2 AND id > $3)) \
     ORDER BY answer_by_us, id LIMIT $4"
);

pub(super) fn open(row: &Row, texts: Texts) -> Result<Inquiry, JournalError> {
    Ok(Inquiry {
        id: row.text(0)?.to_owned(),
        entry: row.number(1)?,
        organisation: row.text(2)?.to_owned(),
        system: row.text(3)?.to_owned(),
        stage: Stage::from_name(row.text(4)?).ok_or(JournalError::Internal("the state of an inquiry"))?,
        asked_us: row.int(5)?,
        reply_by_us: row.int(6)?,
        answer_by_us: row.int(7)?,
        acknowledged_us: row.opt_int(8)?,
        answered_us: row.opt_int(9)?,
        closed_us: row.opt_int(10)?,
        number: texts.number,
        question: texts.question,
        answer: texts.answer,
        answered_by: texts.answered_by,
    })
}
