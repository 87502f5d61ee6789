//! Structured logs. Nothing that names a person is ever given to them.
use crate::config::Log;
use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error.
pub fn start(config: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).context("log.filter")?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.format.as_str() {
        "json" => builder.json().init(),
        "text" => builder.with_target(false).init(),
        other => anyhow::bail!("log.format is \"json\" or \"text\", not {other:?}"),
    }
    Ok(())
}
