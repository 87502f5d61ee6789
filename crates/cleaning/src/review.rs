//! Doubtful rows, in the order in which a decision serves most, and what was decided about them by whom.
//!
//! A decision serves most where the weight is closest to that which decides by itself, and where many rows of the job are
//! doubtful for the same reasons: who has seen one of them knows how to judge the others.
use crate::sealed::{number, random_id};
use crate::{Cleaning, CleaningError, Job, codec, fill};
use dancu_keys::Place;
use dancu_linkage::{Action, Answer, Column, Reasons, Row, Verdict};
use dancu_storage::{Row as Stored, Tx, Value};
use std::collections::HashMap;

/// What somebody decided who saw row and person side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The row means this person
    Same,
    /// It means somebody else
    Other,
    /// The citizen is to be asked
    Ask,
}

impl Decision {
    /// Name, as stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::Ask => "ask",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Same, Self::Other, Self::Ask].into_iter().find(|decision| decision.name() == name)
    }
}

/// A doubtful row. `Debug` shows neither the row nor the person.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    /// The job
    pub job: String,
    /// Number of the row in the file, from 1
    pub number: u64,
    /// How useful a decision is; higher first
    pub rank: i64,
    /// Texts of the row by column, those that were compared
    pub texts: Vec<(Column, String)>,
    /// The answer, with the person whom it may mean
    pub answer: Answer,
    /// What was decided last
    pub decision: Option<Decision>,
    /// Account that decided
    pub decided_by: Option<String>,
    /// When, microseconds since the epoch
    pub decided_us: Option<i64>,
}

impl Review {
    /// The row, to be laid beside the person again.
    pub fn row(&self) -> Row<'_> {
        self.texts.iter().fold(Row::default(), |row, (column, text)| row.with(*column, text))
    }
}

impl std::fmt::Debug for Review {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Review")
            .field("job", &self.job)
            .field("number", &self.number)
            .field("rank", &self.rank)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

/// A decision to be kept.
#[derive(Clone, Copy)]
pub struct Decide<'a> {
    /// The job
    pub job: &'a str,
    /// Number of the row
    pub number: u64,
    /// What is decided
    pub decision: Decision,
    /// Why, in words
    pub note: &'a str,
    /// Account that decides
    pub by: &'a str,
    /// Number of the journal entry that tells of it
    pub entry: u64,
}

/// A decision on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// What; none: the decision before was taken back
    pub decision: Option<Decision>,
    /// Account that decided
    pub by: String,
    /// Number of the journal entry that tells of it
    pub entry: u64,
    /// Why, in words
    pub note: String,
}

const TABLE: &str = "cleaning_review";
const DECISIONS: &str = "cleaning_decision";
/// What stands in the place of a decision where one was taken back.
const TAKEN_BACK: &str = "taken_back";

impl Cleaning {
    /// Doubtful rows of a job, the most useful first, after `(rank, number)` if that is given; those that are decided or those
    /// that are not.
    pub fn reviews(
        &self,
        job: &str,
        decided: bool,
        after: Option<(i64, u64)>,
        limit: u32,
    ) -> Result<Vec<Review>, CleaningError> {
        let (rank, after) = after.unwrap_or((i64::MAX, 0));
        let state = if decided { "decided" } else { "open" };
        let parameters: [Value; 5] =
            [job.into(), state.into(), rank.into(), number(after)?.into(), limit.into()];
        let rows = self.store.read("cleaning.reviews", |tx| {
            const PAGE: &str =
                "SELECT number, use_rank, content, decision, decided_by, decided_us FROM cleaning_review
                 WHERE job = $1 AND state = $2 AND (use_rank < $3 OR (use_rank = $3 AND number > $4))
                   AND EXISTS (SELECT 1 FROM cleaning_job WHERE id = $1 AND state = 'done')
                 ORDER BY use_rank DESC, number LIMIT $5";
            Ok::<_, CleaningError>(tx.query(PAGE, &parameters)?)
        })?;
        rows.iter().map(|row| self.review_of(job, row)).collect()
    }

