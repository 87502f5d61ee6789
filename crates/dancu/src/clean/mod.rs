//! Cleaning by its configuration: where jobs lie, what answers rows, files in and out, workers.
pub mod budget;
pub mod carried;
pub mod hands;
pub mod input;
pub mod matcher;
pub mod parcel;
mod progress;
pub mod submit;
pub mod work;

use crate::config::Config;
use crate::server::Floor;
use anyhow::Context as _;
use budget::Budgets;
use dancu_cleaning::{Cleaning, Options, Teller};
use dancu_journal::Journal;
use dancu_storage::blob::Blobs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What a command about jobs needs.
pub struct Opened {
    pub floor: Floor,
    pub cleaning: Cleaning,
    pub teller: Teller,
}

/// Opens store, people and journal, beside a service that may be running. Blocks.
pub fn open(config: &Config) -> anyhow::Result<Opened> {
    let floor = Floor::open(config, false)?;
    let cleaning = jobs(config, &floor)?;
    let journal = crate::journal::open(config, &floor.store, &floor.ring)?;
    let teller = teller(&journal);
    Ok(Opened { floor, cleaning, teller })
}

/// What writes to this journal, from threads of this runtime.
pub fn teller(journal: &Journal) -> Teller {
    Teller { journal: journal.clone(), runtime: tokio::runtime::Handle::current() }
}

/// The jobs alone.
pub fn jobs(config: &Config, floor: &Floor) -> anyhow::Result<Cleaning> {
    let options = Options {
        lease_us: i64::from(config.cleaning.lease_seconds.max(1)) * 1_000_000,
        keep_days: config.cleaning.keep_days,
        confirm_us: i64::from(config.cleaning.confirm_hours.max(1)) * 3_600_000_000,
    };
    let opened = Cleaning::open(floor.store.clone(), floor.ring.clone(), blobs(config)?, options);
    Ok(opened.context("cleaning jobs")?.guarded_by(Arc::new(Budgets::new(config, floor)?)))
}

/// Where the rows and answers of jobs lie, sealed: the same files on every server.
pub fn blobs(config: &Config) -> anyhow::Result<Blobs> {
    let folder = &config.cleaning.folder;
    if folder.as_os_str().is_empty() {
        return crate::journal::blobs_beside(config, ".cleaning").context("cleaning.folder");
    }
    crate::files::private_directory(folder)?;
    Blobs::folder(folder).with_context(|| format!("cleaning.folder {}", folder.display()))
}

/// Folder of files on their way in, made if it is not there: on this server alone.
pub fn incoming(config: &Config) -> anyhow::Result<PathBuf> {
    let configured = &config.cleaning.folder;
    let beside = if configured.as_os_str().is_empty() { &config.journal.directory } else { configured };
    let mut name = beside.file_name().unwrap_or_default().to_owned();
    name.push(".incoming");
    let folder = beside.with_file_name(name);
    crate::files::private_directory(&folder).context("cleaning.folder")?;
    sweep(&folder).with_context(|| format!("{}", folder.display()))?;
    Ok(folder)
}

/// Removes what a killed server left of packages that it made. Another one of this machine may make one now.
fn sweep(folder: &Path) -> anyhow::Result<()> {
    const HOUR: Duration = Duration::from_hours(1);
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > HOUR && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Workers of one process: as configured, or as many as the machine has processors.
pub fn workers(config: &Config) -> usize {
    match config.cleaning.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        workers => usize::from(workers),
    }
}
