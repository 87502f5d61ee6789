//! `dancu clean`: an agency's stock against the registry, alone on this machine or as a job that several servers share.
mod carried;

use super::StoreArguments;
use crate::clean::submit::{Question, hand_out, submit};
use crate::clean::{
    self, Opened,
    input::Input,
    parcel::{Packer, Wants},
};
use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use dancu_catalogue::Lang;
use dancu_cleaning::{Job, JobState};
use dancu_gateway::Clock as _;
use dancu_papers::sign::Trust;
use dancu_stock::Package;
use std::path::{Path, PathBuf};

/// Clean an agency's stock: each row with a verdict, reasons and what to do
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Clean {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    run: Run,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Work on shared jobs: chunks that nobody has, until there is nothing to take
    Work(Work),
    /// List the jobs, the newest first
    Jobs(Jobs),
    /// Write the result of a job that is done
    Fetch(Fetch),
    /// Check a result: its signature, and every file; exits with 0 only for a good one
    Verify(Verify),
    /// For who has no network: seal a stock to the registry, signed, to be carried there by hand
    Seal(carried::Seal),
    /// On a machine without a network: open a sealed stock, clean it, seal the answer to the agency
    Offline(carried::Offline),
    /// For who has no network: open a sealed answer, and check the result in it
    Open(carried::Open),
    /// End a job before it is done
    Cancel(One),
    /// Remove a job that has ended, with its rows and answers
    Remove(One),
}

/// A file to be cleaned. Interrupted, the same command goes on where it was. What is required may be missing beside a subcommand
/// only, so it is optional here.
#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    store: StoreArguments,
    /// The file: CSV, Parquet, XLSX or XML of QCVN 109
    #[arg(required = true)]
    input: Option<PathBuf>,
    /// Folder of the result; an earlier result in it is replaced
    #[arg(long, value_name = "DIR", required_unless_present = "shared")]
    out: Option<PathBuf>,
    /// The signed package as one file besides (ASiC-E, a ZIP)
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    #[command(flatten)]
    wrap: Wrap,
    /// A column and the heading that it has in the file, or several that make it up: `full_name='Họ đệm+Tên'`. May be given
    /// again for each column; what is not named is found by its usual headings. Columns: `row_id`, `personal_id`,
    /// `id_card_number`, `full_name`, `other_name`, `birth_date`, `sex`, `permanent_unit`, `household`
    #[arg(long, value_name = "COLUMN=HEADING")]
    map: Vec<String>,
    /// System that asks; its agreement says what is compared and told
    #[arg(long, value_name = "ID", required = true)]
    system: Option<String>,
    /// Login of the account at that system; its quota counts the rows
    #[arg(long, value_name = "LOGIN", required = true)]
    account: Option<String>,
    /// Code of the purpose or procedure
    #[arg(long, value_name = "CODE", required = true)]
    purpose: Option<String>,
    /// Number of the case, where the purpose demands one
    #[arg(long, value_name = "NUMBER")]
    case: Option<String>,
    /// Agency code of who asks
    #[arg(long, value_name = "CODE")]
    agency: Option<String>,
    /// Put it into the shared store, for `dancu clean work` on any server, instead of working on it here
    #[arg(long)]
    shared: bool,
    /// Rows that a worker takes at a time
    #[arg(long, default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    chunk_rows: u32,
}

/// What leaves
#[derive(Debug, Args)]
struct Wrap {
    /// Language of report and workbook
    #[arg(long, value_enum, default_value_t = Language::Vi)]
    lang: Language,
    /// Make no workbook, which takes the most time
    #[arg(long)]
    no_workbook: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    Vi,
    En,
}

impl Wrap {
    fn wants(&self, zip: Option<&PathBuf>) -> Wants {
        let lang = if self.lang == Language::Vi { Lang::Vi } else { Lang::En };
        Wants { lang, has_workbook: !self.no_workbook, zip: zip.cloned() }
    }
}

#[derive(Debug, Args)]
struct Work {
    #[command(flatten)]
    store: StoreArguments,
    /// Stay and wait for further jobs
    #[arg(long)]
    stay: bool,
}

#[derive(Debug, Args)]
struct Jobs {
    #[command(flatten)]
    store: StoreArguments,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Fetch {
    #[command(flatten)]
    store: StoreArguments,
    /// Folder of the result; an earlier result in it is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The signed package as one file besides (ASiC-E, a ZIP)
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    #[command(flatten)]
    wrap: Wrap,
    /// The job
    job: String,
}

#[derive(Debug, Args)]
struct Verify {
    /// The result: its folder, or the package as one file
    package: PathBuf,
    /// Authorities of the signers to trust, PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// Authorities of the time stamps to trust, PEM
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct One {
    #[command(flatten)]
    store: StoreArguments,
    /// The job
    job: String,
}

impl Clean {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || match self.what {
            Some(What::Work(work)) => work.run(),
            Some(What::Jobs(jobs)) => jobs.run(),
            Some(What::Fetch(fetch)) => fetch.run(),
            Some(What::Verify(verify)) => verify.run(),
            Some(What::Seal(seal)) => seal.run(),
            Some(What::Offline(offline)) => offline.run(),
            Some(What::Open(open)) => open.run(),
            Some(What::Cancel(one)) => {
                let opened = open(&one.store)?;
                Ok(opened.cleaning.cancel(&one.job, SystemClock.now_us())?)
            }
            Some(What::Remove(one)) => Ok(open(&one.store)?.cleaning.remove(&one.job)?),
            None => self.run.run(),
        })
        .await?
    }
}

