//! Cleaning jobs: a file is brought, looked through, confirmed, worked on; its result is taken, its doubtful rows are decided.
use super::super::cleaning::bring::{Incoming, NotTaken, Wanted, push, start as begin, take};
use super::super::cleaning::look::{Beside, Looked, NotLaid, Other, look};
use super::super::cleaning::result::{CSV, PACKAGE, PACKED, RESULT, handed_out, packed};
use super::super::cleaning::review::decided;
use super::super::cleaning::waits_for_confirmation;
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, ok};
use super::operation::Operation;
use super::shapes::{Moment, Page};
use super::trouble::{Told, Trouble};
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::http::header;
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_cleaning::{CleaningError, Columns, Decision, Job, JobState, Progress, Review};
use dancu_linkage::{Action as Todo, Agreement, Column, Verdict};
use dancu_policy::duty::Action;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Forms of file that are taken as a body. The content says which one it is.
const FORMS: &[&str] = &[
    "text/csv",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/xml",
    "application/octet-stream",
];

const BRING: &[(&str, &str)] = &[
    ("system", "System of the own organisation, under whose agreement it is done"),
    ("account", "Login of the account at that system whose quota counts the rows"),
    ("purpose", "Code of the purpose or procedure"),
    ("case", "Number of the case, where the purpose demands one"),
    ("file_name", "Name of the file, for lists"),
    (
        "map",
        "A column and its heading, as `full_name=HO DEM+TEN`; may be said again for each column that the headings do not tell",
    ),
];

