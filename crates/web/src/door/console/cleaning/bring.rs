//! A file on its way in: streamed to a file without a name, looked through, its rows sealed into a job that waits to be confirmed.
use super::{Answer, HERE, list};
use crate::Texts;
use crate::door::console::bulk::Tried;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::page::html;
use crate::pages::ErrorKind;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_catalogue::{Code, Lang};
use dancu_cleaning::{Cleaning, CleaningError, Columns, Job, JobState, Seen, Teller, Terms, Wish, terms};
use dancu_linkage::Column;
use dancu_policy::Workplace;
use dancu_policy::duty::Action;
use dancu_stock::{Fault, Limits, Map, ReadError, Source};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Rows of a chunk: small, so that progress is seen and a server that is busy gives back little.
const CHUNK_ROWS: u32 = 4_096;
/// Faulty rows that are told one by one.
const TOLD: usize = 20;
/// Bytes of a value of the form.
const VALUE_BYTES: usize = 4_096;
/// Fields of the form, the file among them.
const MOST_FIELDS: usize = 20;

/// Who wants what cleaned, as a form or a call says it.
#[derive(Clone, Default)]
pub(in crate::door::console) struct Wanted {
    pub(in crate::door::console) system: String,
    pub(in crate::door::console) login: String,
    pub(in crate::door::console) purpose: String,
    pub(in crate::door::console) case_number: String,
    /// `column=heading`, each
    pub(in crate::door::console) map: Vec<String>,
    pub(in crate::door::console) file: String,
    /// `console` or `rest`
    pub(in crate::door::console) form: &'static str,
}

/// Why a file was not taken.
pub(in crate::door::console) enum NotTaken {
    /// A value is missing or unknown
    Value(&'static str),
    /// The mapping cannot be
    Map,
    /// The file cannot be read
    File(ReadError),
    /// More bytes than are taken
    TooBig,
    /// So many files of the organisation wait to be confirmed already
    Waiting(u64),
    /// It is not as it was when the file came: brought again, it is taken as things are now
    Changed,
    /// The rules do not allow it; the journal says so too
    Refused(Code),
    /// It is no form of this session, or broke off
    Broken,
    /// Store, journal or disk failed
    Failed(Code),
}

impl NotTaken {
    /// The control at fault, and why in words.
    pub(in crate::door::console) fn words(&self, t: Texts) -> (&'static str, String) {
        match self {
            Self::Value(name) => (name, t.t("cleaning-value-wrong").into_owned()),
            Self::Map => ("map", t.t("cleaning-map-wrong").into_owned()),
            Self::TooBig => ("file-stock", t.t("cleaning-file-big").into_owned()),
            Self::File(error) => ("file-stock", file_words(error, t)),
            Self::Waiting(count) => {
                ("file-stock", t.t1("cleaning-file-waiting", "count", &t.number(*count)).into_owned())
            }
            Self::Changed => ("system", t.t("cleaning-changed").into_owned()),
            Self::Refused(code) | Self::Failed(code) => ("system", format!("{}.", code.title(t.lang()))),
            Self::Broken => ("file-stock", t.t("cleaning-file-missing").into_owned()),
        }
    }
}

/// Why a file cannot be read, and what to do.
fn file_words(error: &ReadError, t: Texts) -> String {
    let column =
        |key: &str, column: Column| t.t1(key, "column", &super::said(t, "field", column.name())).into_owned();
    let key = match error {
        ReadError::TooBig(_) | ReadError::TooManyRows(_) => "cleaning-file-big",
        ReadError::Empty => "cleaning-file-empty",
        ReadError::OldWorkbook => "cleaning-file-old",
        ReadError::Encrypted => "cleaning-file-locked",
        ReadError::NoHeadings => "cleaning-file-headings",
        ReadError::NoColumn(of) => return column("cleaning-file-no-column", *of),
        ReadError::Repeated(of) => return column("cleaning-file-repeated", *of),
        ReadError::Type(of) => return column("cleaning-file-type", *of),
        ReadError::Compression(_) => "cleaning-file-compression",
        ReadError::TooManySheets(most) => {
            return t.t1("cleaning-file-sheets", "most", &t.number(*most as u64)).into_owned();
        }
        ReadError::Sheet { sheet, .. } => return t.t1("cleaning-file-sheet", "sheet", sheet).into_owned(),
        ReadError::Message { row, .. } => {
            return t.t1("cleaning-file-message", "row", &t.number(*row)).into_owned();
        }
        ReadError::Workbook | ReadError::Parquet(_) | ReadError::RowTooLong(_) | ReadError::Changed => {
            "cleaning-file-damaged"
        }
        ReadError::Format | ReadError::Io(_) => "cleaning-file-form",
    };
    t.t(key).into_owned()
}

/// A file without a name: it is gone with the process, whatever ends it.
pub(in crate::door::console) struct Incoming {
    file: File,
    bytes: u64,
    most: u64,
}

impl Incoming {
    /// An empty one in this folder.
    pub(in crate::door::console) fn create(folder: &Path, most: u64) -> io::Result<Self> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| io::Error::other("no randomness"))?;
        let path = folder.join(hex::encode(random));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Self { file, bytes: 0, most })
    }

    /// Takes more of it.
    pub(in crate::door::console) fn push(&mut self, bytes: &[u8]) -> Result<(), NotTaken> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.most {
            return Err(NotTaken::TooBig);
        }
        self.file.write_all(bytes).map_err(|error| disk(&error))
    }

    pub(in crate::door::console) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The file itself.
    pub(in crate::door::console) fn into_file(self) -> File {
        self.file
    }

    /// The way to it while it is open.
    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }
}