    /// One doubtful row; none when the row is not among them, or the job is not done.
    pub fn review(&self, job: &str, of: u64) -> Result<Option<Review>, CleaningError> {
        let parameters = [Value::from(job), number(of)?.into()];
        let row = self.store.read("cleaning.review", |tx| {
            const ONE: &str =
                "SELECT number, use_rank, content, decision, decided_by, decided_us FROM cleaning_review
                 WHERE job = $1 AND number = $2
                   AND EXISTS (SELECT 1 FROM cleaning_job WHERE id = $1 AND state = 'done')";
            Ok::<_, CleaningError>(tx.query_opt(ONE, &parameters)?)
        })?;
        row.map(|row| self.review_of(job, &row)).transpose()
    }

    /// How many doubtful rows of a job wait, and how many are decided.
    pub fn review_counts(&self, job: &str) -> Result<(u64, u64), CleaningError> {
        let rows = self.store.read("cleaning.review_counts", |tx| {
            const COUNT: &str =
                "SELECT state, COUNT(*) FROM cleaning_review WHERE job = $1 GROUP BY state ORDER BY state";
            Ok::<_, CleaningError>(tx.query(COUNT, &[job.into()])?)
        })?;
        let mut counts = (0, 0);
        for row in &rows {
            let count = if row.text(0)? == "open" { &mut counts.0 } else { &mut counts.1 };
            *count = row.number(1)?;
        }
        Ok(counts)
    }

    /// Jobs whose doubtful rows wait, the oldest first, with how many; of one organisation if that is given.
    pub fn waiting(
        &self,
        organisation: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, CleaningError> {
        let parameters: [Value; 2] = [organisation.unwrap_or_default().into(), limit.into()];
        let rows = self.store.read("cleaning.waiting", |tx| {
            const WAITING: &str = "SELECT j.id, COUNT(*), j.at_us FROM cleaning_job j, cleaning_review r
                 WHERE r.job = j.id AND r.state = 'open' AND j.state = 'done' AND ($1 = '' OR j.organisation = $1)
                 GROUP BY j.id, j.at_us ORDER BY j.at_us, j.id LIMIT $2";
            Ok::<_, CleaningError>(tx.query(WAITING, &parameters)?)
        })?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.number(1)?))).collect()
    }

    /// Keeps a decision. An earlier one stays on record; the last one counts, in every result that is taken from now on.
    /// Whether the account may, and that the journal tells of it, is the caller's.
    pub fn decide(&self, given: &Decide<'_>, now_us: i64) -> Result<(), CleaningError> {
        self.keep(given, Some(given.decision), now_us)
    }

    /// Takes the decision about a row back: it waits again. Both stay on record. `given.decision` is not looked at.
    pub fn take_back(&self, given: &Decide<'_>, now_us: i64) -> Result<(), CleaningError> {
        self.keep(given, None, now_us)
    }

    fn keep(&self, given: &Decide<'_>, decision: Option<Decision>, now_us: i64) -> Result<(), CleaningError> {
        let id = random_id()?;
        let note = self.sealer.seal(note_place(&id), given.note)?;
        let of = [Value::from(given.job), number(given.number)?.into()];
        let decision = decision.map_or(TAKEN_BACK, Decision::name);
        let kept: [Value; 6] = [
            now_us.into(),
            id.as_str().into(),
            decision.into(),
            given.by.into(),
            number(given.entry)?.into(),
            note.into(),
        ];
        self.store.run_tx("cleaning.decide", |tx| {
            const THERE: &str = "SELECT 1 FROM cleaning_review r, cleaning_job j
                 WHERE r.job = $1 AND r.number = $2 AND j.id = r.job AND j.state = 'done'";
            const KEEP: &str =
                "INSERT INTO cleaning_decision (job, number, at_us, id, decision, by_account, entry, note)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
            if tx.query_opt(THERE, &of)?.is_none() {
                return Err(CleaningError::unknown("doubtful row", &given.number.to_string()));
            }
            tx.execute(KEEP, &[of.as_slice(), &kept].concat())?;
            last_counts(tx, &of)
        })
    }

    /// Everything that was decided about a row, in the order of time.
    pub fn decided(&self, job: &str, of: u64) -> Result<Vec<Decided>, CleaningError> {
        let parameters = [Value::from(job), number(of)?.into()];
        let rows = self.store.read("cleaning.decided", |tx| {
            const ALL: &str = "SELECT at_us, id, decision, by_account, entry, note FROM cleaning_decision
                 WHERE job = $1 AND number = $2 ORDER BY at_us, entry, id";
            Ok::<_, CleaningError>(tx.query(ALL, &parameters)?)
        })?;
        let decided = |row: &Stored| {
            let place = note_place(row.text(1)?);
            Ok(Decided {
                at_us: row.int(0)?,
                decision: Some(row.text(2)?).filter(|name| *name != TAKEN_BACK).map(known).transpose()?,
                by: row.text(3)?.to_owned(),
                entry: row.number(4)?,
                note: self.sealer.open(place, row.bytes(5)?)?,
            })
        };
        rows.iter().map(decided).collect()
    }

    fn review_of(&self, job: &str, stored: &Stored) -> Result<Review, CleaningError> {
        let of: u64 = stored.number(0)?;
        let row = fill::row(job, of);
        let plain = self.sealer.open_bytes(place(&row), stored.bytes(2)?)?;
        let (texts, answer) = read_content(&plain)?;
        Ok(Review {
            job: job.to_owned(),
            number: of,
            rank: stored.int(1)?,
            texts,
            answer,
            decision: stored.opt_text(3)?.map(known).transpose()?,
            decided_by: stored.opt_text(4)?.map(ToOwned::to_owned),
            decided_us: stored.opt_int(5)?,
        })
    }
}

