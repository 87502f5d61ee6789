//! `dancu registry`: generates, imports and exports citizens.
use super::{StoreArguments, transfer};
use crate::clock::SystemClock;
use crate::server::Floor;
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use dancu_citizen::{BirthDate, CivilDate, Record};
use dancu_gateway::{Clock as _, vietnam_day};
use dancu_registry::generate::People;
use dancu_registry::{NewPerson, Registry as Citizens};
use std::io::{IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The citizens: generate, import, export
#[derive(Debug, Subcommand)]
pub enum Registry {
    /// Fill a store, or a file, with synthetic people
    Generate(Generate),
    /// Take citizens in from a file
    Import(Import),
    /// Write the citizens of a store to a file
    Export(Export),
}

#[derive(Debug, Args)]
pub struct Generate {
    /// Folder of an embedded store (with its keys)
    #[arg(long, value_name = "DIR", required_unless_present_any = ["config", "out"])]
    store: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "store")]
    config: Option<PathBuf>,
    /// Write a file instead of filling a store
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "config"])]
    out: Option<PathBuf>,
    /// Form of the file; by its ending unless given
    #[arg(long)]
    format: Option<Format>,
    /// How many people
    #[arg(long, default_value_t = 100_000)]
    count: u64,
    /// The same seed gives the same people
    #[arg(long, default_value_t = crate::demo::SEED)]
    seed: u64,
}

#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    store: StoreArguments,
    /// Form of the file; by its ending unless given
    #[arg(long)]
    format: Option<Format>,
    /// Read and check everything, take nothing in
    #[arg(long)]
    check: bool,
    /// Take the good rows in although others are faulty
    #[arg(long)]
    skip_faulty: bool,
    /// The file
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    store: StoreArguments,
    /// Form of the file; by its ending unless given
    #[arg(long)]
    format: Option<Format>,
    /// The file
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Parquet,
    /// QCVN 109:2017, XML
    Xml,
    /// QCVN 109:2017, JSON
    Json,
}

impl Registry {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || match self {
            Self::Generate(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Export(command) => command.run(),
        })
        .await?
    }
}

impl Generate {
    fn run(self) -> anyhow::Result<()> {
        if let Some(path) = &self.out {
            let format = Format::of(self.format, path)?;
            let people = People::new(self.seed, self.count).map(|p| p.record);
            let written = transfer::write(format, path, people)?;
            println!("{written} people written to {}", path.display());
            return Ok(());
        }
        let config = StoreArguments { store: self.store.clone(), config: self.config.clone() }.config()?;
        if let Some(parent) = config.keys.directory.parent() {
            crate::files::private_directory(parent)?;
        }
        let floor = Floor::open(&config, true)?;
        anyhow::ensure!(
            floor.registry.count() == 0,
            "the store holds citizens already; generate into an empty one"
        );
        let filled = fill(&floor.registry, self.seed, self.count)?;
        println!("{filled} people in the store");
        Ok(())
    }
}

/// People put in by one transaction.
const BATCH: usize = 5_000;

/// Fills an empty registry with synthetic people, and says how far it is.
pub fn fill(registry: &Citizens, seed: u64, count: u64) -> anyhow::Result<u64> {
    let (now_us, mut progress) = (SystemClock.now_us(), Progress::new("citizens", count));
    let today = vietnam_day(now_us);
    let mut batch = Vec::with_capacity(BATCH);
    let mut done = 0_u64;
    for person in People::new(seed, count) {
        let since = known_since(&person.record, today);
        batch.push(NewPerson::new(person.record, since, "generated").with_former(&person.former));
        if batch.len() == BATCH {
            registry.insert_many(&batch, now_us)?;
            done += batch.len() as u64;
            batch.clear();
            progress.at(done);
        }
    }
    registry.insert_many(&batch, now_us)?;
    done += batch.len() as u64;
    progress.end(done);
    Ok(done)
}

/// A version holds from the day of its newest part on.
fn known_since(record: &Record, today: CivilDate) -> CivilDate {
    let permanent = record.permanent_residence.as_ref().map(|s| s.as_of);
    let born = record.birth_date.as_ref().and_then(|s| match s.value {
        BirthDate::Day(day) => Some(day),
        _ => None,
    });
    permanent.or(born).filter(|day| *day <= today).unwrap_or(today)
}