const FIND: &[(&str, &str)] = &[
    ("state", "Only jobs in this state: `filling`, `open`, `done`, `refused`, `cancelled`, `failed`"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

const ROWS: &[(&str, &str)] = &[
    ("state", "`open`, those that wait, or `decided`; `open` when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/cleaning/jobs",
        Way::Needs(Action::CleaningRead),
        ["cleaning", "listCleaningJobs", "Jobs, newest first; of the own organisation"],
        || get(list),
    )
    .query(FIND)
    .pages::<CleaningJob>(),
    Operation::post(
        "/api/v1/cleaning/jobs",
        Way::Needs(Action::CleaningSubmit),
        [
            "cleaning",
            "bringCleaningJob",
            "Bring a file (CSV, Parquet, XLSX, XML of QCVN 109:2017) as the body; it is looked through, and nothing is charged yet. The same file for the same purpose gives the same job",
        ],
        || post(bring).layer(DefaultBodyLimit::disable()),
    )
    .query(BRING)
    .brings(FORMS)
    .creates::<CleaningJob>(),
    Operation::get(
        "/api/v1/cleaning/jobs/{job}",
        Way::Needs(Action::CleaningRead),
        ["cleaning", "readCleaningJob", "How far a job is, and its figures"],
        || get(read),
    )
    .gives::<CleaningJob>(),
    Operation::post(
        "/api/v1/cleaning/jobs/{job}/start",
        Way::Needs(Action::CleaningSubmit),
        ["cleaning", "startCleaningJob", "Confirm a job: its rows are charged to the day's quotas, all or none, and it is worked on"],
        || post(start),
    )
    .gives::<CleaningJob>(),
    Operation::post(
        "/api/v1/cleaning/jobs/{job}/cancel",
        Way::Needs(Action::CleaningCancel),
        ["cleaning", "cancelCleaningJob", "End a job before it is done; its rows are erased"],
        || post(cancel),
    ),
    Operation::get(
        "/api/v1/cleaning/jobs/{job}/result",
        Way::Needs(Action::CleaningExport),
        ["cleaning", "takeCleaningResult", "The result, with what is decided about doubtful rows so far"],
        || get(result),
    )
    .file(CSV),
    Operation::get(
        "/api/v1/cleaning/jobs/{job}/package",
        Way::Needs(Action::CleaningExport),
        [
            "cleaning",
            "takeCleaningPackage",
            "The result as a signed package: Parquet, CSV, workbook, figures and report in one ASiC-E container",
        ],
        || get(package),
    )
    .file(PACKAGE),
    Operation::get(
        "/api/v1/cleaning/jobs/{job}/doubtful",
        Way::Needs(Action::CleaningReview),
        ["cleaning", "listDoubtfulRows", "Doubtful rows, those first whose decision serves most; nothing of a person"],
        || get(rows),
    )
    .query(ROWS)
    .pages::<DoubtfulRow>(),
    Operation::get(
        "/api/v1/cleaning/jobs/{job}/doubtful/{row}",
        Way::Needs(Action::CleaningReview),
        [
            "cleaning",
            "lookAtDoubtfulRow",
            "One doubtful row beside whom it may mean; everybody of whom something is shown gets an entry of the journal first",
        ],
        || get(one),
    )
    .gives::<ComparedRow>(),
    Operation::post(
        "/api/v1/cleaning/jobs/{job}/doubtful/{row}/decision",
        Way::Needs(Action::CleaningReview),
        ["cleaning", "decideDoubtfulRow", "Decide about a doubtful row, or take the decision back; earlier ones stay on record"],
        || post(decide),
    )
    .takes::<RowDecision>(r#"{"decision": "same", "note": "Đã đối chiếu hồ sơ giấy", "person": "b1946ac92492d2347c6235b4d2611184"}"#),
];

/// A cleaning job
#[derive(Serialize, ToSchema)]
struct CleaningJob {
    /// Id
    id: String,
    /// `filling`, `open`, `done`, `refused`, `cancelled`
    state: &'static str,
    /// All rows are in, and it waits to be confirmed
    to_confirm: bool,
    /// Organisation that asks
    organisation: String,
    /// Its system
    system: String,
    /// Login of the account that is charged
    account: String,
    /// Purpose or procedure code
    purpose: String,
    /// Number of the case
    case_number: Option<String>,
    /// Name of the file
    file_name: String,
    /// SHA-256 of the file, hexadecimal
    file_sha256: String,
    /// When it came
    brought_at: Moment,
    /// Staff account that brought it; none at the command line
    brought_by: Option<String>,
    /// Rows
    rows: u64,
    /// Rows that cannot be read; they are answered as such
    unread: u64,
    /// The first of them
    first_unread: Vec<UnreadRow>,
    /// Sheets of a workbook that name no people and were left out
    skipped_sheets: Vec<String>,
    /// Columns that are compared
    columns: Vec<&'static str>,
    /// Columns of the file that the agreement does not name: they are not kept
    left_out: Vec<&'static str>,
    /// The number of the person found is in the result
    tells_number: bool,
    /// Number of its entry in the journal
    entry: Option<u64>,
    /// When it was done, refused or cancelled
    ended_at: Option<Moment>,
    /// Rows that are answered
    rows_done: Option<u64>,
    /// Seconds that the rest takes, about
    seconds_left: Option<u64>,
    /// Doubtful rows that wait
    doubtful: Option<u64>,
    /// Doubtful rows that are decided
    decided: Option<u64>,
    /// Rows by verdict, as answered
    verdicts: Option<BTreeMap<&'static str, u64>>,
    /// Rows by what to do, as answered
    actions: Option<BTreeMap<&'static str, u64>>,
    /// Rows by column that differs from what is on record
    differs: Option<BTreeMap<&'static str, u64>>,
}

/// A row that cannot be read
#[derive(Serialize, ToSchema)]
struct UnreadRow {
    /// Line of the file, from 1
    line: u64,
    /// `ragged`, `quote`, `encoding`, `element`, `long`
    fault: String,
}

/// A doubtful row
#[derive(Serialize, ToSchema)]
struct DoubtfulRow {
    /// Number of the row in the file, from 1
    row: u64,
    /// `doubtful`, `ambiguous`
    verdict: &'static str,
    /// What was decided last: `same`, `other`, `ask`
    decision: Option<&'static str>,
    /// Staff account that decided
    decided_by: Option<String>,
    /// When
    decided_at: Option<Moment>,
}

/// A doubtful row beside whom it may mean
#[derive(Serialize, ToSchema)]
struct ComparedRow {
    /// The row
    doubtful: DoubtfulRow,
    /// The person whom the answer means is laid beside the row
    found: bool,
    /// Names this person in a decision, and nowhere else; none where nobody is laid beside: `same` cannot be said then
    person: Option<String>,
    /// Weight of evidence, bits; none where the agreement does not let it be told
    score: Option<f64>,
    /// Weight from which a row is taken without anybody looking
    taken_from: Option<f64>,
    /// Field by field
    sides: Vec<ComparedField>,
    /// Others who are possible too
    others: Vec<OtherPerson>,
}

/// A field of both sides
#[derive(Serialize, ToSchema)]
struct ComparedField {
    /// Column
    column: &'static str,
    /// As it stands in the row
    row: String,
    /// As it stands on record; none where it may not be told
    record: Option<String>,
    /// How the two agree
    agreement: &'static str,
}

/// Somebody else whom a row may mean
#[derive(Serialize, ToSchema)]
struct OtherPerson {
    /// Number, where it may be told
    personal_id: Option<String>,
    /// Name, where it may be told
    full_name: Option<String>,
    /// Weight of evidence, bits; 0 where it may not be told
    score: f64,
    /// How each column agrees
    reasons: BTreeMap<&'static str, &'static str>,
}

/// A decision about a doubtful row
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowDecision {
    /// `same` person, `other` person or nobody, `ask` the citizen; `undo` takes the last decision back
    decision: String,
    /// `person` of the look: that it is the same person is said of who was shown; needed with `same`
    #[serde(default)]
    person: String,
    /// On what ground
    #[serde(default)]
    note: String,
}

fn names(columns: Columns) -> Vec<&'static str> {
    columns.iter().filter(|column| *column != Column::RowId).map(Column::name).collect()
}

fn bits(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}

impl From<&Job> for CleaningJob {
    fn from(job: &Job) -> Self {
        let asked = &job.asked;
        let seen = Columns::from_bits(asked.seen.columns);
        Self {
            id: job.id.clone(),
            state: job.state.name(),
            to_confirm: waits_for_confirmation(job),
            organisation: job.organisation.clone(),
            system: job.system.clone(),
            account: asked.login.clone(),
            purpose: asked.purpose.clone(),
            case_number: asked.case_number.clone(),
            file_name: asked.file.clone(),
            file_sha256: hex::encode(job.input_sha256),
            brought_at: Moment(job.at_us),
            brought_by: Some(asked.by.clone()).filter(|by| !by.is_empty()),
            rows: job.rows,
            unread: asked.seen.unread,
            first_unread: asked
                .seen
                .first
                .iter()
                .map(|(line, fault)| UnreadRow { line: *line, fault: fault.clone() })
                .collect(),
            skipped_sheets: asked.seen.skipped.clone(),
            columns: names(job.columns),
            left_out: names(seen.iter().filter(|column| !job.columns.contains(*column)).collect()),
            tells_number: job.tells_number,
            entry: job.entry,
            ended_at: job.ended_us.map(Moment),
            rows_done: None,
            seconds_left: None,
            doubtful: None,
            decided: None,
            verdicts: None,
            actions: None,
            differs: None,
        }
    }
}

impl CleaningJob {
    fn with(mut self, job: &Job, progress: &Progress, (waiting, decided): (u64, u64), now_us: i64) -> Self {
        self.rows_done = Some(progress.rows_done);
        if job.state == JobState::Open {
            self.seconds_left = progress.left_us(job.rows, now_us).map(|us| us.div_ceil(1_000_000));
        }
        if job.state == JobState::Done {
            let counts = &progress.counts;
            (self.doubtful, self.decided) = (Some(waiting), Some(decided));
            self.verdicts = Some(Verdict::ALL.iter().map(|of| (of.name(), counts.verdict(*of))).collect());
            self.actions = Some(Todo::ALL.iter().map(|of| (of.name(), counts.action(*of))).collect());
            let compared = job.columns.iter().filter(|column| *column != Column::RowId);
            self.differs = Some(compared.map(|column| (column.name(), counts.differs(column))).collect());
        }
        self
    }
}

impl From<&Review> for DoubtfulRow {
    fn from(review: &Review) -> Self {
        Self {
            row: review.number,
            verdict: review.answer.verdict.name(),
            decision: review.decision.map(Decision::name),
            decided_by: review.decided_by.clone(),
            decided_at: review.decided_us.map(Moment),
        }
    }
}

impl From<&Beside> for ComparedField {
    fn from(side: &Beside) -> Self {
        Self {
            column: side.column.name(),
            row: side.row.clone(),
            record: side.record.clone(),
            agreement: side.agreement.name(),
        }
    }
}

impl From<&Other> for OtherPerson {
    fn from(other: &Other) -> Self {
        let reason = |(column, agreement): &(Column, Agreement)| (column.name(), agreement.name());
        Self {
            personal_id: other.number.clone(),
            full_name: other.name.clone(),
            score: bits(other.score),
            reasons: other.reasons.iter().map(reason).collect(),
        }
    }
}

impl From<&Looked> for ComparedRow {
    fn from(looked: &Looked) -> Self {
        Self {
            doubtful: DoubtfulRow::from(&looked.review),
            found: looked.person.is_some(),
            person: looked.person.clone(),
            score: looked.score.map(|(score, _)| bits(score)),
            taken_from: looked.score.map(|(_, from)| bits(from)),
            sides: looked.sides.iter().map(ComparedField::from).collect(),
            others: looked.others.iter().map(OtherPerson::from).collect(),
        }
    }
}

/// What is answered where a file was not taken.
fn trouble(desk: &Desk, no: &NotTaken) -> Trouble {
    let t = desk.place.texts();
    let (control, words) = no.words(t);
    let invalid = |pointer: &str, wrong: &str| Told::from(Code::FormInvalid).at(pointer, wrong, t);
    desk.problem(match no {
        NotTaken::Value("login") => invalid("?account", "missing"),
        NotTaken::Value(_) => invalid(&format!("?{control}"), "unknown"),
        NotTaken::Map => invalid("?map", "form"),
        NotTaken::Broken => invalid("", "missing"),
        NotTaken::File(_) => Told::from(Code::FileRefused).saying(words),
        NotTaken::TooBig => Told::from(Code::BodyTooLarge),
        NotTaken::Waiting(_) | NotTaken::Changed => Told::from(Code::NotNow).saying(words),
        NotTaken::Refused(code) | NotTaken::Failed(code) => Told::from(*code),
    })
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::CleaningRead)?;
    let after = desk.after(|at, id| Some((at.parse::<i64>().ok()?, id.to_owned())))?;
    let state = desk.asked_as("state", JobState::from_name)?;
    let (jobs, own, rows) = (desk.console.cleaning.jobs.clone(), desk.own(), desk.rows());
    let found = desk.ask(move || {
        let after = after.as_ref().map(|(at_us, id)| (*at_us, id.as_str()));
        jobs.list_in(own.as_deref(), state, after, rows)
    });
    let cursor = |job: &Job| format!("{}.{}", job.at_us, job.id);
    Ok(ok(&Page::<CleaningJob>::of(&found.await?, rows, cursor)))
}

async fn bring(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::CleaningSubmit)?;
    let value = |name: &str| desk.asked(name).unwrap_or_default();
    let query: Vec<(String, String)> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let wanted = Wanted {
        system: value("system"),
        login: value("account"),
        purpose: value("purpose"),
        case_number: value("case"),
        map: query.into_iter().filter(|(name, _)| name == "map").map(|(_, value)| value).collect(),
        file: value("file_name"),
        form: "rest",
    };
    if wanted.system.is_empty() {
        return Err(desk.wrong("?system", "missing"));
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/json") || kind.starts_with("multipart/")) {
        return Err(desk.problem(Code::ContentType));
    }
    let cleaner = &desk.console.cleaning;
    let mut incoming = Incoming::create(&cleaner.incoming, cleaner.most_bytes)
        .map_err(|_| desk.problem(Code::StoreUnavailable))?;
    let mut body = request.into_body().into_data_stream();
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|_| desk.problem(Code::BodyTooLarge))?;
        incoming = push(incoming, bytes).await.map_err(|no| trouble(&desk, &no))?;
    }
    if incoming.is_empty() {
        return Err(trouble(&desk, &NotTaken::Broken));
    }
    let job = take(&desk, wanted, incoming).await.map_err(|no| trouble(&desk, &no))?;
    Ok(created(&CleaningJob::from(&job)))
}

