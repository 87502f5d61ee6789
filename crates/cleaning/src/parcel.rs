//! What leaves a finished job: the rows as Parquet, CSV and a workbook, figures, a report, and one signature over all of them.
use crate::result::Decisions;
use crate::{Cleaning, CleaningError, Job};
use dancu_catalogue::Lang;
use dancu_keys::timestamp::Authorities;
use dancu_linkage::{Action, Column, Verdict};
use dancu_papers::Issuer;
use dancu_papers::sign::{SignError, SigningKey, Stamper};
use dancu_stock::package::Job as Said;
use dancu_stock::report::{About, report};
use dancu_stock::result::{TABLE_ROWS, csv, join, workbook};
use dancu_stock::{Package, PackageError, Part, ResultError, Summary, Texts};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufWriter, Seek, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

const PARQUET: &str = "result.parquet";
const CSV: &str = "result.csv";
const WORKBOOK: &str = "result.xlsx";
const FIGURES: &str = "figures.json";
const REPORT: &str = "report.pdf";
/// What a signature puts beside them.
const SIGNED: [&str; 3] = ["manifest.json", "mimetype", "META-INF"];

/// Whether a folder holds a parcel or a part of one, and nothing else: then another may take its place.
pub fn is_parcel(folder: &Path) -> std::io::Result<bool> {
    let ours = [PARQUET, CSV, WORKBOOK, FIGURES, REPORT];
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !ours.iter().chain(&SIGNED).any(|one| name == *one) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The date in a workbook: none. The rows' files depend on stock and answers alone; when they were made, the manifest says.
const NO_DATE_US: i64 = 315_532_800_000_000;

/// Who signs.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// The key, with its certificate
    pub key: &'a dyn SigningKey,
    /// The authority that stamps the signature. When it does not answer, the parcel goes without a stamp, and says so
    pub stamp: Option<(&'a Stamper<'a>, &'a Authorities)>,
}

/// How a result is wrapped up.
#[derive(Clone, Copy)]
pub struct Wrapping<'a> {
    /// Language of report and workbook; names in the other files have none
    pub lang: Lang,
    /// Name of the agency, for the report
    pub agency: &'a str,
    /// The head of an official paper, for a Vietnamese report that is to have one
    pub issuer: Option<&'a Issuer>,
    /// Name and day of the model by which people were found
    pub model: &'a str,
    /// Whether a workbook is made: it takes the most time
    pub has_workbook: bool,
    /// Who signs; none: the files lie there without manifest and signature, and nobody takes them for a package
    pub signing: Option<Signing<'a>>,
    /// Threads that write
    pub threads: usize,
    /// Now, microseconds since the epoch: the date of report and signature
    pub now_us: i64,
}

/// A parcel that was made.
#[derive(Debug)]
pub struct Made {
    /// The job
    pub job: Job,
    /// Its figures, decisions taken in
    pub summary: Summary,
    /// The signed package; none without a signer
    pub package: Option<Package>,
    /// Whether the signature has a time stamp
    pub is_stamped: bool,
}

impl Cleaning {
    /// Makes the parcel of a job that is done, in a folder that is empty or not there yet. What was decided about doubtful rows
    /// is taken in. The same job and decisions make the same bytes, but for the report's date and the signature. What it
    /// holds at a time is a chunk a thread. After an error the folder holds whatever was written; it is the caller's to remove.
    /// Blocks.
    pub fn package(&self, id: &str, how: &Wrapping<'_>, folder: &Path) -> Result<Made, CleaningError> {
        let job = self.result_of(id)?;
        private_folder(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            return Err(CleaningError::Output("the folder is not empty".to_owned()));
        }
        let decisions = self.decisions(id)?;
        let summary = self.parquet(&job, &decisions, how.threads, &folder.join(PARQUET))?;
        job.has_rows(summary.rows())?;
        let words = how.has_workbook.then(|| Texts::of(how.lang));
        std::thread::scope(|scope| {
            let tables = scope.spawn(|| tables(folder, &summary, words));
            papers(&job, &summary, decisions.len(), how, folder)?;
            tables.join().map_err(|_| CleaningError::Output("a writer has ended".to_owned()))?
        })?;
        let (package, is_stamped) = match &how.signing {
            Some(signing) => signed(&job, &summary, signing, how, folder)?,
            None => (None, false),
        };
        Ok(Made { job, summary, package, is_stamped })
    }

    /// The same as one file, an ASiC-E container; `scratch` is a folder for what is made on the way, which is removed.
    pub fn packed(
        &self,
        id: &str,
        how: &Wrapping<'_>,
        scratch: &Path,
        out: impl Write + Seek,
    ) -> Result<Made, CleaningError> {
        let folder = scratch.join(format!("parcel-{}", crate::sealed::random_id()?));
        let made = self.package(id, how, &folder).and_then(|made| {
            let package = made.package.as_ref().ok_or(SignError::Unusable("no key"))?;
            package.zip(out)?;
            Ok(made)
        });
        // What cannot be removed is in a private folder; the error that counts is the first.
        let _ = fs::remove_dir_all(&folder);
        made
    }

    /// Writes `result.parquet`, its parts encoded side by side and joined in the order of the chunks.
    fn parquet(
        &self,
        job: &Job,
        decisions: &Decisions,
        threads: usize,
        path: &Path,
    ) -> Result<Summary, CleaningError> {
        let chunks = (0_u64..).zip(self.digests(&job.id)?).collect();
        let ready = VecDeque::new();
        let mut parts =
            Parts { cleaning: self, job, decisions, threads: threads.max(1), chunks, ready, failed: None };
        let file = File::create_new(path)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let joined = join(&mut parts, &mut out);
        if let Some(error) = parts.failed {
            return Err(error);
        }
        let summary = joined?;
        end(out)?;
        Ok(summary)
    }