/// Puts the last decision into the row, as the history has it: who commits last need not have decided last.
fn last_counts(tx: &mut Tx<'_>, of: &[Value; 2]) -> Result<(), CleaningError> {
    const LAST: &str = "SELECT decision, by_account, at_us FROM cleaning_decision
         WHERE job = $1 AND number = $2 ORDER BY at_us DESC, entry DESC, id DESC LIMIT 1";
    const ROW: &str = "UPDATE cleaning_review SET state = $3, decision = $4, decided_by = $5, decided_us = $6
         WHERE job = $1 AND number = $2";
    let last = tx.query_opt(LAST, of)?.ok_or(CleaningError::Damaged("a decision is not what was written"))?;
    let (decision, by, at_us) = (last.text(0)?, last.text(1)?, last.int(2)?);
    let values: [Value; 4] = if decision == TAKEN_BACK {
        ["open".into(), None::<&str>.into(), None::<&str>.into(), None::<i64>.into()]
    } else {
        ["decided".into(), decision.into(), by.into(), at_us.into()]
    };
    tx.execute(ROW, &[of.as_slice(), &values].concat())?;
    Ok(())
}

fn known(name: &str) -> Result<Decision, CleaningError> {
    Decision::from_name(name).ok_or(CleaningError::Damaged("an unknown decision"))
}

pub(crate) fn place(row: &str) -> Place<'_> {
    Place { table: TABLE, row: row.as_bytes(), field: "content" }
}

pub(crate) fn note_place(id: &str) -> Place<'_> {
    Place { table: DECISIONS, row: id.as_bytes(), field: "note" }
}

/// Puts the doubtful rows of a job into the queue: looks at all of them first, to learn how many are alike.
pub(crate) struct Queue<'q> {
    cleaning: &'q Cleaning,
    job: &'q Job,
    holder: &'q str,
    threshold: i32,
    alike: HashMap<(Verdict, Reasons), u32>,
    rows: u64,
}

/// Kinds of doubt that are counted; what comes after so many is taken for alone of its kind.
const KINDS: usize = 65_536;
/// Rows put into the queue by one transaction.
const BATCH: usize = 500;

impl<'q> Queue<'q> {
    pub(crate) fn new(cleaning: &'q Cleaning, job: &'q Job, holder: &'q str, threshold: i32) -> Self {
        Self { cleaning, job, holder, threshold, alike: HashMap::new(), rows: 0 }
    }

    /// Rows in the queue.
    pub(crate) fn len(&self) -> u64 {
        self.rows
    }