/// A job with which this person may do that; of every other it is not told.
async fn known(desk: &Desk, id: &str, action: Action) -> Result<Job, Trouble> {
    let (jobs, id) = (desk.console.cleaning.jobs.clone(), id.to_owned());
    let found = desk.ask(move || jobs.find(&id)).await?;
    let job = found.ok_or_else(|| desk.nothing())?;
    desk.must(action, Some(&job.organisation))?;
    Ok(job)
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    let job = known(&desk, &id, Action::CleaningRead).await?;
    let (jobs, now_us) = (desk.console.cleaning.jobs.clone(), desk.now_us());
    let (progress, counts) = desk
        .ask(move || Ok::<_, CleaningError>((jobs.progress(&id, now_us)?, jobs.review_counts(&id)?)))
        .await?;
    Ok(ok(&CleaningJob::from(&job).with(&job, &progress, counts, now_us)))
}

async fn start(desk: Desk, Path(id): Path<String>) -> Answer {
    let job = known(&desk, &id, Action::CleaningSubmit).await?;
    if !waits_for_confirmation(&job) {
        return Err(desk.problem(Told::from(Code::NotNow).because(job.state.name())));
    }
    let job = begin(&desk, job).await.map_err(|no| trouble(&desk, &no))?;
    Ok(ok(&CleaningJob::from(&job)))
}

