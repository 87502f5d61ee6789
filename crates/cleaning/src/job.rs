//! A job: who wants which stock cleaned, on what terms, and how far it is.
use crate::sealed::number;
use crate::{Cleaning, CleaningError, Columns};
use dancu_keys::Place;
use dancu_storage::{Row, Tx, Value};
use serde::{Deserialize, Serialize};

/// State of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Rows are coming in
    Filling,
    /// Admitted; its chunks are worked on
    Open,
    /// Every row is answered and everybody touched has an entry; the result may be taken
    Done,
    /// Not admitted
    Refused,
    /// Ended by who asked
    Cancelled,
}

impl JobState {
    /// Name, as stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// All of them, in the order of a job's life.
    pub const ALL: [Self; 5] = [Self::Filling, Self::Open, Self::Done, Self::Refused, Self::Cancelled];

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Who asks and for what: what every entry of the job has in common. `Debug` shows none of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Name of the file, for who looks at the list
    pub file: String,
    /// How it came: `shell`, `console`, `rest`
    pub form: String,
    /// Account it is charged to
    pub account: String,
    /// Login of that account
    pub login: String,
    /// Role of the account
    pub role: String,
    /// Agency code of the account
    pub agency_code: String,
    /// Agreement under which it passes
    pub agreement: String,
    /// Purpose or procedure code
    pub purpose: String,
    /// Number of the case in hand
    pub case_number: Option<String>,
    /// Version of the rules that decided
    pub rules_version: u64,
    /// Staff account that brought it; empty at the command line
    #[serde(default)]
    pub by: String,
    /// What was seen when the file was looked through
    #[serde(default)]
    pub seen: Seen,
}

/// What was seen of a file before its rows were compared. No text of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its form: `csv`, `parquet`, `xlsx`, `qcvn109`
    pub format: String,
    /// Columns that it has, compared or not, as [`Columns::bits`]
    pub columns: u16,
    /// Rows that cannot be read; they are answered as such
    pub unread: u64,
    /// The first of them: line of the file, what is wrong by a stable name
    pub first: Vec<(u64, String)>,
    /// Sheets of a workbook that were left out, by their names
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(…)")
    }
}

/// A job to begin.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Organisation that asks
    pub organisation: String,
    /// Its system
    pub system: String,
    /// Who asks and for what
    pub asked: Asked,
    /// SHA-256 of the file as it came
    pub input_sha256: [u8; 32],
    /// Columns that are compared: those of the file that the agreement names
    pub columns: Columns,
    /// Whether the agreement lets the number of the person be told
    pub tells_number: bool,
    /// Whether it is told how a field differs, and how surely a row means somebody; otherwise only that it differs
    pub tells_near: bool,
    /// Rows in a chunk, 1 to 1,000,000
    pub chunk_rows: u32,
}

/// A job on record.
#[derive(Clone, Debug)]
pub struct Job {
    /// Id: 32 hexadecimal digits
    pub id: String,
    /// Organisation that asks
    pub organisation: String,
    /// Its system
    pub system: String,
    /// State
    pub state: JobState,
    /// SHA-256 of the file as it came
    pub input_sha256: [u8; 32],
    /// Rows in a chunk
    pub chunk_rows: u32,
    /// Rows; 0 until all are in
    pub rows: u64,
    /// Chunks; 0 until all rows are in
    pub chunks: u64,
    /// Columns that are compared
    pub columns: Columns,
    /// Whether the number of the person may be told
    pub tells_number: bool,
    /// Whether it is told how a field differs
    pub tells_near: bool,
    /// Who asks and for what
    pub asked: Asked,
    /// When it came, microseconds since the epoch, as all times here
    pub at_us: i64,
    /// Number of its entry in the journal
    pub entry: Option<u64>,
    /// When it was done, refused or cancelled
    pub ended_us: Option<i64>,
    /// When the result was taken for the first time
    pub fetched_us: Option<i64>,
}

impl Job {
    /// The first 16 bytes of what ties its entries together.
    pub(crate) fn correlation(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        // An id that is none leaves zeros, which tie nothing.
        let _ = hex::decode_to_slice(&self.id, &mut bytes);
        bytes
    }