    /// The rows of one chunk as they leave.
    fn part(&self, job: &Job, decisions: &Decisions, chunk: (u64, [u8; 32])) -> Result<Part, CleaningError> {
        let (mut names, mut answers) = (Vec::new(), Vec::new());
        self.chunk_of_result(job, decisions, chunk, |line| {
            names.push(line.row_id().into_owned());
            answers.push(*line.answer);
            Ok(())
        })?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Part::encode_lines(&names, &answers)?)
    }
}

/// Parts in the order of their chunks, as many at a time as there are threads.
struct Parts<'p> {
    cleaning: &'p Cleaning,
    job: &'p Job,
    decisions: &'p Decisions,
    threads: usize,
    chunks: VecDeque<(u64, [u8; 32])>,
    ready: VecDeque<Result<Part, CleaningError>>,
    failed: Option<CleaningError>,
}

impl Parts<'_> {
    fn encode(&mut self) {
        let Self { cleaning, job, decisions, .. } = *self;
        let count = self.threads.min(self.chunks.len());
        let chunks: Vec<_> = self.chunks.drain(..count).collect();
        std::thread::scope(|scope| {
            let work: Vec<_> = chunks
                .into_iter()
                .map(|chunk| scope.spawn(move || cleaning.part(job, decisions, chunk)))
                .collect();
            let ended = || CleaningError::Output("a writer has ended".to_owned());
            self.ready.extend(work.into_iter().map(|part| part.join().unwrap_or_else(|_| Err(ended()))));
        });
    }
}

impl Iterator for &mut Parts<'_> {
    type Item = Result<Vec<u8>, ResultError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            self.encode();
        }
        match self.ready.pop_front()? {
            Ok(part) => Some(Ok(part.bytes)),
            Err(error) => {
                self.failed = Some(error);
                Some(Err(ResultError::Part(0)))
            }
        }
    }
}

/// `result.csv`, and `result.xlsx` with these words, if it is not too large.
fn tables(folder: &Path, summary: &Summary, words: Option<Texts>) -> Result<(), CleaningError> {
    let rows = || File::open(folder.join(PARQUET));
    let create = |name| {
        let file = File::create_new(folder.join(name))?;
        Ok::<_, std::io::Error>(BufWriter::with_capacity(1 << 18, file))
    };
    let mut out = create(CSV)?;
    csv(rows()?, &mut out)?;
    end(out)?;
    if let Some(words) = words
        && summary.rows() <= TABLE_ROWS
    {
        let scratch = folder.join(".scratch");
        private_folder(&scratch)?;
        let mut out = create(WORKBOOK)?;
        workbook(rows()?, summary, words, NO_DATE_US, &scratch, &mut out)?;
        end(out)?;
        fs::remove_dir_all(&scratch)?;
    }
    Ok(())
}

/// `figures.json` and `report.pdf`.
fn papers(
    job: &Job,
    summary: &Summary,
    decided: usize,
    how: &Wrapping<'_>,
    folder: &Path,
) -> Result<(), CleaningError> {
    fs::write(folder.join(FIGURES), figures(job, summary, decided))?;
    let about = About {
        agency: how.agency,
        job: &job.id,
        input_sha256: job.input_sha256,
        model: how.model,
        skipped: &job.asked.seen.skipped,
        issuer: how.issuer.cloned(),
        made_us: how.now_us,
    };
    let paper = report(&about, summary, Texts::of(how.lang));
    let paper = paper.map_err(|error| CleaningError::Output(error.to_string()))?;
    Ok(fs::write(folder.join(REPORT), paper.pdf)?)
}

/// What was asked and found, for programs. Without personal data.
fn figures(job: &Job, summary: &Summary, decided: usize) -> String {
    let named = |counts: Vec<(&str, u64)>| {
        let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count.into()));
        Value::Object(counts.collect::<Map<_, _>>())
    };
    let figures = json!({
        "job": job.id,
        "input_sha256": hex::encode(job.input_sha256),
        "journal_entry": job.entry,
        "rows": job.rows,
        "columns": job.columns.iter().map(Column::name).collect::<Vec<_>>(),
        "verdicts": named(Verdict::ALL.iter().map(|one| (one.name(), summary.verdict(*one))).collect()),
        "actions": named(Action::ALL.iter().map(|one| (one.name(), summary.action(*one))).collect()),
        "numbers_told": summary.told(),
        "decided": decided,
    });
    format!("{figures:#}\n")
}

fn signed(
    job: &Job,
    summary: &Summary,
    signing: &Signing<'_>,
    how: &Wrapping<'_>,
    folder: &Path,
) -> Result<(Option<Package>, bool), CleaningError> {
    let said = Said {
        id: job.id.clone(),
        agency: job.asked.agency_code.clone(),
        made_us: how.now_us,
        input_sha256: hex::encode(job.input_sha256),
        input_rows: job.rows,
        model: how.model.to_owned(),
    };
    let write = |stamp| Package::write(folder, said.clone(), summary.clone(), signing.key, stamp);
    if signing.stamp.is_some() {
        match write(signing.stamp) {
            Err(PackageError::Signature(SignError::Stamp(why))) => {
                tracing::warn!(job = job.id, %why, "the result of a job has no time stamp");
            }
            made => return Ok((Some(made?), true)),
        }
    }
    Ok((Some(write(None)?), false))
}

/// A folder for the owner alone.
fn private_folder(path: &Path) -> Result<(), CleaningError> {
    Ok(fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?)
}

/// Written whole.
fn end(out: BufWriter<File>) -> Result<(), CleaningError> {
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    Ok(file.sync_all()?)
}
