//! The result of a job, row by row in the order of the file.
use crate::review::Decision;
use crate::{Cleaning, CleaningError, Job, codec};
use dancu_linkage::{Action, Agreement, Answer, Column, Row, Verdict};
use std::collections::HashMap;

/// One row of the result.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Number of the row in the file, from 1
    pub number: u64,
    /// The row, with the columns that were compared
    pub row: &'a Row<'a>,
    /// The answer, without what the agreement does not let be told
    pub answer: &'a Answer,
    /// What somebody decided who looked at it
    pub decision: Option<Decision>,
}

/// Decisions by the number of their row.
pub(crate) type Decisions = HashMap<u64, Decision>;

impl Line<'_> {
    /// The agency's own name for the row; where it has none, the number of the row.
    pub fn row_id(&self) -> std::borrow::Cow<'_, str> {
        match self.row.get(Column::RowId) {
            "" => self.number.to_string().into(),
            name => name.into(),
        }
    }
}

impl Cleaning {
    /// Hands every row of a job that is done to `each`. What it holds at a time is one chunk. The same job gives the same rows,
    /// whoever answered them; what was decided in between about doubtful ones is taken in.
    pub fn result(
        &self,
        id: &str,
        mut each: impl FnMut(&Line<'_>) -> Result<(), CleaningError>,
    ) -> Result<Job, CleaningError> {
        let job = self.result_of(id)?;
        let decisions = self.decisions(id)?;
        let mut rows = 0_u64;
        for (chunk, digest) in (0_u64..).zip(self.digests(id)?) {
            rows += self.chunk_of_result(&job, &decisions, (chunk, digest), &mut each)?;
        }
        job.has_rows(rows)?;
        Ok(job)
    }

    /// The rows of one chunk; gives how many they are.
    pub(crate) fn chunk_of_result(
        &self,
        job: &Job,
        decisions: &Decisions,
        (chunk, digest): (u64, [u8; 32]),
        mut each: impl FnMut(&Line<'_>) -> Result<(), CleaningError>,
    ) -> Result<u64, CleaningError> {
        let plain = self.rows_of(&job.id, chunk)?;
        let answers = self.answers_of(&job.id, chunk, digest)?;
        let mut rows = codec::rows(&plain);
        let first = chunk * u64::from(job.chunk_rows) + 1;
        for (number, answer) in (first..).zip(&answers) {
            let row = rows.next().ok_or(CleaningError::Damaged("a chunk has too few rows"))??;
            let decision = decisions.get(&number).copied();
            let answer = told(job, answer, decision);
            each(&Line { number, row: &row, answer: &answer, decision })?;
        }
        if rows.next().is_some() {
            return Err(CleaningError::Damaged("a chunk has too few answers"));
        }
        Ok(answers.len() as u64)
    }

    /// What was decided last about each row that somebody has looked at.
    pub(crate) fn decisions(&self, job: &str) -> Result<Decisions, CleaningError> {
        let mut all = HashMap::new();
        self.store.read("cleaning.decisions", |tx| {
            const DECIDED: &str =
                "SELECT number, decision FROM cleaning_review WHERE job = $1 AND decision IS NOT NULL";
            all.clear();
            tx.for_each(DECIDED, &[job.into()], |row| {
                let decision =
                    Decision::from_name(row.text(1)?).ok_or(CleaningError::Damaged("an unknown decision"))?;
                all.insert(row.number(0)?, decision);
                Ok::<_, CleaningError>(())
            })
        })?;
        Ok(all)
    }
}

/// The answer as it may leave.
fn told(job: &Job, answer: &Answer, decision: Option<Decision>) -> Answer {
    let mut told = *answer;
    (told.place, told.id_card_number) = (None, None);
    if crate::guess::guesses(answer).is_some() {
        // Why nothing is told is not told either.
        told.score = 0;
    }
    match decision {
        None => {}
        Some(Decision::Same) => {
            (told.verdict, told.action) = (Verdict::MatchWithDifferences, Action::Correct);
        }
        Some(Decision::Other) => {
            (told.verdict, told.action, told.personal_id) = (Verdict::NotFound, Action::AskCitizen, None);
        }
        Some(Decision::Ask) => told.action = Action::AskCitizen,
    }
    // Whom it might mean is told where it means somebody.
    let means = matches!(told.verdict, Verdict::Match | Verdict::MatchWithDifferences);
    if !job.tells_number || !means {
        told.personal_id = None;
    }
    if !job.tells_near {
        // As on the road: what is nearly right is a plain difference, and how nearly is not told.
        told.score = 0;
        for column in Column::ALL {
            told.reasons.set(column, plain(told.reasons.get(column)));
        }
    }
    told
}

/// An agreement, as who is not told `near` hears of it: what is nearly right is a plain difference.
pub fn plain(agreement: Agreement) -> Agreement {
    match agreement {
        Agreement::Absent | Agreement::Same | Agreement::Unaccented | Agreement::Unreadable => agreement,
        Agreement::OtherMarks
        | Agreement::Typing
        | Agreement::Words
        | Agreement::Former
        | Agreement::DayMonthSwapped
        | Agreement::LessPrecise
        | Agreement::MovedUnit
        | Agreement::Different => Agreement::Different,
    }
}
