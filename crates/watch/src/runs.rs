//! Dry runs that take long: each on a thread of its own, one at a time, their results in this server's memory for a while.
use crate::sealer::random_id;
use crate::{DryRun, Rule, Setting, Watch, WatchError};
use dancu_journal::index::readable;
use dancu_journal::{Depth, Kind};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Entries read in one go to find one that tells a time.
const PROBE: usize = 32;
/// Runs that are remembered.
const KEPT: usize = 20;

/// A dry run as it was asked for. `Debug` does not show by whom.
#[derive(Clone)]
pub struct Trial {
    /// The rule that is set otherwise
    pub rule: Rule,
    /// How
    pub setting: Setting,
    /// From this time on, microseconds since 1970
    pub from_us: i64,
    /// Before this time
    pub until_us: i64,
    /// Who asked
    pub by: String,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("rule", &self.rule).finish_non_exhaustive()
    }
}

/// How far a dry run is.
#[derive(Clone, Debug)]
pub struct TrialState {
    /// Id
    pub id: String,
    /// What was asked
    pub trial: Trial,
    /// When, microseconds since 1970
    pub begun_us: i64,
    /// Entries gone through, those from which the rules learn first among them
    pub done: u64,
    /// Of so many; 0 before it is known
    pub of: u64,
    /// What was found, once it is over; an error says that it failed
    pub ended: Option<Result<Arc<DryRun>, String>>,
}

/// The dry runs of a server, the newest first.
#[derive(Default)]
pub(crate) struct Runs(Mutex<Vec<Arc<Job>>>);

struct Job {
    id: String,
    trial: Trial,
    begun_us: i64,
    done: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
    ended: OnceLock<Result<Arc<DryRun>, String>>,
}

impl Runs {
    fn jobs(&self) -> MutexGuard<'_, Vec<Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str) -> Option<Arc<Job>> {
        self.jobs().iter().find(|job| job.id == id).cloned()
    }
}

impl Job {
    fn state(&self) -> TrialState {
        TrialState {
            id: self.id.clone(),
            trial: self.trial.clone(),
            begun_us: self.begun_us,
            done: self.done.load(Ordering::Relaxed),
            of: self.of.load(Ordering::Relaxed),
            ended: self.ended.get().cloned(),
        }
    }
}

impl Watch {
    /// Begins a dry run of one rule over a time of the past; gives its id. One at a time: it reads the whole log.
    pub fn begin_trial(&self, trial: Trial, now_us: i64) -> Result<String, WatchError> {
        trial.setting.check(trial.rule)?;
        let job = Arc::new(Job {
            id: random_id()?,
            trial,
            begun_us: now_us,
            done: AtomicU64::new(0),
            of: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            ended: OnceLock::new(),
        });
        {
            let mut jobs = self.inner.runs.jobs();
            if jobs.iter().any(|job| job.ended.get().is_none()) {
                return Err(WatchError::Busy);
            }
            jobs.insert(0, Arc::clone(&job));
            jobs.truncate(KEPT);
        }
        let (watch, running) = (self.clone(), Arc::clone(&job));
        let thread = std::thread::Builder::new().name("watch-dry-run".to_owned()).spawn(move || {
            let ended = watch.run_trial(&running).map(Arc::new).map_err(|error| {
                tracing::warn!(%error, "a dry run failed");
                error.to_string()
            });
            let _ = running.ended.set(ended);
        });
        if thread.is_err() {
            let _ = job.ended.set(Err("no thread".to_owned()));
            return Err(WatchError::Internal("no thread for a dry run"));
        }
        Ok(job.id.clone())
    }

    fn run_trial(&self, job: &Job) -> Result<DryRun, WatchError> {
        let Trial { rule, setting, from_us, until_us, .. } = &job.trial;
        let entries = self.entry_at(*from_us)?..self.entry_at(*until_us)?;
        self.dry_run(&[(*rule, setting.clone())], entries, |done, of| {
            job.done.store(done, Ordering::Relaxed);
            job.of.store(of, Ordering::Relaxed);
            if job.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    /// The dry runs of this server, the newest first.
    pub fn trials(&self) -> Vec<TrialState> {
        self.inner.runs.jobs().iter().map(|job| job.state()).collect()
    }

    /// One dry run of this server.
    pub fn trial(&self, id: &str) -> Option<TrialState> {
        self.inner.runs.find(id).map(|job| job.state())
    }

    /// Ends a dry run; what it has found so far is its result. Whether there is one of this id.
    pub fn stop_trial(&self, id: &str) -> bool {
        self.inner.runs.find(id).map(|job| job.stop.store(true, Ordering::Relaxed)).is_some()
    }

    /// The number of the first entry that was not made before this time; entries are as good as in the order of their times. Blocks.
    pub fn entry_at(&self, at_us: i64) -> Result<u64, WatchError> {
        let log = &*self.inner.log;
        let (mut low, mut high) = (0, log.size()?);
        while low < high {
            let middle = low + (high - low) / 2;
            // One that does not read, or is no call, tells no time: the next one that does is asked.
            let (mut asked, mut found) = (middle, None);
            while asked < high && found.is_none() {
                let (entries, next) = readable(log, asked, PROBE, Depth::Public, |_| {})?;
                let of_time = entries.iter().find(|entry| entry.kind == Kind::Call && entry.call.at_us > 0);
                found = of_time.map(|entry| (entry.index, entry.call.at_us));
                asked = next.max(asked + 1);
            }
            match found {
                Some((index, time)) if time < at_us => low = index + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}
