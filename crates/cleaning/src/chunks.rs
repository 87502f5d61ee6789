//! Chunks of a job: leased, renewed, finished once.
use crate::end::{MOST_FAILURES, fails};
use crate::sealed::number;
use crate::{Cleaning, CleaningError, Counts};
use dancu_storage::{Row, Tx, Value};

/// A chunk that somebody has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job
    pub job: String,
    /// Number of the chunk, from 0
    pub chunk: u64,
    /// Who has it
    pub holder: String,
    /// Rows in it
    pub rows: u64,
    /// How often it was taken, this time included
    pub tries: u32,
    /// Until when, microseconds since the epoch
    pub until_us: i64,
}

/// What became of a finished chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It counts
    Counted,
    /// Somebody else has finished it, with the same answers
    Already,
    /// Somebody else has finished it, with other answers: the registry has changed in between. The first ones count
    Differs,
    /// The job is not worked on any more
    Gone,
}

/// How far the chunks of a job are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Chunks that are done
    pub done: u64,
    /// Chunks that somebody works on, as far as leases tell
    pub leased: u64,
    /// Rows that are answered
    pub rows_done: u64,
    /// Answers so far
    pub counts: Counts,
    /// States of the registry that answered; more than one where it changed in the middle
    pub people: Vec<u64>,
    /// When the first chunk and the last one so far were done, microseconds since the epoch
    pub done_us: Option<(i64, i64)>,
}

impl Cleaning {
    /// Whether there is a chunk to take, of this job or of any: a look that writes nothing, for who waits for work or has to fetch
    /// first what answers it.
    pub fn has_chunk(&self, job: Option<&str>, now_us: i64) -> Result<bool, CleaningError> {
        let parameters: [Value; 2] = [job.unwrap_or_default().into(), now_us.into()];
        let found = self.store.read("cleaning.has_chunk", |tx| {
            const ANY: &str = "SELECT 1 FROM cleaning_job j
                 WHERE j.state = 'open' AND j.failed IS NULL AND ($1 = '' OR j.id = $1)
                   AND EXISTS (SELECT 1 FROM cleaning_chunk c
                     WHERE c.job = j.id AND c.state IN ('open', 'leased') AND c.until_us <= $2) LIMIT 1";
            Ok::<_, CleaningError>(tx.query_opt(ANY, &parameters)?)
        })?;
        Ok(found.is_some())
    }

    /// Takes a chunk that nobody has, of the oldest open job or of this one; none where there is none to take.
    pub fn claim(
        &self,
        job: Option<&str>,
        holder: &str,
        now_us: i64,
    ) -> Result<Option<Lease>, CleaningError> {
        let until_us = now_us + self.options.lease_us;
        self.store.run_tx("cleaning.claim", |tx| {
            const TAKE: &str =
                "UPDATE cleaning_chunk SET state = 'leased', holder = $3, until_us = $4, tries = $5
                     WHERE job = $1 AND number = $2";
            for job in open_jobs(tx, job, now_us)? {
                let Some(row) = free(tx, &job, now_us)? else { continue };
                let chunk: u64 = row.number(0)?;
                let lease = Lease {
                    chunk,
                    holder: holder.to_owned(),
                    rows: row.number(1)?,
                    tries: row.number::<u32>(2)?.saturating_add(1),
                    until_us,
                    job,
                };
                let parameters: [Value; 5] = [
                    lease.job.as_str().into(),
                    number(chunk)?.into(),
                    holder.into(),
                    until_us.into(),
                    lease.tries.into(),
                ];
                tx.execute(TAKE, &parameters)?;
                return Ok(Some(lease));
            }
            Ok(None)
        })
    }

    /// Keeps a chunk for longer. False: it is somebody else's, or done, or the job has ended; work on it serves nothing.
    pub fn renew(&self, lease: &mut Lease, now_us: i64) -> Result<bool, CleaningError> {
        let until_us = now_us + self.options.lease_us;
        let parameters: [Value; 4] = [
            lease.job.as_str().into(),
            number(lease.chunk)?.into(),
            lease.holder.as_str().into(),
            until_us.into(),
        ];
        let renewed = self.store.run_tx("cleaning.renew", |tx| {
            const RENEW: &str = "UPDATE cleaning_chunk SET until_us = $4
                 WHERE job = $1 AND number = $2 AND holder = $3 AND state = 'leased'
                   AND EXISTS (SELECT 1 FROM cleaning_job WHERE id = $1 AND state = 'open')";
            Ok::<_, CleaningError>(tx.execute(RENEW, &parameters)? == 1)
        })?;
        if renewed {
            lease.until_us = until_us;
        }
        Ok(renewed)
    }