async fn cancel(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, &id, Action::CleaningCancel).await?;
    desk.record("cleaning_cancel", format!("job={id}")).await?;
    let (jobs, now_us) = (desk.console.cleaning.jobs.clone(), desk.now_us());
    desk.ask(move || jobs.cancel(&id, now_us)).await?;
    Ok(done())
}

async fn result(desk: Desk, Path(id): Path<String>) -> Answer {
    let job = known(&desk, &id, Action::CleaningExport).await?;
    if job.state != JobState::Done {
        return Err(desk.problem(Told::from(Code::NotNow).because(job.state.name())));
    }
    desk.ground(&job, RESULT, format!("job={id}")).await.map_err(|code| desk.problem(code))?;
    desk.record(RESULT, format!("job={id}")).await?;
    Ok(handed_out(&desk, job))
}

async fn package(desk: Desk, Path(id): Path<String>) -> Answer {
    let job = known(&desk, &id, Action::CleaningExport).await?;
    if job.state != JobState::Done {
        return Err(desk.problem(Told::from(Code::NotNow).because(job.state.name())));
    }
    if !desk.console.cleaning.signs() {
        return Err(desk.problem(Told::from(Code::NotNow).because("no_signer")));
    }
    desk.ground(&job, PACKED, format!("job={id}")).await.map_err(|code| desk.problem(code))?;
    desk.record(PACKED, format!("job={id}")).await?;
    packed(&desk, job).await.map_err(|oops| desk.oops(&oops))
}

