//! Workers of one process: chunks of whatever jobs are open, then their closing.
use super::Opened;
use super::matcher::{Kept, People};
use super::progress::Progress;
use crate::clock::SystemClock;
use dancu_cleaning::{CleaningError, JobState, Matcher as _, Worker};
use dancu_gateway::Clock as _;
use dancu_linkage::Model;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Between two looks at whether the threads have ended.
const LOOK: Duration = Duration::from_millis(5);
/// Between two looks at a job whose last chunks others have.
const PAUSE: Duration = Duration::from_millis(500);

/// After a failure, of who stays.
const LATER: Duration = Duration::from_secs(5);

/// Works on one job, or on all, with so many threads. For one job: until it is done, whoever does it, with its progress told.
/// For all: until there is nothing left to take, or with `stay` until the process ends. What cannot be answered or closed keeps
/// nothing else: its error is given when there is nothing more to do, and who stays tells it and goes on. Blocks.
pub fn work(opened: &Opened, job: Option<&str>, threads: usize, stay: bool) -> anyhow::Result<()> {
    let mut crew = Crew {
        opened,
        job,
        threads,
        process: crate::files::random_text(12)?,
        people: Kept::default(),
        progress: job.map(|job| begin(opened, job)).transpose()?,
    };
    let mut failed = None;
    loop {
        let (again, unanswered) = match crew.chunks() {
            Ok(again) => (again, None),
            Err(error) => (false, Some(error)),
        };
        let (closed, unclosed) = match crew.close() {
            Ok(closed) => (closed, None),
            Err(error) => (false, Some(error)),
        };
        match next(unanswered.or(unclosed), closed, stay, &mut failed) {
            Next::Later => std::thread::sleep(LATER),
            Next::Fail(error) => return Err(error),
            Next::Look if !stay && crew.is_over(closed || again)? => {
                // A job that is done is done, whatever failed on the way.
                return failed.filter(|_| job.is_none()).map_or(Ok(()), Err);
            }
            Next::Look => {}
        }
        if !closed && !again {
            std::thread::sleep(PAUSE);
            if let Err(error) = opened.cleaning.tick(SystemClock.now_us()) {
                tracing::warn!(%error, "cleaning jobs whose days are over stay");
            }
        }
    }
}

/// What follows a round.
enum Next {
    /// Look whether it is over
    Look,
    /// Wait, then go on
    Later,
    /// There is nothing more to do but to tell this
    Fail(anyhow::Error),
}

/// What follows a round with this error, in which a job was closed or none. The first error is kept for the end.
fn next(error: Option<anyhow::Error>, closed: bool, stay: bool, failed: &mut Option<anyhow::Error>) -> Next {
    match error {
        Some(error) if stay => {
            tracing::warn!("a cleaning job does not get on: {error:#}");
            println!("  a job does not get on: {error:#}");
            if closed { Next::Look } else { Next::Later }
        }
        Some(error) => {
            let first = failed.take().unwrap_or(error);
            if !closed {
                return Next::Fail(first);
            }
            *failed = Some(first);
            Next::Look
        }
        None => Next::Look,
    }
}

/// The workers of this process.
struct Crew<'c> {
    opened: &'c Opened,
    job: Option<&'c str>,
    threads: usize,
    process: String,
    people: Kept,
    progress: Option<Progress>,
}

