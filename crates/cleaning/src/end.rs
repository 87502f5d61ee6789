//! How jobs end before they are done, how what is stored of them goes, and which of them are passed over.
//!
//! What is lost or damaged does not come back by being asked again at once. A chunk that cannot be read, and a job that cannot
//! be closed, are therefore passed over for longer and longer, so that nobody else waits for them, and after [`MOST_FAILURES`]
//! the job ends, with an entry.
use crate::job::read;
use crate::sealed::number;
use crate::{Cleaning, CleaningError, Job, JobState, Lease, Teller};
use dancu_storage::{Row, Tx, Value};

/// Failures of a chunk, or of closing a job, after which the job ends.
pub(crate) const MOST_FAILURES: u32 = 5;
/// How long something is passed over that failed once: a folder that is not mounted may be by then.
const FIRST_US: i64 = 60_000_000;
/// How long at most.
const LONGEST_US: i64 = 600_000_000;

/// How long something is passed over that failed so often.
fn pause_us(failures: u32) -> i64 {
    let doubled = FIRST_US.saturating_mul(1 << failures.saturating_sub(1).min(10));
    doubled.min(LONGEST_US)
}

impl Cleaning {
    /// Ends a job before it is done. Chunks under way are not counted any more.
    pub fn cancel(&self, id: &str, now_us: i64) -> Result<(), CleaningError> {
        self.end(id, JobState::Cancelled, now_us)?;
        self.drop_files(id)
    }