    pub(crate) fn look(&mut self, answers: &[Answer]) {
        for answer in answers.iter().filter(|answer| answer.action == Action::Review) {
            let full = self.alike.len() >= KINDS;
            match self.alike.get_mut(&(answer.verdict, answer.reasons)) {
                Some(count) => *count = count.saturating_add(1),
                None if full => {}
                None => drop(self.alike.insert((answer.verdict, answer.reasons), 1)),
            }
        }
    }

    /// How useful a decision is: rows that are alike, over the distance from the weight that decides, in bits and one more.
    /// At most 4,294,967,295,000.
    fn rank(&self, answer: &Answer) -> i64 {
        let alike = self.alike.get(&(answer.verdict, answer.reasons)).copied().unwrap_or(1);
        let distance = i64::from(answer.score.abs_diff(self.threshold));
        i64::from(alike) * 100_000 / (100 + distance)
    }

    /// Puts those of a chunk. False: the job is not ours to close any more.
    pub(crate) fn put(&mut self, chunk: u64, answers: &[Answer]) -> Result<bool, CleaningError> {
        if !answers.iter().any(|answer| answer.action == Action::Review) {
            return Ok(true);
        }
        let first = chunk * u64::from(self.job.chunk_rows) + 1;
        let plain = self.cleaning.rows_of(&self.job.id, chunk)?;
        let mut batch = Vec::with_capacity(BATCH);
        for ((of, row), answer) in (first..).zip(codec::rows(&plain)).zip(answers) {
            if answer.action != Action::Review {
                continue;
            }
            let content = write_content(&row?, answer)?;
            let sealed = self.cleaning.sealer.seal_bytes(place(&fill::row(&self.job.id, of)), &content)?;
            let values: [Value; 4] =
                [self.job.id.as_str().into(), number(of)?.into(), self.rank(answer).into(), sealed.into()];
            batch.push(values);
            self.rows += 1;
            if batch.len() == BATCH {
                if !self.write(&batch)? {
                    return Ok(false);
                }
                batch.clear();
            }
        }
        self.write(&batch)
    }

    fn write(&self, batch: &[[Value; 4]]) -> Result<bool, CleaningError> {
        // In one transaction with the rows: a job that was ended in between keeps none.
        const OURS: &str = "SELECT 1 FROM cleaning_job WHERE id = $1 AND holder = $2 AND state = 'open'";
        // What a crash left is the same.
        const PUT: &str = "INSERT INTO cleaning_review (job, number, state, use_rank, content)
             VALUES ($1, $2, 'open', $3, $4) ON CONFLICT (job, number) DO NOTHING";
        let ours: [Value; 2] = [self.job.id.as_str().into(), self.holder.into()];
        self.cleaning.store.run_tx("cleaning.queue", |tx| {
            let is_ours = tx.query_opt(OURS, &ours)?.is_some();
            if is_ours {
                tx.execute_many(PUT, batch)?;
            }
            Ok(is_ours)
        })
    }
}

/// Length of the row, the row, the answer.
fn write_content(row: &Row<'_>, answer: &Answer) -> Result<Vec<u8>, CleaningError> {
    let mut out = codec::RowsOut::default();
    out.push(row).map_err(|why| CleaningError::Row { row: 0, why })?;
    let row = out.take();
    let length = u32::try_from(row.len()).map_err(|_| CleaningError::Damaged("a row is too long"))?;
    let mut answers = Vec::new();
    codec::write_answers(std::slice::from_ref(answer), &mut answers);
    Ok([length.to_le_bytes().as_slice(), &row, &answers].concat())
}

fn read_content(plain: &[u8]) -> Result<(Vec<(Column, String)>, Answer), CleaningError> {
    const DAMAGED: CleaningError = CleaningError::Damaged("a doubtful row does not read");
    let (length, rest) = plain.split_first_chunk::<4>().ok_or(DAMAGED)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| DAMAGED)?;
    let (row, answer) = rest.split_at_checked(length).ok_or(DAMAGED)?;
    let row = codec::rows(row).next().ok_or(DAMAGED)??;
    let said = Column::ALL.into_iter().filter(|column| !row.get(*column).is_empty());
    let texts = said.map(|column| (column, row.get(column).to_owned())).collect();
    let [answer] = codec::answers(answer)?.try_into().map_err(|_| DAMAGED)?;
    Ok((texts, answer))
}