    /// Gives a chunk back undone: another may take it at once.
    pub fn release(&self, lease: &Lease) -> Result<(), CleaningError> {
        let parameters: [Value; 3] =
            [lease.job.as_str().into(), number(lease.chunk)?.into(), lease.holder.as_str().into()];
        self.store.run_tx("cleaning.release", |tx| {
            const RELEASE: &str = "UPDATE cleaning_chunk SET state = 'open', holder = '', until_us = 0
                 WHERE job = $1 AND number = $2 AND holder = $3 AND state = 'leased'";
            tx.execute(RELEASE, &parameters)?;
            Ok(())
        })
    }

    /// Notes that the answers of a chunk are durable. A chunk counts once, whoever finished it and however late: its answers
    /// are those of the first to say so.
    pub(crate) fn finish(
        &self,
        lease: &Lease,
        done: &Done<'_>,
        now_us: i64,
    ) -> Result<Finish, CleaningError> {
        let counts = serde_json::to_string(done.counts)
            .map_err(|_| CleaningError::Damaged("counts that have no JSON"))?;
        let at = [Value::from(lease.job.as_str()), number(lease.chunk)?.into()];
        let given: [Value; 4] =
            [done.sha256.into(), counts.into(), number(done.people)?.into(), now_us.into()];
        self.store.run_tx("cleaning.finish", |tx| {
            const DONE: &str = "UPDATE cleaning_chunk SET state = 'done', sha256 = $3, counts = $4, people = $5, done_us = $6
                 WHERE job = $1 AND number = $2";
            let Some(row) = tx.query_opt(
                "SELECT c.state, c.sha256 FROM cleaning_chunk c, cleaning_job j
                 WHERE c.job = $1 AND c.number = $2 AND j.id = c.job AND j.state IN ('open', 'done')",
                &at,
            )?
            else {
                return Ok(Finish::Gone);
            };
            if row.text(0)? == "done" {
                let same = row.bytes(1)? == done.sha256;
                return Ok(if same { Finish::Already } else { Finish::Differs });
            }
            tx.execute(DONE, &[at.as_slice(), &given].concat())?;
            Ok(Finish::Counted)
        })
    }

    /// How far a job is.
    pub fn progress(&self, job: &str, now_us: i64) -> Result<Progress, CleaningError> {
        let mut progress = Progress::default();
        self.store.read("cleaning.progress", |tx| {
            const ALL: &str =
                "SELECT state, until_us, row_count, counts, people, done_us FROM cleaning_chunk WHERE job = $1";
            progress = Progress::default();
            tx.for_each(ALL, &[job.into()], |row| progress.add(row, now_us))
        })?;
        progress.people.sort_unstable();
        progress.people.dedup();
        Ok(progress)
    }

    /// SHA-256 of the answers of each chunk, in their order; an error unless all are done.
    pub(crate) fn digests(&self, job: &str) -> Result<Vec<[u8; 32]>, CleaningError> {
        let rows = self.store.read("cleaning.digests", |tx| {
            const ALL: &str = "SELECT sha256 FROM cleaning_chunk WHERE job = $1 ORDER BY number";
            Ok::<_, CleaningError>(tx.query(ALL, &[job.into()])?)
        })?;
        let digest = |row: &Row| row.opt_array(0)?.ok_or(CleaningError::NotNow("chunks are not done yet"));
        rows.iter().map(digest).collect()
    }

