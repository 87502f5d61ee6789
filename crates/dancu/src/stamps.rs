//! Time stamps of the journal's checkpoints, by the configured authority.
use crate::config::{Config, Timestamps};
use anyhow::Context as _;
use axum::Router;
use dancu_gateway::Clock;
use dancu_keys::timestamp::Authorities;
use dancu_storage::blob::Blobs;
use dancu_witness::client::Log;
use dancu_witness::http::{CallLimits, Endpoint};
use dancu_witness::stamp::{StampFiles, Stamper, keep_stamped, router};
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Time for an authority's answer: far ones take seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// The job, ready to be started, and the addresses at which its stamps are shown.
pub struct Stamps {
    stamper: Option<(Stamper, Duration)>,
    files: StampFiles,
}

impl Stamps {
    /// Opens what the configuration names. Without an authority, the stamps that were made before are still shown.
    pub fn open(config: &Config, clock: Arc<dyn Clock>, metrics: &mut Registry) -> anyhow::Result<Self> {
        let files = StampFiles::new(blobs(config)?, "");
        let stamper = stamper(&config.timestamps, files.clone(), clock).context("timestamps")?;
        if let Some((stamper, _)) = &stamper {
            stamper.register_metrics(metrics);
        }
        Ok(Self { stamper, files })
    }

    /// `/journal/timestamps` and what is below `/journal/timestamp/`.
    pub fn router(&self) -> Router {
        router(self.files.clone())
    }

    /// Has the newest checkpoint stamped every so often until the service stops; without an authority, does nothing.
    pub async fn keep(self, log: Arc<dyn Log>, stopped: watch::Receiver<bool>) {
        if let Some((stamper, every)) = self.stamper {
            keep_stamped(stamper, log, every, stopped).await;
        }
    }
}

/// Whether the configured authority could be asked; without asking it.
pub fn check(config: &Config) -> anyhow::Result<()> {
    let files = StampFiles::new(blobs(config)?, "");
    stamper(&config.timestamps, files, Arc::new(crate::clock::SystemClock)).context("timestamps").map(drop)
}

/// Beside the log: `<folder>.timestamps`, or a prefix of such a name. Without an authority, a bucket may lack the prefix: then
/// there is no such place.
pub fn place(config: &Config) -> anyhow::Result<Option<Blobs>> {
    let journal = &config.journal;
    let has_none = !journal.s3_bucket.is_empty() && journal.s3_prefix.trim_end_matches('/').is_empty();
    if has_none && config.timestamps.url.is_empty() {
        return Ok(None);
    }
    crate::journal::blobs_beside(config, ".timestamps").map(Some)
}

fn blobs(config: &Config) -> anyhow::Result<Blobs> {
    Ok(place(config)?.unwrap_or_else(Blobs::memory))
}

fn stamper(
    config: &Timestamps,
    files: StampFiles,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Option<(Stamper, Duration)>> {
    if config.url.is_empty() {
        return Ok(None);
    }
    let tls = (!config.tls_ca.as_os_str().is_empty()).then(|| crate::client::tls(&config.tls_ca, None));
    let limits = CallLimits { time: PATIENCE, ..CallLimits::default() };
    let authority =
        Endpoint::new(&config.url, tls.transpose()?, limits).with_context(|| config.url.clone())?;
    let place = || config.ca.display().to_string();
    let trusted =
        Authorities::from_pem(&std::fs::read(&config.ca).with_context(place)?).with_context(place)?;
    let stamper = Stamper::new(authority, trusted, files, Arc::new(RoadClock(clock)));
    Ok(Some((stamper, Duration::from_secs(config.seconds.max(1)))))
}

/// The road's clock for those who do not know the road.
struct RoadClock(Arc<dyn Clock>);

impl dancu_witness::Clock for RoadClock {
    fn now_us(&self) -> i64 {
        self.0.now_us()
    }
}