async fn rows(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, &id, Action::CleaningReview).await?;
    let named = |name: &str| match name {
        "open" => Some(false),
        "decided" => Some(true),
        _ => None,
    };
    let decided = desk.asked_as("state", named)?.unwrap_or(false);
    let after = desk.after(|rank, row| Some((rank.parse::<i64>().ok()?, row.parse::<u64>().ok()?)))?;
    let (jobs, rows) = (desk.console.cleaning.jobs.clone(), desk.rows());
    let found = desk.ask(move || jobs.reviews(&id, decided, after, rows)).await?;
    let cursor = |review: &Review| format!("{}.{}", review.rank, review.number);
    Ok(ok(&Page::<DoubtfulRow>::of(&found, rows, cursor)))
}

async fn one(desk: Desk, Path((id, row)): Path<(String, String)>) -> Answer {
    let job = known(&desk, &id, Action::CleaningReview).await?;
    let row = row.parse().map_err(|_| desk.nothing())?;
    let looked = look(&desk, &job, row).await.map_err(|no| match no {
        NotLaid::Refused(code) => desk.problem(code),
        NotLaid::Failed(oops) => desk.oops(&oops),
    })?;
    let looked = looked.ok_or_else(|| desk.nothing())?;
    Ok(ok(&ComparedRow::from(&looked)))
}

async fn decide(desk: Desk, Path((id, row)): Path<(String, String)>, request: Request) -> Answer {
    let job = known(&desk, &id, Action::CleaningReview).await?;
    let row = row.parse().map_err(|_| desk.nothing())?;
    let RowDecision { decision, person, note } = desk.read(request).await?;
    let decision = match decision.as_str() {
        "undo" => None,
        name => Some(Decision::from_name(name).ok_or_else(|| desk.wrong("/decision", "unknown"))?),
    };
    let kept = decided(&desk, &job, row, decision, &person, &note).await.map_err(|oops| desk.oops(&oops))?;
    if kept { Ok(done()) } else { Err(desk.wrong("/person", "unknown")) }
}
