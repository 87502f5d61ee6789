//! What leaves a job, by the configuration: who signs, who stamps, and where it lies.
use super::Opened;
use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::Context as _;
use dancu_catalogue::Lang;
use dancu_cleaning::{Cleaning, CleaningError, Job, Made, Signing, Wrapping, is_parcel};
use dancu_evidence::Stamping;
use dancu_gateway::Clock as _;
use dancu_linkage::Model;
use dancu_papers::sign::PemKey;
use dancu_web::door::console::Packs;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// How results are wrapped up.
#[derive(Clone, Debug)]
pub struct Wants {
    /// Language of report and workbook
    pub lang: Lang,
    /// Whether a workbook is made
    pub has_workbook: bool,
    /// The whole as one file besides
    pub zip: Option<PathBuf>,
}

/// Who signs and who stamps, and by which model rows were matched.
struct Seal {
    key: Option<PemKey>,
    stamping: Option<Stamping>,
    model: String,
}

impl Seal {
    /// Certificate and key of who signs evidence files, and whose time stamps are asked for.
    fn open(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            key: crate::extracts::key(config)?,
            stamping: crate::extracts::stamping(config).context("timestamps")?,
            model: format!("dancu {}", Model::bundled()?.day()),
        })
    }

    /// A parcel under it for the organisation of this name, with a workbook, by one thread.
    fn wrapping<'a>(&'a self, agency: &'a str, lang: Lang, now_us: i64) -> Wrapping<'a> {
        let stamp = self.stamping.as_ref();
        let stamp = stamp.map(|Stamping { stamper, authorities }| (&**stamper as _, authorities));
        Wrapping {
            lang,
            agency,
            issuer: None,
            model: &self.model,
            has_workbook: true,
            signing: self.key.as_ref().map(|key| Signing { key, stamp }),
            threads: 1,
            now_us,
        }
    }
}

/// Makes parcels. Opened before the work begins, so that nothing is found missing after hours.
pub struct Packer {
    seal: Seal,
    threads: usize,
    wants: Wants,
}

impl Packer {
    /// Reads certificate and key of who signs evidence files, and whose time stamps are asked for.
    pub fn open(config: &Config, wants: Wants) -> anyhow::Result<Self> {
        let seal = Seal::open(config)?;
        if seal.key.is_none() {
            anyhow::ensure!(
                wants.zip.is_none(),
                "evidence.certificate and evidence.key are needed to sign a package"
            );
            println!(
                "  nobody signs the result: evidence.certificate and evidence.key say who; it is no package then"
            );
        }
        Ok(Self { seal, threads: super::workers(config), wants })
    }

    /// Who signs, where that must be.
    pub fn key(&self) -> anyhow::Result<&PemKey> {
        self.seal.key.as_ref().context("evidence.certificate and evidence.key are needed: who signs")
    }

    /// Whether a folder can take a result: it is not there, empty, or holds a result, which is replaced.
    pub fn accepts(out: &Path) -> anyhow::Result<()> {
        let free = !out.exists() || is_parcel(out).with_context(|| format!("{}", out.display()))?;
        anyhow::ensure!(
            free,
            "{} holds other files; a result needs a folder of its own, for its signature covers all of it",
            out.display()
        );
        Ok(())
    }

    /// Makes the parcel of a job in a folder: all of it is there, or nothing.
    pub fn make(&self, opened: &Opened, id: &str, out: &Path) -> anyhow::Result<Made> {
        Self::accepts(out)?;
        let is_inside = self.wants.zip.as_ref().is_some_and(|zip| zip.starts_with(out));
        anyhow::ensure!(!is_inside, "--zip is a file beside the folder of --out, not in it");
        let name = out.file_name().context("--out needs a name")?.to_string_lossy();
        let unfinished = out.with_file_name(format!(".{name}.unfinished"));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).with_context(|| format!("{}", unfinished.display()))?;
        }
        let made = self.make_in(opened, id, &unfinished).inspect_err(|_| {
            // The error that counts is the first.
            let _ = fs::remove_dir_all(&unfinished);
        })?;
        if let (Some(zip), Some(package)) = (&self.wants.zip, &made.package) {
            let place = || format!("{}", zip.display());
            crate::files::write_private(zip, &[])?;
            package.zip(File::create(zip).with_context(place)?).with_context(place)?;
        }
        if out.exists() {
            fs::remove_dir_all(out).with_context(|| format!("{}", out.display()))?;
        }
        fs::rename(&unfinished, out).with_context(|| format!("{}", out.display()))?;
        Ok(made)
    }

    /// The same in a folder that is empty or not there, which an error leaves as it is.
    pub fn make_in(&self, opened: &Opened, id: &str, folder: &Path) -> anyhow::Result<Made> {
        let job = opened.cleaning.get(id)?;
        let snapshot = opened.floor.exchange.snapshot();
        let organisation = snapshot.rules.organisation(&job.organisation);
        let agency = organisation.map_or(job.organisation.as_str(), |organisation| &organisation.name);
        let wrapping = Wrapping {
            has_workbook: self.wants.has_workbook,
            threads: self.threads,
            ..self.seal.wrapping(agency, self.wants.lang, SystemClock.now_us())
        };
        Ok(opened.cleaning.package(id, &wrapping, folder)?)
    }
}

/// Makes packages for the console: one thread, for calls come first.
pub struct ConsolePacker {
    seal: Seal,
    scratch: PathBuf,
}

/// Rows up to which a package has a workbook: beyond it takes minutes, and few open it.
const WORKBOOK_ROWS: u64 = 300_000;

impl ConsolePacker {
    /// Who signs evidence files signs these; none where nobody does. `scratch` is a private folder for what is made on the way.
    pub fn open(config: &Config, scratch: &Path) -> anyhow::Result<Option<Self>> {
        let seal = Seal::open(config)?;
        Ok(seal.key.is_some().then(|| Self { seal, scratch: scratch.to_owned() }))
    }
}

impl Packs for ConsolePacker {
    fn pack(
        &self,
        jobs: &Cleaning,
        job: &Job,
        agency: &str,
        lang: Lang,
        now_us: i64,
        out: &mut File,
    ) -> Result<(), CleaningError> {
        let wrapping =
            Wrapping { has_workbook: job.rows <= WORKBOOK_ROWS, ..self.seal.wrapping(agency, lang, now_us) };
        jobs.packed(&job.id, &wrapping, &self.scratch, out).map(drop)
    }
}