    /// Whether as many rows were found as came in.
    pub(crate) fn has_rows(&self, rows: u64) -> Result<(), CleaningError> {
        if self.rows == rows { Ok(()) } else { Err(CleaningError::Damaged("rows are missing")) }
    }

    pub(crate) fn in_state(&self, state: JobState) -> Result<(), CleaningError> {
        if self.state == state { Ok(()) } else { Err(CleaningError::NotNow(self.state.name())) }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organisation, system, state, input_sha256, chunk_rows, row_count, chunks, columns, tells_number,
                tells_near, asked, at_us, entry, ended_us, fetched_us FROM cleaning_job ",
            $rest
        )
    };
}

/// Most jobs of an organisation that are filled or wait to be confirmed: nothing is charged for them, and they take room.
const MOST_UNCONFIRMED: u64 = 20;
/// Most chunks of a job: at the usual size, three thousand million rows.
pub(crate) const MOST_CHUNKS: u64 = 100_000;

impl Cleaning {
    /// The job that the same file and question has already and that is not taken yet, or a new one. A job that was ended
    /// by a crash goes on so.
    pub fn begin(&self, new: &NewJob, now_us: i64) -> Result<Job, CleaningError> {
        if new.chunk_rows == 0 || new.chunk_rows > 1_000_000 {
            return Err(CleaningError::NotNow("a chunk has 1 to 1,000,000 rows"));
        }
        let (id, same) = (crate::sealed::random_id()?, self.same(new)?);
        let asked = self.sealer.seal(place(&id, "asked"), &new.asked)?;
        let parameters: [Value; 11] = [
            id.as_str().into(),
            new.organisation.as_str().into(),
            new.system.as_str().into(),
            same.into(),
            new.input_sha256.into(),
            new.chunk_rows.into(),
            i64::from(new.columns.bits()).into(),
            i64::from(new.tells_number).into(),
            i64::from(new.tells_near).into(),
            asked.into(),
            now_us.into(),
        ];
        let row = self.store.run_tx("cleaning.begin", |tx| {
            const WAITING: &str =
                "SELECT COUNT(*) FROM cleaning_job WHERE state = 'filling' AND organisation = $1";
            const KNOWN: &str = select!(
                "WHERE same = $1 AND state IN ('filling', 'open', 'done') AND fetched_us IS NULL
                 ORDER BY at_us, id LIMIT 1"
            );
            if let Some(known) = tx.query_opt(KNOWN, &[same.into()])? {
                return Ok(known);
            }
            let waiting = tx.query_opt(WAITING, &[new.organisation.as_str().into()])?;
            let waiting: u64 = waiting.map_or(Ok(0), |row| row.number(0))?;
            if waiting >= MOST_UNCONFIRMED {
                return Err(CleaningError::Unconfirmed(waiting));
            }
            tx.execute(
                "INSERT INTO cleaning_job (id, organisation, system, state, same, input_sha256, chunk_rows, row_count,
                    chunks, columns, tells_number, tells_near, asked, at_us, holder, until_us)
                 VALUES ($1, $2, $3, 'filling', $4, $5, $6, 0, 0, $7, $8, $9, $10, $11, '', 0)",
                &parameters,
            )?;
            read(tx, &id)?.ok_or(CleaningError::Damaged("a job is not what was written"))
        })?;
        self.job(&row)
    }

    /// What the same question is found by: everything that makes the answer, and who asks for what.
    fn same(&self, new: &NewJob) -> Result<[u8; 16], CleaningError> {
        let asked = Asked { rules_version: 0, ..new.asked.clone() };
        let question = (
            &new.organisation,
            &new.system,
            hex::encode(new.input_sha256),
            new.columns.bits(),
            new.tells_number,
            new.tells_near,
            new.chunk_rows,
            asked,
        );
        let bytes = serde_json::to_vec(&question)
            .map_err(|_| CleaningError::Damaged("a question that has no JSON"))?;
        Ok(self.sealer.ring().keyed_hash("cleaning_job", &bytes))
    }

    /// One job; none when there is none of this id.
    pub fn find(&self, id: &str) -> Result<Option<Job>, CleaningError> {
        let row = self.store.read("cleaning.find", |tx| read(tx, id))?;
        row.map(|row| self.job(&row)).transpose()
    }

    /// One job that must be there.
    pub fn get(&self, id: &str) -> Result<Job, CleaningError> {
        self.find(id)?.ok_or_else(|| CleaningError::unknown("job", id))
    }

    /// Jobs, the newest first, those after `(at_us, id)` if that is given; of one organisation if that is given.
    pub fn list(
        &self,
        organisation: Option<&str>,
        after: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<Job>, CleaningError> {
        self.list_in(organisation, None, after, limit)
    }

    /// The same, of those in one state if that is given.
    pub fn list_in(
        &self,
        organisation: Option<&str>,
        state: Option<JobState>,
        after: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<Job>, CleaningError> {
        let (at_us, id) = after.unwrap_or((i64::MAX, ""));
        let state = state.map(JobState::name).unwrap_or_default();
        let parameters: [Value; 5] =
            [at_us.into(), id.into(), organisation.unwrap_or_default().into(), state.into(), limit.into()];
        let rows = self.store.read("cleaning.list", |tx| {
            const PAGE: &str = select!(
                "WHERE (at_us < $1 OR (at_us = $1 AND id < $2)) AND ($3 = '' OR organisation = $3)
                   AND ($4 = '' OR state = $4)
                 ORDER BY at_us DESC, id DESC LIMIT $5"
            );
            Ok::<_, CleaningError>(tx.query(PAGE, &parameters)?)
        })?;
        rows.iter().map(|row| self.job(row)).collect()
    }

    /// Ends a job before it is done. Chunks under way are not counted any more.
    pub fn cancel(&self, id: &str, now_us: i64) -> Result<(), CleaningError> {
        self.end(id, JobState::Cancelled, now_us)?;
        self.drop_files(id)
    }

    /// Ends a job that is being filled or worked on.
    pub(crate) fn end(&self, id: &str, state: JobState, now_us: i64) -> Result<(), CleaningError> {
        self.store.run_tx("cleaning.end", |tx| {
            const END: &str = "UPDATE cleaning_job SET state = $2, ended_us = $3
                 WHERE id = $1 AND state IN ('filling', 'open')";
            if tx.execute(END, &[id.into(), state.name().into(), now_us.into()])? == 1 {
                return Ok(());
            }
            match read(tx, id)? {
                Some(_) => Err(CleaningError::NotNow("the job has ended")),
                None => Err(CleaningError::unknown("job", id)),
            }
        })
    }

    /// Notes that the result was taken: the same command begins anew from now on.
    pub fn fetched(&self, id: &str, now_us: i64) -> Result<(), CleaningError> {
        self.store.run_tx("cleaning.fetched", |tx| {
            const FETCHED: &str = "UPDATE cleaning_job SET fetched_us = $2
                 WHERE id = $1 AND state = 'done' AND fetched_us IS NULL";
            tx.execute(FETCHED, &[id.into(), now_us.into()])?;
            Ok(())
        })
    }

    /// Removes a job that has ended, with its rows, answers and reviews. What was decided about doubtful rows stays.
    pub fn remove(&self, id: &str) -> Result<(), CleaningError> {
        let job = self.get(id)?;
        if matches!(job.state, JobState::Filling | JobState::Open) {
            return Err(CleaningError::NotNow("the job has not ended"));
        }
        // The files first: after a crash in between, the job is still there to be removed.
        self.drop_files(id)?;
        self.store.run_tx("cleaning.remove", |tx| {
            tx.execute("DELETE FROM cleaning_chunk WHERE job = $1", &[id.into()])?;
            tx.execute("DELETE FROM cleaning_review WHERE job = $1", &[id.into()])?;
            tx.execute("DELETE FROM cleaning_job WHERE id = $1", &[id.into()])?;
            Ok(())
        })
    }

    /// Removes jobs whose days are over, and cancels those that nobody confirmed in theirs. Gives their number.
    pub fn tick(&self, now_us: i64) -> Result<u64, CleaningError> {
        let before_us = now_us.saturating_sub(i64::from(self.options.keep_days) * 86_400_000_000);
        let unconfirmed_us = now_us.saturating_sub(self.options.confirm_us);
        let rows = self.store.read("cleaning.over", |tx| {
            const OVER: &str = "SELECT id, state FROM cleaning_job
                 WHERE (state IN ('done', 'refused', 'cancelled') AND ended_us < $1)
                    OR (state = 'filling' AND at_us < $2)
                 ORDER BY at_us, id LIMIT 100";
            Ok::<_, CleaningError>(tx.query(OVER, &[before_us.into(), unconfirmed_us.into()])?)
        })?;
        for row in &rows {
            if row.text(1)? == JobState::Filling.name() {
                self.cancel(row.text(0)?, now_us)?;
            }
            self.remove(row.text(0)?)?;
        }
        Ok(rows.len() as u64)
    }

    fn job(&self, row: &Row) -> Result<Job, CleaningError> {
        let id = row.text(0)?;
        Ok(Job {
            id: id.to_owned(),
            organisation: row.text(1)?.to_owned(),
            system: row.text(2)?.to_owned(),
            state: JobState::from_name(row.text(3)?)
                .ok_or(CleaningError::Damaged("an unknown state of a job"))?,
            input_sha256: row.array(4)?,
            chunk_rows: row.number(5)?,
            rows: row.number(6)?,
            chunks: row.number(7)?,
            columns: Columns::from_bits(row.number(8)?),
            tells_number: row.bool(9)?,
            tells_near: row.bool(10)?,
            asked: self.sealer.open(place(id, "asked"), row.bytes(11)?)?,
            at_us: row.int(12)?,
            entry: row.opt_number(13)?,
            ended_us: row.opt_int(14)?,
            fetched_us: row.opt_int(15)?,
        })
    }

    /// Notes that all rows are in; the chunks stand in the table from now on.
    pub(crate) fn filled(&self, job: &Job, rows: u64, chunks: u64) -> Result<(), CleaningError> {
        let each = u64::from(job.chunk_rows);
        let row = |at: u64| -> Result<[Value; 3], CleaningError> {
            let count = each.min(rows.saturating_sub(at * each));
            Ok([job.id.as_str().into(), number(at)?.into(), number(count)?.into()])
        };
        let list = (0..chunks).map(row).collect::<Result<Vec<_>, _>>()?;
        let parameters: [Value; 3] = [job.id.as_str().into(), number(rows)?.into(), number(chunks)?.into()];
        self.store.run_tx("cleaning.filled", |tx| {
            const FILLED: &str =
                "UPDATE cleaning_job SET row_count = $2, chunks = $3 WHERE id = $1 AND state = 'filling'";
            if tx.execute(FILLED, &parameters)? == 0 {
                return Err(CleaningError::NotNow("the job is not being filled"));
            }
            tx.execute_many(
                "INSERT INTO cleaning_chunk (job, number, state, holder, until_us, tries, row_count)
                 VALUES ($1, $2, 'open', '', 0, 0, $3) ON CONFLICT (job, number) DO NOTHING",
                &list,
            )?;
            Ok(())
        })
    }

    /// Opens a filled job for work, once its entry is written.
    pub(crate) fn opened(&self, job: &Job, entry: u64) -> Result<(), CleaningError> {
        let parameters: [Value; 2] = [job.id.as_str().into(), number(entry)?.into()];
        self.store.run_tx("cleaning.opened", |tx| {
            const OPEN: &str = "UPDATE cleaning_job SET state = 'open', entry = $2
                 WHERE id = $1 AND state = 'filling' AND chunks > 0";
            if tx.execute(OPEN, &parameters)? == 1 {
                return Ok(());
            }
            Err(CleaningError::NotNow("the job is not filled"))
        })
    }
}

fn read(tx: &mut Tx<'_>, id: &str) -> Result<Option<Row>, CleaningError> {
    Ok(tx.query_opt(select!("WHERE id = $1"), &[id.into()])?)
}

pub(crate) fn place<'a>(id: &'a str, field: &'a str) -> Place<'a> {
    Place { table: "cleaning_job", row: id.as_bytes(), field }
}
