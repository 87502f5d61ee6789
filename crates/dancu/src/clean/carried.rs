//! Packages carried by hand to a machine without a network: opened, cleaned as any other stock, the answer sealed to the agency.
use super::parcel::Packer;
use super::submit::{Question, hand_out, refuse, submit};
use super::{Opened, input::Input};
use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::Context as _;
use dancu_catalogue::{Code, Lang};
use dancu_cleaning::Register;
use dancu_exchange::Snapshot;
use dancu_gateway::Clock as _;
use dancu_papers::sign::Trust;
use dancu_pki::Recipient;
use dancu_pki::envelope::RecipientSecret;
use dancu_stock::Texts;
use dancu_stock::envelope::{Draft, OpenError, Opened as Found, open, seal};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a package that asks holds.
pub const STOCK: &str = "stock";
/// What a package that answers holds.
pub const ANSWER: &str = "answer";
/// Name of the request in a package.
pub const REQUEST: &str = "request.json";
/// Name of the result in an answer.
pub const RESULT: &str = "result.asice";
/// Bytes of a request at most.
const MOST_REQUEST: u64 = 64 << 10;
/// Rows that a worker takes at a time.
const CHUNK_ROWS: u32 = 16_384;

/// What an agency asks, beside its stock.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// System that asks; its certificate signs the package
    pub system: String,
    /// Login of the account at that system
    pub account: String,
    /// Purpose or procedure code
    pub purpose: String,
    /// Number of the case, where the purpose demands one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Columns and their headings, as for `--map`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub map: Vec<String>,
    /// Which file of the package is the stock
    pub stock: String,
    /// Its name at the agency
    #[serde(default)]
    pub name: String,
}

/// Why a package is refused: `refused` of the stock's texts has the words.
#[derive(Debug)]
pub struct Refused(pub &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [vi, en] = [Lang::Vi, Lang::En].map(|lang| Texts::of(lang).named("refused", self.0));
        write!(f, "{}: {vi} / {en}", self.0)
    }
}

impl std::error::Error for Refused {}

/// The same with its cause.
pub fn refused(error: OpenError) -> anyhow::Error {
    let refused = Refused(error.name());
    match error {
        OpenError::Io(_) | OpenError::Way(_) | OpenError::UnknownSigner(_) => {
            anyhow::Error::from(error).context(refused)
        }
        _ => refused.into(),
    }
}

/// Opens packages here.
pub struct Desk {
    secret: RecipientSecret,
    trust: Trust,
}

impl Desk {
    /// The certificate to which agencies seal, and the authorities of the systems' certificates, which sign.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let (certificate, key) = (&config.cleaning.seal_certificate, &config.cleaning.seal_key);
        anyhow::ensure!(
            !certificate.as_os_str().is_empty(),
            "cleaning.seal_certificate and cleaning.seal_key are needed to open packages"
        );
        let place = || format!("cleaning.seal_certificate {}", certificate.display());
        let text = fs::read_to_string(certificate).with_context(place)?;
        let key = crate::files::read_private(key).context("cleaning.seal_key")?;
        let secret = RecipientSecret::from_pem(&text, &key).with_context(place)?;
        let mut authorities = fs::read(&config.listen.client_ca).context("listen.client_ca")?;
        if !config.pki.certificate.as_os_str().is_empty() {
            authorities.extend(fs::read(&config.pki.certificate).context("pki.certificate")?);
        }
        Ok(Self { secret, trust: Trust::from_pem(&authorities, None)? })
    }
}

/// What is wrong with it, for the doctor; where nothing is taken so, nothing.
pub fn check(config: &Config) -> anyhow::Result<()> {
    if config.cleaning.seal_certificate.as_os_str().is_empty() {
        return Ok(());
    }
    Desk::open(config)?;
    let key = crate::extracts::key(config)?;
    key.map(drop).context("evidence.certificate and evidence.key are needed to sign answers")
}

/// A folder beside the answer for what is open on the way; it goes with this value. What a crash left goes first.
struct Scratch(PathBuf);

impl Scratch {
    fn new(out: &Path) -> anyhow::Result<Self> {
        let name = out.file_name().context("--out needs a name")?.to_string_lossy();
        let folder = out.with_file_name(format!(".{name}.unfinished"));
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
        }
        crate::files::private_directory(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::error!(folder = %self.0.display(), %error, "what was opened could not be removed");
        }
    }
}