    /// Puts a chunk back whose answers are missing or damaged, so that it is worked on again. Its doubtful rows go: other answers
    /// may doubt others. A chunk whose answers do not keep ends its job.
    pub fn reopen(&self, job: &str, chunk: u64) -> Result<(), CleaningError> {
        let at = [Value::from(job), number(chunk)?.into()];
        self.store.run_tx("cleaning.reopen", |tx| {
            const CHUNK: &str = "UPDATE cleaning_chunk SET state = 'open', holder = '', until_us = 0, sha256 = NULL,
                 counts = NULL, people = NULL, done_us = NULL, failures = failures + 1 WHERE job = $1 AND number = $2";
            const JOB: &str =
                "UPDATE cleaning_job SET state = 'open', ended_us = NULL WHERE id = $1 AND state IN ('open', 'done')";
            const FAILURES: &str = "SELECT c.failures, j.chunk_rows FROM cleaning_chunk c, cleaning_job j
                 WHERE c.job = $1 AND c.number = $2 AND j.id = c.job";
            const REVIEWS: &str = "DELETE FROM cleaning_review WHERE job = $1 AND number > $2 AND number <= $3";
            if tx.execute(JOB, &[job.into()])? == 0 || tx.execute(CHUNK, &at)? == 0 {
                return Ok(());
            }
            let Some(row) = tx.query_opt(FAILURES, &at)? else { return Ok(()) };
            let each: u64 = row.number(1)?;
            let (before, last) = (chunk.saturating_mul(each), chunk.saturating_add(1).saturating_mul(each));
            tx.execute(REVIEWS, &[job.into(), number(before)?.into(), number(last)?.into()])?;
            if row.number::<u32>(0)? >= MOST_FAILURES {
                fails(tx, job, &format!("chunk {chunk}: its answers do not keep"))?;
            }
            Ok(())
        })
    }
}

/// What a worker says of a chunk that it has answered.
pub(crate) struct Done<'a> {
    pub(crate) sha256: [u8; 32],
    pub(crate) counts: &'a Counts,
    pub(crate) people: u64,
}

impl Progress {
    /// How long the rest takes at the speed so far, microseconds; none while too little is known of it. `rows` is all rows.
    pub fn left_us(&self, rows: u64, now_us: i64) -> Option<u64> {
        let (first_us, _) = self.done_us.filter(|_| self.done > 1)?;
        let spent_us = u64::try_from(now_us.saturating_sub(first_us)).ok().filter(|spent| *spent > 0)?;
        // The first chunk was done when the clock began.
        let since = self.rows_done - self.rows_done / self.done;
        let left = u128::from(rows.saturating_sub(self.rows_done)) * u128::from(spent_us);
        u64::try_from(left / u128::from(since.max(1))).ok()
    }

    fn add(&mut self, row: &Row, now_us: i64) -> Result<(), CleaningError> {
        match row.text(0)? {
            "done" => {
                self.done += 1;
                self.rows_done += row.number::<u64>(2)?;
                let counts: Counts = serde_json::from_str(row.text(3)?)
                    .map_err(|_| CleaningError::Damaged("the counts of a chunk"))?;
                self.counts.add(&counts);
                self.people.push(row.number(4)?);
                self.people.dedup();
                let at_us = row.int(5)?;
                let (first, last) = self.done_us.unwrap_or((at_us, at_us));
                self.done_us = Some((first.min(at_us), last.max(at_us)));
            }
            "leased" if row.int(1)? > now_us => self.leased += 1,
            _ => {}
        }
        Ok(())
    }
}

/// Open jobs, the oldest first; after them those of which a chunk failed just now.
fn open_jobs(tx: &mut Tx<'_>, job: Option<&str>, now_us: i64) -> Result<Vec<String>, CleaningError> {
    const OPEN: &str = "SELECT id FROM cleaning_job
         WHERE state = 'open' AND failed IS NULL AND ($1 = '' OR id = $1)
         ORDER BY CASE WHEN passed_us <= $2 THEN 0 ELSE 1 END, at_us, id LIMIT 100";
    let rows = tx.query(OPEN, &[job.unwrap_or_default().into(), now_us.into()])?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The first chunk that nobody has taken and that is not passed over, or the first whose lease is over.
fn free(tx: &mut Tx<'_>, job: &str, now_us: i64) -> Result<Option<Row>, CleaningError> {
    const OPEN: &str = "SELECT number, row_count, tries FROM cleaning_chunk
         WHERE job = $1 AND state = 'open' AND until_us <= $2 ORDER BY number LIMIT 1";
    const OVER: &str = "SELECT number, row_count, tries FROM cleaning_chunk
         WHERE job = $1 AND state = 'leased' AND until_us <= $2 ORDER BY number LIMIT 1";
    let parameters: [Value; 2] = [job.into(), now_us.into()];
    match tx.query_opt(OPEN, &parameters)? {
        Some(row) => Ok(Some(row)),
        None => Ok(tx.query_opt(OVER, &parameters)?),
    }
}
