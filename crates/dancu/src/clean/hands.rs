//! The service's own hands at cleaning jobs: a thread or more that take leased chunks of whatever jobs are open at any server,
//! close what is answered, and remove what is over. Calls come first: while one is in work a hand waits.
use super::matcher::{Kept, People};
use crate::config::Config;
use anyhow::Context as _;
use dancu_cleaning::{Cleaning, CleaningError, Matcher, Teller, Worker};
use dancu_gateway::Road;
use dancu_journal::index::{Running, Work};
use dancu_linkage::{Answer, Model, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Between two looks for work.
const IDLE: Duration = Duration::from_millis(500);
/// After a failure.
const LATER: Duration = Duration::from_secs(5);
/// Between two looks at whether calls are in work.
const GLANCE: Duration = Duration::from_millis(2);
/// How long calls may keep a hand from its next rows: a service that is never at rest gets on slowly, yet it does.
const MOST_WAIT: Duration = Duration::from_secs(2);
/// Between two looks for jobs whose days are over.
const SWEEP: Duration = Duration::from_mins(10);

/// The hands of one service.
pub struct Hands {
    stop: Arc<AtomicBool>,
    threads: Vec<Running>,
}

impl Hands {
    /// Starts as many threads as are configured.
    pub fn start(
        config: &Config,
        jobs: &Cleaning,
        teller: &Teller,
        road: &Arc<Road>,
    ) -> anyhow::Result<Self> {
        let (process, stop) = (crate::files::random_text(12)?, Arc::new(AtomicBool::new(false)));
        let hand = |number| Hand {
            jobs: jobs.clone(),
            teller: teller.clone(),
            road: Arc::clone(road),
            holder: format!("{process}-{number}"),
            stop: Arc::clone(&stop),
            share: u32::from(config.cleaning.service_share.clamp(1, 100)),
            people: Kept::default(),
            swept: None,
        };
        let start = |number| {
            Running::start(&format!("cleaning-{number}"), hand(number)).context("a thread for cleaning jobs")
        };
        let threads = (0..config.cleaning.service_workers).map(start).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { stop, threads })
    }

    /// Gives back the chunks under way, and returns when that is done. Blocks.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(Running::stop);
    }
}

/// One thread.
struct Hand {
    jobs: Cleaning,
    teller: Teller,
    road: Arc<Road>,
    holder: String,
    stop: Arc<AtomicBool>,
    share: u32,
    /// The people that these jobs are answered by
    people: Kept,
    swept: Option<Instant>,
}

impl Work for Hand {
    fn turn(&mut self) -> Duration {
        match self.step() {
            Ok(true) => Duration::ZERO,
            Ok(false) => IDLE,
            Err(error) => {
                tracing::warn!("a cleaning job does not get on: {error:#}");
                LATER
            }
        }
    }

    fn end(self) {}
}

impl Hand {
    /// Does one piece of work; false: there is none.
    fn step(&mut self) -> anyhow::Result<bool> {
        let road = Arc::clone(&self.road);
        let clock = move || road.clock.now_us();
        if self.swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
            self.swept = Some(Instant::now());
            if let Err(error) = self.jobs.tick(clock()) {
                tracing::warn!(%error, "cleaning jobs whose days are over stay");
            }
        }
        if self.stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let answered = self.chunk(&clock);
        if matches!(answered, Ok(true)) {
            return Ok(true);
        }
        // What is answered is closed, though a chunk of another job may not get on.
        let closed = self.close(&clock)?;
        if closed && let Err(error) = &answered {
            tracing::warn!("a cleaning job does not get on: {error:#}");
        }
        if closed { Ok(true) } else { answered }
    }

    /// Answers a chunk; false: there is none. Everybody is asked for only where there is one.
    fn chunk(&mut self, clock: &(impl Fn() -> i64 + Sync)) -> anyhow::Result<bool> {
        if !self.jobs.has_chunk(None, clock())? {
            self.people.rest(Instant::now());
            return Ok(false);
        }
        let people = self.people.get(Instant::now(), || People::now(&self.road.registry))?;
        let paced = Paced { people, road: &self.road, stop: &self.stop, share: self.share };
        let worker = Worker {
            cleaning: &self.jobs,
            matcher: &paced,
            holder: self.holder.clone(),
            clock,
            stop: &self.stop,
        };
        let answered = worker.one(None);
        if matches!(answered, Err(CleaningError::PeopleDamaged)) {
            // Asked again they answer no better.
            self.people.forget();
        }
        Ok(answered?.is_some())
    }

    /// Closes a job; false: there is none. It needs nobody, only the weight that decides.
    fn close(&self, clock: &dyn Fn() -> i64) -> anyhow::Result<bool> {
        if !self.jobs.has_closing(None, clock())? {
            return Ok(false);
        }
        let threshold = Model::bundled()?.match_from();
        let closed = self.jobs.close(None, &self.holder, threshold, &self.teller, clock)?;
        if let Some(closed) = &closed {
            tracing::info!(
                job = closed.job,
                people = closed.people,
                reviews = closed.reviews,
                "a stock is cleaned"
            );
        }
        Ok(closed.is_some())
    }
}

/// A matcher that lets calls go first, and rests between two groups of rows.
struct Paced<'p> {
    people: &'p People,
    road: &'p Road,
    stop: &'p AtomicBool,
    share: u32,
}

impl Paced<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Until no call is in work, or for so long that there may be no such moment.
    fn give_way(&self) {
        let began = Instant::now();
        while self.road.turnstile.inside() > 0 && !self.is_stopped() && began.elapsed() < MOST_WAIT {
            std::thread::sleep(GLANCE);
        }
    }

    fn rest(&self, worked: Duration) {
        if !self.is_stopped() {
            std::thread::sleep(pause(worked, self.share).min(MOST_WAIT));
        }
    }
}

/// How long to rest after work, so that it takes no more than these hundredths of the time.
fn pause(worked: Duration, share: u32) -> Duration {
    worked.saturating_mul(100_u32.saturating_sub(share)) / share.max(1)
}

impl Matcher for Paced<'_> {
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        self.give_way();
        let began = Instant::now();
        self.people.link(rows, out);
        self.rest(began.elapsed());
    }

    fn people(&self) -> u64 {
        self.people.people()
    }

    fn holds(&self) -> bool {
        self.people.holds() && !self.road.registry.trust().is_distrusted
    }

    fn threshold(&self) -> i32 {
        self.people.threshold()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_rests_by_its_share() {
        let worked = Duration::from_millis(10);
        assert_eq!(pause(worked, 100), Duration::ZERO);
        assert_eq!(pause(worked, 50), worked);
        assert_eq!(pause(worked, 20), worked * 4);
    }
}
