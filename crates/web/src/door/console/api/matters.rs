//! Lists of matters: what waits for me, and finding.
use super::super::matter::reading;
use super::super::table::Way;
use super::desk::{Answer, Desk, XLSX, file, ok};
use super::operation::{Operation, PAGED};
use super::shapes::{Day, Moment, Page};
use axum::routing::get;
use dancu_governance::{Due, Find, Kind, Matter, Stage, State, Work};
use dancu_policy::duty::Action;
use serde::Serialize;
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    (
        "kind",
        "`connection`, `level_file`, `assessment`, `finding`, `halt`, `error_notice`, `ticket`, `inspection`, `evaluation`; `connection` when it is not said",
    ),
    ("state", "Only in this state"),
    ("organisation", "Only of this organisation"),
    ("system", "Only of this system"),
    ("text", "Part of the names of organisation and system, without regard to marks and case"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

const EXPORT: &[(&str, &str)] = &[
    ("kind", "As in `findMatters`; the first that I may read when it is not said"),
    ("state", "Only in this state"),
    ("text", "Part of the names of organisation and system, without regard to marks and case"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/work",
        Way::SignedIn,
        ["matters", "listWork", "What waits for me, by deadline; what has none comes last"],
        || get(work),
    )
    .query(PAGED)
    .pages::<MatterRow>(),
    Operation::get(
        "/api/v1/matters",
        Way::SignedIn,
        ["matters", "findMatters", "Matters of one kind, by deadline"],
        || get(find),
    )
    .query(FIND)
    .pages::<MatterRow>(),
    Operation::get(
        "/api/v1/cases/xlsx",
        Way::SignedIn,
        ["matters", "exportCases", "Cases of one kind as a workbook; not connections"],
        || get(export),
    )
    .query(EXPORT)
    .file(XLSX),
    Operation::get(
        "/api/v1/assessments-due",
        Way::Needs(Action::ConnectionRead),
        ["matters", "listAssessmentsDue", "Connected systems whose assessment runs out, or has run out"],
        || get(due),
    )
    .pages::<DueRow>(),
];

/// A matter in a list
#[derive(Serialize, ToSchema)]
pub(super) struct MatterRow {
    /// Id
    pub(super) id: String,
    /// Kind
    #[schema(example = "connection")]
    kind: &'static str,
    /// State
    #[schema(example = "submitted")]
    state: &'static str,
    /// Names of organisation and system
    label: String,
    /// Organisation that it is about
    organisation: String,
    /// System that it is about
    system: Option<String>,
    /// Account that it is about
    account: Option<String>,
    /// Matter that it belongs to
    parent: Option<String>,
    /// When it began
    opened_at: Moment,
    /// Staff account that began it, or `rule:NAME`
    opened_by: String,
    /// Since when it is in its state
    since: Moment,
    /// Number of its last step
    step: u32,
    /// Newest version of its content
    version: u32,
    /// Step that is waited for
    due_step: Option<&'static str>,
    /// Duty that the step needs
    due_duty: Option<&'static str>,
    /// Last moment for it
    deadline: Option<Moment>,
    /// The deadline has passed
    overdue: bool,
}

impl MatterRow {
    pub(super) fn of(matter: &Matter, now_us: i64) -> Self {
        Self {
            id: matter.id.clone(),
            kind: matter.kind.name(),
            state: matter.state.name(),
            label: matter.label.clone(),
            organisation: matter.organisation.clone(),
            system: matter.system.clone(),
            account: matter.account.clone(),
            parent: matter.parent.clone(),
            opened_at: Moment(matter.opened_us),
            opened_by: matter.opened_by.clone(),
            since: Moment(matter.since_us),
            step: matter.step,
            version: matter.version,
            due_step: matter.due_step.map(dancu_governance::Step::name),
            due_duty: matter.duty.map(Action::name),
            deadline: matter.deadline_us.map(Moment),
            overdue: matter.is_overdue(now_us),
        }
    }
}

/// A system whose assessment runs out
#[derive(Serialize, ToSchema)]
struct DueRow {
    /// System
    system: String,
    /// Its organisation
    organisation: String,
    /// Names of both
    label: String,
    /// Last day on which the assessment holds; none when there never was one
    until: Option<Day>,
    /// Days left, below zero once it is over; none when there never was one
    days_left: Option<i64>,
    /// It has run out: calls are refused for this reason
    overdue: bool,
    /// Approved security level
    security_level: u8,
}

impl From<&Due> for DueRow {
    fn from(due: &Due) -> Self {
        Self {
            system: due.system.clone(),
            organisation: due.organisation.clone(),
            label: due.label.clone(),
            until: due.until.map(Day),
            days_left: due.until.map(|_| due.days_left),
            overdue: due.stage == Stage::Overdue,
            security_level: due.security_level,
        }
    }
}

fn page(desk: &Desk, work: &Work) -> Page<MatterRow> {
    let now_us = desk.now_us();
    Page {
        items: work.matters.iter().map(|matter| MatterRow::of(matter, now_us)).collect(),
        next: work.next.as_ref().map(|(due, id)| format!("{due}.{id}")),
    }
}

fn cursor(due: &str, id: &str) -> Option<(i64, String)> {
    Some((due.parse().ok()?, id.to_owned()))
}

async fn export(desk: Desk) -> Answer {
    let made = super::super::cases::list::table(&desk).await.map_err(|oops| desk.oops(&oops))?;
    Ok(file(made.bytes, XLSX))
}

async fn work(desk: Desk) -> Answer {
    let (governance, duties, own) = (desk.console.governance.clone(), desk.duties(), desk.own());
    let (after, rows) = (desk.after(cursor)?, desk.rows());
    let work = desk.ask(move || governance.work_list(&duties, own.as_deref(), after, rows)).await?;
    Ok(ok(&page(&desk, &work)))
}

async fn find(desk: Desk) -> Answer {
    let kind = desk.asked_as("kind", Kind::from_name)?.unwrap_or(Kind::Connection);
    let organisation = desk.own().or_else(|| desk.asked("organisation"));
    desk.must_within(reading(kind))?;
    let find = Find {
        kind: Some(kind),
        state: desk.asked_as("state", State::from_name)?,
        organisation,
        system: desk.asked("system"),
        text: desk.asked("text").unwrap_or_default(),
        ..Find::default()
    };
    let (governance, after, rows) = (desk.console.governance.clone(), desk.after(cursor)?, desk.rows());
    let work = desk.ask(move || governance.find(&find, after, rows)).await?;
    Ok(ok(&page(&desk, &work)))
}

async fn due(desk: Desk) -> Answer {
    desk.must_within(Action::ConnectionRead)?;
    let (governance, now_us) = (desk.console.governance.clone(), desk.now_us());
    let due = desk.ask(move || governance.due(now_us)).await?;
    let own = desk.own();
    let within = |due: &&Due| own.as_ref().is_none_or(|own| *own == due.organisation);
    Ok(ok(&Page::whole(due.iter().filter(within).map(DueRow::from).collect())))
}