fn disk(error: &io::Error) -> NotTaken {
    tracing::error!(%error, "an incoming file cannot be written");
    NotTaken::Failed(Code::StoreUnavailable)
}

/// A file that was looked through.
struct Looked {
    source: Source,
    seen: Seen,
    // What was said of its columns.
    mapping: String,
    // Its descriptor is the only way to it.
    _file: Incoming,
}

fn look_through(file: Incoming, map: &[String]) -> Result<Looked, NotTaken> {
    let map = Map::parse(map).map_err(|_| NotTaken::Map)?;
    let limits = Limits { bytes: file.most, kept_bytes: file.most.min(256 << 20), rows: 100_000_000 };
    let source = Source::open(&file.path(), &map, limits).map_err(NotTaken::File)?;
    let columns: Columns = source.columns().into_iter().collect();
    let mut seen = Seen {
        format: source.format().name().to_owned(),
        columns: columns.bits(),
        skipped: source.skipped().iter().map(|skipped| skipped.sheet.clone()).collect(),
        ..Seen::default()
    };
    for chunk in source.reader() {
        for fault in chunk.map_err(NotTaken::File)?.faults() {
            seen.unread += 1;
            if seen.first.len() < TOLD {
                seen.first.push((fault.line, fault_name(fault.fault).to_owned()));
            }
        }
    }
    Ok(Looked { source, seen, mapping: map.to_string(), _file: file })
}

fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Ragged { .. } => "ragged",
        Fault::Quote => "quote",
        Fault::Encoding(_) => "encoding",
        Fault::Element => "element",
        Fault::Long(_) => "long",
    }
}

impl From<CleaningError> for NotTaken {
    fn from(error: CleaningError) -> Self {
        match error {
            CleaningError::Refused(code) => Self::Refused(code),
            CleaningError::Unconfirmed(count) => Self::Waiting(count),
            CleaningError::NotNow(_) | CleaningError::Unknown { .. } => Self::Changed,
            CleaningError::Row { row, .. } => Self::File(ReadError::TooManyRows(row)),
            CleaningError::Input(_) => Self::File(ReadError::Empty),
            other => {
                tracing::warn!(error = %other, "a cleaning job could not be made");
                Self::Failed(Code::StoreUnavailable)
            }
        }
    }
}