/// Answers a package: opened, on the terms of its system, worked on, sealed. Interrupted, the same goes on where it was; once the
/// answer is written, the package is not opened again.
pub fn answer(
    config: &Config,
    opened: &Opened,
    packer: &Packer,
    package: &Path,
    out: &Path,
) -> anyhow::Result<()> {
    let (desk, key, scratch) = (Desk::open(config)?, packer.key()?, Scratch::new(out)?);
    let (now_us, into) = (SystemClock.now_us(), scratch.0.join("in"));
    let register = Register { cleaning: &opened.cleaning, now_us };
    let sealed = File::open(package).with_context(|| format!("{}", package.display()))?;
    let found = open(sealed, &desk.secret, &desk.trust, &register, now_us, &into).map_err(refused)?;
    if found.label.kind != STOCK {
        return Err(Refused("kind").into());
    }
    let request = request(&found, &into)?;
    let input = Input::open(&into.join(&request.stock), &request.map)?;
    let question = Question {
        system: &request.system,
        login: &request.account,
        purpose: &request.purpose,
        case_number: request.case.as_deref(),
        agency_code: Some(found.label.agency.as_str()).filter(|code| !code.is_empty()),
        file: &request.name,
        form: "offline",
        chunk_rows: CHUNK_ROWS,
    };
    let snapshot = opened.floor.exchange.snapshot();
    if let Err((code, name)) = may_sign(&snapshot, &found.signer.certificate_sha256, &request.system, now_us)
    {
        return Err(refuse(opened, &question.wish(&input, now_us), code)?.context(Refused(name)));
    }
    let recipient = recipient(config, opened, &snapshot, &request.system)?;
    let job = submit(config, opened, &input, &question)?;
    super::work::work(opened, Some(&job.id), super::workers(config), false)?;
    hand_out(config, opened, &opened.cleaning.get(&job.id)?, "offline")?;
    let made = packer.make_in(opened, &job.id, &scratch.0.join("out"))?;
    let package = made.package.as_ref().context("the result is not signed")?;
    let result = scratch.0.join(RESULT);
    package.zip(File::create_new(&result)?)?;
    let files = [(RESULT.to_owned(), result)];
    let draft = Draft { kind: ANSWER, job: &found.label.job, agency: &found.label.agency, files: &files };
    let answer = scratch.0.join("answer");
    crate::files::write_private(&answer, &[])?;
    let file = File::create(&answer)?;
    seal(&draft, &recipient, key, SystemClock.now_us(), &file)?;
    file.sync_all()?;
    fs::rename(&answer, out).with_context(|| format!("{}", out.display()))?;
    opened.cleaning.answered(&found.label.package, &job.id, SystemClock.now_us())?;
    opened.cleaning.fetched(&job.id, SystemClock.now_us())?;
    println!("{} rows; the answer, sealed to the agency, is {}", made.job.rows, out.display());
    Ok(())
}

fn request(found: &Found, into: &Path) -> anyhow::Result<Request> {
    let unreadable = || Refused("request");
    let has = |name: &str| found.label.files.iter().any(|file| file.name == name);
    let is_small = found.label.files.iter().any(|f| f.name == REQUEST && f.bytes <= MOST_REQUEST);
    if !is_small {
        return Err(unreadable().into());
    }
    let request: Request =
        serde_json::from_slice(&fs::read(into.join(REQUEST))?).map_err(|_| unreadable())?;
    if request.stock == REQUEST || !has(&request.stock) {
        return Err(unreadable().into());
    }
    Ok(request)
}

/// Whether this certificate signs for this system, as it would let it in at the door.
fn may_sign(
    snapshot: &Snapshot,
    fingerprint: &[u8; 32],
    system: &str,
    now_us: i64,
) -> Result<(), (Code, &'static str)> {
    match snapshot.certificate(fingerprint) {
        Some(registered) if registered.revoked => Err((Code::CertificateRevoked, "revoked")),
        Some(registered) if registered.ends_us.is_some_and(|ends_us| ends_us <= now_us) => {
            Err((Code::CertificateExpired, "expired"))
        }
        Some(registered) if &*registered.system == system => Ok(()),
        _ => Err((Code::CertificateUnknown, "not_registered")),
    }
}

/// To whom the answer is sealed: the newest certificate on record of the security officer of the system's organisation.
fn recipient(
    config: &Config,
    opened: &Opened,
    snapshot: &Snapshot,
    system: &str,
) -> anyhow::Result<Recipient> {
    let secrets = crate::pki::secrets(config, &opened.floor.exchange, &opened.floor.ring)?;
    let of = snapshot.rules.system(system).context("there is no such system")?;
    let found = secrets.recipient_of(&of.system.organisation, SystemClock.now_us())?;
    found.ok_or_else(|| Refused("no_recipient").into())
}
