//! `dancu journal`: verifying the log, a proof, a history; keeping.
use super::{keeping, resume};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The journal
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Verify a log, the proof of one entry or a person's history, offline; exits with 0 only for an honest one
    Verify(Verify),
    /// Move the sealed parts of months that are over into the archive; the service does it every day
    Archive(keeping::Archive),
    /// Erase the parts that tell of persons where they have been kept long enough, but for what is held; the service does it every day
    Purge(keeping::Purge),
    /// Keep entries beyond their time, by an order
    Hold(keeping::PlaceHold),
    /// End a hold: what it kept goes with the next purge
    Release(keeping::Release),
    /// List all holds
    Holds(keeping::Holds),
    /// Let a journal that came back from a backup go on, once nothing is missing that was published
    Resume(resume::Resume),
}

/// Verify
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    what: What,
    /// Key file: the log's key, the witnesses' keys, the quorum
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the largest accepted checkpoint of a log is remembered [default: the key file's name and `.seen`]
    #[arg(long, value_name = "FILE", requires = "dir")]
    memory: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Folder of a whole log
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// File with the proof of one entry
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// File with a person's history
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

impl Journal {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Verify(verify) => verify.run()?.iter().for_each(|words| println!("{words}")),
            Self::Archive(archive) => archive.run().await?,
            Self::Purge(purge) => purge.run().await?,
            Self::Hold(hold) => hold.run().await?,
            Self::Release(release) => release.run().await?,
            Self::Holds(holds) => holds.run().await?,
            Self::Resume(resume) => resume.run().await?,
        }
        Ok(())
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<Vec<String>> {
        let policy = crate::verify::policy(&self.key)?;
        let memory = self.memory.unwrap_or_else(|| {
            let mut name = self.key.clone().into_os_string();
            name.push(".seen");
            name.into()
        });
        match (self.what.dir, self.what.proof, self.what.history) {
            (Some(dir), ..) => crate::verify::log(&dir, &policy, &memory),
            (_, Some(proof), _) => crate::verify::proof(&proof, &policy),
            (.., Some(history)) => crate::verify::history(&history, &policy),
            (None, None, None) => anyhow::bail!("--dir, --proof or --history is needed"),
        }
    }
}
