//! `dancu nation`: a synthetic nation of any size in memory, saved, opened and questioned, with figures beside their aims.
use anyhow::Context as _;
use clap::Args;
use dancu_keys::{KeyRing, Secret};
use dancu_registry::nation::{Figure, draw, question};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that a person takes in the file of the index, at most.
const INDEX_BYTES: u64 = 48;
/// Bytes that a full record takes in an embedded store, with its first version, numbers and feed row: measured between 20,000
/// and 40,000 people of `dancu registry generate`. The same figure as in `docs/design/025-nation-on-a-cluster.md`.
const RECORD_BYTES: u64 = 2_700;
/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(5);

/// Draw a nation, index it, save, open and question it; print the figures beside their aims
#[derive(Debug, Args)]
pub struct Nation {
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    count: u64,
    /// Make the index alone, without full records in a store
    #[arg(long)]
    index_only: bool,
    /// Leave the file of the index where it is at the end
    #[arg(long)]
    keep: bool,
    /// Draw nobody: question the file that an earlier run with --keep has left in the folder
    #[arg(long, conflicts_with_all = ["index_only", "keep", "seed"])]
    open: bool,
    /// Folder for the file of the index
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Seed of the nation
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Nation {
    pub fn run(self) -> anyhow::Result<()> {
        let folder = self.dir.clone().unwrap_or_else(std::env::temp_dir);
        let file = folder.join("nation.index");
        // Nobody in it is real: the keys are as good as any.
        let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
        if self.open {
            let asked = question(&file, &ring);
            return self.tell(&asked.with_context(|| format!("cannot question {}", file.display()))?);
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        self.check_room(&folder)?;
        anyhow::ensure!(!file.exists(), "{} is there already", file.display());
        let figures = self.make(&file, &ring);
        let lock = file.with_extension("lock");
        for path in [&lock, &file].into_iter().take(if self.keep && figures.is_ok() { 1 } else { 2 }) {
            // What was never made needs no removing.
            let _ = std::fs::remove_file(path);
        }
        self.tell(&figures?)
    }

    /// Draws, saves and questions.
    fn make(&self, file: &Path, ring: &KeyRing) -> anyhow::Result<Vec<Figure>> {
        let (start, mut told) = (Instant::now(), Instant::now());
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut figures = draw(self.seed, self.count, threads, file, ring, |drawn| {
            if drawn.is_multiple_of(1024) && told.elapsed() >= PROGRESS {
                told = Instant::now();
                progress(drawn, self.count, start.elapsed());
            }
            if drawn == self.count {
                println!("all {drawn} drawn; sorting and writing");
            }
        })?;
        figures.extend(question(file, ring)?);
        Ok(figures)
    }

    /// Says what the disk must have, before anything is begun.
    fn check_room(&self, folder: &Path) -> anyhow::Result<()> {
        let system = rustix::fs::statvfs(folder).context("how much room the disk has")?;
        let free = system.f_bavail.saturating_mul(system.f_frsize);
        let need = |bytes: u64| self.count.saturating_mul(bytes);
        let (index, records) = (need(INDEX_BYTES), need(RECORD_BYTES));
        println!(
            "{} people: the index takes about {} of disk, full records in a store about {}; {} are free",
            self.count,
            size(index),
            size(records),
            size(free)
        );
        anyhow::ensure!(free > index, "not enough room for the index in {}", folder.display());
        anyhow::ensure!(
            self.index_only,
            "say --index-only for the index alone; full records are made by `dancu registry generate`{}",
            if free > records { "" } else { ", for which the disk has not the room" }
        );
        Ok(())
    }

    fn tell(&self, figures: &[Figure]) -> anyhow::Result<()> {
        for figure in figures {
            let aim = match figure.aim {
                Some(aim) if figure.value <= aim => format!("  (aim {aim}: reached)"),
                Some(aim) => format!("  (aim {aim}: missed)"),
                None => String::new(),
            };
            println!("{:36} {:>12.3} {}{aim}", figure.name, figure.value, figure.unit);
        }
        if let Some(path) = &self.json {
            let all = serde_json::json!({ "people": if self.open { None } else { Some(self.count) }, "figures": figures });
            let text = format!("{}\n", serde_json::to_string_pretty(&all)?);
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn progress(done: u64, count: u64, since: Duration) {
    let left = since.as_secs_f64() * count.saturating_sub(done) as f64 / done.max(1) as f64;
    println!("{done} of {count} drawn, about {left:.0} s left");
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn size(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
