//! Cleaning an organisation's stock: files brought, looked through and confirmed; jobs with their progress and results; doubtful
//! rows beside the persons they may mean, decided one by one.
pub(super) mod bring;
mod deeds;
mod ground;
mod job;
mod list;
pub(super) mod look;
pub(super) mod result;
pub(super) mod review;
mod work;

pub(super) use work::waiting;

use super::seat::{Oops, Seat, blocking};
use super::table::{Route, Way};
use crate::Texts;
use crate::icons::Icon;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Badge, Tone};
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use dancu_catalogue::Lang;
use dancu_cleaning::{Cleaning, CleaningError, Job, JobState, Teller};
use dancu_linkage::{Engine, Model};
use dancu_policy::duty::{Action, Ruling};
use dancu_registry::Registry;
use dancu_verify_index::Index;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

const READ: Way = Way::Needs(Action::CleaningRead);
const SUBMIT: Way = Way::Needs(Action::CleaningSubmit);
const REVIEW: Way = Way::Needs(Action::CleaningReview);

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/cleaning", READ, || get(list::show)),
    // A file is taken as it comes, within the room's own limit.
    Route::post("/cleaning", SUBMIT, || post(bring::submit).layer(DefaultBodyLimit::disable())),
    Route::get("/cleaning/{job}", READ, || get(job::show)),
    Route::post("/cleaning/{job}/start", SUBMIT, || post(deeds::start)),
    Route::post("/cleaning/{job}/cancel", Way::Needs(Action::CleaningCancel), || post(deeds::cancel)),
    Route::get("/cleaning/{job}/file", Way::Needs(Action::CleaningExport), || get(result::hand_out)),
    Route::get("/cleaning/{job}/package", Way::Needs(Action::CleaningExport), || {
        get(result::hand_out_package)
    }),
    Route::get("/cleaning/{job}/review", REVIEW, || get(review::show)),
    Route::post("/cleaning/{job}/review/{row}", REVIEW, || post(review::decide)),
];

pub(super) type Answer = Result<Response, Oops>;

/// Where this room's pages stand.
pub(super) const HERE: Place = Place::Cleaning;

type People = Engine<Arc<Index>>;

/// What the console needs for cleaning jobs.
pub struct Cleaner {
    /// The jobs
    pub jobs: Cleaning,
    /// What their entries are written with
    pub teller: Teller,
    /// Folder where a file lies, without a name, until its rows are sealed
    pub incoming: PathBuf,
    /// Largest file, bytes
    pub most_bytes: u64,
    /// Who wraps results up as signed packages; none where nobody signs
    packs: Option<Arc<dyn Packs>>,
    /// One package is made at a time: calls come first
    packing: Arc<Semaphore>,
    people: Mutex<Option<(i64, Arc<People>)>>,
}

/// Wraps results up as signed packages.
pub trait Packs: Send + Sync {
    /// Writes the package of a job that is done, an ASiC-E container, for the organisation of this name. Blocks.
    ///
    /// # Errors
    ///
    /// The job is not done, its answers are damaged, the key does not sign, the disk is full.
    fn pack(
        &self,
        jobs: &Cleaning,
        job: &Job,
        agency: &str,
        lang: Lang,
        now_us: i64,
        out: &mut File,
    ) -> Result<(), CleaningError>;
}

/// How long the people of the last look are good for the next, microseconds: merging what changed since takes long in a nation.
const FRESH_US: i64 = 300_000_000;

impl Cleaner {
    /// With these jobs.
    pub fn new(jobs: Cleaning, teller: Teller, incoming: PathBuf, most_bytes: u64) -> Self {
        let packing = Arc::new(Semaphore::new(1));
        Self { jobs, teller, incoming, most_bytes, packs: None, packing, people: Mutex::default() }
    }

    /// The same with somebody who signs packages.
    #[must_use]
    pub fn packed_by(mut self, packs: Option<Arc<dyn Packs>>) -> Self {
        self.packs = packs;
        self
    }

    /// Whether results can be had as signed packages.
    pub(super) fn signs(&self) -> bool {
        self.packs.is_some()
    }

