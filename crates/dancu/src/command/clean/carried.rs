//! `dancu clean seal`, `offline`, `open`: a stock and its answer carried by hand.
use super::{StoreArguments, Wrap, believe, trust};
use crate::clean::carried::{ANSWER, REQUEST, RESULT, Refused, Request, STOCK, answer, refused};
use crate::clean::{input::Input, parcel::Packer};
use crate::clock::SystemClock;
use crate::files;
use anyhow::Context as _;
use clap::Args;
use dancu_gateway::Clock as _;
use dancu_papers::sign::PemKey;
use dancu_pki::Recipient;
use dancu_pki::envelope::RecipientSecret;
use dancu_stock::envelope::{Draft, Seen, open, seal};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A stock to be sealed
#[derive(Debug, Args)]
pub(super) struct Seal {
    /// The file: CSV, Parquet, XLSX or XML of QCVN 109
    input: PathBuf,
    /// Certificate of the registry, PEM
    #[arg(long, value_name = "CERT.pem")]
    to: PathBuf,
    /// Key of the system that asks, PEM, of mode 0600; its certificate may stand in the same file
    #[arg(long, value_name = "KEY.pem")]
    sign: PathBuf,
    /// Its certificate, as registered, with those above it
    #[arg(long, value_name = "CERT.pem")]
    certificate: Option<PathBuf>,
    /// The sealed package
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// System that asks
    #[arg(long, value_name = "ID")]
    system: String,
    /// Login of the account at that system
    #[arg(long, value_name = "LOGIN")]
    account: String,
    /// Code of the purpose or procedure
    #[arg(long, value_name = "CODE")]
    purpose: String,
    /// Number of the case, where the purpose demands one
    #[arg(long, value_name = "NUMBER")]
    case: Option<String>,
    /// Agency code of who asks
    #[arg(long, value_name = "CODE", default_value = "")]
    agency: String,
    /// A column and the heading that it has in the file, as for `dancu clean`
    #[arg(long, value_name = "COLUMN=HEADING")]
    map: Vec<String>,
    /// Your own name for it; the answer bears it
    #[arg(long, value_name = "NAME")]
    job: Option<String>,
}

/// A sealed stock to be answered
#[derive(Debug, Args)]
pub(super) struct Offline {
    #[command(flatten)]
    store: StoreArguments,
    /// The sealed package
    package: PathBuf,
    /// The sealed answer
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    wrap: Wrap,
}

/// A sealed answer to be opened
#[derive(Debug, Args)]
pub(super) struct Open {
    /// The sealed answer
    answer: PathBuf,
    /// Key of the certificate to which it is sealed, PEM, of mode 0600; the certificate may stand in the same file
    #[arg(long, value_name = "KEY.pem")]
    key: PathBuf,
    /// That certificate
    #[arg(long, value_name = "CERT.pem")]
    certificate: Option<PathBuf>,
    /// Authorities of the registry's signature, PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// Folder for `result.asice`, the signed result, which any unzip opens
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// An answer is opened as often as it pleases who got it.
struct Anew;

impl Seen for Anew {
    fn first(&self, _: &str, _: i64) -> io::Result<bool> {
        Ok(true)
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}", path.display()))
}

/// The certificate of a key: its own file, or that of the key.
fn certificate(own: Option<&PathBuf>, key: &Path) -> anyhow::Result<String> {
    text(own.map_or(key, PathBuf::as_path))
}

impl Seal {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let secret = files::read_private(&self.sign)?;
        let certificate = certificate(self.certificate.as_ref(), &self.sign)?;
        let key = PemKey::new(certificate.as_bytes(), secret.as_bytes())
            .with_context(|| format!("{}", self.sign.display()))?;
        let (to, _) =
            Recipient::from_pem(&text(&self.to)?).with_context(|| format!("{}", self.to.display()))?;
        // What cannot be read there is told here.
        let input = Input::open(&self.input, &self.map)?;
        let request = Request {
            system: self.system,
            account: self.account,
            purpose: self.purpose,
            case: self.case,
            map: self.map,
            stock: STOCK.to_owned(),
            name: input.name().to_owned(),
        };
        let unfinished = self.out.with_extension("unfinished");
        let request_file = self.out.with_extension("request");
        files::write_private(&request_file, &serde_json::to_vec_pretty(&request)?)?;
        let files = [(REQUEST.to_owned(), request_file.clone()), (STOCK.to_owned(), self.input.clone())];
        let job = self.job.as_deref().unwrap_or(input.name());
        let draft = Draft { kind: STOCK, job, agency: &self.agency, files: &files };
        let sealed = File::create(&unfinished)
            .map_err(anyhow::Error::from)
            .and_then(|file| Ok(seal(&draft, &to, &key, SystemClock.now_us(), file)?));
        fs::remove_file(&request_file)?;
        let label = sealed.inspect_err(|_| {
            // The error that counts is the first.
            let _ = fs::remove_file(&unfinished);
        })?;
        fs::rename(&unfinished, &self.out).with_context(|| format!("{}", self.out.display()))?;
        println!("package {} is {}; it is answered once", label.package, self.out.display());
        Ok(())
    }
}

impl Offline {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        let packer = Packer::open(&config, self.wrap.wants())?;
        let opened = crate::clean::open(&config)?;
        let answered = answer(&config, &opened, &packer, &self.package, &self.out);
        tokio::runtime::Handle::current().block_on(opened.teller.journal.close());
        answered
    }
}

impl Open {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let key = files::read_private(&self.key)?;
        let certificate = certificate(self.certificate.as_ref(), &self.key)?;
        let secret = RecipientSecret::from_pem(&certificate, &key)
            .with_context(|| format!("{}", self.key.display()))?;
        let trust = trust(&self.ca, None)?;
        let file = File::open(&self.answer).with_context(|| format!("{}", self.answer.display()))?;
        files::private_directory(&self.out)?;
        let now_us = SystemClock.now_us();
        let found = open(file, &secret, &trust, &Anew, now_us, &self.out).map_err(refused)?;
        let is_answer =
            found.label.kind == ANSWER && found.label.files.iter().any(|file| file.name == RESULT);
        let believed =
            if is_answer { believe(&self.out.join(RESULT), &trust) } else { Err(Refused("kind").into()) };
        if believed.is_err() {
            for file in &found.files {
                fs::remove_file(file)?;
            }
        }
        believed?;
        println!("answers   {} of {}", found.label.job, found.label.agency);
        Ok(())
    }
}