    /// Ends a job that is being filled or worked on. Its doubtful rows go, whoever was about to queue them.
    pub(crate) fn end(&self, id: &str, state: JobState, now_us: i64) -> Result<(), CleaningError> {
        self.store.run_tx("cleaning.end", |tx| {
            const END: &str = "UPDATE cleaning_job SET state = $2, ended_us = $3
                 WHERE id = $1 AND state IN ('filling', 'open')";
            const REVIEWS: &str = "DELETE FROM cleaning_review WHERE job = $1";
            if tx.execute(END, &[id.into(), state.name().into(), now_us.into()])? == 1 {
                tx.execute(REVIEWS, &[id.into()])?;
                return Ok(());
            }
            match read(tx, id)? {
                Some(_) => Err(CleaningError::NotNow("the job has ended")),
                None => Err(CleaningError::unknown("job", id)),
            }
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

    /// Removes jobs whose days are over, and cancels those that nobody filled to the end in that time. Gives their number. One
    /// that cannot be removed keeps no other; the first such error is given when all were tried.
    pub fn tick(&self, now_us: i64) -> Result<u64, CleaningError> {
        let before_us = now_us.saturating_sub(i64::from(self.options.keep_days) * 86_400_000_000);
        let unconfirmed_us = now_us.saturating_sub(self.options.confirm_us);
        let (mut count, mut first, mut after) = (0, None, (i64::MIN, String::new()));
        loop {
            let parameters: [Value; 4] =
                [before_us.into(), after.0.into(), after.1.as_str().into(), unconfirmed_us.into()];
            let rows = self.store.read("cleaning.over", |tx| {
                const OVER: &str = "SELECT id, state, at_us FROM cleaning_job
                     WHERE ((state IN ('done', 'refused', 'cancelled', 'failed') AND ended_us < $1)
                        OR (state = 'filling' AND at_us < $4)) AND (at_us > $2 OR (at_us = $2 AND id > $3))
                     ORDER BY at_us, id LIMIT 100";
                Ok::<_, CleaningError>(tx.query(OVER, &parameters)?)
            })?;
            let Some(last) = rows.last() else { return first.map_or(Ok(count), Err) };
            for row in &rows {
                match self.remove_over(row, now_us) {
                    Ok(()) => count += 1,
                    // Another server was quicker.
                    Err(CleaningError::Unknown { .. } | CleaningError::NotNow(_)) => {}
                    Err(error) => {
                        tracing::warn!(job = row.text(0)?, %error, "a job whose days are over stays");
                        first.get_or_insert(error);
                    }
                }
            }
            after = (last.int(2)?, last.text(0)?.to_owned());
        }
    }

    fn remove_over(&self, row: &Row, now_us: i64) -> Result<(), CleaningError> {
        if row.text(1)? == JobState::Filling.name() {
            self.cancel(row.text(0)?, now_us)?;
        }
        self.remove(row.text(0)?)
    }

    /// Gives a chunk back that could not be answered: it is passed over for a while, and so is its job where others have work.
    pub(crate) fn pass_over(
        &self,
        lease: &Lease,
        error: &CleaningError,
        now_us: i64,
    ) -> Result<(), CleaningError> {
        let of = [Value::from(lease.job.as_str()), number(lease.chunk)?.into(), lease.holder.as_str().into()];
        self.store.run_tx("cleaning.pass_over", |tx| {
            const KNOWN: &str = "SELECT failures FROM cleaning_chunk
                 WHERE job = $1 AND number = $2 AND holder = $3 AND state = 'leased'";
            const OPEN: &str =
                "UPDATE cleaning_chunk SET state = 'open', holder = '', until_us = $4, failures = $5
                 WHERE job = $1 AND number = $2 AND holder = $3";
            const JOB: &str = "UPDATE cleaning_job SET passed_us = $2 WHERE id = $1";
            let Some(row) = tx.query_opt(KNOWN, &of)? else { return Ok(()) };
            let failures = row.number::<u32>(0)?.saturating_add(u32::from(error.lasts()));
            let until_us = now_us.saturating_add(pause_us(failures));
            tx.execute(OPEN, &[of.as_slice(), &[until_us.into(), failures.into()]].concat())?;
            tx.execute(JOB, &[lease.job.as_str().into(), until_us.into()])?;
            if failures >= MOST_FAILURES {
                fails(tx, &lease.job, &format!("chunk {}: {error}", lease.chunk))?;
            }
            Ok(())
        })
    }

    /// Gives the closing of a job back that did not come to its end: passed over for a while, unless it was a chunk's answers
    /// that were lost, which is worked on again.
    pub(crate) fn not_closed(
        &self,
        job: &str,
        holder: &str,
        error: &CleaningError,
        now_us: i64,
    ) -> Result<(), CleaningError> {
        let of = [Value::from(job), holder.into()];
        self.store.run_tx("cleaning.not_closed", |tx| {
            const KNOWN: &str =
                "SELECT failures FROM cleaning_job WHERE id = $1 AND holder = $2 AND state = 'open'";
            const WORK: &str =
                "SELECT 1 FROM cleaning_chunk WHERE job = $1 AND state IN ('open', 'leased') LIMIT 1";
            const GIVE: &str = "UPDATE cleaning_job SET holder = '', until_us = $3, failures = $4
                 WHERE id = $1 AND holder = $2";
            let Some(row) = tx.query_opt(KNOWN, &of)? else { return Ok(()) };
            let failures = row.number::<u32>(0)?;
            if tx.query_opt(WORK, &[job.into()])?.is_some() {
                tx.execute(GIVE, &[of.as_slice(), &[0_i64.into(), failures.into()]].concat())?;
                return Ok(());
            }
            let failures = failures.saturating_add(u32::from(error.lasts()));
            let until_us = now_us.saturating_add(pause_us(failures));
            tx.execute(GIVE, &[of.as_slice(), &[until_us.into(), failures.into()]].concat())?;
            if failures >= MOST_FAILURES { fails(tx, job, &format!("closing: {error}")) } else { Ok(()) }
        })
    }

    /// Ends jobs that are to fail: first the entry, then the end. Nothing is charged, nothing given back.
    pub(crate) fn end_failed(
        &self,
        job: Option<&str>,
        teller: &Teller,
        now_us: i64,
    ) -> Result<(), CleaningError> {
        let rows = self.store.read("cleaning.to_fail", |tx| {
            const TO_FAIL: &str = "SELECT id FROM cleaning_job
                 WHERE state = 'open' AND failed IS NOT NULL AND ($1 = '' OR id = $1) ORDER BY at_us, id LIMIT 100";
            Ok::<_, CleaningError>(tx.query(TO_FAIL, &[job.unwrap_or_default().into()])?)
        })?;
        rows.iter().try_for_each(|row| self.fail(&self.get(row.text(0)?)?, teller, now_us))
    }

    fn fail(&self, job: &Job, teller: &Teller, now_us: i64) -> Result<(), CleaningError> {
        let why = job.failed.as_deref().unwrap_or_default();
        tracing::error!(job = job.id, why, "a cleaning job fails; its file has to be brought again");
        self.tell_failed(job, teller, now_us)?;
        match self.end(&job.id, JobState::Failed, now_us) {
            // Another server was quicker.
            Err(CleaningError::NotNow(_) | CleaningError::Unknown { .. }) => return Ok(()),
            other => other?,
        }
        if let Err(error) = self.drop_files(&job.id) {
            // They go with the job when its days are over.
            tracing::warn!(job = job.id, %error, "files of a failed job stay");
        }
        Ok(())
    }
}

/// Notes that a job is to fail: nobody takes its chunks any more, and who closes jobs ends it.
pub(crate) fn fails(tx: &mut Tx<'_>, job: &str, why: &str) -> Result<(), CleaningError> {
    const FAILS: &str =
        "UPDATE cleaning_job SET failed = $2 WHERE id = $1 AND state = 'open' AND failed IS NULL";
    tx.execute(FAILS, &[job.into(), why.into()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_passed_over_for_longer_and_longer() {
        let minutes: Vec<i64> = [0, 1, 2, 3, 4, 5, 900].map(|failures| pause_us(failures) / FIRST_US).into();
        assert_eq!(minutes, [1, 1, 2, 4, 8, 10, 10]);
    }
}