impl Crew<'_> {
    /// Answers chunks until there is none to take; true: it is to be done again, by other people in memory. Everybody is asked for
    /// only where there is a chunk.
    fn chunks(&mut self) -> anyhow::Result<bool> {
        let (opened, job) = (self.opened, self.job);
        if !opened.cleaning.has_chunk(job, SystemClock.now_us())? {
            self.people.rest(Instant::now());
            return Ok(false);
        }
        let people = self.people.get(Instant::now(), || People::now(&opened.floor.registry))?;
        let (stop, failed) = (AtomicBool::new(false), Mutex::new(None));
        std::thread::scope(|scope| {
            let work = |thread: usize| {
                let worker = Worker {
                    cleaning: &opened.cleaning,
                    matcher: people,
                    holder: format!("{}-{thread}", self.process),
                    clock: &|| SystemClock.now_us(),
                    stop: &stop,
                };
                let failed = &failed;
                scope.spawn(move || {
                    if let Err(error) = chunks(&worker, job)
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.get_or_insert(error);
                    }
                })
            };
            let at_work: Vec<_> = (0..self.threads.max(1)).map(work).collect();
            if let (Some(progress), Some(job)) = (&mut self.progress, job) {
                tell(opened, job, progress, || {
                    at_work.iter().all(std::thread::ScopedJoinHandle::is_finished)
                });
            }
        });
        if !people.holds() {
            tracing::error!("the people in memory are damaged");
            println!("  the people in memory are damaged; they are read anew from the store");
            self.people.forget();
        }
        match failed.into_inner().unwrap_or_default() {
            None => Ok(false),
            // What it had is given back; the next round asks others.
            Some(CleaningError::PeopleDamaged) => Ok(true),
            Some(error) => Err(error.into()),
        }
    }

    /// Closes a job; false: there is none.
    fn close(&self) -> anyhow::Result<bool> {
        let (cleaning, now_us) = (&self.opened.cleaning, SystemClock.now_us());
        if !cleaning.has_closing(self.job, now_us)? {
            return Ok(false);
        }
        let (threshold, teller) = (Model::bundled()?.match_from(), &self.opened.teller);
        let closed = cleaning.close(self.job, &self.process, threshold, teller, &|| SystemClock.now_us())?;
        if let Some(closed) = &closed {
            println!(
                "  job {}: {} people told of in the journal, {} rows to look at",
                closed.job, closed.people, closed.reviews
            );
        }
        Ok(closed.is_some())
    }

    /// Whether there is nothing more to do here; where `again`, there may be for who works on all jobs.
    fn is_over(&self, again: bool) -> anyhow::Result<bool> {
        let Some(id) = self.job else { return Ok(!again) };
        let job = self.opened.cleaning.get(id)?;
        match job.state {
            JobState::Open => return Ok(false),
            JobState::Failed => anyhow::bail!(
                "việc {id} không xử lý được, dữ liệu đã lưu bị mất hoặc hỏng; gửi lại tệp / \
                 job {id} failed, what was stored of it is lost or damaged; bring the file again ({})",
                job.failed.as_deref().unwrap_or_default()
            ),
            _ => {}
        }
        if let Some(progress) = &self.progress {
            progress.end(job.rows);
        }
        Ok(true)
    }
}

/// Answers chunks until there is none to take. One that cannot be read is passed over from then on, and the next is taken.
fn chunks(worker: &Worker<'_>, job: Option<&str>) -> Result<(), CleaningError> {
    let mut first = None;
    loop {
        match worker.one(job) {
            Ok(Some(_)) => {}
            Ok(None) => return first.map_or(Ok(()), Err),
            Err(error) if error.lasts() => {
                tracing::warn!(%error, "a chunk cannot be answered");
                first.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
}

fn begin(opened: &Opened, job: &str) -> anyhow::Result<Progress> {
    let before = opened.cleaning.progress(job, SystemClock.now_us())?.rows_done;
    Ok(Progress::new("rows", opened.cleaning.get(job)?.rows, before))
}

/// Tells of a job while somebody here works on it. What others have leased may take longer than that.
fn tell(opened: &Opened, job: &str, progress: &mut Progress, is_over: impl Fn() -> bool) {
    while !is_over() {
        if progress.is_due()
            && let Ok(now) = opened.cleaning.progress(job, SystemClock.now_us())
        {
            progress.at(now.rows_done);
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stays_goes_on_after_any_error() {
        let error = || Some(anyhow::anyhow!("promoted"));
        let mut failed = None;
        assert!(matches!(next(error(), false, true, &mut failed), Next::Later));
        assert!(matches!(next(error(), true, true, &mut failed), Next::Look));
        assert!(failed.is_none());
    }

    #[test]
    fn others_are_closed_before_an_error_is_given() {
        let mut failed = None;
        assert!(matches!(next(None, true, false, &mut failed), Next::Look));
        assert!(matches!(next(Some(anyhow::anyhow!("first")), true, false, &mut failed), Next::Look));
        assert!(failed.is_some());
        let Next::Fail(error) = next(Some(anyhow::anyhow!("second")), false, false, &mut failed) else {
            panic!("it goes on")
        };
        assert_eq!(error.to_string(), "first");
    }
}
