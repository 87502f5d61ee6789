//! Matters that begin: connections, error notices, tickets, inspections, evaluations; and what belongs to a connection.
use super::super::matter::reading;
use super::super::table::Way;
use super::content::{Assessment, ConnectionRequest, Content, Finding, LevelFile, recast};
use super::desk::{Answer, Desk, created};
use super::operation::Operation;
use super::shapes::{Brings, Day, Made, brought, uploads};
use super::steps::request_of;
use super::trouble::{Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::post;
use dancu_catalogue::Code;
use dancu_governance::{Deed, Kind, Matter};
use dancu_policy::Deadlines;
use dancu_policy::duty::{Action, Relation, Ruling, may_any};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/api/v1/connections",
        Way::Needs(Action::ConnectionWrite),
        ["matters", "openConnection", "Begin a connection of the own organisation with a draft; there is one of a system"],
        || post(connection),
    )
    .takes::<NewConnection>(
        r#"{"system": "mot-cua-dien-tu", "request": {"organisation_name": "UBND tỉnh Thái Nguyên", "system_name": "Hệ thống một cửa điện tử", "services": [{"service": "verify", "fields": ["full_name", "birth_date"], "field_count": 2}]}}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/cases",
        Way::NeedsStep,
        ["matters", "openCase", "Open an error notice, a ticket, an inspection or an evaluation"],
        || post(case),
    )
    .takes::<NewCase>(
        r#"{"organisation": "thai-nguyen", "content": {"ticket": {"channel": "phone", "name": "Nguyễn Văn A", "contact": "0912345678", "subject": "Hỏi về hạn mức", "text": "Hạn mức của tài khoản là bao nhiêu?"}}}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/matters/{id}/assessments",
        Way::NeedsStep,
        ["matters", "planAssessment", "Plan an assessment of a connection's system"],
        || post(assessment),
    )
    .takes::<NewAssessment>(
        r#"{"assessment": {"assessment_kind": "periodic", "assessor": "Phòng An toàn thông tin"}, "deadline": "2027-01-31"}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/matters/{id}/findings",
        Way::NeedsStep,
        ["matters", "recordFinding", "Write down something that an assessment found wrong"],
        || post(finding),
    )
    .takes::<Finding>(r#"{"subject": "network", "severity": "high", "text": "Cổng quản trị mở ra Internet"}"#)
    .creates::<Made>(),
    Operation::post(
        "/api/v1/matters/{id}/level-files",
        Way::NeedsStep,
        ["matters", "proposeLevel", "Put the level file of a connection's system on record, to be confirmed by another person"],
        || post(level),
    )
    .takes::<NewLevelFile>(
        r#"{"file": {"level": 3, "decision": "123/QĐ-UBND", "approved_by": "UBND tỉnh", "approved_on": "2026-05-04"}, "documents": []}"#,
    )
    .creates::<Made>(),
];

/// A connection that begins
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConnection {
    /// Id that the system will have: 3 to 40 small letters, digits and hyphens
    #[schema(example = "mot-cua-dien-tu", pattern = "^[a-z0-9-]{3,40}$")]
    system: String,
    /// The request; it may be unfinished
    #[serde(default)]
    request: ConnectionRequest,
}

/// A case that begins
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCase {
    /// Organisation that it is about
    organisation: String,
    /// System that it is about
    system: Option<String>,
    /// `error_notice`, `ticket`, `inspection` or `evaluation`
    content: Content,
    /// Papers
    #[serde(default)]
    documents: Vec<Brings>,
}

/// An assessment that is planned
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssessment {
    /// The assessment
    assessment: Assessment,
    /// Its last day; without it that of the connection, or of the assessment that holds
    deadline: Option<Day>,
}

/// A level file that is proposed
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLevelFile {
    /// The file
    file: LevelFile,
    /// Papers
    #[serde(default)]
    documents: Vec<Brings>,
}

fn wrong(desk: &Desk, pointer: &str, wrong: &str) -> Trouble {
    desk.problem(Told::from(Code::FormInvalid).at(pointer, wrong, desk.place.texts()))
}

async fn connection(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::ConnectionWrite)?;
    let Some(own) = desk.own() else { return Err(desk.nothing()) };
    let NewConnection { system, request } = desk.read(request).await?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(3..=40).contains(&system.len()) || !system.chars().all(plain) {
        return Err(wrong(&desk, "/system", "form"));
    }
    let about = Desk::about("connection_open", format!("system={system}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let opened = desk.deed(about, &desk.console.governance, move |governance, entry| {
        governance.open_connection(&own, &system, &request_of(&request)?, Deed::of(&by, now_us, entry, ""))
    });
    Ok(created(&Made { id: opened.await? }))
}

