//! Keeping the journal by its configuration: the archive, the rules, the daily job.
use crate::config::Config;
use anyhow::Context as _;
use dancu_gateway::Clock;
use dancu_journal::{Journal, KeepingError, Month, Retention, RetentionOptions};
use dancu_storage::blob::Blobs;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3600 * SECOND_US;
const DAY_US: i64 = 24 * HOUR_US;
/// Việt Nam is ahead of UTC by seven hours, without summer time.
const VIETNAM_US: i64 = 7 * HOUR_US;
/// Pause before what failed is tried again.
const AGAIN: Duration = Duration::from_mins(15);

/// Where the parts of closed months go; none for a bucket without a prefix, which has no place beside the log.
pub fn archive(config: &Config) -> anyhow::Result<Option<Blobs>> {
    let (folder, journal) = (&config.keeping.archive, &config.journal);
    if !folder.as_os_str().is_empty() {
        crate::files::private_directory(folder)?;
        let blobs = Blobs::folder(folder);
        return blobs.map(Some).with_context(|| format!("keeping.archive {}", folder.display()));
    }
    if !journal.s3_bucket.is_empty() && journal.s3_prefix.is_empty() {
        return Ok(None);
    }
    if journal.s3_bucket.is_empty() {
        let mut name = journal.directory.clone().into_os_string();
        name.push(".archive");
        crate::files::private_directory(name.as_ref())?;
    }
    crate::journal::blobs_beside(config, ".archive").map(Some)
}

/// What the configuration asks for, held to its ranges.
pub fn rules(config: &Config) -> anyhow::Result<RetentionOptions> {
    let keeping = &config.keeping;
    anyhow::ensure!((1..=5).contains(&keeping.security_level), "keeping.security_level is 1 to 5");
    anyhow::ensure!(keeping.hour < 24, "keeping.hour is 0 to 23");
    let longer = |months: u32| (months > 0).then_some(months);
    Ok(RetentionOptions {
        exchange_months: longer(keeping.exchange_months),
        security_months: longer(keeping.security_months),
        security_level: keeping.security_level,
    })
}

/// The daily job, ready to be started.
pub struct Keeping {
    rules: RetentionOptions,
    hour: u8,
    purges: bool,
    has_archive: bool,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

#[derive(Default)]
struct Metrics {
    archived: Counter,
    purged: Counter,
    failures: Counter,
    done: Gauge,
}

impl Keeping {
    /// Checks what the configuration asks for against the law of today.
    pub fn open(config: &Config, clock: Arc<dyn Clock>, registry: &mut Registry) -> anyhow::Result<Self> {
        let rules = rules(config)?;
        Retention::in_force(Month::of(clock.now_us()), &rules).context("keeping")?;
        let has_archive = archive(config)?.is_some();
        if !has_archive {
            tracing::warn!(
                "nothing is archived: a bucket needs journal.s3_prefix or keeping.archive for that"
            );
        }
        let metrics = Metrics::default();
        metrics.register(registry);
        let (hour, purges) = (config.keeping.hour, config.keeping.purge);
        Ok(Self { rules, hour, purges, has_archive, clock, metrics })
    }

    /// Works every day at its hour until the service stops. What fails is counted and tried again.
    pub async fn keep(self, journal: Journal, mut stopped: watch::Receiver<bool>) {
        if !self.has_archive {
            return;
        }
        let mut pause = until(self.hour, self.clock.now_us());
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            pause = match self.work(&journal).await {
                Ok(()) => until(self.hour, self.clock.now_us()),
                Err(error) => {
                    self.metrics.failures.inc();
                    tracing::warn!(%error, "keeping of the journal failed; trying again");
                    AGAIN
                }
            };
        }
    }

    async fn work(&self, journal: &Journal) -> Result<(), KeepingError> {
        let now_us = self.clock.now_us();
        let archiving = journal.clone();
        let files = tokio::task::spawn_blocking(move || archiving.archive(now_us));
        let files = quicker(files.await.map_err(|_| KeepingError::Interrupted)?, 0)?;
        self.metrics.archived.inc_by(files);
        let mut purged = 0;
        if self.purges {
            let rules = Retention::in_force(Month::of(now_us), &self.rules);
            let rules = rules.map_err(|error| KeepingError::Rules(error.to_string()))?;
            let done = quicker(journal.purge(&rules, now_us, false).await.map(|done| done.entries), 0)?;
            self.metrics.purged.inc_by(done);
            purged = done;
        }
        self.metrics.done.set(now_us / SECOND_US);
        tracing::info!(files, purged, "the journal is kept");
        Ok(())
    }
}

impl Metrics {
    fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("keeping");
        registry.register("archived_files", "Files of closed months written", self.archived.clone());
        registry.register("purged_entries", "Entries whose personal parts went", self.purged.clone());
        registry.register("failures", "Runs of the daily job that failed", self.failures.clone());
        registry.register(
            "done_time_seconds",
            "When the daily job last succeeded, seconds since 1970",
            self.done.clone(),
        );
    }
}

/// Another server that was quicker is no failure.
fn quicker<T>(done: Result<T, KeepingError>, nothing: T) -> Result<T, KeepingError> {
    match done {
        Err(KeepingError::Moved) => Ok(nothing),
        other => other,
    }
}

/// Time until the next full hour of this number in Việt Nam.
fn until(hour: u8, now_us: i64) -> Duration {
    let of_day = (now_us + VIETNAM_US).rem_euclid(DAY_US);
    let wait = (i64::from(hour) * HOUR_US - of_day).rem_euclid(DAY_US);
    Duration::from_micros(u64::try_from(if wait == 0 { DAY_US } else { wait }).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_is_that_of_vietnam() {
        // 2026-11-21 00:00 in Việt Nam.
        let midnight = 1_795_194_000 * SECOND_US;
        assert_eq!(until(2, midnight), Duration::from_hours(2));
        assert_eq!(until(2, midnight + HOUR_US), Duration::from_hours(1));
        assert_eq!(until(2, midnight + 2 * HOUR_US), Duration::from_hours(24), "once a day");
        assert_eq!(until(2, midnight + 3 * HOUR_US), Duration::from_hours(23));
    }
}