/// The terms on which this is allowed now. What the rules refuse is written down.
fn allowed(
    seat: &Seat,
    wanted: &Wanted,
    columns: Columns,
    input_sha256: [u8; 32],
) -> Result<impl FnOnce(&Teller) -> Result<Decided, NotTaken> + Send + 'static, NotTaken> {
    let snapshot = seat.console.road.exchange.snapshot();
    let (brakes, now_us, wanted) = (seat.console.watch.brakes(), seat.now_us(), wanted.clone());
    let of = snapshot.rules.system(&wanted.system).map(|of| of.system.organisation.to_string());
    if of.is_none() {
        return Err(NotTaken::Value("system"));
    }
    Ok(move |teller: &Teller| {
        let wish = Wish {
            system: &wanted.system,
            login: &wanted.login,
            officer: None,
            agency_code: None,
            purpose: Some(wanted.purpose.as_str()).filter(|code| !code.is_empty()),
            case_number: Some(wanted.case_number.as_str()).filter(|number| !number.is_empty()),
            columns,
            file: &wanted.file,
            input_sha256,
            form: wanted.form,
            // It came to the console, not over the system's own network.
            source: None,
            workplace: Workplace::System,
            now_us,
        };
        let version = u64::try_from(snapshot.version).unwrap_or_default();
        let decided = terms(&snapshot.rules, version, &wish)
            .and_then(|terms| brakes.pass(&terms.system, &terms.asked.account, now_us).map(|()| terms));
        match decided {
            Ok(terms) => {
                let new = terms.job(&wish, CHUNK_ROWS);
                Ok(Decided { terms, new })
            }
            Err(code) => {
                teller.refuse(&wish, code)?;
                Err(NotTaken::Refused(code))
            }
        }
    })
}

struct Decided {
    terms: Terms,
    new: dancu_cleaning::NewJob,
}

/// Takes a file that came into a job of this person's organisation, for pages and API alike. Nothing is charged yet.
pub(in crate::door::console) async fn take(
    seat: &Seat,
    wanted: Wanted,
    file: Incoming,
) -> Result<Job, NotTaken> {
    let snapshot = seat.console.road.exchange.snapshot();
    let of = snapshot.rules.system(&wanted.system);
    if of.is_none_or(|of| Some(&*of.system.organisation) != seat.organisation()) {
        return Err(NotTaken::Value("system"));
    }
    if wanted.login.is_empty() {
        return Err(NotTaken::Value("login"));
    }
    let map = wanted.map.clone();
    let lost = || NotTaken::Failed(Code::Internal);
    let looked = blocking(move || look_through(file, &map)).await.ok_or_else(lost)??;
    let (sha256, columns) = (looked.source.sha256(), Columns::from_bits(looked.seen.columns));
    let about =
        format!("system={} file_sha256={} rows={}", wanted.system, hex::encode(sha256), looked.source.rows());
    let entry = seat.entry("cleaning_bring", Some(about));
    seat.written(entry).await.map_err(NotTaken::Failed)?;
    let decide = allowed(seat, &wanted, columns, sha256)?;
    let (jobs, teller) = (seat.console.cleaning.jobs.clone(), seat.console.cleaning.teller.clone());
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let taken = blocking(move || {
        let mut new = decide(&teller)?.new;
        (new.asked.by, new.asked.seen, new.mapping) = (by, looked.seen.clone(), looked.mapping.clone());
        fill(&jobs, &new, &looked.source, now_us)
    });
    taken.await.ok_or_else(lost)?
}

fn fill(
    jobs: &Cleaning,
    new: &dancu_cleaning::NewJob,
    source: &Source,
    now_us: i64,
) -> Result<Job, NotTaken> {
    let job = jobs.begin(new, now_us)?;
    if job.state != JobState::Filling || jobs.is_filled(&job) {
        // The same file for the same purpose is here already.
        return Ok(job);
    }
    let mut filler = jobs.fill(&job)?;
    for chunk in source.reader() {
        for row in chunk.map_err(NotTaken::File)?.rows() {
            filler.push(&row)?;
        }
    }
    Ok(filler.finish()?)
}