    /// Everybody, as of a few minutes ago at most. Blocks.
    fn people(&self, registry: &Registry, now_us: i64) -> Option<Arc<People>> {
        let mut kept = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at_us, people)) = kept.as_ref()
            && (0..FRESH_US).contains(&now_us.saturating_sub(*at_us))
        {
            return Some(Arc::clone(people));
        }
        let model =
            Model::bundled().inspect_err(|error| tracing::error!(%error, "the model of linkage")).ok()?;
        let (index, _) = registry
            .people_now()
            .inspect_err(|error| tracing::warn!(%error, "the people in memory cannot be had"))
            .ok()?;
        let people = Arc::new(Engine::new(index, model));
        *kept = Some((now_us, Arc::clone(&people)));
        Some(people)
    }
}

impl Seat {
    /// Asks about jobs on a thread of its own; what fails is a page.
    pub(super) async fn cleaning<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Cleaning) -> Result<T, CleaningError> + Send + 'static,
    ) -> Result<T, Oops> {
        let jobs = self.console.cleaning.jobs.clone();
        match blocking(move || ask(&jobs)).await {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(self.no_cleaning(&error)),
            None => Err(Oops::page(self.shell(HERE), ErrorKind::Server)),
        }
    }

    pub(super) fn no_cleaning(&self, error: &CleaningError) -> Oops {
        let kind = match error {
            CleaningError::Unknown { .. } => ErrorKind::NotFound,
            other => {
                tracing::warn!(error = %other, "cleaning jobs could not be asked for");
                ErrorKind::Unavailable
            }
        };
        Oops::page(self.shell(HERE), kind)
    }

    /// A job with which this person may do that; of every other it is not told.
    pub(super) async fn cleaning_job(&self, id: &str, action: Action) -> Result<Job, Oops> {
        let asked = id.to_owned();
        let found = self.cleaning(move |jobs| jobs.find(&asked)).await?;
        let Some(job) = found else { return Err(Oops::page(self.shell(HERE), ErrorKind::NotFound)) };
        self.must(action, Some(&job.organisation), HERE)?;
        Ok(job)
    }

    pub(super) fn may_clean(&self, action: Action, job: &Job) -> bool {
        self.may(action, Some(&job.organisation)) == Ruling::Allowed
    }
}

/// Whether its rows are all in and nobody has confirmed it yet.
pub(super) fn waits_for_confirmation(job: &Job) -> bool {
    job.state == JobState::Filling && job.chunks > 0
}

fn badge(t: Texts, job: &Job) -> Badge {
    let (tone, icon, key) = match job.state {
        JobState::Filling if job.chunks > 0 => (Tone::Warn, Icon::Pen, "cleaning-state-confirm"),
        JobState::Filling => (Tone::Plain, Icon::Clock, "cleaning-state-filling"),
        JobState::Open => (Tone::Info, Icon::Clock, "cleaning-state-open"),
        JobState::Done => (Tone::Good, Icon::Check, "cleaning-state-done"),
        JobState::Refused => (Tone::Bad, Icon::Stop, "cleaning-state-refused"),
        JobState::Cancelled => (Tone::Plain, Icon::Minus, "cleaning-state-cancelled"),
        JobState::Failed => (Tone::Bad, Icon::Warning, "cleaning-state-failed"),
    };
    Badge { tone, icon, label: t.t(key).into_owned() }
}

/// Words of the stock's own texts: verdicts, actions, columns.
fn said(t: Texts, kind: &str, name: &str) -> String {
    dancu_stock::Texts::of(t.lang()).named(kind, name)
}

/// A time that is left: `2 phút`, `1 giờ 5 phút`.
fn left(t: Texts, us: u64) -> String {
    let seconds = us.div_ceil(1_000_000);
    let value = |key: &str, number: u64| t.t1(key, "count", &t.number(number)).into_owned();
    match seconds {
        0..=90 => value("cleaning-seconds", seconds),
        91..=5_400 => value("cleaning-minutes", seconds.div_ceil(60)),
        _ => {
            let (hours, minutes) = (seconds.div_ceil(60) / 60, seconds.div_ceil(60) % 60);
            let (hours_said, minutes_said) = (t.number(hours), t.number(minutes));
            if minutes == 0 {
                value("cleaning-hours", hours)
            } else {
                let values = [("hours", hours_said.as_str()), ("minutes", minutes_said.as_str())];
                t.with("cleaning-hours-minutes", &values).into_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_left_is_told_to_the_minute() {
        let t = Texts::of(Lang::Vi);
        let told = [90, 91, 5_400, 5_460, 7_200].map(|seconds| left(t, seconds * 1_000_000));
        assert_eq!(told, ["90 giây", "2 phút", "90 phút", "1 giờ 31 phút", "2 giờ"]);
    }
}
