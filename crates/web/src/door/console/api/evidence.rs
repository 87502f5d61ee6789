//! Evidence files: asked for about an order, an alert, or a system, organisation or account; made behind the answer.
use super::super::evidence::ask::{begun, read as read_form};
use super::super::evidence::make::begin;
use super::super::evidence::show::handed_out;
use super::super::forms::SentForm;
use super::super::table::Way;
use super::desk::{Answer, Desk, created, ok};
use super::operation::{Operation, PAGED};
use super::shapes::{Day, Moment, Page};
use super::trouble::{FieldFault, Told};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_evidence::{Kept, MIME_TYPE, Of};
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/evidence",
        Way::Needs(Action::ConnectionEvidence),
        ["evidence", "listEvidence", "Files that were asked for, newest first"],
        || get(list),
    )
    .query(PAGED)
    .pages::<EvidenceFile>(),
    Operation::post(
        "/api/v1/evidence",
        Way::Needs(Action::ConnectionEvidence),
        ["evidence", "askEvidence", "Ask for a file; it is made behind the answer"],
        || post(ask),
    )
    .takes::<EvidenceRequest>(
        r#"{"kind": "system", "whose": "htmc", "from": "2026-11-01", "to": "2026-11-20", "reason": "Kiểm tra đột xuất theo Quyết định 12", "open": ["officer", "case_number"]}"#,
    )
    .creates::<EvidenceFile>(),
    Operation::get(
        "/api/v1/evidence/{evidence}",
        Way::Needs(Action::ConnectionEvidence),
        ["evidence", "readEvidence", "How far a file is"],
        || get(read),
    )
    .gives::<EvidenceFile>(),
    Operation::get(
        "/api/v1/evidence/{evidence}/file",
        Way::Needs(Action::ConnectionEvidence),
        ["evidence", "takeEvidence", "The file: an ASiC-E container, signed"],
        || get(file),
    )
    .file(MIME_TYPE),
];

/// A file that is asked for
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvidenceRequest {
    /// Whose entries: `system`, `organisation`, `account`, or `entries` by number; that of the order or alert when it is not said
    kind: Option<String>,
    /// Id, or the numbers of entries with spaces between them
    whose: Option<String>,
    /// Order (a matter) that it is about
    matter: Option<String>,
    /// Alert that it is about
    alert: Option<u64>,
    /// First day
    from: Option<Day>,
    /// Last day
    to: Option<Day>,
    /// Why, 10 characters at least
    reason: String,
    /// Parts that are opened: `officer`, `case_number`, `purpose`, `source_address`, `request_id`, `platform_message_id`; `subject`
    /// by supervisors only
    #[serde(default)]
    open: Vec<String>,
}

/// An evidence file
#[derive(Serialize, ToSchema)]
struct EvidenceFile {
    /// Id
    id: String,
    /// `working`, `ready`, `failed`
    state: &'static str,
    /// Organisation that it is about; none: several
    organisation: Option<String>,
    /// Order that it is about
    matter: Option<String>,
    /// Alert that it is about
    alert: Option<u64>,
    /// Whose entries: `system`, `organisation`, `account`, `entries`
    kind: &'static str,
    /// Its id, or the numbers of entries
    whose: String,
    /// From this moment on
    from: Option<Moment>,
    /// To this one
    to: Option<Moment>,
    /// Why
    reason: String,
    /// Parts that are opened
    open: Vec<String>,
    /// Staff account that asked
    by: String,
    /// When
    asked_at: Moment,
    /// Number of the journal entry that tells so
    entry: u64,
    /// Entries proved
    done: u64,
    /// Entries found
    total: u64,
    /// Why it failed: `too-many`, `nothing`, `no-entry`, `not-yet`, `no-signer`, `signature`, `interrupted`, `failed`
    why: Option<String>,
    /// SHA-256 of the file, hexadecimal
    sha256: Option<String>,
    /// Its bytes
    size: u64,
    /// It has a time stamp
    stamped: bool,
}