/// Charges the quotas with a job's rows and opens it, once somebody has confirmed it.
pub(in crate::door::console) async fn start(seat: &Seat, job: Job) -> Result<Job, NotTaken> {
    let asked = &job.asked;
    let wanted = Wanted {
        system: job.system.clone(),
        login: asked.login.clone(),
        purpose: asked.purpose.clone(),
        case_number: asked.case_number.clone().unwrap_or_default(),
        map: Vec::new(),
        file: asked.file.clone(),
        form: if asked.form == "rest" { "rest" } else { "console" },
    };
    let entry = seat.entry("cleaning_start", Some(format!("job={} rows={}", job.id, job.rows)));
    seat.written(entry).await.map_err(NotTaken::Failed)?;
    let decide = allowed(seat, &wanted, job.columns, job.input_sha256)?;
    let (jobs, teller, now_us) =
        (seat.console.cleaning.jobs.clone(), seat.console.cleaning.teller.clone(), seat.now_us());
    let admitted = blocking(move || {
        let Decided { terms, .. } = decide(&teller)?;
        Ok(jobs.admit(&job, &terms, &teller, now_us)?)
    });
    admitted.await.ok_or(NotTaken::Failed(Code::Internal))?
}

/// What a form sent, its file on disk.
#[derive(Default)]
struct Sent {
    values: Vec<(String, String)>,
    file: Option<(String, Incoming)>,
}

impl Sent {
    fn value(&self, name: &str) -> String {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim()).to_owned()
    }
}

/// What of a form may come in.
#[derive(Default)]
struct Gate {
    /// The session's token was in it
    is_own: bool,
    fields: usize,
}

impl Gate {
    /// Whether a field of this name may come next: the token before all others, and no more than a form has.
    fn lets(&mut self, name: &str) -> bool {
        self.fields += 1;
        self.fields <= MOST_FIELDS && (self.is_own || name == "csrf")
    }
}

/// Reads a form. The token comes first: of a form that is not this session's nothing is kept, and no form fills the memory.
async fn read(seat: &Seat, request: Request) -> Result<Result<Sent, NotTaken>, Oops> {
    let broken = || Oops::page(seat.shell(HERE), ErrorKind::Forbidden);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let (mut sent, mut gate) = (Sent::default(), Gate::default());
    while let Some(mut field) = multipart.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        if !gate.lets(&name) {
            return Err(broken());
        }
        if let (true, Some(file)) = (name == "file-stock", field.file_name().map(ToOwned::to_owned)) {
            let cleaner = &seat.console.cleaning;
            let mut incoming = match Incoming::create(&cleaner.incoming, cleaner.most_bytes) {
                Ok(incoming) => incoming,
                Err(error) => return Ok(Err(disk(&error))),
            };
            while let Some(bytes) = field.chunk().await.map_err(|_| broken())? {
                incoming = match push(incoming, bytes).await {
                    Ok(incoming) => incoming,
                    Err(no) => return Ok(Err(no)),
                };
            }
            if !incoming.is_empty() {
                sent.file = Some((file, incoming));
            }
            continue;
        }
        let mut value = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|_| broken())? {
            value.extend_from_slice(&bytes);
            if value.len() > VALUE_BYTES {
                return Err(broken());
            }
        }
        let value = String::from_utf8(value).map_err(|_| broken())?;
        if name == "csrf" {
            seat.own_form(&value, HERE)?;
            gate.is_own = true;
        }
        sent.values.push((name, value));
    }
    if gate.is_own { Ok(Ok(sent)) } else { Err(broken()) }
}

/// Writes on a thread that may wait for the disk.
pub(in crate::door::console) async fn push(
    mut incoming: Incoming,
    bytes: Bytes,
) -> Result<Incoming, NotTaken> {
    let written = blocking(move || incoming.push(&bytes).map(|()| incoming)).await;
    written.ok_or(NotTaken::Failed(Code::Internal))?
}

/// A mapping as typed, one a line: `Họ và tên = HO TEN`. Columns are called as people call them, in either language, or by their
/// stable names.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            line.split_once('=').map_or_else(|| line.to_owned(), |(name, heading)| named(name, heading))
        })
        .collect()
}

fn named(name: &str, heading: &str) -> String {
    let folded = name.trim().to_lowercase();
    let called = |column: &Column| {
        let texts = [Lang::Vi, Lang::En].map(dancu_stock::Texts::of);
        texts.iter().any(|texts| texts.named("field", column.name()).to_lowercase() == folded)
    };
    let column = Column::ALL.iter().find(|column| called(column)).map_or(name.trim(), |column| column.name());
    format!("{column}={heading}")
}

