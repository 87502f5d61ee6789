//! The watch by its configuration: rules over the journal, brakes and guess budgets for the road.
mod hands;
mod world;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::console;
use crate::server::Floor;
use anyhow::Context as _;
use dancu_gateway::{Clock, Guard, Road};
use dancu_journal::index::Log;
use dancu_journal::{Entry, Journal, JournalError, Receipt, Record};
use dancu_watch::{NoCases, Options, Parts, Running, Settings, Watch};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two sweeps of what matters no more.
const SWEEP: Duration = Duration::from_mins(1);
const DAY_US: i64 = 86_400_000_000;

/// Opens the watch on the floor's store and this journal; brings its tables up to date. Nobody keeps cases where this
/// service could ask for them, so no case is said not to exist ([`NoCases`]). Blocks.
pub fn open(
    config: &Config,
    floor: &Floor,
    journal: &Journal,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Guard> {
    let now_us = clock.now_us();
    let parts = Parts {
        log: Arc::new(journal.clone()),
        ring: floor.ring.clone(),
        world: Arc::new(world::Floors::new(floor, Arc::clone(clock))),
        cases: Arc::new(NoCases),
        settings: settings(&config.watch.rules_file)?,
    };
    let watch = Watch::open(floor.store.clone(), parts, options(config)?, now_us).context("watch")?;
    let persons = config.watch.guess_persons;
    let guess = (persons > 0).then(|| watch.guess(persons, now_us)).transpose().context("guess budgets")?;
    Ok(Guard::new(watch, guess))
}

/// A watch for who makes a store and serves no calls: its lists and rules can be written, nothing is judged. Blocks.
pub fn asleep(config: &Config, floor: &Floor) -> anyhow::Result<Watch> {
    let parts = Parts {
        log: no_log(),
        ring: floor.ring.clone(),
        world: Arc::new(world::Floors::new(floor, Arc::new(SystemClock))),
        cases: Arc::new(NoCases),
        settings: settings(&config.watch.rules_file)?,
    };
    Watch::open(floor.store.clone(), parts, options(config)?, SystemClock.now_us()).context("watch")
}

/// A log before its first entry, for who makes a store.
pub fn no_log() -> Arc<dyn Log> {
    Arc::new(NoLog)
}

struct NoLog;

impl Log for NoLog {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(0)
    }

    fn entries(&self, _from: u64, _limit: usize) -> Result<Vec<Entry>, JournalError> {
        Ok(Vec::new())
    }

    fn append(&self, _record: Record) -> Result<Receipt, JournalError> {
        Err(JournalError::Unavailable)
    }
}

/// The rules that are built in, and over them those of the file.
fn settings(file: &Path) -> anyhow::Result<Settings> {
    let settings = Settings::built_in()?;
    if file.as_os_str().is_empty() {
        return Ok(settings);
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("watch.rules_file: cannot read {}", file.display()))?;
    settings.overlaid(&text).with_context(|| format!("watch.rules_file {}", file.display()))
}

fn options(config: &Config) -> anyhow::Result<Options> {
    let watch = &config.watch;
    anyhow::ensure!(
        watch.batch > 0 && watch.pause_ms > 0 && watch.lease_seconds > 0 && watch.poll_ms > 0,
        "watch.batch, watch.pause_ms, watch.lease_seconds and watch.poll_ms must be above 0"
    );
    Ok(Options {
        batch: watch.batch,
        pause: Duration::from_millis(watch.pause_ms),
        lease: Duration::from_secs(watch.lease_seconds),
        warm_up: watch.warm_up,
        from_first: watch.from_first,
        ..Options::default()
    })
}

/// Starts the thread that judges the journal and does what alerts demand; none where it is switched off. Blocks, within
/// the runtime.
pub fn start(config: &Config, road: &Arc<Road>, office: &console::Opened) -> anyhow::Result<Option<Running>> {
    if !config.watch.judge {
        return Ok(None);
    }
    let clock: dancu_watch::Clock = {
        let road = Arc::clone(road);
        Arc::new(move || road.clock.now_us())
    };
    let hands = hands::OfTheService::new(road, &office.governance, tokio::runtime::Handle::current());
    road.guard.watch.start(clock, Arc::new(hands)).map(Some).context("watch")
}

/// Follows other servers until the service stops: their brakes and rules, and what they counted against guess budgets. What
/// matters no more is swept.
pub async fn keep(config: crate::config::Watch, road: Arc<Road>, mut stopped: watch::Receiver<bool>) {
    let every = Duration::from_millis(config.poll_ms);
    let keep_us = i64::from(config.person_days) * DAY_US;
    let mut swept = tokio::time::Instant::now();
    let mut failing = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let sweeps = swept.elapsed() >= SWEEP;
        if sweeps {
            swept = tokio::time::Instant::now();
        }
        let looking = Arc::clone(&road);
        let looked = tokio::task::spawn_blocking(move || {
            look(&looking.guard, looking.clock.now_us(), sweeps, keep_us)
        });
        match looked.await {
            Ok(Err(error)) if !failing => {
                tracing::warn!("brakes and guess budgets of other servers could not be read: {error:#}");
                failing = true;
            }
            Ok(Ok(())) => failing = false,
            _ => {}
        }
    }
}

fn look(guard: &Guard, now_us: i64, sweeps: bool, keep_us: i64) -> anyhow::Result<()> {
    guard.watch.refresh(now_us)?;
    if let Some(guess) = &guard.guess {
        guess.exchange(now_us)?;
    }
    if sweeps {
        guard.watch.forget_persons(now_us - keep_us)?;
        guard.guess.iter().try_for_each(|guess| guess.sweep(now_us).map(drop))?;
    }
    Ok(())
}