impl Format {
    fn of(given: Option<Self>, path: &std::path::Path) -> anyhow::Result<Self> {
        let by_ending = || match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            "xml" => Some(Self::Xml),
            "json" => Some(Self::Json),
            _ => None,
        };
        given
            .or_else(by_ending)
            .context("give --format csv, parquet, xml or json: the file's ending does not tell")
    }
}

/// How far long work is, on a terminal twice a second.
struct Progress {
    what: &'static str,
    total: u64,
    began: Instant,
    told: Instant,
    terminal: bool,
}

impl Progress {
    fn new(what: &'static str, total: u64) -> Self {
        let now = Instant::now();
        Self { what, total, began: now, told: now, terminal: std::io::stdout().is_terminal() }
    }

    fn at(&mut self, done: u64) {
        if !self.terminal || self.told.elapsed() < Duration::from_millis(500) {
            return;
        }
        self.told = Instant::now();
        let spent = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let left = self.total.saturating_sub(done).saturating_mul(spent) / done.max(1) / 1000;
        print!("\r  {done} of {} {} · about {left} s left   ", self.total, self.what);
        let _ = std::io::stdout().flush();
    }

    fn end(&self, done: u64) {
        let start = if self.terminal { "\r" } else { "" };
        println!(
            "{start}  {done} {} in {:.1} s                         ",
            self.what,
            self.began.elapsed().as_secs_f64()
        );
    }
}

/// Faulty rows told one by one; the rest is counted.
const TOLD: usize = 50;

impl Import {
    fn run(self) -> anyhow::Result<()> {
        let format = Format::of(self.format, &self.file)?;
        let read = transfer::read(format, &self.file)?;
        for fault in read.faults.iter().take(TOLD) {
            eprintln!("  {fault}: {}", fault.code.title(dancu_catalogue::Lang::En));
        }
        if read.faults.len() > TOLD {
            eprintln!("  and {} faulty rows more", read.faults.len() - TOLD);
        }
        println!("{} good rows, {} faulty", read.records.len(), read.faults.len());
        if self.check {
            anyhow::ensure!(read.faults.is_empty(), "faulty rows; nothing was taken in");
            return Ok(());
        }
        anyhow::ensure!(
            read.faults.is_empty() || self.skip_faulty,
            "nothing was taken in: mend the rows, or take the good ones with --skip-faulty"
        );
        let config = self.store.config()?;
        if let Some(parent) = config.keys.directory.parent() {
            crate::files::private_directory(parent)?;
        }
        let floor = Floor::open(&config, true)?;
        let taken = take_in(&floor.registry, &read.records)?;
        floor.registry.refresh()?;
        println!("{taken} citizens taken in; {} in the store", floor.registry.count());
        Ok(())
    }
}

/// Puts records in, batch by batch; the first that cannot be put in ends it and is named by its row.
fn take_in(registry: &Citizens, records: &[Record]) -> anyhow::Result<u64> {
    let (now_us, mut progress) = (SystemClock.now_us(), Progress::new("citizens", records.len() as u64));
    let today = vietnam_day(now_us);
    let mut done = 0_u64;
    for chunk in records.chunks(BATCH) {
        let people: Vec<NewPerson> = chunk
            .iter()
            .map(|record| NewPerson::new(record.clone(), known_since(record, today), "import"))
            .collect();
        registry.insert_many(&people, now_us).with_context(|| {
            format!(
                "rows {} to {} were not taken in; {done} before them were",
                done + 1,
                done + chunk.len() as u64
            )
        })?;
        done += chunk.len() as u64;
        progress.at(done);
    }
    progress.end(done);
    Ok(done)
}

impl Export {
    fn run(self) -> anyhow::Result<()> {
        let format = Format::of(self.format, &self.file)?;
        let floor = Floor::open(&self.store.config()?, false)?;
        let (records, sender) = records_of(&floor.registry);
        let written = transfer::write(format, &self.file, records)?;
        sender.join().map_err(|_| anyhow::anyhow!("reading the store broke off"))??;
        println!("{written} citizens written to {}", self.file.display());
        Ok(())
    }
}

type Reader = std::thread::JoinHandle<anyhow::Result<()>>;

/// Streams the versions in force out of the store; the reader runs ahead by a few.
fn records_of(registry: &Citizens) -> (impl Iterator<Item = Record> + use<>, Reader) {
    let (send, receive) = std::sync::mpsc::sync_channel(1_000);
    let registry = registry.clone();
    let reader = std::thread::spawn(move || {
        registry.export(|record| {
            if send.send(record).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(())
    });
    (receive.into_iter(), reader)
}
