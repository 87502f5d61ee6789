//! Has the newest checkpoint stamped now and then, beside the log's traffic.
use super::StampFiles;
use super::metrics::Metrics;
use crate::Clock;
use crate::client::{Log, LogError};
use crate::http::{CallError, Endpoint};
use dancu_keys::KeyError;
use dancu_keys::timestamp::{Authorities, QUERY_TYPE, Query, REPLY_TYPE, Stamp, TimestampError, verify};
use dancu_storage::blob::BlobError;
use dancu_tlog::checkpoint::SignedCheckpoint;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Longest pause after a failure.
const RETRY: Duration = Duration::from_mins(1);
/// How far the authority's clock may be from ours, in microseconds: beyond it, one of the two is wrong, and a person has to
/// look before the stamps are relied upon.
const SKEW_US: i64 = 5 * 60 * 1_000_000;

/// Why a checkpoint was not stamped.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// the log could not give its newest checkpoint
    #[error("the log: {0}")]
    Log(#[from] LogError),
    /// the question could not be made
    #[error(transparent)]
    Key(#[from] KeyError),
    /// no answer
    #[error("the time-stamping authority: {0}")]
    Call(#[from] CallError),
    /// an answer that is not one of RFC 3161 §3.4
    #[error("the time-stamping authority answered HTTP {status}, {content_type:?}")]
    Answer {
        /// HTTP status
        status: u16,
        /// media type
        content_type: String,
    },
    /// an answer that does not convince
    #[error("the time-stamping authority: {0}")]
    Refused(#[from] TimestampError),
    /// a clock is wrong
    #[error("the clock of the time-stamping authority is {seconds} seconds ahead of ours")]
    Clock {
        /// negative when it is behind
        seconds: i64,
    },
    /// the files refused
    #[error(transparent)]
    Files(#[from] BlobError),
    /// the process is ending
    #[error("the service is stopping")]
    Stopping,
}

/// Asks one authority for stamps and keeps them. Clones share everything.
#[derive(Clone)]
pub struct Stamper {
    authority: Arc<Endpoint>,
    trusted: Arc<Authorities>,
    files: StampFiles,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Stamper {
    /// An authority by its address, those whose certificates are trusted for its stamps, and where they are kept.
    pub fn new(authority: Endpoint, trusted: Authorities, files: StampFiles, clock: Arc<dyn Clock>) -> Self {
        let (authority, trusted) = (Arc::new(authority), Arc::new(trusted));
        Self { authority, trusted, files, clock, metrics: Metrics::default() }
    }

    /// Adds its counters to a registry.
    pub fn register_metrics(&self, registry: &mut prometheus_client::registry::Registry) {
        self.metrics.register(registry);
    }

    /// Has a checkpoint stamped and keeps the answer, once it is verified. `None`: its size was stamped before.
    pub async fn stamp(&self, checkpoint: &SignedCheckpoint) -> Result<Option<Stamp>, StampError> {
        let size = checkpoint.checkpoint().head().size;
        let text = checkpoint.to_string().into_bytes();
        let laid_down = self.with_files(move |files| {
            Ok(if files.stamp(size)?.is_some() { None } else { Some(files.lay_down(size, &text)?) })
        });
        let Some(text) = laid_down.await? else { return Ok(None) };
        let query = Query::new(&text)?;
        let answer = self.authority.post(QUERY_TYPE, query.der().to_vec()).await?;
        if answer.status != 200 || answer.content_type != REPLY_TYPE {
            return Err(StampError::Answer { status: answer.status, content_type: answer.content_type });
        }
        let stamp = verify(&answer.body, &text, Some(&query), &self.trusted)?;
        let skew_us = stamp.time_us.saturating_sub(self.clock.now_us());
        if skew_us.saturating_abs() > SKEW_US {
            return Err(StampError::Clock { seconds: skew_us / 1_000_000 });
        }
        self.with_files(move |files| files.keep(size, &answer.body)).await?;
        Ok(Some(stamp))
    }

    async fn with_files<T: Send + 'static>(
        &self,
        with: impl FnOnce(&StampFiles) -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, StampError> {
        let files = self.files.clone();
        let done = tokio::task::spawn_blocking(move || with(&files)).await;
        Ok(done.map_err(|_| StampError::Stopping)??)
    }

    async fn stamp_newest(&self, log: &Arc<dyn Log>) -> Result<(), StampError> {
        let log = Arc::clone(log);
        let newest = tokio::task::spawn_blocking(move || log.newest()).await;
        let newest = newest.map_err(|_| StampError::Stopping)??;
        let Some(newest) = newest.filter(|newest| newest.checkpoint().head().size > 0) else { return Ok(()) };
        if let Some(stamp) = self.stamp(&newest).await? {
            let size = newest.checkpoint().head().size;
            tracing::info!(size, serial = stamp.serial, "checkpoint time-stamped");
            self.metrics.taken(size, stamp.time_us);
        }
        Ok(())
    }
}

/// Has the newest checkpoint stamped every so often, until `stopped` turns true. Fails never: what goes wrong is counted,
/// told to the log file, and tried again, within a minute at most.
pub async fn keep_stamped(
    stamper: Stamper,
    log: Arc<dyn Log>,
    every: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let result = tokio::select! {
            result = stamper.stamp_newest(&log) => result,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let pause = match result {
            Ok(()) => every,
            Err(error) => {
                tracing::warn!(%error, "the newest checkpoint was not time-stamped");
                stamper.metrics.failed();
                every.min(RETRY)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}