/// The duty of opening a matter of a kind.
fn opening(desk: &Desk, kind: Kind) -> Option<Action> {
    let steps = desk.console.governance.rules().steps(kind, desk.today());
    steps.into_iter().find(|(_, rule, _)| rule.from.is_empty()).map(|(_, rule, _)| rule.duty)
}

async fn case(desk: Desk, request: Request) -> Answer {
    let NewCase { organisation, system, content, documents } = desk.read(request).await?;
    let content = content.read().ok_or_else(|| wrong(&desk, "/content", "unknown"))?;
    let kind = content.kind();
    if !matches!(kind, Kind::ErrorNotice | Kind::Ticket | Kind::Inspection | Kind::Evaluation) {
        return Err(wrong(&desk, "/content", "unknown"));
    }
    let action = opening(&desk, kind).ok_or_else(|| desk.nothing())?;
    // A ticket or a notice is one's own, of one's own organisation.
    let own = desk.organisation() == Some(organisation.as_str())
        && may_any(desk.roles(), action, Relation::Myself) == Ruling::Allowed;
    if !own {
        desk.must(action, Some(&organisation))?;
    }
    let snapshot = desk.console.road.exchange.snapshot();
    if snapshot.rules.organisation(&organisation).is_none() {
        return Err(wrong(&desk, "/organisation", "unknown"));
    }
    if let Some(system) = &system
        && desk.of_system(system)? != organisation
    {
        return Err(wrong(&desk, "/system", "unknown"));
    }
    let files = brought(&desk, documents)?;
    let about = Desk::about("case_open", format!("kind={} organisation={organisation}", kind.name()));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let opened = desk.deed(about, &desk.console.governance, move |governance, entry| {
        let deed = Deed::of(&by, now_us, entry, "");
        governance.open_case(&content, &organisation, system.as_deref(), &uploads(&files), deed)
    });
    Ok(created(&Made { id: opened.await? }))
}

/// A matter of this kind under which one of another kind may be opened.
async fn parent(desk: &Desk, id: &str, parent: Kind, child: Kind) -> Result<Matter, Trouble> {
    let matter = desk.matter(id).await?;
    let action = opening(desk, child).unwrap_or(reading(child));
    desk.must_on(action, &matter)?;
    if matter.kind == parent { Ok(matter) } else { Err(desk.nothing()) }
}

async fn assessment(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    parent(&desk, &id, Kind::Connection, Kind::Assessment).await?;
    let NewAssessment { assessment, deadline } = desk.read(request).await?;
    let assessment = recast(&assessment).ok_or_else(|| wrong(&desk, "/assessment", "form"))?;
    let about = Desk::about("assessment_plan", format!("matter={id}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let (of, deadline) = (id.clone(), deadline.map(|day| Deadlines::end_of(day.0)));
    let opened = desk.deed_on(&id, about, move |governance, entry| {
        governance.plan_assessment(&of, &assessment, deadline, Deed::of(&by, now_us, entry, ""))
    });
    Ok(created(&Made { id: opened.await? }))
}

async fn finding(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    parent(&desk, &id, Kind::Assessment, Kind::Finding).await?;
    let finding: Finding = desk.read(request).await?;
    let finding = recast(&finding).ok_or_else(|| wrong(&desk, "", "form"))?;
    let about = Desk::about("assessment_finding", format!("matter={id}"));
    let (by, now_us, of) = (desk.id().to_owned(), desk.now_us(), id.clone());
    let opened = desk.deed_on(&id, about, move |governance, entry| {
        governance.find_fault(&of, &finding, Deed::of(&by, now_us, entry, ""))
    });
    Ok(created(&Made { id: opened.await? }))
}

async fn level(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    parent(&desk, &id, Kind::Connection, Kind::LevelFile).await?;
    let NewLevelFile { file, documents } = desk.read(request).await?;
    let file = recast(&file).ok_or_else(|| wrong(&desk, "/file", "form"))?;
    let files = brought(&desk, documents)?;
    let about = Desk::about("level_propose", format!("matter={id}"));
    let (by, now_us, of) = (desk.id().to_owned(), desk.now_us(), id.clone());
    let opened = desk.deed_on(&id, about, move |governance, entry| {
        governance.propose_level(&of, &file, &uploads(&files), Deed::of(&by, now_us, entry, ""))
    });
    Ok(created(&Made { id: opened.await? }))
}
