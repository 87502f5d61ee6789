//! One matter: its content, its whole history, its documents, and the steps that may be taken now.
use super::super::matter::{Whole, whole};
use super::super::table::Way;
use super::content::Content;
use super::desk::{Answer, Desk, file, ok};
use super::matters::MatterRow;
use super::operation::Operation;
use super::rules::Source;
use super::shapes::{Moment, Page};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use dancu_governance::{Document, Edition, Matter, Taken, Test};
use dancu_policy::duty::{Action, Ruling};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/matters/{id}",
        Way::NeedsStep,
        ["matters", "readMatter", "One matter, whole"],
        || get(read),
    )
    .gives::<WholeMatter>()
    .etag(),
    Operation::get(
        "/api/v1/matters/{id}/editions",
        Way::NeedsStep,
        ["matters", "listEditions", "Every version of a matter's content"],
        || get(editions),
    )
    .pages::<EditionRow>(),
    Operation::get(
        "/api/v1/matters/{id}/documents/{sha256}",
        Way::NeedsStep,
        ["matters", "readDocumentOfMatter", "The bytes of a document"],
        || get(document),
    )
    .file("application/octet-stream"),
];

/// A matter with all that is known of it
#[derive(Serialize, ToSchema)]
pub(super) struct WholeMatter {
    /// The matter
    matter: MatterRow,
    /// What was written, newest version
    content: Option<Content>,
    /// Its content may be written now
    writable: bool,
    /// What happened, the first first
    steps: Vec<TakenStep>,
    /// Documents
    documents: Vec<DocumentRow>,
    /// Openings of the sandbox, with their test record
    tests: Vec<TestRow>,
    /// Level files, assessments, findings and orders that belong to it
    children: Vec<MatterRow>,
    /// Steps that the caller may take now
    possible: Vec<PossibleStep>,
}

/// A step that was taken
#[derive(Serialize, ToSchema)]
struct TakenStep {
    /// Its number, from 1
    number: u32,
    /// Which
    step: &'static str,
    /// State before it
    from: Option<&'static str>,
    /// State after it
    to: &'static str,
    /// Version of the content that it was about
    version: u32,
    /// Staff account, or `rule:NAME`
    by: String,
    /// When
    at: Moment,
    /// Why
    why: String,
    /// Deadline that it set
    deadline: Option<Moment>,
    /// The rule that allowed it
    source: Option<Source>,
    /// Number of its journal entry
    entry: Option<u64>,
    /// SHA-256 of the documents that lay on the table
    documents: Vec<String>,
}

/// A document
#[derive(Serialize, ToSchema)]
pub(super) struct DocumentRow {
    /// SHA-256 of its bytes, hexadecimal
    sha256: String,
    /// Kind of document
    kind: String,
    /// Name of the file
    name: String,
    /// Media type, by its content
    media_type: String,
    /// Bytes
    size: u64,
    /// Staff account that attached it
    by: String,
    /// When
    at: Moment,
    /// Number of its journal entry
    entry: Option<u64>,
}

/// An opening of the sandbox
#[derive(Serialize, ToSchema)]
struct TestRow {
    /// Counts the openings
    number: u32,
    /// When it was opened
    opened_at: Moment,
    /// Last moment
    expires_at: Moment,
    /// When it was closed
    closed_at: Option<Moment>,
    /// Id of the sandbox credentials; nothing secret
    credential: String,
    /// Technical documents handed over
    handed_over: Vec<String>,
    /// Each case was answered as expected
    done: bool,
    /// Cases, by service and name
    cases: Vec<TestCaseRow>,
}

/// A case of the technical test
#[derive(Serialize, ToSchema)]
struct TestCaseRow {
    /// Service
    service: &'static str,
    /// `match`, `mismatch`, `unknown`, `refusal`, `malformed`
    name: String,
    /// Outcome that counts
    expect: String,
    /// Outcome of the last call
    outcome: Option<String>,
    /// How often it was called
    calls: u32,
    /// Last call
    called_at: Option<Moment>,
    /// Journal entry of the call that counts, else of the last one
    entry: Option<u64>,
    /// When it was first answered as expected
    done_at: Option<Moment>,
}

/// A step that may be taken now
#[derive(Serialize, ToSchema)]
pub(super) struct PossibleStep {
    /// Its name
    pub(super) step: String,
    /// State after it
    to: &'static str,
    /// Duty that it needs
    duty: &'static str,
    /// Kinds of document that must be attached
    documents: Vec<String>,
    /// What must be true
    needs: Vec<&'static str>,
    /// The rule
    source: Option<Source>,
}

/// A version of a content
#[derive(Serialize, ToSchema)]
struct EditionRow {
    /// Its number, from 1
    version: u32,
    /// Staff account, or `rule:NAME`
    by: String,
    /// When
    at: Moment,
    /// Number of its journal entry
    entry: Option<u64>,
    /// What was written
    content: Option<Content>,
}

/// The duty of a step: lifting an order needs that of whom it stops.
pub(super) fn duty_of(matter: &Matter, usual: Action) -> Action {
    match (usual, matter.account.is_some(), matter.system.is_some()) {
        (Action::ConnectionResume, true, _) => Action::AccountUnlock,
        (Action::ConnectionResume, false, false) => Action::OrganisationResume,
        _ => usual,
    }
}

/// The steps that this person may take now.
pub(super) fn possible(desk: &Desk, matter: &Matter) -> Vec<PossibleStep> {
    let (rules, today) = (desk.console.governance.rules(), desk.today());
    let steps = rules.steps_from(matter.kind, matter.state, today).into_iter();
    steps
        .filter(|(_, rule)| desk.may_on(duty_of(matter, rule.duty), matter) == Ruling::Allowed)
        .map(|(step, rule)| PossibleStep {
            step: step.name().to_owned(),
            to: rule.to.name(),
            duty: duty_of(matter, rule.duty).name(),
            documents: rule.documents.clone(),
            needs: rule.needs.iter().map(|check| check.name()).collect(),
            source: rules.step(matter.kind, step, today).map(|(_, source)| Source::from(source)),
        })
        .collect()
}