fn open(store: &StoreArguments) -> anyhow::Result<Opened> {
    clean::open(&store.config()?)
}

impl Run {
    fn run(self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        let packer = match &self.out {
            Some(out) if !self.shared => {
                Packer::accepts(out)?;
                Some((Packer::open(&config, self.wrap.wants(self.zip.as_ref()))?, out))
            }
            _ => None,
        };
        let input = Input::open(self.input.as_deref().context("a file is needed")?, &self.map)?;
        let opened = clean::open(&config)?;
        let question = Question {
            system: self.system.as_deref().unwrap_or_default(),
            login: self.account.as_deref().unwrap_or_default(),
            purpose: self.purpose.as_deref().unwrap_or_default(),
            case_number: self.case.as_deref(),
            agency_code: self.agency.as_deref(),
            file: input.name(),
            form: "shell",
            chunk_rows: self.chunk_rows,
        };
        let job = submit(&config, &opened, &input, &question)?;
        if let Some((packer, out)) = packer {
            clean::work::work(&opened, Some(&job.id), clean::workers(&config), false)?;
            fetch(&config, &opened, &packer, &job.id, out)?;
        } else {
            println!(
                "job {}: {} rows in {} chunks, journal entry {}",
                job.id,
                job.rows,
                job.chunks,
                entry(&job)
            );
        }
        tokio::runtime::Handle::current().block_on(opened.teller.journal.close());
        Ok(())
    }
}

fn entry(job: &Job) -> String {
    job.entry.map_or_else(|| "none yet".to_owned(), |entry| entry.to_string())
}

fn fetch(config: &Config, opened: &Opened, packer: &Packer, id: &str, out: &Path) -> anyhow::Result<()> {
    let job = opened.cleaning.get(id)?;
    if job.state == JobState::Done {
        hand_out(config, opened, &job, "shell")?;
    }
    let made = packer.make(opened, id, out)?;
    opened.cleaning.fetched(id, SystemClock.now_us())?;
    let signed = match (&made.package, made.is_stamped) {
        (None, _) => "not signed",
        (Some(_), true) => "signed, with a time stamp",
        (Some(_), false) => "signed",
    };
    println!("{} rows in {}, {signed}; journal entry {}", made.job.rows, out.display(), entry(&made.job));
    Ok(())
}

impl Work {
    fn run(self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        let opened = clean::open(&config)?;
        clean::work::work(&opened, None, clean::workers(&config), self.stay)?;
        tokio::runtime::Handle::current().block_on(opened.teller.journal.close());
        Ok(())
    }
}

impl Jobs {
    fn run(self) -> anyhow::Result<()> {
        let opened = open(&self.store)?;
        for job in opened.cleaning.list(None, None, self.limit)? {
            let progress = opened.cleaning.progress(&job.id, SystemClock.now_us())?;
            println!(
                "{}  {:9}  {} of {} rows  {} of {} chunks, {} under way  {}  entry {}",
                job.id,
                job.state.name(),
                progress.rows_done,
                job.rows,
                progress.done,
                job.chunks,
                progress.leased,
                job.system,
                entry(&job)
            );
        }
        Ok(())
    }
}

impl Fetch {
    fn run(self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        Packer::accepts(&self.out)?;
        let packer = Packer::open(&config, self.wrap.wants(self.zip.as_ref()))?;
        let opened = clean::open(&config)?;
        fetch(&config, &opened, &packer, &self.job, &self.out)?;
        tokio::runtime::Handle::current().block_on(opened.teller.journal.close());
        Ok(())
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let trust = trust(&self.ca, self.tsa_ca.as_deref())?;
        believe(&self.package, &trust)
    }
}

/// Whose signatures are believed.
fn trust(ca: &Path, tsa_ca: Option<&Path>) -> anyhow::Result<Trust> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("{}", path.display()));
    let stamps = tsa_ca.map(read).transpose()?;
    Ok(Trust::from_pem(&read(ca)?, stamps.as_deref())?)
}

/// Checks a result, and tells what it is.
fn believe(package: &Path, trust: &Trust) -> anyhow::Result<()> {
    let place = || format!("{}", package.display());
    let verified = Package::verify(package, trust, SystemClock.now_us()).with_context(place)?;
    super::evidence::say_signer(&verified.signer)?;
    let (job, summary) = (&verified.manifest.job, &verified.manifest.summary);
    println!("job       {} of {}, model {}", job.id, job.agency, job.model);
    println!("input     {} rows, SHA-256 {}", job.input_rows, job.input_sha256);
    println!("result    {} rows, {} numbers told", summary.rows(), summary.told());
    for file in &verified.manifest.files {
        println!("file      {}, {} bytes", file.name, file.bytes);
    }
    Ok(())
}