impl From<&Kept> for EvidenceFile {
    fn from(kept: &Kept) -> Self {
        let (kind, whose) = match &kept.scope.of {
            Of::System(id) => ("system", id.clone()),
            Of::Organisation(id) => ("organisation", id.clone()),
            Of::Account(id) => ("account", id.clone()),
            Of::Entries(numbers) => {
                ("entries", numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            }
        };
        Self {
            id: kept.id.clone(),
            state: kept.state.name(),
            organisation: Some(kept.organisation.clone()).filter(|id| !id.is_empty()),
            matter: kept.matter.clone(),
            alert: kept.alert,
            kind,
            whose,
            from: kept.scope.from_us.map(Moment),
            to: kept.scope.to_us.map(Moment),
            reason: kept.reason.clone(),
            open: kept.open.clone(),
            by: kept.by.clone(),
            asked_at: Moment(kept.asked_us),
            entry: kept.entry,
            done: kept.done,
            total: kept.total,
            why: kept.why.clone(),
            sha256: kept.sha256.clone(),
            size: kept.size,
            stamped: kept.stamped,
        }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::ConnectionEvidence)?;
    let after = desk.after(|at, id| Some((at.parse::<i64>().ok()?, id.to_owned())))?;
    let (evidences, rows, now_us) = (desk.console.evidence.clone(), desk.rows(), desk.now_us());
    let found = desk.ask(move || {
        let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
        evidences.list(None, after, rows, now_us)
    });
    let cursor = |kept: &Kept| format!("{}.{}", kept.asked_us, kept.id);
    Ok(ok(&Page::<EvidenceFile>::of(&found.await?, rows, cursor)))
}

/// The request as the page's form sends it, so that both are read by the same function.
fn form(asked: EvidenceRequest, kind: &str, whose: &str) -> SentForm {
    let text = |value: Option<String>, usual: &str| value.unwrap_or_else(|| usual.to_owned());
    let day = |day: Option<Day>| day.map(|day| day.0.iso()).unwrap_or_default();
    let mut values = vec![
        ("kind".to_owned(), text(asked.kind, kind)),
        ("whose".to_owned(), text(asked.whose, whose)),
        ("from".to_owned(), day(asked.from)),
        ("to".to_owned(), day(asked.to)),
        ("reason".to_owned(), asked.reason),
    ];
    values.extend(asked.open.into_iter().map(|name| ("open".to_owned(), name)));
    SentForm { values, files: Vec::new() }
}

async fn ask(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::ConnectionEvidence)?;
    let asked: EvidenceRequest = desk.read(request).await?;
    let alert = asked.alert.map(|number| number.to_string()).unwrap_or_default();
    let begun = begun(&desk, asked.matter.as_deref().unwrap_or_default(), &alert).await;
    let mut about = begun.map_err(|oops| desk.oops(&oops))?;
    let form = form(asked, &about.kind.clone(), &about.whose.value.clone());
    let scope = read_form(&desk, &form, &mut about, desk.place.texts());
    let Some(scope) = scope else {
        let fault = |(name, words): (&str, &str)| FieldFault {
            pointer: format!("/{name}"),
            wrong: "form".into(),
            detail: words.to_owned(),
        };
        let errors = about.faults().into_iter().map(fault).collect();
        return Err(desk.problem(Told { errors, ..Code::FormInvalid.into() }));
    };
    if !desk.console.evidence.can_sign() {
        return Err(desk.problem(Told::from(Code::NotNow).because("no-signer")));
    }
    let id = begin(&desk, about, scope).await.map_err(|oops| desk.oops(&oops))?;
    let kept = desk.evidence(&id).await.map_err(|oops| desk.oops(&oops))?;
    Ok(created(&EvidenceFile::from(&kept)))
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    let kept = desk.evidence(&id).await.map_err(|oops| desk.oops(&oops))?;
    Ok(ok(&EvidenceFile::from(&kept)))
}

async fn file(desk: Desk, Path(id): Path<String>) -> Answer {
    handed_out(&desk, &id).await.map_err(|oops| desk.oops(&oops))
}
