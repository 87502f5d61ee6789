//! Workers of one process: chunks of whatever jobs are open, then their closing.
use super::Opened;
use super::matcher::People;
use super::progress::Progress;
use crate::clock::SystemClock;
use dancu_cleaning::{CleaningError, JobState, Matcher as _, Worker};
use dancu_gateway::Clock as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two looks at whether the threads have ended.
const LOOK: Duration = Duration::from_millis(5);
/// Between two looks at a job whose last chunks others have.
const PAUSE: Duration = Duration::from_millis(500);

/// Works on one job, or on all, with so many threads. For one job: until it is done, whoever does it, with its progress told.
/// For all: until there is nothing left to take, or with `stay` until the process ends. Blocks.
pub fn work(opened: &Opened, job: Option<&str>, threads: usize, stay: bool) -> anyhow::Result<()> {
    let process = crate::files::random_text(12)?;
    let (stop, failed) = (AtomicBool::new(false), Mutex::new(None));
    let mut progress = job.map(|job| begin(opened, job)).transpose()?;
    loop {
        let people = People::now(&opened.floor.registry)?;
        std::thread::scope(|scope| {
            let work = |thread: usize| {
                let worker = Worker {
                    cleaning: &opened.cleaning,
                    matcher: &people,
                    holder: format!("{process}-{thread}"),
                    clock: &|| SystemClock.now_us(),
                    stop: &stop,
                };
                let (failed, stop) = (&failed, &stop);
                scope.spawn(move || {
                    if let Err(error) = chunks(&worker, job) {
                        stop.store(true, Ordering::Relaxed);
                        if let Ok(mut failed) = failed.lock() {
                            failed.get_or_insert(error);
                        }
                    }
                })
            };
            let at_work: Vec<_> = (0..threads.max(1)).map(work).collect();
            if let (Some(progress), Some(job)) = (&mut progress, job) {
                tell(opened, job, progress, || {
                    at_work.iter().all(std::thread::ScopedJoinHandle::is_finished)
                });
            }
        });
        if let Some(error) = failed.lock().ok().and_then(|mut failed| failed.take()) {
            return Err(error.into());
        }
        let closed = opened
            .cleaning
            .close(job, &process, people.threshold(), &opened.teller, &|| SystemClock.now_us())?;
        if let Some(closed) = &closed {
            println!(
                "  job {}: {} people told of in the journal, {} rows to look at",
                closed.job, closed.people, closed.reviews
            );
        }
        let is_over = match job {
            Some(job) => opened.cleaning.get(job)?.state != JobState::Open,
            None => closed.is_none() && !stay,
        };
        if is_over {
            if let (Some(progress), Some(job)) = (&progress, job) {
                progress.end(opened.cleaning.get(job)?.rows);
            }
            return Ok(());
        }
        if closed.is_none() {
            std::thread::sleep(PAUSE);
            opened.cleaning.tick(SystemClock.now_us())?;
        }
    }
}

fn chunks(worker: &Worker<'_>, job: Option<&str>) -> Result<(), CleaningError> {
    while worker.one(job)?.is_some() {}
    Ok(())
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
