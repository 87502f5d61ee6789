//! The end of a job: everybody touched is told of in the journal and doubtful rows are queued; then the result may be taken.
use crate::sealed::number;
use crate::tell::{People, Teller};
use crate::{Cleaning, CleaningError, Job, JobState};
use dancu_storage::Value;

/// What closing a job came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The job
    pub job: String,
    /// People who have an entry now
    pub people: u64,
    /// Rows that wait for somebody to look
    pub reviews: u64,
}

impl Cleaning {
    /// Closes a job whose chunks are all done, if nobody else does; none where there is none. `threshold` is that of the
    /// matcher. A crash in the middle leaves it to the next who asks; nothing is told twice. Jobs that are to fail are ended on the
    /// way.
    ///
    /// # Errors
    ///
    /// A job that cannot be closed is passed over for a while, and its error is given only where no other could be closed.
    pub fn close(
        &self,
        job: Option<&str>,
        holder: &str,
        threshold: i32,
        teller: &Teller,
        clock: &dyn Fn() -> i64,
    ) -> Result<Option<Closed>, CleaningError> {
        let mut first = None;
        loop {
            let ended = self.end_failed(job, teller, clock());
            let Some(id) = self.claim_closing(job, holder, clock())? else {
                return first.map_or(ended.map(|()| None), Err);
            };
            let close = |job: Job| self.close_claimed(&job, holder, threshold, teller, clock);
            match self.get(&id).and_then(close) {
                Ok(Some(closed)) => return Ok(Some(closed)),
                // It is somebody else's now, or has ended.
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(job = id, %error, "a job could not be closed");
                    self.not_closed(&id, holder, &error, clock())?;
                    first.get_or_insert(error);
                }
            }
        }
    }

    /// Whether there is a job to close, or one to be ended: a look that writes nothing.
    pub fn has_closing(&self, job: Option<&str>, now_us: i64) -> Result<bool, CleaningError> {
        let parameters: [Value; 2] = [job.unwrap_or_default().into(), now_us.into()];
        let found = self.store.read("cleaning.has_closing", |tx| {
            const ANY: &str = "SELECT 1 FROM cleaning_job j
                 WHERE j.state = 'open' AND ($1 = '' OR j.id = $1) AND (j.failed IS NOT NULL OR (j.until_us <= $2
                   AND NOT EXISTS (SELECT 1 FROM cleaning_chunk c WHERE c.job = j.id AND c.state IN ('open', 'leased'))))
                 LIMIT 1";
            Ok::<_, CleaningError>(tx.query_opt(ANY, &parameters)?)
        })?;
        Ok(found.is_some())
    }

    fn close_claimed(
        &self,
        job: &Job,
        holder: &str,
        threshold: i32,
        teller: &Teller,
        clock: &dyn Fn() -> i64,
    ) -> Result<Option<Closed>, CleaningError> {
        if !self.take_out_guesses(job, holder, clock)? {
            return Ok(None);
        }
        let digests = self.digests(&job.id)?;
        let mut people = People::new(self, job, teller);
        let mut queue = crate::review::Queue::new(self, job, holder, threshold);
        for (chunk, digest) in (0_u64..).zip(&digests) {
            let answers = self.sound_answers(&job.id, chunk, *digest)?;
            people.chunk(chunk, &answers, clock)?;
            queue.look(&answers);
            if !self.hold(job, holder, clock() + self.options.lease_us)? {
                return Ok(None);
            }
        }
        for (chunk, digest) in (0_u64..).zip(&digests) {
            let queued = queue.put(chunk, &self.sound_answers(&job.id, chunk, *digest)?)?;
            if !queued || !self.hold(job, holder, clock() + self.options.lease_us)? {
                return Ok(None);
            }
        }
        let closed = Closed { job: job.id.clone(), people: people.len(), reviews: queue.len() };
        let parameters: [Value; 3] = [job.id.as_str().into(), holder.into(), clock().into()];
        self.store
            .run_tx("cleaning.closed", |tx| {
                const DONE: &str =
                    "UPDATE cleaning_job SET state = 'done', ended_us = $3, holder = '', until_us = 0
                 WHERE id = $1 AND holder = $2 AND state = 'open'";
                Ok::<_, CleaningError>(tx.execute(DONE, &parameters)? == 1)
            })
            .map(|done| done.then_some(closed))
    }

    /// The answers of a chunk; one whose answers are not what was noted is worked on again.
    pub(crate) fn sound_answers(
        &self,
        job: &str,
        chunk: u64,
        digest: [u8; 32],
    ) -> Result<Vec<dancu_linkage::Answer>, CleaningError> {
        self.answers_of(job, chunk, digest).inspect_err(|error| {
            if matches!(error, CleaningError::Damaged(_) | CleaningError::Seal(_)) {
                tracing::error!(job, chunk, %error, "the answers of a chunk are lost; it is worked on again");
                if let Err(error) = self.reopen(job, chunk) {
                    tracing::error!(job, chunk, %error, "the chunk could not be put back");
                }
            }
        })
    }

    /// Takes the closing of an open job, all of whose chunks are done.
    fn claim_closing(
        &self,
        job: Option<&str>,
        holder: &str,
        now_us: i64,
    ) -> Result<Option<String>, CleaningError> {
        let until_us = now_us + self.options.lease_us;
        self.store.run_tx("cleaning.claim_closing", |tx| {
            const READY: &str = "SELECT id FROM cleaning_job j
                 WHERE j.state = 'open' AND j.failed IS NULL AND ($1 = '' OR j.id = $1) AND j.until_us <= $2
                   AND NOT EXISTS (SELECT 1 FROM cleaning_chunk c WHERE c.job = j.id AND c.state IN ('open', 'leased'))
                 ORDER BY CASE WHEN j.failures = 0 THEN 0 ELSE 1 END, j.at_us, j.id LIMIT 1";
            const TAKE: &str = "UPDATE cleaning_job SET holder = $2, until_us = $3 WHERE id = $1";
            let Some(row) = tx.query_opt(READY, &[job.unwrap_or_default().into(), now_us.into()])? else {
                return Ok(None);
            };
            let id = row.text(0)?.to_owned();
            tx.execute(TAKE, &[id.as_str().into(), holder.into(), until_us.into()])?;
            Ok(Some(id))
        })
    }

    /// Keeps the closing of a job. False: it is somebody else's, or the job has ended.
    pub(crate) fn hold(&self, job: &Job, holder: &str, until_us: i64) -> Result<bool, CleaningError> {
        let parameters: [Value; 3] = [job.id.as_str().into(), holder.into(), until_us.into()];
        self.store.run_tx("cleaning.hold", |tx| {
            const HOLD: &str = "UPDATE cleaning_job SET until_us = $3
                 WHERE id = $1 AND holder = $2 AND state = 'open'";
            Ok(tx.execute(HOLD, &parameters)? == 1)
        })
    }

    /// Whether a job's result may be taken.
    pub(crate) fn result_of(&self, id: &str) -> Result<Job, CleaningError> {
        let job = self.get(id)?;
        job.in_state(JobState::Done)?;
        number(job.rows)?;
        Ok(job)
    }
}