pub(super) async fn submit(seat: Seat, request: Request) -> Answer {
    seat.must(Action::CleaningSubmit, seat.organisation().or(Some("")), HERE)?;
    let (values, taken) = match read(&seat, request).await? {
        Err(no) => (Vec::new(), Err(no)),
        Ok(sent) => {
            let wanted = Wanted {
                system: sent.value("system"),
                login: sent.value("login"),
                purpose: sent.value("purpose"),
                case_number: sent.value("case_number"),
                map: lines(&sent.value("map")),
                file: sent.file.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
                form: "console",
            };
            let taken = match sent.file {
                Some((_, file)) => take(&seat, wanted, file).await,
                None => Err(NotTaken::Broken),
            };
            (sent.values, taken)
        }
    };
    match taken {
        Ok(job) => Ok(Redirect::to(&format!("/cleaning/{}", job.id)).into_response()),
        Err(no) => {
            let (control, words) = no.words(seat.shell(HERE).texts());
            let tried = Tried { sent: values, faults: vec![(control, words)] };
            let page = list::page(&seat, &tried).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_mapped_by_what_people_call_them() {
        let typed = "  Họ và tên = HO DEM + TEN\n\nbirth date=NS\nsex=Phái\nlạ=x\nkhông";
        assert_eq!(lines(typed), ["full_name= HO DEM + TEN", "birth_date=NS", "sex=Phái", "lạ=x", "không"]);
    }

    /// What the caller can mend is not told as a store that fails.
    #[test]
    fn faults_of_the_caller_are_told_as_such() {
        let told = |error| NotTaken::from(error);
        assert!(matches!(told(CleaningError::NotNow("the job is not filled")), NotTaken::Changed));
        let rows = CleaningError::Row { row: 9, why: "the stock has too many rows" };
        assert!(matches!(told(rows), NotTaken::File(ReadError::TooManyRows(9))));
        assert!(matches!(told(CleaningError::Input("none".into())), NotTaken::File(ReadError::Empty)));
        let lost = told(CleaningError::Damaged("rows are missing"));
        assert!(matches!(lost, NotTaken::Failed(Code::StoreUnavailable)));
    }

    #[test]
    fn a_form_has_its_token_first_and_an_end() {
        let mut gate = Gate::default();
        assert!(!gate.lets("map"), "nothing is read of a form that may be anybody's");
        assert!(!gate.lets("file-stock") && gate.lets("csrf"));
        gate.is_own = true;
        let taken = (0..1_000).filter(|_| gate.lets("map")).count();
        assert_eq!(taken, MOST_FIELDS - 3);
    }

    #[test]
    fn a_file_that_comes_in_has_no_name_and_an_end() {
        let folder = std::env::temp_dir();
        let mut incoming = Incoming::create(&folder, 40).unwrap();
        let file = std::fs::read_link(incoming.path()).unwrap();
        assert!(file.to_string_lossy().ends_with("(deleted)") && incoming.is_empty());
        assert!(incoming.push("Số định danh\n001085000017\n".as_bytes()).is_ok());
        assert!(matches!(incoming.push(&[b'x'; 40]), Err(NotTaken::TooBig)));
        let mut file = Incoming::create(&folder, 400).unwrap();
        file.push("Số định danh,Họ và tên\n001085000017,An\n1,2,3\n".as_bytes()).ok().unwrap();
        let looked = look_through(file, &["full_name=HỌ VÀ TÊN".to_owned()]).ok().unwrap();
        assert_eq!(looked.mapping, "full_name=ho va ten\n");
        assert_eq!((looked.source.rows(), looked.seen.unread), (2, 1));
        assert_eq!(looked.seen.first, [(3, "ragged".to_owned())]);
        let mut none = Incoming::create(&folder, 400).unwrap();
        none.push(b"a,b\n1,2\n").ok().unwrap();
        assert!(matches!(look_through(none, &[]), Err(NotTaken::File(ReadError::NoHeadings))));
    }
}