/// What writing the content of a matter needs.
pub(super) fn writing(kind: dancu_governance::Kind) -> Option<Action> {
    use dancu_governance::Kind;
    Some(match kind {
        Kind::Connection => Action::ConnectionWrite,
        Kind::LevelFile => Action::ConnectionLevel,
        Kind::Assessment | Kind::Finding => Action::ConnectionAssess,
        Kind::ErrorNotice => Action::NoticeFile,
        Kind::Ticket => Action::TicketReply,
        Kind::Inspection => Action::InspectionRecord,
        Kind::Evaluation => Action::InspectionEvaluate,
        Kind::Halt => return None,
    })
}

fn writable(desk: &Desk, matter: &Matter) -> bool {
    let allowed = writing(matter.kind).map(|action| desk.may_on(action, matter)) == Some(Ruling::Allowed);
    allowed && matter.state.is_written_in(matter.kind)
}

impl WholeMatter {
    pub(super) fn of(desk: &Desk, whole: &Whole) -> Self {
        let (now_us, matter) = (desk.now_us(), &whole.matter);
        let row = |matter: &Matter| MatterRow::of(matter, now_us);
        let taken = |taken: &Taken| TakenStep::of(desk, matter, taken);
        Self {
            matter: row(matter),
            content: Content::of(&whole.content),
            writable: writable(desk, matter),
            steps: whole.steps.iter().map(taken).collect(),
            documents: whole.documents.iter().map(DocumentRow::from).collect(),
            tests: whole.tests.iter().map(TestRow::from).collect(),
            children: whole.children.iter().map(row).collect(),
            possible: possible(desk, matter),
        }
    }
}

impl TakenStep {
    fn of(desk: &Desk, matter: &Matter, taken: &Taken) -> Self {
        let rule = desk.console.governance.rules().step(matter.kind, taken.step, taken.valid_from);
        Self {
            number: taken.number,
            step: taken.step.name(),
            from: taken.from.map(dancu_governance::State::name),
            to: taken.to.name(),
            version: taken.version,
            by: taken.by.clone(),
            at: Moment(taken.at_us),
            why: taken.why.clone(),
            deadline: taken.deadline_us.map(Moment),
            source: rule.map(|(_, source)| Source::from(source)),
            entry: taken.entry,
            documents: taken.documents.clone(),
        }
    }
}

impl From<&Document> for DocumentRow {
    fn from(document: &Document) -> Self {
        Self {
            sha256: document.sha256.clone(),
            kind: document.kind.clone(),
            name: document.name.clone(),
            media_type: document.media_type.clone(),
            size: document.size,
            by: document.by.clone(),
            at: Moment(document.at_us),
            entry: document.entry,
        }
    }
}

impl From<&Test> for TestRow {
    fn from(test: &Test) -> Self {
        let case = |case: &dancu_governance::TestCase| TestCaseRow {
            service: case.service.name(),
            name: case.name.clone(),
            expect: case.expect.clone(),
            outcome: case.outcome.clone(),
            calls: case.calls,
            called_at: case.called_us.map(Moment),
            entry: case.entry,
            done_at: case.done_us.map(Moment),
        };
        Self {
            number: test.number,
            opened_at: Moment(test.opened_us),
            expires_at: Moment(test.expires_us),
            closed_at: test.closed_us.map(Moment),
            credential: test.sandbox.credential.clone(),
            handed_over: test.sandbox.handed_over.clone(),
            done: test.is_done(),
            cases: test.cases.iter().map(case).collect(),
        }
    }
}

impl From<&Edition> for EditionRow {
    fn from(edition: &Edition) -> Self {
        Self {
            version: edition.version,
            by: edition.by.clone(),
            at: Moment(edition.at_us),
            entry: edition.entry,
            content: Content::of(&edition.content),
        }
    }
}

/// Names the state of a matter and the version of its content.
pub(super) fn etag(matter: &Matter) -> String {
    format!("\"{}.{}\"", matter.step, matter.version)
}

/// A matter as it is now, read again.
pub(super) async fn told(desk: &Desk, id: &str) -> Result<Response, super::trouble::Trouble> {
    let matter = desk.matter(id).await?;
    let governance = desk.console.governance.clone();
    let found = desk.ask(move || whole(&governance, matter)).await?;
    let mut response = ok(&WholeMatter::of(desk, &found));
    if let Ok(value) = HeaderValue::from_str(&etag(&found.matter)) {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    told(&desk, &id).await
}

async fn editions(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.matter(&id).await?;
    let governance = desk.console.governance.clone();
    let found = desk.ask(move || governance.editions(&id)).await?;
    Ok(ok(&Page::whole(found.iter().map(EditionRow::from).collect())))
}

async fn document(desk: Desk, Path((id, sha256)): Path<(String, String)>) -> Answer {
    desk.matter(&id).await?;
    desk.record("document_read", format!("matter={id} document={sha256}")).await?;
    let governance = desk.console.governance.clone();
    let found = desk.ask(move || {
        let document = governance.documents(&id)?.into_iter().find(|document| document.sha256 == sha256);
        Ok::<_, dancu_governance::GovernanceError>(document.zip(governance.bytes(&id, &sha256)?))
    });
    let (document, bytes) = found.await?.ok_or_else(|| desk.nothing())?;
    Ok(file(bytes, &document.media_type))
}
